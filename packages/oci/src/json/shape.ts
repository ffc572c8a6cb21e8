// What a JSON document must look like where we know it: which numbers are 64 bits wide, which values have which type.
import { isJsonObject, type JsonValue } from "./number.js";

/** The form of a value. Keys that an object's shape does not name may have any value. */
export type Shape =
  | { readonly kind: "any" }
  | { readonly kind: "string" | "boolean" }
  /** An integer that fits a double. */
  | { readonly kind: "number"; readonly min: number; readonly max: number }
  /** An integer of 64 bits. */
  | { readonly kind: "bigint"; readonly min: bigint; readonly max: bigint }
  | { readonly kind: "list"; readonly item: Shape }
  | { readonly kind: "map"; readonly value: Shape }
  | { readonly kind: "object"; readonly members: { readonly [key: string]: Shape } };

/** No rule. */
export const ANY = { kind: "any" } as const;
export const STRING = { kind: "string" } as const;
export const BOOLEAN = { kind: "boolean" } as const;
export const UINT16 = { kind: "number", min: 0, max: 0xffff } as const;
export const UINT32 = { kind: "number", min: 0, max: 0xffffffff } as const;
export const INT32 = { kind: "number", min: -0x80000000, max: 0x7fffffff } as const;
export const INT64 = { kind: "bigint", min: -(2n ** 63n), max: 2n ** 63n - 1n } as const;
export const UINT64 = { kind: "bigint", min: 0n, max: 2n ** 64n - 1n } as const;

/** A list of `item`. */
export function list<S extends Shape>(item: S): { readonly kind: "list"; readonly item: S } {
  return { kind: "list", item };
}

/** An object with any keys. */
export function map<S extends Shape>(value: S): { readonly kind: "map"; readonly value: S } {
  return { kind: "map", value };
}

/** The shape of the member `key` of a value of shape `shape`. */
export function memberShape(shape: Shape, key: string): Shape {
  if (shape.kind === "map") return shape.value;
  if (shape.kind !== "object") return ANY;
  return (Object.hasOwn(shape.members, key) ? shape.members[key] : undefined) ?? ANY;
}

/** What is wrong with a value, or undefined. `null` stands for an absent value everywhere, as for Go's decoder. */
export function valueError(shape: Shape, value: JsonValue): string | undefined {
  if (shape.kind === "any" || value === null) return undefined;
  switch (shape.kind) {
    case "number":
      if (typeof value === "bigint") return outOfRange(shape, value);
      if (typeof value !== "number" || !Number.isInteger(value)) return `expected an integer, found ${describe(value)}`;
      return value < shape.min || value > shape.max ? outOfRange(shape, value) : undefined;
    case "bigint":
      if (typeof value !== "bigint") return `expected an integer, found ${describe(value)}`;
      return value < shape.min || value > shape.max ? outOfRange(shape, value) : undefined;
    case "list":
      return Array.isArray(value) ? undefined : `expected a list, found ${describe(value)}`;
    case "map":
    case "object":
      return isJsonObject(value) ? undefined : `expected an object, found ${describe(value)}`;
    default:
      return typeof value === shape.kind ? undefined : `expected a ${shape.kind}, found ${describe(value)}`;
  }
}

function outOfRange(shape: { readonly min: unknown; readonly max: unknown }, value: number | bigint): string {
  return `${value} is not between ${shape.min} and ${shape.max}`;
}

function describe(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  if (typeof value === "string") return `the string ${JSON.stringify(shortened(value))}`;
  return shortened(String(value));
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
