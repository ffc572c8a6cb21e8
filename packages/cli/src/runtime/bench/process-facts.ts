// What Linux tells about processes: memory, processor time, context switches. Zero where it tells nothing.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What a process (and those given) used until now. */
export interface Usage {
  /** Processor time of this process in microseconds. */
  readonly own: number;
  /** That of the others together, in steps of ten milliseconds. */
  readonly others: number;
  /** Context switches of this process. */
  readonly switches: number;
  /** Those of the others together. */
  readonly otherSwitches: number;
}

/** Usage of this process and of `pids`. */
export function usage(pids: readonly number[]): Usage {
  const { user, system } = process.cpuUsage();
  const sum = (of: (pid: number) => number): number => pids.reduce((total, pid) => total + of(pid), 0);
  return {
    own: user + system,
    others: sum(processorTime),
    switches: contextSwitches(process.pid),
    otherSwitches: sum(contextSwitches),
  };
}

/** Resident memory in kB, now (`VmRSS`) or at most (`VmHWM`). */
export function memory(pid: number, line: "VmRSS" | "VmHWM"): number {
  return Number(new RegExp(`^${line}:\\s*(\\d+)`, "m").exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** Frees what nobody holds, as the Go program has its collector do before it measures. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  setFlagsFromString("--no-expose-gc");
  collect();
}

/** From now on `VmHWM` of this process is the most since now. */
export function forgetPeak(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // No Linux, or not allowed: the peak is the one since the start.
  }
}

/** In microseconds; the kernel counts in hundredths of a second. */
function processorTime(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10_000;
}

function contextSwitches(pid: number): number {
  let total = 0;
  for (const task of tasks(pid)) {
    const status = read(`/proc/${pid}/task/${task}/status`);
    for (const match of status.matchAll(/ctxt_switches:\s*(\d+)/g)) total += Number(match[1]);
  }
  return total;
}

function tasks(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // It has ended, or this is no Linux.
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It has ended, or this is no Linux.
    return "";
  }
}
