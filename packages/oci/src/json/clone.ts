// A deep copy of JSON data that keeps keys like `__proto__`, key order, and numbers as they are.
import { setOwn } from "@nri/protocol";
import { RawNumber } from "./number.js";
import { orderedKeys, rememberOrder } from "./order.js";

/** A deep copy; undefined entries of objects are left out. */
export function cloneJson<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (value === null || typeof value !== "object" || value instanceof RawNumber) return value;
  if (Array.isArray(value)) return value.map(copy);
  const source: { [key: string]: unknown } = value as { [key: string]: unknown };
  const keys = orderedKeys(source).filter((key) => source[key] !== undefined);
  const target: { [key: string]: unknown } = {};
  for (const key of keys) setOwn(target, key, copy(source[key]));
  rememberOrder(target, keys);
  return target;
}
