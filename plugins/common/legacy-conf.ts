// What the v0.1.0 sample plugins have in their `conf`, read strictly; unknown keys are passed over, as in all of NRI's configuration.
import type { LegacyRequest } from "@nri/legacy";

/** One member of `conf`; undefined when there is none. Refuses a `conf` that is no object. */
export function confMember(conf: LegacyRequest["conf"], name: string): unknown {
  if (conf === undefined || conf === null) return undefined;
  if (typeof conf !== "object" || Array.isArray(conf) || Object.getPrototypeOf(conf) !== Object.prototype)
    throw new TypeError("conf: expected an object");
  return Object.hasOwn(conf, name) ? (conf as { [key: string]: unknown })[name] : undefined;
}

/** Which control groups a plugin changes, and whether it does. */
export interface CgroupSettings {
  /** Where they are. */
  readonly root: string;
  /** Says on stderr what would be written, and needs no group to be there. */
  readonly dryRun: boolean;
}

/** `cgroupRoot` and `dryRun` of `conf`: for machines that have their groups elsewhere, and for trying without any. */
export function cgroupSettings(conf: LegacyRequest["conf"]): CgroupSettings {
  const root = confMember(conf, "cgroupRoot") ?? "/sys/fs/cgroup";
  if (typeof root !== "string" || !root.startsWith("/"))
    throw new TypeError("conf.cgroupRoot: expected an absolute path");
  const dryRun = confMember(conf, "dryRun") ?? false;
  if (typeof dryRun !== "boolean") throw new TypeError("conf.dryRun: expected true or false");
  return { root, dryRun };
}
