// What an unquoted word of YAML stands for. The Go plugins read YAML as of version 1.1, with what Go itself takes for numbers:
// `yes` is true, 0644 is octal, 1_000 is a thousand. Tried with their library; spec: plugins 0.

/** A scalar of YAML; integers keep all digits. */
export type YamlScalar = null | boolean | bigint | number | string;

const WORDS = new Map<string, YamlScalar>([
  ...words(true, "y Y yes Yes YES true True TRUE on On ON"),
  ...words(false, "n N no No NO false False FALSE off Off OFF"),
  ...words(null, "~ null Null NULL"),
  ["", null],
  ...words(Number.NaN, ".nan .NaN .NAN"),
  ...words(Infinity, ".inf .Inf .INF +.inf +.Inf +.INF"),
  ...words(-Infinity, "-.inf -.Inf -.INF"),
]);

function words(value: YamlScalar, spellings: string): [string, YamlScalar][] {
  return spellings.split(" ").map((spelling) => [spelling, value]);
}

const LEAST = -(2n ** 63n);
const MOST = 2n ** 64n - 1n;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

/** The value of an unquoted word: a number beyond 64 bits is a rounded one, beyond all floats a string. */
export function plainScalar(word: string): YamlScalar {
  const known = WORDS.get(word);
  if (known !== undefined) return known;
  if (!/^[-+.0-9]/.test(word)) return word;
  const digits = word.startsWith(".") ? word : word.replaceAll("_", "");
  return integerOf(digits) ?? floatOf(digits) ?? word;
}

function integerOf(digits: string): bigint | undefined {
  const [, sign = "", magnitude] = INTEGER.exec(digits) ?? [];
  if (magnitude === undefined) return undefined;
  const octal = /^0[0-7]+$/.test(magnitude);
  const value = BigInt(octal ? `0o${magnitude.slice(1)}` : magnitude);
  const signed = sign === "-" ? -value : value;
  // a plus sign is for signed integers only
  return signed < LEAST || signed > (sign === "+" ? MOST >> 1n : MOST) ? undefined : signed;
}

function floatOf(digits: string): number | undefined {
  const value = FLOAT.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** A scalar where a string is expected: numbers and booleans are taken for their text, null is none. */
export function scalarText(value: YamlScalar): string | undefined {
  if (value === null) return undefined;
  return typeof value === "number" ? floatText(value) : String(value);
}

/** A float as Go prints it in single precision, which is what the Go plugins make of one. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? "+Inf" : "-Inf";
  let shortest = single.toExponential();
  for (let digits = 0; digits < 9; digits++) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) !== single) continue;
    shortest = text;
    break;
  }
  const [mantissa = "", exponent = ""] = shortest.split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return Object.is(single, -0) ? "-0" : plainFloat(shortest, mantissa, power);
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function plainFloat(shortest: string, mantissa: string, power: number): string {
  const decimals = (mantissa.split(".")[1]?.length ?? 0) - power;
  return Number(shortest).toFixed(Math.max(0, decimals));
}
