// JSON values as texts that are equal when the values are.
import type { JsonObject, JsonValue } from "../peers/json.js";

/** The value as JSON with sorted keys. */
export function canonical(value: JsonValue | undefined): string {
  if (value === undefined) return "null";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}

/** Where two values differ first, as a path and both sides. */
export function firstDifference(a: JsonValue | undefined, b: JsonValue | undefined, path = ""): string | undefined {
  if (canonical(a) === canonical(b)) return undefined;
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = firstDifference(
        Object.hasOwn(a, key) ? a[key] : undefined,
        Object.hasOwn(b, key) ? b[key] : undefined,
        `${path}/${key}`,
      );
      if (found !== undefined) return found;
    }
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      const found = firstDifference(a[index], b[index], `${path}/${index}`);
      if (found !== undefined) return found;
    }
  }
  return `${path || "/"}: ${short(a)} | ${short(b)}`;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const MAX_SHOWN = 600;

function short(value: JsonValue | undefined): string {
  const text = value === undefined ? "absent" : canonical(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}
