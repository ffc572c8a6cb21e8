// The real OCI runtimes of the tests: runc of two release lines, and crun, for which the hybrid cgroup layout is taken away.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../paths.js";
import { containerdFiles } from "../peers/containerd.js";
import type { Availability } from "../requirements.js";

/** An OCI runtime that can be called. */
export interface RuntimeProgram {
  readonly name: string;
  readonly flavour: "runc" | "crun";
  readonly path: string;
  /** A busybox that is linked statically, for containers. */
  readonly busybox: string;
}

/** All of them; each comes with the containerd of its suite. */
export async function realRuntimes(): Promise<readonly Availability<RuntimeProgram>[]> {
  const forky = await containerdFiles("2.1");
  const trixie = await containerdFiles("1.7");
  if ("missing" in forky) return [forky];
  const busybox = join(forky.here.dir, "unpacked/usr/bin/busybox");
  const runc = { name: "runc 1.3", flavour: "runc", path: join(forky.here.dir, "bin/runc"), busybox } as const;
  const crun = {
    name: "crun",
    flavour: "crun",
    path: crunOnVersion1(join(forky.here.dir, "bin/crun")),
    busybox,
  } as const;
  if ("missing" in trixie) return [{ here: runc }, { here: crun }, trixie];
  const old = { name: "runc 1.1", flavour: "runc", path: join(trixie.here.dir, "bin/runc"), busybox } as const;
  return [{ here: runc }, { here: old }, { here: crun }];
}

/** crun refuses a hybrid layout: it is called in a mount namespace without the folder of version 2. */
function crunOnVersion1(crun: string): string {
  if (!existsSync("/sys/fs/cgroup/unified")) return crun;
  const path = join(cacheDir, "crun-v1");
  mkdirSync(cacheDir, { recursive: true });
  const inside = 'umount /sys/fs/cgroup/unified; exec "$0" "$@"';
  writeFileSync(path, `#!/bin/sh\nexec unshare -m sh -c '${inside}' ${crun} "$@"\n`, { mode: 0o755 });
  return path;
}
