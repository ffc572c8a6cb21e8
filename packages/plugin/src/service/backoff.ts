// How long to wait before trying again: longer each time, never longer than a maximum, and not all at the same moment.
import { setTimeout as pause } from "node:timers/promises";

/** First and longest wait. */
export interface Backoff {
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

/**
 * The wait after failure number `failures` (1 is the first): `delayMs`, doubled each time up to `maxDelayMs`; of that at
 * least half, so that the plugins of a node do not all come back at once. `random` is in [0, 1).
 */
export function backoffMs(failures: number, { delayMs, maxDelayMs }: Backoff, random = Math.random): number {
  const full = Math.min(delayMs * 2 ** Math.min(failures - 1, 30), maxDelayMs);
  return full / 2 + (full / 2) * random();
}

/** Waits, and resolves early when `signal` is aborted. */
export async function waitMs(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
