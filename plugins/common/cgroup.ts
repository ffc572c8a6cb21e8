// Where a container's control group is, in cgroup v1, v2, and both kinds of cgroupsPath.
import { existsSync, writeFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { errorText } from "./error-text.js";
import type { CgroupSettings } from "./legacy-conf.js";

/** A control group of one controller. */
export interface Cgroup {
  /** 2 where all controllers are in one tree, else 1. */
  readonly version: 1 | 2;
  /** Its directory. */
  readonly dir: string;
  /** Nothing is written. */
  readonly dryRun: boolean;
}

/**
 * The directory of the group `cgroupsPath` under the root. Refuses an empty path, which would be the whole machine, and a
 * group that is not there.
 */
export function findCgroup({ root, dryRun }: CgroupSettings, controller: string, cgroupsPath: string): Cgroup {
  if (cgroupsPath === "") throw new Error("spec.cgroupsPath is empty: there is no cgroup to change");
  const version = existsSync(join(root, "cgroup.controllers")) ? 2 : 1;
  const dir = join(root, version === 2 ? "" : controller, groupPath(cgroupsPath));
  if (!dryRun && !existsSync(dir)) throw new Error(`cgroup ${dir} does not exist`);
  return { version, dir, dryRun };
}

/** The path below the mount. `SLICE:PREFIX:NAME` is how systemd's groups are given. */
function groupPath(cgroupsPath: string): string {
  const [slice, prefix, name, ...rest] = cgroupsPath.split(":");
  if (cgroupsPath.includes("/") || slice === undefined || name === undefined || rest.length > 0)
    return normalize(`/${cgroupsPath}`); // no way out of the mount by ..
  return join(
    "/",
    ...slicePath(slice === "" ? "system.slice" : slice),
    `${prefix === "" ? "" : `${prefix}-`}${name}.scope`,
  );
}

/** systemd nests slices by their names: `a-b.slice` is in `a.slice`. */
function slicePath(slice: string): string[] {
  const parts = slice.replace(/\.slice$/, "").split("-");
  return parts[0] === "" ? [] : parts.map((_part, index) => `${parts.slice(0, index + 1).join("-")}.slice`);
}

/** Writes one setting. Errors name the file and the value. */
export function writeCgroup({ dir, dryRun }: Cgroup, file: string, value: string): void {
  const path = join(dir, file);
  if (dryRun) {
    process.stderr.write(`would write "${value}" to ${path}\n`);
    return;
  }
  try {
    writeFileSync(path, value, { flag: "r+" }); // never makes a file
  } catch (cause) {
    throw new Error(`cannot write "${value}" to ${path}: ${errorText(cause)}`, { cause });
  }
}
