// Takes protobuf bytes apart. The generated code calls these functions; they share one cursor, because decoding never
// yields and never runs foreign code.
//
// Bytes come from a peer: each length is checked against the message it is in before anything is allocated, and all
// that does not fit is a ProtocolError that names the path of the field and the offset.
import { ProtocolError } from "../errors.js";
import {
  KNOWN_KEY_BYTES,
  KNOWN_TEXT_BYTES,
  MAX_GROUP_DEPTH,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGE_FIELDS,
} from "../limits.js";
import { setOwn } from "../maps.js";
import { keepText, knownText, slotOf } from "./known-text.js";
import { sliceText } from "./text.js";
import { HIGH, LOW, SIGNED, UNSIGNED, WORDS } from "./words.js";

/** Reads fields up to the end of the current message, into `into` if it was there before. */
export type Read<T> = (into: T | undefined) => T;

const NOTHING = new Uint8Array(0);

let bytes: Uint8Array = NOTHING;
let pos = 0;
/** End of the message being read. */
let end = 0;
let budget = 0;
/** Halves of the last varint. */
let low = 0;
let high = 0;

// Where we are, for errors only.
let root = "";
const trail: string[] = [];
const trailIndex: number[] = [];
let depth = 0;

/** Decodes a whole message. Throws `invalid-bytes` and `oversize`. */
export function decodeWith<T>(read: Read<T>, typeName: string, source: Uint8Array): T {
  if (!(source instanceof Uint8Array)) {
    throw new ProtocolError("invalid-bytes", `${typeName}: expected bytes, got ${typeof source}`);
  }
  if (source.length > MAX_MESSAGE_BYTES) {
    throw new ProtocolError(
      "oversize",
      `${typeName}: ${source.length} bytes are more than a message may have (MAX_MESSAGE_BYTES, ${MAX_MESSAGE_BYTES})`,
    );
  }
  bytes = source;
  pos = 0;
  end = source.length;
  budget = MAX_MESSAGE_FIELDS;
  root = typeName;
  depth = 0;
  try {
    return read(undefined);
  } finally {
    bytes = NOTHING;
  }
}

function path(field: string): string {
  let text = root.slice(root.lastIndexOf(".") + 1);
  for (let i = 0; i < depth; i++) {
    const index = trailIndex[i] as number;
    text += `.${trail[i]}${index < 0 ? "" : `[${index}]`}`;
  }
  return field === "" ? text : `${text}.${field}`;
}

function fail(field: string, reason: string): never {
  throw new ProtocolError("invalid-bytes", `${path(field)}: ${reason} (at byte ${pos} of ${bytes.length})`);
}

/** Counts the fields of a message that is about to be allocated. */
export function expect(fields: number): void {
  budget -= fields;
  if (budget < 0) {
    throw new ProtocolError(
      "oversize",
      `${path("")}: sub-messages have more fields than a message may have (MAX_MESSAGE_FIELDS, ${MAX_MESSAGE_FIELDS})`,
    );
  }
}

/** The next tag (field number * 8 + wire type); 0 at the end of the message. */
export function takeTag(): number {
  if (pos === end) return 0;
  const first = bytes[pos] as number;
  if (first > 7 && first < 128) {
    pos++;
    return first;
  }
  takeVarint("");
  if (high !== 0 || low < 8) fail("", `field number ${high === 0 ? low >>> 3 : "over 2^29-1"} is not valid`);
  return low;
}

function takeVarint(field: string): void {
  let byte = 0;
  let lo = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    if (pos >= end) fail(field, "cut off");
    byte = bytes[pos++] as number;
    lo |= (byte & 127) << shift;
    if (byte < 128) {
      low = lo;
      high = 0;
      return;
    }
  }
  if (pos >= end) fail(field, "cut off");
  byte = bytes[pos++] as number;
  lo |= (byte & 15) << 28;
  let hi = (byte & 127) >>> 4;
  for (let shift = 3; byte > 127; shift += 7) {
    if (pos >= end) fail(field, "cut off");
    byte = bytes[pos++] as number;
    if (shift === 31 && byte > 1) fail(field, "integer of more than 64 bits");
    hi |= (byte & 127) << shift;
  }
  low = lo >>> 0;
  high = hi >>> 0;
}

function takeLength(field: string): number {
  const first = pos < end ? (bytes[pos] as number) : 128;
  if (first < 128) {
    pos++;
    low = first;
  } else {
    takeVarint(field);
    if (high !== 0) fail(field, "cut off: a length of over 2^32-1");
  }
  if (low > end - pos) fail(field, `cut off: a length of ${low} with ${end - pos} bytes left`);
  return low;
}

/** A string. Invalid UTF-8 is refused, as the reference does. */
export function takeString(field: string): string {
  return takeText(field, KNOWN_TEXT_BYTES);
}

/** A string of at most `knownBytes` is looked for among earlier ones. */
function takeText(field: string, knownBytes: number): string {
  const length = takeLength(field);
  if (length === 0) return "";
  const start = pos;
  pos += length;
  if (length > knownBytes) return sliceText(bytes, start, pos) ?? wrongText(field, start);
  const slot = slotOf(bytes, start, pos);
  const known = knownText(slot, bytes, start, pos);
  if (known !== undefined) return known;
  const text = sliceText(bytes, start, pos) ?? wrongText(field, start);
  if (text.length === length) keepText(slot, text);
  return text;
}

function wrongText(field: string, start: number): never {
  const length = pos - start;
  pos = start;
  fail(field, `invalid UTF-8 in a string of ${length} bytes`);
}

/** A bool. */
export function takeBool(field: string): boolean {
  takeVarint(field);
  return low !== 0 || high !== 0;
}

/** A uint32; like the reference, more than 32 bits are cut. */
export function takeUint32(field: string): number {
  if (pos < end && (bytes[pos] as number) < 128) return bytes[pos++] as number;
  takeVarint(field);
  return low;
}

/** An int32 or an enum value; unknown enum values are kept. */
export function takeInt32(field: string): number {
  if (pos < end && (bytes[pos] as number) < 128) return bytes[pos++] as number;
  takeVarint(field);
  return low | 0;
}

/** An int64. */
export function takeInt64(field: string): bigint {
  takeVarint(field);
  if (high === 0) return low === 0 ? 0n : BigInt(low);
  WORDS[LOW] = low;
  WORDS[HIGH] = high;
  return SIGNED[0] as bigint;
}

/** A uint64. */
export function takeUint64(field: string): bigint {
  takeVarint(field);
  if (high === 0) return low === 0 ? 0n : BigInt(low);
  WORDS[LOW] = low;
  WORDS[HIGH] = high;
  return UNSIGNED[0] as bigint;
}

/** Numbers written back to back in one field. */
export function takePacked(list: number[], take: (field: string) => number, field: string): void {
  const length = takeLength(field);
  expect(length);
  const outer = end;
  end = pos + length;
  while (pos < end) list.push(take(field));
  end = outer;
}

/** A sub-message; one that was there before is merged into. */
export function takeMessage<T>(read: Read<T>, into: T | undefined, field: string): T {
  return takeNested(read, into, field, -1);
}

/** One more item of a list of messages. */
export function takeItem<T>(read: Read<T>, list: T[], field: string): void {
  list.push(takeNested(read, undefined, field, list.length));
}

function takeNested<T>(read: Read<T>, into: T | undefined, field: string, index: number): T {
  const length = takeLength(field);
  const outer = end;
  end = pos + length;
  trail[depth] = field;
  trailIndex[depth++] = index;
  const message = read(into);
  depth--;
  end = outer;
  return message;
}

/** One entry of a map of strings. */
export function takeStringEntry(map: { [key: string]: string }, field: string): void {
  const outer = openEntry(field);
  let key = "";
  let value = "";
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    if (tag === 10) key = takeText(field, KNOWN_KEY_BYTES);
    else if (tag === 18) value = takeString(field);
    else skip(tag);
  }
  end = outer;
  setOwn(map, key, value);
}

/** One entry of a map of messages; an entry without a value has an empty message. */
export function takeMessageEntry<T>(map: { [key: string]: T }, read: Read<T>, field: string): void {
  const outer = openEntry(field);
  let key = "";
  let value: T | undefined;
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    if (tag === 10) key = takeText(field, KNOWN_KEY_BYTES);
    else if (tag === 18) value = takeNested(read, value, field, -1);
    else skip(tag);
  }
  value ??= nothingRead(read);
  end = outer;
  setOwn(map, key, value);
}

/** One entry of a map from numbers to strings. */
export function takeNumberedString(map: { [key: number]: string }, field: string): void {
  const outer = openEntry(field);
  let key = 0;
  let value = "";
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    if (tag === 8) key = takeInt32(field);
    else if (tag === 18) value = takeString(field);
    else skip(tag);
  }
  end = outer;
  map[key] = value;
}

/** One entry of a map from numbers to messages. */
export function takeNumberedMessage<T>(map: { [key: number]: T }, read: Read<T>, field: string): void {
  const outer = openEntry(field);
  let key = 0;
  let value: T | undefined;
  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {
    if (tag === 8) key = takeInt32(field);
    else if (tag === 18) value = takeNested(read, value, field, -1);
    else skip(tag);
  }
  value ??= nothingRead(read);
  end = outer;
  map[key] = value;
}

/** Narrows the cursor to one map entry; returns the end to restore. */
function openEntry(field: string): number {
  const length = takeLength(field);
  expect(2);
  const outer = end;
  end = pos + length;
  return outer;
}

/** An empty message: reads with the cursor at its end. */
function nothingRead<T>(read: Read<T>): T {
  return read(undefined);
}

/** Passes over a field we do not know. */
export function skip(tag: number): void {
  skipNested(tag, 0);
}

function skipNested(tag: number, groups: number): void {
  switch (tag & 7) {
    case 0:
      takeVarint("");
      return;
    case 1:
      skipFixed(8);
      return;
    case 2: {
      const length = takeLength("");
      pos += length;
      return;
    }
    case 3:
      if (groups >= MAX_GROUP_DEPTH) fail("", `groups nested deeper than ${MAX_GROUP_DEPTH} (MAX_GROUP_DEPTH)`);
      for (let inner = takeTag(); inner !== tag + 1; inner = takeTag()) {
        if (inner === 0) fail("", `group ${tag >>> 3} is cut off`);
        skipNested(inner, groups + 1);
      }
      return;
    case 5:
      skipFixed(4);
      return;
    default:
      fail("", `wire type ${tag & 7} of field ${tag >>> 3} is not valid`);
  }
}

function skipFixed(length: number): void {
  if (length > end - pos) fail("", "cut off");
  pos += length;
}
