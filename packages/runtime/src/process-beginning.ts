// When a process began: with its number it is one of a kind, as numbers are used again.
import { readFileSync } from "node:fs";

/** In the kernel's own count (proc(5), the 22nd word of `stat`). Undefined when it has ended. */
export function processBeginning(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, begun] = [fields[0], fields[19]];
    return state === "Z" || state === "X" ? undefined : begun;
  } catch {
    return undefined;
  }
}
