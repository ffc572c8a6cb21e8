// Whether containers can be run here, and what a spec may ask for on this machine.
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { findProgram } from "../oci/find-program.js";
import { findMonitor, type Monitor } from "./monitor.js";

/** A machine that can run containers. */
export interface Machine {
  /** Absolute name of the OCI runtime, runc or crun. */
  readonly runtime: string;
  /** Who waits for the containers' processes. */
  readonly monitor: Monitor;
  /** Layout of /sys/fs/cgroup: with any of version 1 mounted, runtimes use version 1. */
  readonly cgroup: 1 | 2;
  /** Whether memory and swap can be limited together. */
  readonly swapLimit: boolean;
  /** Smallest `oom_score_adj` that a container can be given; without CAP_SYS_RESOURCE it is our own. */
  readonly leastOomScoreAdj: bigint;
  /** Whether profiles of AppArmor can be applied. */
  readonly apparmor: boolean;
  /** Whether labels of SELinux can be applied. */
  readonly selinux: boolean;
}

const RUNTIMES = ["runc", "crun"] as const;
const PROGRAMS = ["unshare", "sh", "mount", "umount"] as const;

/**
 * What this machine offers, or why no container can be run. `runtime` is a name in PATH or a path, by default runc or
 * crun, whichever is found first.
 */
export function findMachine(path: string, runtime?: string): Machine | { readonly missing: string } {
  const wanted = runtime === undefined ? RUNTIMES : [runtime];
  const found = wanted.flatMap((name) => findProgram(name, path) ?? [])[0];
  if (found === undefined) {
    const what = runtime === undefined ? "neither runc nor crun is" : `${runtime} is not`;
    return { missing: `${what} ${runtime !== undefined && isAbsolute(runtime) ? "an executable" : "in PATH"}` };
  }
  if (process.getuid?.() !== 0) return { missing: "it takes root" };
  const absent = PROGRAMS.find((name) => findProgram(name, path) === undefined);
  if (absent !== undefined) return { missing: `the program ${absent} is not in PATH` };
  const monitor = findMonitor((name) => findProgram(name, path));
  if (typeof monitor === "string") return { missing: monitor };
  const cgroup = existsSync("/sys/fs/cgroup/cgroup.controllers") ? 2 : 1;
  return {
    runtime: found,
    monitor,
    cgroup,
    swapLimit: cgroup === 2 || existsSync("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"),
    leastOomScoreAdj: leastOomScoreAdj(),
    apparmor: existsSync("/sys/kernel/security/apparmor"),
    selinux: existsSync("/sys/fs/selinux/enforce"),
  };
}

const CAP_SYS_RESOURCE = 24n;

function leastOomScoreAdj(): bigint {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  if ((BigInt(`0x${effective}`) >> CAP_SYS_RESOURCE) & 1n) return -1000n;
  return BigInt(readFileSync("/proc/self/oom_score_adj", "utf8").trim());
}
