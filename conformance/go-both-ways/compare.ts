// What may differ between the two implementations without a difference in meaning.
import type { JsonObject, JsonValue } from "../peers/json.js";

/** Sub-messages that the reference's adaptation sends empty where the runtime sent none, and we do not (or the other way). */
const EMPTY_WHERE_ABSENT = new Set([
  "hooks",
  "linux",
  "resources",
  "memory",
  "cpu",
  "rdt",
  "labels",
  "annotations",
  "sysctl",
  "unified",
  "netDevices",
]);

/** Lists which the reference keeps in a Go map, so that their order is another one each time. */
const IN_ANY_ORDER = new Set(["namespaces"]);

/** The value with such empty sub-messages left out and such lists sorted. */
export function plain(value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value ?? null;
  const result: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    let inner = plain(member);
    if (IN_ANY_ORDER.has(key) && Array.isArray(inner)) inner = sorted(inner);
    const empty =
      typeof inner === "object" && inner !== null && !Array.isArray(inner) && Object.keys(inner).length === 0;
    if (!(empty && EMPTY_WHERE_ABSENT.has(key))) {
      // own property also for "__proto__"
      Object.defineProperty(result, key, { value: inner, enumerable: true, writable: true, configurable: true });
    }
  }
  return result;
}

function sorted(list: readonly JsonValue[]): JsonValue[] {
  const key = (one: JsonValue): string => JSON.stringify(Object.entries(one as JsonObject).sort());
  return [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
