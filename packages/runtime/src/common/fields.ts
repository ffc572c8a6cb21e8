// What a record's file must have: everything else is no record.

/** Members of a JSON object, each of the type that is asked for. */
export class Fields {
  readonly #value: { readonly [key: string]: unknown };

  private constructor(value: { readonly [key: string]: unknown }) {
    this.#value = value;
  }

  /** Throws for what is no object. */
  static of(value: unknown): Fields {
    if (typeof value !== "object" || value === null) throw new TypeError("no object");
    return new Fields(value as { readonly [key: string]: unknown });
  }

  /** Throws for a record of another version. */
  checkVersion(known: number): void {
    const version = this.number("version");
    if (version !== known) throw new RangeError(`version ${version}; this daemon knows ${known}`);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#value, key);
  }

  text(key: string): string {
    const value = this.#value[key];
    if (!this.has(key) || typeof value !== "string") throw new TypeError(`${key}: no text`);
    return value;
  }

  number(key: string): number {
    const value = this.#value[key];
    if (!this.has(key) || !Number.isSafeInteger(value)) throw new TypeError(`${key}: no integer`);
    return value as number;
  }

  list(key: string): readonly unknown[] {
    const value = this.#value[key];
    if (!this.has(key) || !Array.isArray(value)) throw new TypeError(`${key}: no list`);
    return value;
  }

  texts(key: string): readonly string[] {
    const value = this.list(key);
    if (!value.every((each) => typeof each === "string")) throw new TypeError(`${key}: no list of texts`);
    return value;
  }

  integer(key: string): bigint {
    const text = this.text(key);
    if (!/^-?\d{1,20}$/.test(text)) throw new TypeError(`${key}: no integer`);
    return BigInt.asIntN(64, BigInt(text));
  }

  /** Whether it is there, and true. */
  isTrue(key: string): boolean {
    return this.has(key) && this.#value[key] === true;
  }

  bytes(key: string): Uint8Array {
    // A copy of its own: a small Buffer is a part of a large one, which would stay with it.
    return Uint8Array.from(Buffer.from(this.text(key), "base64"));
  }

  oneOf<T extends string>(key: string, values: readonly T[]): T {
    const text = this.text(key);
    const found = values.find((value) => value === text);
    if (found === undefined) throw new TypeError(`${key}: "${text}" is none of ${values.join(", ")}`);
    return found;
  }
}
