// YAML in annotations and configuration, read strictly into the shape a plugin expects; spec: plugins 0.

import { parseYaml, type YamlValue } from "./yaml-document.js";
import { scalarText } from "./yaml-scalar.js";

/** Turns one parsed value into what is expected at `at`, or throws an Error that names `at`. */
export type Reader<T> = (value: YamlValue | undefined, at: string) => T;

/** Parses YAML `text` and reads it. Empty text and null read as absent, which every reader takes for its zero value. */
export function readYaml<T>(text: string, reader: Reader<T>): T {
  return reader(parseYaml(text), "value");
}

function wrong(at: string, expected: string, value: YamlValue | undefined): never {
  const shown = typeof value === "string" ? JSON.stringify(value) : typeof value === "object" ? kindOf(value) : value;
  throw new Error(`${at}: expected ${expected}, got ${shown}`);
}

function kindOf(value: object | null): string {
  return Array.isArray(value) ? "a list" : value === null ? "null" : "a mapping";
}

function absent(value: YamlValue | undefined): value is null | undefined {
  return value === null || value === undefined;
}

/** A string; absent is "". Numbers and booleans are taken for their text, as the Go plugins' library does. */
export const text: Reader<string> = (value, at) => {
  if (absent(value)) return "";
  return typeof value === "object" ? wrong(at, "a string", value) : (scalarText(value) ?? "");
};

/** An integer between `least` and `most`; absent is 0n. A float without a fraction is one, too. */
export function integer(least: bigint, most: bigint): Reader<bigint> {
  return (value, at) => {
    if (absent(value)) return 0n;
    const whole = typeof value === "number" ? integerOf(value, least < 0n) : value;
    if (typeof whole !== "bigint") return wrong(at, "an integer", value);
    return whole < least || whole > most ? wrong(at, `an integer from ${least} to ${most}`, value) : whole;
  };
}

/** From there on a float is written with an exponent, and is no integer. */
const FLOATS_AS_INTEGERS = 1e21;

function integerOf(value: number, signed: boolean): bigint | undefined {
  if (!Number.isInteger(value) || Math.abs(value) >= FLOATS_AS_INTEGERS) return undefined;
  if (Object.is(value, -0) && !signed) return undefined;
  return BigInt(String(value));
}

/** An integer that fits in a JavaScript number, between `least` and `most`; absent is 0. */
export function smallInteger(least: number, most: number): Reader<number> {
  const read = integer(BigInt(least), BigInt(most));
  return (value, at) => Number(read(value, at));
}

/** A list; absent is empty. */
export function list<T>(item: Reader<T>): Reader<T[]> {
  return (value, at) => {
    if (absent(value)) return [];
    if (!Array.isArray(value)) return wrong(at, "a list", value);
    return value.map((entry, index) => item(entry, `${at}[${index}]`));
  };
}

/** A mapping with any keys; absent is empty. */
export function mapping<T>(entry: Reader<T>): Reader<[string, T][]> {
  return (value, at) => {
    if (absent(value)) return [];
    if (!(value instanceof Map)) return wrong(at, "a mapping", value);
    return [...value].map(([key, item]) => [key, entry(item, `${at}.${key}`)]);
  };
}

/** What must be there: refuses null. */
export function present<T>(reader: Reader<T>): Reader<T> {
  return (value, at) => (absent(value) ? wrong(at, "a value", value) : reader(value, at));
}

/** The Go plugins' library makes JSON of all that it reads, which has no infinite numbers. */
function mustBeJson(value: YamlValue, at: string): void {
  if (typeof value === "number" && !Number.isFinite(value)) wrong(at, "a finite number", value);
  if (Array.isArray(value)) for (const [index, item] of value.entries()) mustBeJson(item, `${at}[${index}]`);
  if (value instanceof Map) for (const [key, item] of value) mustBeJson(item, `${at}.${key}`);
}

/**
 * A mapping with known keys, matched in any case; unknown keys are passed over, absent ones read as absent. Of spellings of
 * one key the last in the order of their characters counts, unless it is null.
 */
export function record<Shape extends Readonly<Record<string, Reader<unknown>>>>(
  shape: Shape,
): Reader<{ [Key in keyof Shape]: ReturnType<Shape[Key]> }> {
  return (value, at) => {
    if (!absent(value) && !(value instanceof Map)) return wrong(at, "a mapping", value);
    const given = [...(value ?? [])].sort(([one], [other]) => (one < other ? -1 : 1));
    const entries = Object.entries(shape).map(([key, reader]) => {
      let read = reader(undefined, `${at}.${key}`);
      for (const [spelling, item] of given) {
        if (item !== null && spelling.toLowerCase() === key.toLowerCase()) read = reader(item, `${at}.${spelling}`);
      }
      return [key, read];
    });
    const known = new Set(Object.keys(shape).map((key) => key.toLowerCase()));
    for (const [key, item] of given) if (!known.has(key.toLowerCase())) mustBeJson(item, `${at}.${key}`);
    return Object.fromEntries(entries) as { [Key in keyof Shape]: ReturnType<Shape[Key]> };
  };
}
