// Where the parts of a message are, without decoding them: for who may need none of them. What is said to be sound here
// decodes without an error later; what is unusual in any way is not said to be, and is for the decoder to judge, at once.
//
// One small function does it for all messages, from tables: it has run hundreds of times within one request, and so is
// compiled long before the many functions that decode.
import { MAX_MESSAGE_BYTES, MAX_MESSAGE_FIELDS } from "../limits.js";

/** What a field holds, as far as looking at it goes; of one that holds messages it is the shape of these. */
export const TEXT = 1;
/** One number. */
export const NUMBER = 2;
/** Numbers, in one field or each in its own. */
export const NUMBERS = 3;

/** A message as it is looked at. */
export interface Shape {
  /** Fields that one takes in memory. */
  readonly size: number;
  /** By field number; 0 where there is none. */
  readonly kinds: readonly (number | Shape)[];
  /** By field number; empty where there is none, and in entries of maps. */
  readonly names: readonly string[];
}

/** Ends and kinds of the messages around the one that is looked at; as deep as messages nest, which do not recurse. */
const outerEnds: number[] = [];
const outerKinds: Shape["kinds"][] = [];

/**
 * Where the fields of a message of this shape begin and end: of field `n` at `2n` and `2n + 1`, both 0 when it is not
 * there. Undefined when that cannot be told, or not whether all of it decodes.
 */
export function outline(shape: Shape, bytes: Uint8Array): Uint32Array | undefined {
  if (bytes.length > MAX_MESSAGE_BYTES) return undefined;
  const places = new Uint32Array(shape.kinds.length * 2);
  let { kinds, size } = shape;
  let end = bytes.length;
  let at = 0;
  let depth = 0;
  /** Bytes above 127 that are no text. When there are no others all text is ASCII. */
  let high = 0;
  for (;;) {
    while (at === end) {
      if (depth === 0) return size <= MAX_MESSAGE_FIELDS && high === highBytes(bytes) ? places : undefined;
      depth--;
      end = outerEnds[depth] as number;
      kinds = outerKinds[depth] as Shape["kinds"];
    }
    const start = at;
    let tag = bytes[at++] as number;
    if (tag > 127) {
      if (at === end || (bytes[at] as number) > 127) return undefined;
      high++;
      tag = (tag & 127) | ((bytes[at++] as number) << 7);
    }
    const field = tag >>> 3;
    if (field === 0) return undefined;
    const kind = field < kinds.length ? (kinds[field] as number | Shape) : 0;
    if ((tag & 7) === 0) {
      const next = numberEnd(bytes, at, end);
      if (next === 0) return undefined;
      high += next - at - 1;
      at = next;
      if (depth === 0 && kind !== 0 && !note(places, field, start, at)) return undefined;
      continue;
    }
    if ((tag & 7) !== 2 || at === end) return undefined;
    let length = bytes[at++] as number;
    if (length > 127) {
      // Of two bytes: up to 16 KiB. Up to 2 GiB of more.
      length &= 127;
      for (let shift = 7; ; shift += 7) {
        if (at === end || shift > 21) return undefined;
        const byte = bytes[at++] as number;
        high++;
        length |= (byte & 127) << shift;
        if (byte < 128) break;
      }
    }
    const next = at + length;
    if (next > end) return undefined;
    if (depth === 0 && kind !== 0 && !note(places, field, start, next)) return undefined;
    if (kind === TEXT) {
      at = next;
    } else if (kind === NUMBERS) {
      size += length;
      while (at < next) {
        const after = numberEnd(bytes, at, next);
        if (after === 0) return undefined;
        high += after - at - 1;
        at = after;
      }
    } else if (typeof kind === "object") {
      outerEnds[depth] = end;
      outerKinds[depth] = kinds;
      depth++;
      size += kind.size;
      end = next;
      kinds = kind.kinds;
    } else {
      // unknown to us, or of another type than ours: passed over, also by the decoder
      high += highBytes(bytes.subarray(at, next));
      at = next;
    }
  }
}

/** A field that comes more than once must be in one place. */
function note(places: Uint32Array, field: number, start: number, end: number): boolean {
  const before = places[field * 2 + 1] as number;
  if (before === 0) places[field * 2] = start;
  else if (before !== start) return false;
  places[field * 2 + 1] = end;
  return true;
}

/** Where a number of at most 64 bits ends; 0 when it is none. */
function numberEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end && at < start + 10; at++) {
    const byte = bytes[at] as number;
    if (byte < 128) return at < start + 9 || byte < 2 ? at + 1 : 0;
  }
  return 0;
}

/** How many bytes are above 127. Four at a time: text is most of a message, and this is all that is done about it. */
function highBytes(source: Uint8Array): number {
  const { buffer, byteOffset, length } = source;
  const first = Math.min(-byteOffset & 3, length);
  const last = length - ((length - first) & 3);
  let count = 0;
  for (let i = 0; i < first; i++) count += (source[i] as number) >>> 7;
  for (let i = last; i < length; i++) count += (source[i] as number) >>> 7;
  if (first === last) return count;
  const words = new Uint32Array(buffer, byteOffset + first, (last - first) / 4);
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] as number) & 0x80808080;
    if (word !== 0) count += Math.imul(word >>> 7, 0x01010101) >>> 24;
  }
  return count;
}
