// Durations on the command line: `500ms`, `2s`, `1m30s`.
import { parseDuration as millisecondsOf } from "@nri/adaptation";
import { UsageError } from "./host.js";

/** Longest time that a timer takes. */
const MAX_MS = 2 ** 31 - 1;

/** Whole milliseconds, from 1 to about 24 days. Refuses a number without a unit, as Go does, and what is no time to wait. */
export function parseDuration(text: string, option: string): number {
  const milliseconds = millisecondsOf(text);
  if (milliseconds === undefined) {
    throw new UsageError(`${option} "${text}": not a duration such as 500ms, 2s or 1m30s`);
  }
  if (!(milliseconds >= 1 && milliseconds <= MAX_MS)) {
    throw new UsageError(`${option} "${text}": must be between 1ms and ${MAX_MS}ms`);
  }
  return milliseconds;
}
