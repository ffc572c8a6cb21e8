// Durations in Go's text form: `500ms`, `2s`, `1m30s`.
import { UsageError } from "./host.js";

const UNITS: { readonly [unit: string]: number } = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** Longest time that a timer takes. */
const MAX_MS = 2 ** 31 - 1;

/** Whole milliseconds, from 1 to about 24 days. Refuses a number without a unit, as Go does, and what is no time to wait. */
export function parseDuration(text: string, option: string): number {
  const form = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
  if (text.length > 64 || !form.test(text)) {
    throw new UsageError(`${option} "${text}": not a duration such as 500ms, 2s or 1m30s`);
  }
  let total = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(number) * (UNITS[unit ?? ""] ?? Number.NaN);
  }
  const milliseconds = Math.ceil(total);
  if (!(milliseconds >= 1 && milliseconds <= MAX_MS)) {
    throw new UsageError(`${option} "${text}": must be between 1ms and ${MAX_MS}ms`);
  }
  return milliseconds;
}
