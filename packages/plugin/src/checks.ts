// What builders refuse: values that NRI cannot carry, or that would silently mean something else on the wire.
import { removalOf } from "@nri/protocol";
import { PluginError } from "./errors.js";

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_UINT32 = 0xffff_ffff;

function refuse(text: string): never {
  throw new PluginError("invalid-argument", text);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value);
  return typeof value === "bigint" ? `${value}n` : String(value);
}

/** `value` if it is a string. */
export function text(what: string, value: string): string {
  return typeof value === "string" ? value : refuse(`${what}: expected a string, got ${show(value)}`);
}

/** `value` if it is a string that is not empty. */
export function name(what: string, value: string): string {
  return text(what, value) === "" ? refuse(`${what}: must not be empty`) : value;
}

/** `key` if it can be set: not empty, and no removal mark. `remove` is the method that removes. */
export function settableKey(what: string, key: string, remove: string): string {
  const removed = removalOf(name(what, key));
  if (removed === undefined) return key;
  return refuse(
    `${what} ${show(key)}: a leading "-" means removal in NRI, so this cannot be set; to remove use ${remove}(${show(removed)})`,
  );
}

/** `key` if it can be removed: not empty, and without the mark, which the builder adds. */
export function removableKey(what: string, key: string): string {
  const removed = removalOf(name(what, key));
  return removed === undefined
    ? key
    : refuse(`${what} ${show(key)}: give the plain name; the removal mark "-" is added for you`);
}

/** `list` if it is an array of strings; always a copy. */
export function texts(what: string, list: readonly string[]): string[] {
  if (!Array.isArray(list)) refuse(`${what}: expected a list of strings, got ${show(list)}`);
  return list.map((item: string, index) => text(`${what}[${index}]`, item));
}

/** `value` if it is a boolean. */
export function flag(what: string, value: boolean): boolean {
  return typeof value === "boolean" ? value : refuse(`${what}: expected true or false, got ${show(value)}`);
}

function bigintBetween(what: string, value: bigint, least: bigint, most: bigint): bigint {
  if (typeof value !== "bigint") refuse(`${what}: expected a bigint such as 1024n, got ${show(value)}`);
  return value < least || value > most ? refuse(`${what}: ${value} is not between ${least} and ${most}`) : value;
}

/** `value` if it is a bigint that fits in 64 bits with sign. */
export function int64(what: string, value: bigint): bigint {
  return bigintBetween(what, value, MIN_INT64, MAX_INT64);
}

/** `value` if it is a bigint that fits in 64 bits without sign. */
export function uint64(what: string, value: bigint): bigint {
  return bigintBetween(what, value, 0n, MAX_UINT64);
}

/** `value` if it is an integer between `least` and `most`. */
export function integer(what: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value)) refuse(`${what}: expected an integer, got ${show(value)}`);
  return value < least || value > most ? refuse(`${what}: ${value} is not between ${least} and ${most}`) : value;
}

/** `value` if it is an integer that fits in 32 bits without sign. */
export function uint32(what: string, value: number): number {
  return integer(what, value, 0, MAX_UINT32);
}

/** `value` if it is an integer that fits in 32 bits with sign. */
export function int32(what: string, value: number): number {
  return integer(what, value, -0x8000_0000, 0x7fff_ffff);
}

/** The number of an enum's value given by name or number. Unknown names are refused, unknown numbers too. */
export function enumValue<Names extends string>(
  what: string,
  values: Readonly<Record<Names, number>>,
  value: Names | number,
): number {
  if (typeof value === "string" && Object.hasOwn(values, value)) return values[value];
  if (typeof value === "number" && Object.values(values).includes(value)) return value;
  return refuse(`${what}: ${show(value)} is none of ${Object.keys(values).join(", ")}`);
}

/** Refuses a second setting of `key`: a runtime takes it for a conflict of the plugin with itself. */
export function onlyOnce(what: string, key: string, taken: boolean): void {
  if (taken) refuse(`${what} ${show(key)}: set twice in one answer, which every runtime refuses as a conflict`);
}
