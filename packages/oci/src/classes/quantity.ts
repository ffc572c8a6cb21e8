// Quantities as Kubernetes writes them: 80, 50M, 64Mi, 1.5k, 1e6.

const QUANTITY = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$/;
const DECIMAL: { readonly [suffix: string]: number } = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const MAX = 2n ** 63n - 1n;

/** The quantity as an integer, fractions rounded up (away from zero); undefined for what is none or needs more than 63 bits. */
export function parseQuantity(text: string): bigint | undefined {
  const match = QUANTITY.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", suffix = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const exponent = /^[eE][+-]?[0-9]/.test(suffix) ? Number(suffix.slice(1)) : (DECIMAL[suffix] ?? 0);
  let numerator = BigInt(whole + fraction);
  if (BINARY.includes(suffix)) numerator *= 1024n ** BigInt(BINARY.indexOf(suffix) + 1);
  if (exponent > 0) numerator *= 10n ** BigInt(exponent);
  const denominator = 10n ** BigInt(fraction.length + Math.max(0, -exponent));
  const value = (numerator + denominator - 1n) / denominator;
  if (value > MAX) return undefined;
  return sign === "-" ? -value : value;
}
