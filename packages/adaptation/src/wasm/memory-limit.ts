// Bounds a module's memory before it is compiled: the engine takes the maximum of a memory from the module itself.
//
//   magic, version | section: id, length, content | ...        section 5: count | flags, minimum[, maximum]

const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
/** Flags of a memory: it names its maximum. All others (shared, 64 bits, page size) are beyond what the reference runs. */
const HAS_MAXIMUM = 0x01;

/** Bytes of a page, the unit of a memory's size. */
export const PAGE_BYTES = 65_536;

/**
 * The module with a memory that cannot grow beyond `maxBytes`. A module without a memory, or one that cannot be read this
 * far, is given back as it is: the compiler says what is wrong with it. Throws when it begins with more memory than that,
 * has several memories, or one of an unusual kind.
 */
export function limitMemory(module: Uint8Array, maxBytes: number): Uint8Array {
  const reader = new Reader(module, HEADER_BYTES);
  while (reader.at < module.length) {
    const start = reader.at;
    const id = reader.byte();
    const length = reader.number();
    const content = reader.at;
    if (id === undefined || length === undefined || content + length > module.length) {
      return module;
    }
    if (id === MEMORY_SECTION) {
      const section = limitedSection(new Reader(module, content), maxBytes);
      if (section === undefined) {
        return module;
      }
      const rest = module.subarray(content + length);
      const limited = new Uint8Array(start + section.length + rest.length);
      limited.set(module.subarray(0, start));
      limited.set(section, start);
      limited.set(rest, start + section.length);
      return limited;
    }
    reader.at = content + length;
  }
  return module;
}

function limitedSection(reader: Reader, maxBytes: number): Uint8Array | undefined {
  const count = reader.number();
  if (count === 0) {
    return undefined;
  }
  const flags = reader.byte();
  const minimum = reader.number();
  if (count === undefined || flags === undefined || minimum === undefined) {
    return undefined;
  }
  if (count > 1 || (flags & ~HAS_MAXIMUM) !== 0) {
    throw new Error(count > 1 ? "multiple memories are not supported" : "shared and 64-bit memories are not supported");
  }
  const maxPages = Math.floor(maxBytes / PAGE_BYTES);
  if (minimum > maxPages) {
    const bytes = minimum * PAGE_BYTES;
    throw new Error(`begins with ${bytes} bytes of memory, more than the maximum of ${maxBytes} (maxWasmMemoryBytes)`);
  }
  const own = flags === HAS_MAXIMUM ? reader.number() : undefined;
  const maximum = Math.min(own ?? maxPages, maxPages);
  const content = [...encoded(1), HAS_MAXIMUM, ...encoded(minimum), ...encoded(maximum)];
  return Uint8Array.from([MEMORY_SECTION, ...encoded(content.length), ...content]);
}

/** Reads the unsigned numbers of the binary format (LEB128); undefined where there is none. */
class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number | undefined {
    return this.#bytes[this.at++];
  }

  number(): number | undefined {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (byte === undefined) {
        return undefined;
      }
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        return value;
      }
    }
    return undefined;
  }
}

function encoded(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encoded(Math.floor(value / 0x80))];
}
