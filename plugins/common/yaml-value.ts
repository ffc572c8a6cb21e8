// YAML in annotations and configuration: parsed, then read strictly into the shape a plugin expects; spec: plugins 0.
import { parse, type ScalarTag } from "yaml";

/** Turns one parsed value into what is expected at `at`, or throws an Error that names `at`. */
export type Reader<T> = (value: unknown, at: string) => T;

/** Octal as file modes are written by habit: 0644. The core schema has only 0o644. */
const OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^0[0-7]+$/,
  resolve: (text) => BigInt(`0o${text.slice(1)}`),
};

/** Parses YAML `text` and reads it. Empty text and null read as absent, which every reader takes for its zero value. */
export function readYaml<T>(text: string, reader: Reader<T>): T {
  const value: unknown = parse(text, {
    intAsBigInt: true,
    customTags: (tags) => [OCTAL, ...tags],
    prettyErrors: false,
  });
  return reader(value, "value");
}

function wrong(at: string, expected: string, value: unknown): never {
  const shown = typeof value === "string" ? JSON.stringify(value) : typeof value === "object" ? kindOf(value) : value;
  throw new Error(`${at}: expected ${expected}, got ${shown}`);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : "a mapping";
}

function absent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** A string; absent is "". Numbers and booleans are wrong, they need quotes. */
export const text: Reader<string> = (value, at) => {
  if (absent(value)) return "";
  return typeof value === "string" ? value : wrong(at, "a string", value);
};

/** An integer between `least` and `most`; absent is 0n. */
export function integer(least: bigint, most: bigint): Reader<bigint> {
  return (value, at) => {
    if (absent(value)) return 0n;
    if (typeof value !== "bigint") return wrong(at, "an integer", value);
    return value < least || value > most ? wrong(at, `an integer from ${least} to ${most}`, value) : value;
  };
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
    return value.map((entry: unknown, index) => item(entry, `${at}[${index}]`));
  };
}

/** A mapping with any keys; absent is empty. */
export function mapping<T>(entry: Reader<T>): Reader<[string, T][]> {
  return (value, at) => {
    if (absent(value)) return [];
    if (typeof value !== "object" || Array.isArray(value)) return wrong(at, "a mapping", value);
    return Object.entries(value ?? {}).map(([key, item]) => [key, entry(item, `${at}.${key}`)]);
  };
}

/** A mapping with known keys, matched in any case; unknown keys are passed over, absent ones read as absent. */
export function record<Shape extends Readonly<Record<string, Reader<unknown>>>>(
  shape: Shape,
): Reader<{ [Key in keyof Shape]: ReturnType<Shape[Key]> }> {
  return (value, at) => {
    if (!absent(value) && (typeof value !== "object" || Array.isArray(value))) return wrong(at, "a mapping", value);
    const byLowerCase = new Map(Object.entries(value ?? {}).map(([key, item]) => [key.toLowerCase(), item as unknown]));
    const entries = Object.entries(shape).map(([key, reader]) => [
      key,
      reader(byLowerCase.get(key.toLowerCase()), `${at}.${key}`),
    ]);
    return Object.fromEntries(entries) as { [Key in keyof Shape]: ReturnType<Shape[Key]> };
  };
}
