// Members of JSON objects as Go's decoder finds them: names in any case, `null` stands for nothing, unknown names are passed over.
import { type JsonValue, RawNumber } from "@nri/oci";
import { setOwn, type WireMap } from "@nri/protocol";

/** What a value is, for error texts. */
export function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number" || typeof value === "bigint" || value instanceof RawNumber)
    return `the number ${value}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** One object. Errors are TypeErrors that name the member, `where` in front of it. */
export class Fields {
  readonly #members = new Map<string, JsonValue>();
  readonly #where: string;

  /** Refuses what is no object; null is an empty one. */
  constructor(value: JsonValue, where: string) {
    this.#where = where;
    if (value === null) return;
    if (typeof value !== "object" || Array.isArray(value) || value instanceof RawNumber)
      throw new TypeError(`${where === "" ? "" : `${where}: `}expected an object, found ${kindOf(value)}`);
    for (const [key, item] of Object.entries(value)) {
      if (item !== null) this.#members.set(key.toLowerCase(), item);
    }
  }

  /** Where a member is. */
  at(name: string): string {
    return this.#where === "" ? name : `${this.#where}.${name}`;
  }

  /** Any value; undefined when there is none. */
  value(name: string): JsonValue | undefined {
    return this.#members.get(name.toLowerCase());
  }

  /** A string, "" when there is none. */
  text(name: string): string {
    const value = this.value(name) ?? "";
    return typeof value === "string" ? value : this.#wrong(this.at(name), "a string", value);
  }

  /** An integer that fits a process id, 0 when there is none. */
  integer(name: string): number {
    const value = this.value(name) ?? 0;
    return typeof value === "number" && Number.isSafeInteger(value)
      ? value
      : this.#wrong(this.at(name), "an integer", value);
  }

  /** A list, empty when there is none. */
  list(name: string): readonly JsonValue[] {
    const value = this.value(name) ?? [];
    return Array.isArray(value) ? value : this.#wrong(this.at(name), "a list", value);
  }

  /** An object of strings, empty when there is none. */
  texts(name: string): WireMap<string> {
    const at = this.at(name);
    const value = this.value(name) ?? {};
    if (typeof value !== "object" || Array.isArray(value) || value instanceof RawNumber)
      return this.#wrong(at, "an object", value);
    const result: WireMap<string> = {};
    for (const [key, item] of Object.entries(value)) {
      const text = item ?? "";
      setOwn(result, key, typeof text === "string" ? text : this.#wrong(`${at}.${key}`, "a string", text));
    }
    return result;
  }

  #wrong(at: string, expected: string, value: JsonValue): never {
    throw new TypeError(`${at}: expected ${expected}, found ${kindOf(value)}`);
  }
}
