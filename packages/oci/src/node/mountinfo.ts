// The mount table of this process.
import { readFileSync } from "node:fs";

/**
 * Text of `/proc/self/mountinfo`, for `mountInfo` of `applyAdjustment`. Meaningful only in the mount namespace in which the
 * container will be made. Throws when there is none (not Linux).
 */
export function readMountInfo(): string {
  return readFileSync("/proc/self/mountinfo", "utf8");
}
