// Durations as text, in the form of Go: `500ms`, `2s`, `1m30s`.

const UNIT_MS: { readonly [unit: string]: number } = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const FORM = /^\+?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
/** No duration that means something is longer as text. */
const MAX_CHARACTERS = 64;

/**
 * Reads a duration as Go writes it (`500ms`, `1m30s`): milliseconds, rounded up to whole ones. Undefined for what is none:
 * a number needs its unit, but for 0. Negative durations are refused; how long one is, is not looked at.
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > MAX_CHARACTERS || !FORM.test(text)) {
    return undefined;
  }
  let total = 0;
  for (const [, number, unit = ""] of text.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(number) * (UNIT_MS[unit] ?? Number.NaN);
  }
  return Math.ceil(total);
}
