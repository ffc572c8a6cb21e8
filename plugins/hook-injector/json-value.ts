// JSON text as plain data for the readers of common/yaml-value.ts: objects are maps, and integers keep their digits.

import type { YamlValue } from "../common/yaml-document.js";
import { integer, type Reader } from "../common/yaml-value.js";

/** A number stands in an object with this key while JSON.parse is at work, which would round it. */
const DIGITS = "\u0000digits";
const STRING_OR_NUMBER = /("(?:[^"\\]|\\.)*")|-?\d[\d.eE+-]*/g;

/** Parses JSON. Integers are bigint, other numbers number, objects Map. Throws a SyntaxError for what is no JSON. */
export function parseJson(text: string): YamlValue {
  JSON.parse(text);
  const guarded = text.replace(
    STRING_OR_NUMBER,
    (word, string?: string) => string ?? JSON.stringify({ [DIGITS]: word }),
  );
  return JSON.parse(guarded, (_key, value: unknown) => fromJson(value)) as YamlValue;
}

function fromJson(value: unknown): unknown {
  // what is half of a character is none
  if (typeof value === "string") return Buffer.from(value).toString();
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Map) return value;
  const digits: unknown = Object.hasOwn(value, DIGITS) ? Reflect.get(value, DIGITS) : undefined;
  if (typeof digits === "string") return /^-?\d+$/.test(digits) ? BigInt(digits) : Number(digits);
  return new Map(Object.entries(value));
}

function wrong(at: string, expected: string, value: YamlValue): never {
  throw new Error(`${at}: expected ${expected}, got ${typeof value === "object" ? "something else" : String(value)}`);
}

/** A string; absent is "". Nothing else is taken for one, unlike in YAML. */
export const string: Reader<string> = (value, at) => {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : wrong(at, "a string", value);
};

/** A boolean; undefined when absent. */
export const flag: Reader<boolean | undefined> = (value, at) => {
  if (value === null || value === undefined) return undefined;
  return typeof value === "boolean" ? value : wrong(at, "true or false", value);
};

const int64 = integer(-(2n ** 63n), 2n ** 63n - 1n);

/** An integer of 64 bits without fraction or exponent; undefined when absent. */
export const wholeNumber: Reader<bigint | undefined> = (value, at) => {
  if (value === null || value === undefined) return undefined;
  return typeof value === "bigint" ? int64(value, at) : wrong(at, "an integer", value);
};

/** What `reader` makes of a value; undefined when it is absent, which is not the same as empty. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, at) => (value === null || value === undefined ? undefined : reader(value, at));
}
