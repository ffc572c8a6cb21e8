// A message that is decoded field by field, when somebody asks.
import type { Later } from "./message.js";

const NOTHING = new Uint8Array(0);

/** A message in bytes of which it is known that they decode. */
export class FieldByField<T> implements Later<T> {
  readonly #bytes: Uint8Array;
  readonly #places: Uint32Array;
  readonly #names: readonly (keyof T | "")[];
  readonly #decode: (bytes: Uint8Array) => T;
  readonly #decoded = new Map<keyof T, T[keyof T]>();

  /** As `outline` gives `places`; `names` are those of the fields, by number. */
  constructor(
    bytes: Uint8Array,
    places: Uint32Array,
    names: readonly (keyof T | "")[],
    decode: (bytes: Uint8Array) => T,
  ) {
    this.#bytes = bytes;
    this.#places = places;
    this.#names = names;
    this.#decode = decode;
  }

  take<Name extends keyof T>(name: Name): T[Name] {
    const known = this.#decoded.get(name);
    if (known !== undefined) return known as T[Name];
    // A message of this field alone is a message too.
    const field = this.#names.indexOf(name);
    const end = this.#places[field * 2 + 1] as number;
    const value = this.#decode(end === 0 ? NOTHING : this.#bytes.subarray(this.#places[field * 2], end))[name];
    this.#decoded.set(name, value);
    return value;
  }
}
