// One entry of a container's story as bytes: facts as JSON, and messages as they were on the wire, packed together. What
// they have in common, which is nearly everything, is kept once.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { LIMITS } from "../limits.js";

/** Facts with the messages that they speak of by number. */
export interface Entry<Facts> {
  readonly facts: Facts;
  readonly parts: readonly Uint8Array[];
}

const LEVEL = 1;
const LENGTH_BYTES = 4;

/** Packs an entry. When that is too large the parts are left out, and `unpackEntry` gives none. */
export function packEntry<Facts>({ facts, parts }: Entry<Facts>): Uint8Array {
  const packed = deflateRawSync(framed([Buffer.from(JSON.stringify(facts)), ...parts]), { level: LEVEL });
  if (packed.length <= LIMITS.journal.maxEntryBytes || parts.length === 0) return packed;
  return packEntry({ facts, parts: [] });
}

/** Reads it again. Throws for what was not packed here. */
export function unpackEntry<Facts>(packed: Uint8Array): Entry<Facts> {
  const frames = unframed(inflateRawSync(packed, { maxOutputLength: LIMITS.journal.maxUnpackedBytes }));
  const [facts, ...parts] = frames;
  if (facts === undefined) throw new RangeError("it is empty");
  return { facts: JSON.parse(Buffer.from(facts).toString()) as Facts, parts };
}

/** Pieces of bytes behind each other, each behind its length. */
export function framed(pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    pieces.flatMap((piece) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(piece.length);
      return [length, piece];
    }),
  );
}

/** The pieces. What a cut-off write left at the end is none. */
export function unframed(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at + LENGTH_BYTES <= bytes.length; ) {
    const end = at + LENGTH_BYTES + view.getUint32(at, true);
    if (end > bytes.length) break;
    pieces.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return pieces;
}
