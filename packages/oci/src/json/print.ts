// Lossless JSON, writing.
import { OciError } from "../errors.js";
import { DEFAULT_JSON_LIMITS } from "../limits.js";
import { RawNumber } from "./number.js";
import { orderedKeys } from "./order.js";

/** How a document is written. */
export interface PrintOptions {
  /** Blanks for each level; 0 (the default) writes one line. */
  readonly indent?: number | undefined;
  /** Objects and arrays inside each other; default as for reading. */
  readonly maxDepth?: number | undefined;
}

/** `value` as JSON text, without a line end. Entries that are undefined are left out. Refuses what JSON cannot say. */
export function printJson(value: unknown, options: PrintOptions = {}): string {
  const depth = options.maxDepth ?? DEFAULT_JSON_LIMITS.maxDepth;
  try {
    return print(value, " ".repeat(options.indent ?? 0), "\n", depth);
  } catch (cause) {
    if (cause !== TOO_DEEP) throw cause;
    throw new OciError("limit", `deeper than ${depth} levels, or a value that contains itself`);
  }
}

const TOO_DEEP = new Error("too deep");

function print(value: unknown, indent: string, newline: string, depth: number): string {
  if (depth < 0) throw TOO_DEEP;
  if (value === null) return "null";
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      if (!Number.isFinite(value)) throw new OciError("unprintable", `${value} is not a number of JSON`);
      return JSON.stringify(value);
    case "object":
      break;
    default:
      throw new OciError("unprintable", `a ${typeof value} is not a value of JSON`);
  }
  if (value instanceof RawNumber) return value.text;
  const inner = newline + indent;
  const list = Array.isArray(value);
  const parts = list
    ? value.map((item: unknown) => print(item ?? null, indent, inner, depth - 1))
    : members(value, indent, inner, depth);
  const [open, close] = list ? "[]" : "{}";
  if (parts.length === 0) return `${open}${close}`;
  return indent === ""
    ? `${open}${parts.join(",")}${close}`
    : `${open}${inner}${parts.join(`,${inner}`)}${newline}${close}`;
}

function members(value: object, indent: string, inner: string, depth: number): string[] {
  const colon = indent === "" ? ":" : ": ";
  const object = value as { [key: string]: unknown };
  return orderedKeys(object)
    .filter((key) => object[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}${colon}${print(object[key], indent, inner, depth - 1)}`);
}
