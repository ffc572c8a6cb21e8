// Waiting in tests: for a while, or until something has happened on the other side.
import { readFileSync } from "node:fs";

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `find` gives something, or `true`. Throws, saying `what` did not come, after `timeoutMs`. */
export async function until<T>(
  what: string,
  find: () => T | false | undefined | Promise<T | false | undefined>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await pause(10);
  }
}

/** Whether somebody listens on the unix socket at `path`. Its file is there a moment before that. */
export function isListening(path: string): boolean {
  const LISTENS = "00010000";
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.some((line) => line.endsWith(` ${path}`) && line.split(" ")[3] === LISTENS);
}
