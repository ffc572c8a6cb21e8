// Puts protobuf bytes together. The generated code calls these functions; they share one buffer that grows and is
// kept, and write forward: a sub-message's length gets one byte, and the few that need more are moved.
//
// Values come from plugin authors: what does not fit its field is a ProtocolError that names the path and the value.
import { ProtocolError } from "../errors.js";
import { KEPT_BUFFER_BYTES, MAX_MESSAGE_BYTES } from "../limits.js";
import { textRoom, writeText } from "./text.js";
import { describe } from "./values.js";
import { HIGH, LOW, SIGNED, UNSIGNED, WORDS } from "./words.js";

/** Writes the fields of a message. */
export type Write<T> = (message: T) => void;

const FIRST_BUFFER_BYTES = 16 * 1024;
/** Up to here a loop over the characters is faster than a native call. */
const SHORT = 16;

let bytes = new Uint8Array(FIRST_BUFFER_BYTES);
let pos = 0;

// Where we are, for errors only.
let root = "";
const trail: string[] = [];
const trailIndex: (number | string)[] = [];
let base = 0;
let depth = 0;

/** Encodes a whole message into bytes of its own. Throws `invalid-value` and `oversize`. */
export function encodeWith<T>(write: Write<T>, typeName: string, message: T): Uint8Array {
  return encodeFor(write, typeName, message, own);
}

function own(view: Uint8Array): Uint8Array {
  return view.byteOffset === 0 && bytes.length > KEPT_BUFFER_BYTES ? handedOver() : view.slice();
}

/** Encodes a whole message for `use`, which gets a view of the bytes that is valid until it returns. Throws as `encodeWith`. */
export function encodeFor<T, R>(write: Write<T>, typeName: string, message: T, use: (view: Uint8Array) => R): R {
  // A getter of the message may encode another message; that one goes behind ours and is gone again when we go on.
  const start = pos;
  const outerRoot = root;
  const outerBase = base;
  root = typeName;
  base = depth;
  try {
    if (typeof message !== "object" || message === null || Array.isArray(message)) wrong("a message", message, "");
    write(message);
    if (pos - start > MAX_MESSAGE_BYTES) oversize(pos - start);
    return use(bytes.subarray(start, pos));
  } finally {
    pos = start;
    depth = base;
    root = outerRoot;
    base = outerBase;
    if (pos === 0 && bytes.length > KEPT_BUFFER_BYTES) bytes = new Uint8Array(FIRST_BUFFER_BYTES);
  }
}

/** A buffer that would be given back anyway is the message's own, without a copy, unless most of it is empty. */
function handedOver(): Uint8Array {
  return pos > bytes.length / 2 ? bytes.subarray(0, pos) : bytes.slice(0, pos);
}

function path(field: string): string {
  let text = root.slice(root.lastIndexOf(".") + 1);
  for (let i = base; i < depth; i++) {
    const index = trailIndex[i];
    text += `.${trail[i]}${index === -1 ? "" : `[${JSON.stringify(index)}]`}`;
  }
  return field === "" ? text : `${text}.${field}`;
}

function wrong(expected: string, value: unknown, field: string): never {
  throw new ProtocolError("invalid-value", `${path(field)}: expected ${expected}, got ${describe(value)}`);
}

function oversize(length: number): never {
  throw new ProtocolError(
    "oversize",
    `${path("")}: ${length} bytes or more are over the limit of a message (MAX_MESSAGE_BYTES, ${MAX_MESSAGE_BYTES})`,
  );
}

function reserve(length: number): void {
  if (pos + length > bytes.length) grow(length);
}

function grow(length: number): void {
  if (pos > MAX_MESSAGE_BYTES) oversize(pos);
  // A quarter more: behind one long text there is nearly always something short.
  const larger = new Uint8Array(Math.max(bytes.length * 2, Math.ceil((pos + length) * 1.25)));
  larger.set(bytes.subarray(0, pos));
  bytes = larger;
}

/** Field numbers are below 2048 (the generator sees to it), so a tag is one byte or two. */
function putTag(tag: number): void {
  if (tag < 128) {
    bytes[pos++] = tag;
  } else {
    bytes[pos++] = (tag & 127) | 128;
    bytes[pos++] = tag >>> 7;
  }
}

function putVarint(value: number): void {
  let rest = value;
  while (rest > 127) {
    bytes[pos++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[pos++] = rest;
}

function putWords(): void {
  let low = WORDS[LOW] as number;
  let high = WORDS[HIGH] as number;
  while (high !== 0) {
    bytes[pos++] = (low & 127) | 128;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  putVarint(low);
}

/** Bytes of `length` as a varint. */
function widthOf(length: number): number {
  return length < 128 ? 1 : length < 16384 ? 2 : length < 2097152 ? 3 : length < 268435456 ? 4 : 5;
}

/** Writes a length at `at`, where `widthOf(length)` bytes are free. */
function putLength(length: number, at: number): void {
  const after = pos;
  pos = at;
  putVarint(length);
  pos = after;
}

/** A string with its length. Checked to be one before. */
function putText(tag: number, text: string): void {
  const units = text.length;
  if (units > MAX_MESSAGE_BYTES) oversize(units);
  reserve(textRoom(text) + 8);
  putTag(tag);
  if (units <= SHORT) {
    const start = pos + 1;
    for (let i = 0; i < units; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        putLongText(text);
        return;
      }
      bytes[start + i] = unit;
    }
    bytes[pos] = units;
    pos = start + units;
    return;
  }
  putLongText(text);
}

function putLongText(text: string): void {
  const guess = widthOf(text.length);
  const start = pos + guess;
  const length = writeText(bytes, text, start);
  const width = widthOf(length);
  if (width !== guess) bytes.copyWithin(pos + width, start, start + length);
  putVarint(length);
  pos += length;
}

/** A string field; left out when empty. */
export function putString(tag: number, value: string | undefined, field: string): void {
  if (value === undefined || value === "") return;
  if (typeof value !== "string") wrong("a string", value, field);
  putText(tag, value);
}

/** A list of strings. */
export function putStrings(tag: number, list: readonly string[] | undefined, field: string): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) wrong("an array", list, field);
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    if (typeof value !== "string") wrong("a string", value, `${field}[${i}]`);
    putText(tag, value);
  }
}

/** A bool field; left out when false. */
export function putBool(tag: number, value: boolean | undefined, field: string): void {
  if (value === undefined || value === false) return;
  if (value !== true) wrong("a boolean", value, field);
  reserve(3);
  putTag(tag);
  bytes[pos++] = 1;
}

/** A uint32 field; left out when 0. */
export function putUint32(tag: number, value: number | undefined, field: string): void {
  if (value === undefined || value === 0) return;
  if (typeof value !== "number" || value >>> 0 !== value) wrong("an integer from 0 to 4294967295", value, field);
  reserve(7);
  putTag(tag);
  putVarint(value);
}

/** An int32 or enum field; left out when 0. */
export function putInt32(tag: number, value: number | undefined, field: string): void {
  if (value === undefined || value === 0) return;
  if (typeof value !== "number" || (value | 0) !== value) {
    wrong("an integer from -2147483648 to 2147483647", value, field);
  }
  reserve(12);
  putTag(tag);
  putSigned(value);
}

/** Negative numbers take ten bytes: protobuf writes them as 64 bits. */
function putSigned(value: number): void {
  if (value >= 0) {
    putVarint(value);
    return;
  }
  WORDS[LOW] = value;
  WORDS[HIGH] = 0xffffffff;
  putWords();
}

/** An int64 field; left out when 0. */
export function putInt64(tag: number, value: bigint | undefined, field: string): void {
  if (value === undefined || value === 0n) return;
  if (typeof value !== "bigint") wrong("a bigint", value, field);
  SIGNED[0] = value;
  if (SIGNED[0] !== value) wrong("a bigint from -2^63 to 2^63-1", value, field);
  reserve(12);
  putTag(tag);
  putWords();
}

/** A uint64 field; left out when 0. */
export function putUint64(tag: number, value: bigint | undefined, field: string): void {
  if (value === undefined || value === 0n) return;
  if (typeof value !== "bigint") wrong("a bigint", value, field);
  UNSIGNED[0] = value;
  if (UNSIGNED[0] !== value) wrong("a bigint from 0 to 2^64-1", value, field);
  reserve(12);
  putTag(tag);
  putWords();
}

/** A list of uint32, packed. */
export function putUint32s(tag: number, list: readonly number[] | undefined, field: string): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) wrong("an array", list, field);
  if (list.length === 0) return;
  const start = open(tag);
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    if (typeof value !== "number" || value >>> 0 !== value) {
      wrong("an integer from 0 to 4294967295", value, `${field}[${i}]`);
    }
    reserve(5);
    putVarint(value);
  }
  close(start);
}

/** A list of int32 or enum values, packed. */
export function putInt32s(tag: number, list: readonly number[] | undefined, field: string): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) wrong("an array", list, field);
  if (list.length === 0) return;
  const start = open(tag);
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    if (typeof value !== "number" || (value | 0) !== value) {
      wrong("an integer from -2147483648 to 2147483647", value, `${field}[${i}]`);
    }
    reserve(10);
    putSigned(value);
  }
  close(start);
}

/** Starts a length-delimited field; returns where its content starts. */
function open(tag: number): number {
  reserve(3);
  putTag(tag);
  return ++pos;
}

/** Fills in the length of the field whose content starts at `start`. */
function close(start: number): void {
  const length = pos - start;
  if (length < 128) {
    bytes[start - 1] = length;
    return;
  }
  const more = widthOf(length) - 1;
  reserve(more);
  bytes.copyWithin(start + more, start, pos);
  putLength(length, start - 1);
  pos += more;
}

function putNested<T>(tag: number, message: T, write: Write<T>, field: string, index: number | string): void {
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    wrong("a message", message, index === -1 ? field : `${field}[${JSON.stringify(index)}]`);
  }
  const start = open(tag);
  trail[depth] = field;
  trailIndex[depth++] = index;
  write(message);
  depth--;
  close(start);
}

/** A message field; an empty message is written, `undefined` is not. */
export function putMessage<T>(tag: number, message: T | undefined, write: Write<T>, field: string): void {
  if (message !== undefined) putNested(tag, message, write, field, -1);
}

/** A list of messages. */
export function putMessages<T>(tag: number, list: readonly T[] | undefined, write: Write<T>, field: string): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) wrong("an array", list, field);
  for (let i = 0; i < list.length; i++) putNested(tag, list[i] as T, write, field, i);
}

/** What a map of messages may be given as: entries that are undefined are left out. */
type MapOf<T> = { readonly [key: string]: T | undefined };
type NumberedMapOf<T> = { readonly [key: number]: T | undefined };

function keysOf(map: object, field: string): string[] {
  if (typeof map !== "object" || map === null || Array.isArray(map) || map instanceof Map) {
    wrong("a plain object", map, field);
  }
  return Object.keys(map);
}

/** A map of strings, in the object's own order. */
export function putStringMap(tag: number, map: MapOf<string> | undefined, field: string): void {
  if (map === undefined) return;
  const keys = keysOf(map, field);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const value = map[key];
    if (value === undefined) continue;
    if (typeof value !== "string") wrong("a string", value, `${field}[${JSON.stringify(key)}]`);
    const start = open(tag);
    putText(10, key);
    putText(18, value);
    close(start);
  }
}

/** A map of messages. */
export function putMessageMap<T>(tag: number, map: MapOf<T> | undefined, write: Write<T>, field: string): void {
  if (map === undefined) return;
  for (const key of keysOf(map, field)) {
    const value = map[key];
    if (value === undefined) continue;
    const start = open(tag);
    putText(10, key);
    putNested(18, value, write, field, key);
    close(start);
  }
}

function putNumberKey(key: string, field: string): void {
  const value = Number(key);
  if (String(value | 0) !== key) wrong("a 32-bit integer as key", key, field);
  reserve(11);
  putTag(8);
  putSigned(value);
}

/** A map from numbers to strings. */
export function putNumberedStrings(tag: number, map: NumberedMapOf<string> | undefined, field: string): void {
  if (map === undefined) return;
  for (const key of keysOf(map, field)) {
    const value = (map as MapOf<string>)[key];
    if (value === undefined) continue;
    if (typeof value !== "string") wrong("a string", value, `${field}[${key}]`);
    const start = open(tag);
    putNumberKey(key, field);
    putText(18, value);
    close(start);
  }
}

/** A map from numbers to messages. */
export function putNumberedMessages<T>(
  tag: number,
  map: NumberedMapOf<T> | undefined,
  write: Write<T>,
  field: string,
): void {
  if (map === undefined) return;
  for (const key of keysOf(map, field)) {
    const value = (map as MapOf<T>)[key];
    if (value === undefined) continue;
    const start = open(tag);
    putNumberKey(key, field);
    putNested(18, value, write, field, key);
    close(start);
  }
}
