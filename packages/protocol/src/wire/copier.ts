// Makes full messages out of parts. The generated code calls these functions; all that is returned is a copy.
import { ProtocolError } from "../errors.js";
import { setOwn } from "../maps.js";
import { describe } from "./values.js";

/** A full message from parts. */
export type Copy<T, Parts> = (parts: Parts) => T;

/** Where a value is in its list or map. */
type Index = number | string | undefined;

function wrong(expected: string, value: unknown, field: string, index?: Index): never {
  const where = index === undefined ? field : `${field}[${JSON.stringify(index)}]`;
  throw new ProtocolError("invalid-value", `${where}: expected ${expected}, got ${describe(value)}`);
}

/** A message. */
export function copyMessage<T, Parts>(parts: Parts | undefined, copy: Copy<T, Parts>, field: string): T | undefined {
  return parts === undefined ? undefined : copyPresent(parts, copy, field);
}

/** A message that is there. */
export function copyPresent<T, Parts>(parts: Parts, copy: Copy<T, Parts>, field: string, index?: Index): T {
  if (typeof parts !== "object" || parts === null || Array.isArray(parts)) wrong("a message", parts, field, index);
  return copy(parts);
}

/** A string. */
export function copyString(value: string | undefined, field: string, index?: Index): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : wrong("a string", value, field, index);
}

/** A bool. */
export function copyBool(value: boolean | undefined, field: string, index?: Index): boolean {
  if (value === undefined) return false;
  return typeof value === "boolean" ? value : wrong("a boolean", value, field, index);
}

/** An int32 or enum value. */
export function copyInt32(value: number | undefined, field: string, index?: Index): number {
  if (value === undefined) return 0;
  return (value | 0) === value ? value : wrong("an integer from -2147483648 to 2147483647", value, field, index);
}

/** A uint32. */
export function copyUint32(value: number | undefined, field: string, index?: Index): number {
  if (value === undefined) return 0;
  return value >>> 0 === value ? value : wrong("an integer from 0 to 4294967295", value, field, index);
}

/** An int64. */
export function copyInt64(value: bigint | undefined, field: string, index?: Index): bigint {
  if (value === undefined) return 0n;
  if (typeof value !== "bigint") wrong("a bigint", value, field, index);
  return BigInt.asIntN(64, value) === value ? value : wrong("a bigint from -2^63 to 2^63-1", value, field, index);
}

/** A uint64. */
export function copyUint64(value: bigint | undefined, field: string, index?: Index): bigint {
  if (value === undefined) return 0n;
  if (typeof value !== "bigint") wrong("a bigint", value, field, index);
  return BigInt.asUintN(64, value) === value ? value : wrong("a bigint from 0 to 2^64-1", value, field, index);
}

/** A list of anything but messages. */
export function copyList<T>(
  list: readonly T[] | undefined,
  copy: (value: T | undefined, field: string, index: Index) => T,
  field: string,
): T[] {
  const items: T[] = [];
  if (list === undefined) return items;
  if (!Array.isArray(list)) wrong("an array", list, field);
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    items.push(item === undefined ? wrong("a value", item, field, i) : copy(item, field, i));
  }
  return items;
}

/** A list of messages. */
export function copyMessages<T, Parts>(list: readonly Parts[] | undefined, copy: Copy<T, Parts>, field: string): T[] {
  const items: T[] = [];
  if (list === undefined) return items;
  if (!Array.isArray(list)) wrong("an array", list, field);
  for (let i = 0; i < list.length; i++) items.push(copyPresent(list[i] as Parts, copy, field, i));
  return items;
}

/** A map; entries that are undefined are left out. */
export function copyMap<T, Parts>(
  map: { readonly [key: string]: Parts | undefined } | undefined,
  copy: (value: Parts, field: string, key: string) => T,
  field: string,
): { [key: string]: T } {
  const entries: { [key: string]: T } = {};
  if (map === undefined) return entries;
  if (typeof map !== "object" || map === null || Array.isArray(map) || map instanceof Map) {
    wrong("a plain object", map, field);
  }
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (value !== undefined) setOwn(entries, key, copy(value, field, key));
  }
  return entries;
}

/** A map from 32-bit integers. */
export function copyNumberedMap<T, Parts>(
  map: { readonly [key: number]: Parts | undefined } | undefined,
  copy: (value: Parts, field: string, key: string) => T,
  field: string,
): { [key: number]: T } {
  const entries = copyMap(map as { readonly [key: string]: Parts | undefined } | undefined, copy, field);
  for (const key of Object.keys(entries)) {
    if (String(Number(key) | 0) !== key) wrong("a 32-bit integer as key", key, field);
  }
  return entries;
}
