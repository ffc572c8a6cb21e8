// Bounds what a module takes of the engine before it is compiled: the engine takes the maxima from the module itself, and a
// thread whose heap overflows at once takes the whole process along.
//
//   magic, version | section: id, length, content | ...
//   1 types, 2 imports, 4 tables, 5 memories, 7 exports, 9 elements: all but the last begin with a count

const HEADER_BYTES = 8;
/** Bytes of a page, the unit of a memory's size. */
const PAGE_BYTES = 65_536;
/** Entries of all tables together. A large program has some ten thousand functions. */
const MAX_TABLE_ENTRIES = 1_000_000;
/** Imports, and exports. */
const MAX_NAMES = 10_000;
/** Bytes of what tables are filled with; an entry takes at least one. */
const MAX_ELEMENT_BYTES = 4 * 1024 * 1024;

const FUNCTION_TYPE = 0x60;
/** Numbers, vectors, and references to functions and to things of the host: what the reference runs, too. */
const VALUE_TYPES: ReadonlySet<number | undefined> = new Set([0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f]);
const REFERENCES: ReadonlySet<number | undefined> = new Set([0x70, 0x6f]);
/** The only flag of a memory or table that we know; others (shared, 64 bits) are beyond what the reference runs. */
const HAS_MAXIMUM = 0x01;

/** What is done about a section: checked, or replaced by other content. */
type Bound = (section: Reader, maxMemoryBytes: number) => number[] | undefined;

const BOUNDS: { readonly [section: number]: Bound } = {
  1: checkTypes,
  2: (section) => checkCount(section, "imports"),
  4: limitTables,
  5: limitMemory,
  7: (section) => checkCount(section, "exports"),
  9: checkElements,
};

/**
 * The module with a memory that cannot grow beyond `maxMemoryBytes`, and tables that stay small. One that cannot be read this
 * far is given back as it is: the compiler says what is wrong with it. Throws when it begins with more than it may have, has
 * several memories, or needs what is beyond WebAssembly 2.0.
 */
export function bounded(module: Uint8Array, maxMemoryBytes: number): Uint8Array {
  const parts: Uint8Array[] = [module.subarray(0, HEADER_BYTES)];
  const reader = new Reader(module, HEADER_BYTES, module.length);
  try {
    while (!reader.isAtEnd) {
      const start = reader.at;
      const id = reader.byte();
      const content = reader.section();
      const limited = BOUNDS[id]?.(content, maxMemoryBytes);
      parts.push(
        limited === undefined
          ? module.subarray(start, reader.at)
          : Uint8Array.from([id, ...encoded(limited.length), ...limited]),
      );
    }
  } catch (error) {
    if (error instanceof Truncated) {
      return module;
    }
    throw error;
  }
  return Buffer.concat(parts);
}

function checkTypes(section: Reader): undefined {
  for (let types = section.number(); types > 0; types--) {
    let known = section.byte() === FUNCTION_TYPE;
    for (let lists = 2; known && lists > 0; lists--) {
      for (let values = section.number(); known && values > 0; values--) {
        known = VALUE_TYPES.has(section.byte());
      }
    }
    if (!known) {
      throw new Error("types beyond WebAssembly 2.0 are not supported");
    }
  }
}

function checkCount(section: Reader, what: string): undefined {
  const count = section.number();
  if (count > MAX_NAMES) {
    throw new Error(`${count} ${what}, more than the maximum of ${MAX_NAMES}`);
  }
}

function checkElements(section: Reader): undefined {
  if (section.length > MAX_ELEMENT_BYTES) {
    throw new Error(`${section.length} bytes of table elements, more than the maximum of ${MAX_ELEMENT_BYTES}`);
  }
}

function limitTables(section: Reader): number[] {
  const count = section.number();
  const most = Math.floor(MAX_TABLE_ENTRIES / Math.max(count, 1));
  const tables: number[] = [];
  for (let i = 0; i < count; i++) {
    const type = section.byte();
    if (!REFERENCES.has(type)) {
      throw new Error("tables of an unusual kind are not supported");
    }
    const { minimum, maximum } = limitsOf(section, "tables");
    if (minimum > most) {
      const whole = count === 1 ? "" : ` in each of ${count}`;
      throw new Error(`begins with a table of ${minimum} entries, more than the maximum of ${most}${whole}`);
    }
    tables.push(type, HAS_MAXIMUM, ...encoded(minimum), ...encoded(Math.min(maximum, most)));
  }
  return [...encoded(count), ...tables];
}

function limitMemory(section: Reader, maxMemoryBytes: number): number[] {
  const count = section.number();
  if (count > 1) {
    throw new Error("multiple memories are not supported");
  }
  if (count === 0) {
    return encoded(0);
  }
  const { minimum, maximum } = limitsOf(section, "memories");
  const most = Math.floor(maxMemoryBytes / PAGE_BYTES);
  if (minimum > most) {
    const bytes = minimum * PAGE_BYTES;
    throw new Error(
      `begins with ${bytes} bytes of memory, more than the maximum of ${maxMemoryBytes} (maxWasmMemoryBytes)`,
    );
  }
  return [...encoded(1), HAS_MAXIMUM, ...encoded(minimum), ...encoded(Math.min(maximum, most))];
}

function limitsOf(section: Reader, what: string): { readonly minimum: number; readonly maximum: number } {
  const flags = section.byte();
  if ((flags & ~HAS_MAXIMUM) !== 0) {
    throw new Error(`shared and 64-bit ${what} are not supported`);
  }
  const minimum = section.number();
  return { minimum, maximum: flags === HAS_MAXIMUM ? section.number() : Number.POSITIVE_INFINITY };
}

/** The bytes end too early, or a number does not end. */
class Truncated extends Error {}

/** Reads bytes, and the unsigned numbers of the binary format (LEB128). */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly length: number;
  at: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.length = end - at;
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#end;
  }

  byte(): number {
    const byte = this.isAtEnd ? undefined : this.#bytes[this.at++];
    if (byte === undefined) {
      throw new Truncated();
    }
    return byte;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        return value;
      }
    }
    throw new Truncated();
  }

  /** Its length, then the content: what is read of it is read apart. */
  section(): Reader {
    const length = this.number();
    const start = this.at;
    this.at += length;
    if (this.at > this.#end) {
      throw new Truncated();
    }
    return new Reader(this.#bytes, start, this.at);
  }
}

function encoded(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encoded(Math.floor(value / 0x80))];
}
