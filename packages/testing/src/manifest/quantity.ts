// Kubernetes quantities ("500m", "1.5Gi", "2e3") as exact numbers.
import type { Located } from "../input/located.js";
import { quote } from "../input/located.js";

const SUFFIXES: Readonly<Record<string, readonly [base: bigint, exponent: number]>> = {
  n: [10n, -9],
  u: [10n, -6],
  m: [10n, -3],
  "": [10n, 0],
  k: [10n, 3],
  M: [10n, 6],
  G: [10n, 9],
  T: [10n, 12],
  P: [10n, 15],
  E: [10n, 18],
  Ki: [2n, 10],
  Mi: [2n, 20],
  Gi: [2n, 30],
  Ti: [2n, 40],
  Pi: [2n, 50],
  Ei: [2n, 60],
};
/** Digits of a quantity, so that `1e999999999` cannot cost memory. */
const MAX_EXPONENT = 40;
/** Greatest value of a quantity, and of most numbers that are made of one. */
export const MAX_INT64 = 2n ** 63n - 1n;

/**
 * A quantity as an exact fraction scaled by `scale`, rounded up as Kubernetes does (`500m` at scale 1000 is 500).
 * Undefined when the text is no quantity; values above 2^63-1 become 2^63-1, as in Kubernetes.
 */
export function parseQuantity(text: string, scale: bigint): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent, suffix = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const row = exponent === undefined ? SUFFIXES[suffix] : ([10n, Number(exponent)] as const);
  if (row === undefined || Math.abs(row[1]) > 60 || (row[0] === 10n && Math.abs(row[1]) > MAX_EXPONENT))
    return undefined;
  if (whole.length + fraction.length > MAX_EXPONENT) return undefined;
  let numerator = BigInt(whole + fraction) * scale;
  let denominator = 10n ** BigInt(fraction.length);
  if (row[1] >= 0) numerator *= row[0] ** BigInt(row[1]);
  else denominator *= row[0] ** BigInt(-row[1]);
  const rounded = (numerator + denominator - 1n) / denominator;
  const bounded = rounded > MAX_INT64 ? MAX_INT64 : rounded;
  return sign === "-" ? -bounded : bounded;
}

/** The quantity at `place`, never negative; undefined when missing. */
export function quantityAt(place: Located, scale: bigint): bigint | undefined {
  const text = place.optionalScalarText('a quantity such as 500m or "64Mi"');
  if (text === undefined) return undefined;
  const value = parseQuantity(text, scale);
  if (value === undefined) return place.fail(`is not a quantity such as 500m or 64Mi: ${quote(text)}`);
  if (value < 0n) return place.fail(`must not be negative, is ${quote(text)}`);
  return value;
}
