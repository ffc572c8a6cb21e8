// What kinds of values keys have: how each is read, and how it is written in TOML.
import { parseDuration } from "@nri/adaptation";
import { plainValue, type TomlNode } from "./toml.js";

/** A kind of value. */
export interface Kind<T> {
  /** For people: `duration`, `list of paths`. */
  readonly name: string;
  /** The value. Throws `Refused`. */
  read(node: TomlNode): T;
  /** As it stands in a file. */
  print(value: T): string;
}

/** A value that is no such thing. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** Where in the value: keys and numbers of entries. */
  readonly path: readonly (string | number)[];

  constructor(text: string, path: readonly (string | number)[] = []) {
    super(text);
    this.path = path;
  }
}

const MAX_DURATION_MS = 2 ** 31 - 1;
const MAX_SHOWN = 80;

export const boolean: Kind<boolean> = {
  name: "boolean",
  read: ({ value }) => {
    if (typeof value !== "boolean") throw notA(value, "true or false");
    return value;
  },
  print: String,
};

export const text: Kind<string> = {
  name: "text",
  read: ({ value }) => {
    if (typeof value !== "string") throw notA(value, "a text");
    if (value.includes("\0")) throw new Refused("a text with a NUL character");
    return value;
  },
  print: (value) => JSON.stringify(value),
};

/** An absolute path, or nothing. */
export const path: Kind<string> = {
  name: "path",
  read: (node) => {
    const value = text.read(node);
    if (value !== "" && !value.startsWith("/")) throw new Refused(`${shown(value)} is no absolute path`);
    return value;
  },
  print: text.print,
};

/** A host and a port, or nothing. */
export const address: Kind<string> = {
  name: "address",
  read: (node) => {
    const value = text.read(node);
    const port = /^(?:\[[\da-fA-F:.]+\]|[\w.-]+):(\d{1,5})$/.exec(value)?.[1];
    if (value !== "" && !(Number(port) <= 65_535)) throw new Refused(`${shown(value)} is no host:port`);
    return value;
  },
  print: text.print,
};

/** Whole milliseconds; 0 is for the reader of the key to understand. */
export const duration: Kind<number> = {
  name: "duration",
  read: ({ value }) => {
    if (typeof value !== "string") throw notA(value, 'a duration such as "500ms", "2s" or "1m30s"');
    const milliseconds = parseDuration(value);
    if (milliseconds === undefined) {
      const negative = value.startsWith("-") && parseDuration(value.slice(1)) !== undefined;
      throw negative
        ? new Refused(`${shown(value)} is negative`)
        : notA(value, 'a duration such as "500ms", "2s" or "1m30s"');
    }
    if (milliseconds > MAX_DURATION_MS) throw new Refused(`${shown(value)} is longer than ${MAX_DURATION_MS}ms`);
    return milliseconds;
  },
  print: (milliseconds) => JSON.stringify(durationText(milliseconds)),
};

function durationText(milliseconds: number): string {
  const whole = [
    [3_600_000, "h"],
    [60_000, "m"],
    [1000, "s"],
  ] as const;
  const [size, unit] = whole.find(([length]) => milliseconds > 0 && milliseconds % length === 0) ?? [1, "ms"];
  return `${milliseconds / size}${unit}`;
}

/** A whole number. */
export function integer(least: number, most: number): Kind<number> {
  return {
    name: "number",
    read: ({ value }) => {
      if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) {
        throw notA(value, `a whole number from ${least} to ${most}`);
      }
      return value;
    },
    print: String,
  };
}

/** One of a few words. */
export function choice<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    name: words.map((word) => `\`"${word}"\``).join(", "),
    read: ({ value }) => {
      const word = words.find((candidate) => candidate === value);
      if (word === undefined) throw notA(value, `one of ${words.map((candidate) => `"${candidate}"`).join(", ")}`);
      return word;
    },
    print: text.print,
  };
}

/** A list of `kind`, none of which is empty. */
export function listOf(kind: Kind<string>): Kind<readonly string[]> {
  return {
    name: `list of ${kind.name}s`,
    read: ({ value }) => {
      if (!Array.isArray(value)) throw notA(value, `a list of ${kind.name}s`);
      return value.map((node: TomlNode, index) => {
        const entry = attempt(() => kind.read(node), index);
        if (entry === "") throw new Refused("an empty entry", [index]);
        return entry;
      });
    },
    print: (values) => `[${values.map((value) => kind.print(value)).join(", ")}]`,
  };
}

function attempt<T>(read: () => T, step: string | number): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Refused ? new Refused(error.message, [step, ...error.path]) : error;
  }
}

function notA(value: TomlNode["value"], expected: string): Refused {
  return new Refused(`${shown(value)} is not ${expected}`);
}

function shown(value: TomlNode["value"]): string {
  if (value instanceof Map) return "a table";
  const given = JSON.stringify(plainValue({ line: 0, value }));
  return given.length > MAX_SHOWN ? `${given.slice(0, MAX_SHOWN - 3)}...` : given;
}
