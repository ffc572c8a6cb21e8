// What a process holds: descriptors, children, timers and handles. The same before and after, or something was left.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { pause } from "../waits.js";

/** What this process holds now. */
export interface Holdings {
  readonly descriptors: readonly string[];
  readonly children: readonly number[];
  /** Active timers and handles by kind, with their number. */
  readonly resources: Readonly<Record<string, number>>;
}

/** Takes stock. */
export function holdings(): Holdings {
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return { descriptors: descriptors(), children: children(), resources };
}

function descriptors(): string[] {
  return readdirSync("/proc/self/fd")
    .flatMap((fd) => {
      try {
        return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`).replace(/\[\d+\]$/, "")}`];
      } catch {
        return []; // the one that read the folder
      }
    })
    .sort();
}

function children(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === process.pid;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** What is held now and was not before: a line each. */
export function leaked(before: Holdings, now: Holdings = holdings()): string[] {
  const lines: string[] = [];
  const extra = now.descriptors.length - before.descriptors.length;
  if (extra > 0) {
    const fresh = now.descriptors.filter((one) => !before.descriptors.includes(one));
    lines.push(`${extra} descriptor(s) more than before: ${fresh.slice(0, 10).join(", ")}`);
  }
  for (const pid of now.children) {
    if (!before.children.includes(pid)) lines.push(`child ${pid}`);
  }
  for (const [kind, count] of Object.entries(now.resources)) {
    const more = count - (before.resources[kind] ?? 0);
    if (more > 0) lines.push(`${more} ${kind}`);
  }
  return lines;
}

/** As `leaked`, but what is about to go gets some time: at most `timeoutMs`. */
export async function leakedAfter(before: Holdings, timeoutMs: number): Promise<string[]> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    // The timer of the pause itself is gone when stock is taken.
    const lines = leaked(before);
    if (lines.length === 0 || performance.now() > end) return lines;
    await pause(20);
  }
}
