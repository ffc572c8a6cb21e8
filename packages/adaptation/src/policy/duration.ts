// Durations as text, in the form of Go: `500ms`, `2s`, `1m30s`.

const UNIT_MS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Whole milliseconds; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 64 || !/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) {
    return undefined;
  }
  let total = 0;
  for (const [, number, unit = ""] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
    total += Number(number) * (UNIT_MS[unit] ?? Number.NaN);
  }
  return Math.ceil(total);
}
