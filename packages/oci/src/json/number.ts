// Numbers of JSON that neither `number` nor `bigint` can hold as they were written.

/**
 * A JSON number kept as its text, because JavaScript would print it differently (`1.0`, `1e3`, `-0`, more digits than a
 * double has). `Number(raw)` gives the nearest double.
 */
export class RawNumber {
  /** The digits as written. */
  readonly text: string;

  /** Refuses a text that is not a JSON number. */
  constructor(text: string) {
    if (!NUMBER.test(text)) throw new TypeError(`"${text}" is not a JSON number`);
    this.text = text;
  }

  /** The digits as written. */
  toString(): string {
    return this.text;
  }

  /** The nearest double. */
  valueOf(): number {
    return Number(this.text);
  }
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
/** Longer integers stay text: no field has more than 20 digits, and arithmetic on millions of them takes minutes. */
const MAX_INTEGER_DIGITS = 64;
const INTEGER = /^(?:0|-?[1-9][0-9]*)$/;

/** Any value of JSON without loss. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | RawNumber
  | JsonValue[]
  | { [key: string]: JsonValue };

/** Whether a value of JSON, or nothing, is an object. */
export function isJsonObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RawNumber);
}

/** A JSON number as the simplest thing that prints as the same text: number, bigint, or RawNumber. */
export function exactNumber(text: string): number | bigint | RawNumber {
  const value = Number(text);
  if (text.length > MAX_INTEGER_DIGITS) return new RawNumber(text);
  if (INTEGER.test(text)) return Number.isSafeInteger(value) ? value : BigInt(text);
  return String(value) === text ? value : new RawNumber(text);
}
