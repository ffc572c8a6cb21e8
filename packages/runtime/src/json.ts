// Reading JSON whose form is another program's: what is missing, or of another type, is empty.
import { isJsonObject, type JsonValue } from "@nri/oci";
import { getOwn, setOwn, type WireMap } from "@nri/protocol";

/** Some JSON value, or nothing. */
export type Json = JsonValue | undefined;

/** The value at a path of keys. */
export function at(value: Json, ...path: readonly string[]): Json {
  let found = value;
  for (const key of path) found = isJsonObject(found) ? getOwn(found, key) : undefined;
  return found;
}

/** A string, or "". */
export function text(value: Json): string {
  return typeof value === "string" ? value : "";
}

/** An integer, or 0. */
export function integer(value: Json): bigint {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : 0n;
}

/** A list, or an empty one. */
export function list(value: Json): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** A map of strings; what is no string is left out. */
export function strings(value: Json): WireMap<string> {
  const map: WireMap<string> = {};
  if (!isJsonObject(value)) return map;
  for (const [key, item] of Object.entries(value)) if (typeof item === "string") setOwn(map, key, item);
  return map;
}
