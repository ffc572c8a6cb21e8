// JSON of the stand-ins: lines written as Go's encoder writes maps (keys sorted, `<` escaped), and read without losing digits.
import type { JsonValue } from "@nri/protocol/json";

/** JSON text that is put into a line as it is. */
export class RawJson {
  /** The text. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a line is made of; undefined members are left out. */
export type LineValue = JsonValue | RawJson | undefined | readonly LineValue[] | { readonly [key: string]: LineValue };

/** A message inside a line: its keys stay in the order of its fields. */
export function messageJson(message: JsonValue): RawJson {
  return new RawJson(JSON.stringify(message).replace(ESCAPED, escaped));
}

const ESCAPED = /[<>&\u2028\u2029]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** `value` as one line of JSON, without its end: the keys of every object in the order of their bytes. */
export function goJson(value: LineValue): string {
  if (value instanceof RawJson) return value.text;
  if (typeof value === "string") return goString(value);
  if (value === null || value === undefined || typeof value !== "object") return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${(value as readonly LineValue[]).map(goJson).join(",")}]`;
  const members = Object.entries(value as { readonly [key: string]: LineValue })
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([key, member]) => `${goString(key)}:${goJson(member)}`);
  return `{${members.join(",")}}`;
}

function goString(text: string): string {
  return JSON.stringify(text).replace(ESCAPED, escaped);
}

/** A string, or a number with more digits than a number of this language holds. */
const STRING_OR_LONG = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** Parses JSON; integers that would lose digits become strings, which protojson takes for the same. Throws SyntaxError. */
export function parseJsonLine(text: string): JsonValue {
  return JSON.parse(
    text.replace(STRING_OR_LONG, (found) => (found.startsWith('"') ? found : `"${found}"`)),
  ) as JsonValue;
}
