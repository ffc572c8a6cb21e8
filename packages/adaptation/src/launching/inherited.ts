// Which of our descriptors a child would inherit: those that our own parent left open without close-on-exec.
import { readdirSync, readFileSync } from "node:fs";

/** O_CLOEXEC, as /proc prints it with the other flags of a descriptor. */
const CLOSE_ON_EXEC = 0o2000000;
/** Higher numbers are not looked at: the table that a start needs has an entry for every number below. */
const MAX_DESCRIPTOR = 65535;

/**
 * Descriptors from `first` on that exec would leave open, in ascending order. Node opens all of its own with close-on-exec,
 * and sets it at its start for what it inherits itself, but only up to the first gap above 15: what a shell opened as
 * descriptor 63 (`<(...)`) is handed on. Empty where the system has no /proc.
 */
export function inheritableDescriptors(first: number): number[] {
  let names: string[];
  try {
    names = readdirSync("/proc/self/fd");
  } catch {
    return [];
  }
  return names
    .map(Number)
    .filter((descriptor) => descriptor >= first && descriptor <= MAX_DESCRIPTOR && isInheritable(descriptor))
    .sort((a, b) => a - b);
}

function isInheritable(descriptor: number): boolean {
  try {
    const [, flags] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1")) ?? [];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false; // the one that listed the directory is closed again
  }
}
