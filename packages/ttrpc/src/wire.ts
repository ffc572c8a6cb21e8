// The little of protobuf's wire format that the envelope needs: varints, length-delimited fields, skipping the rest.

import { TtrpcError } from "./errors.js";

/** Nesting of groups that is skipped; protobuf knows them, ttRPC has none. */
const MAX_GROUP_DEPTH = 32;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Bytes that a varint of an unsigned number below 2^53 takes. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Writes a varint of an unsigned number below 2^53; gives the offset behind it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest > 0xffffffff) {
    target[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    target[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

/** A varint of a 64-bit two's complement number; ten bytes when it is negative. */
export function encodeVarint64(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** UTF-8 of a text; a lone surrogate becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A length-delimited field as bytes, tag included. */
export function encodeField(field: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(varintBytes(field * 8 + 2) + varintBytes(content.length) + content.length);
  const at = writeVarint(bytes, 0, field * 8 + 2);
  bytes.set(content, writeVarint(bytes, at, content.length));
  return bytes;
}

/** The parts as one buffer. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Reads one message. Every failure is a TtrpcError `protocol`; texts give the byte offset within the message. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #at: number;
  /** Upper 32 bits, signed, of the varint that was read last. */
  high = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#start = start;
    this.#at = start;
    this.#end = end;
  }

  /** Whether there is a further field. */
  more(): boolean {
    return this.#at < this.#end;
  }

  /** Field number * 8 + wire type. Refuses field number 0. */
  tag(): number {
    const tag = this.varint() >>> 0;
    if (tag < 8 || this.high !== 0) throw this.#broken("invalid field number");
    return tag;
  }

  /** Lower 32 bits, signed, of a varint; the upper ones are in `high`. */
  varint(): number {
    const bytes = this.#bytes;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) throw this.#broken("unexpected end of a number");
      const byte = bytes[this.#at++] as number;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else {
        if (bits > 1) throw this.#broken("number of more than 64 bits");
        high |= bits << 31;
      }
      if (byte < 128) {
        this.high = high;
        return low;
      }
    }
    throw this.#broken("number of more than 10 bytes");
  }

  /** The 64-bit signed number at this place. */
  int64(): bigint {
    const low = this.varint();
    if (this.high === 0) return BigInt(low >>> 0);
    return (BigInt(this.high) << 32n) | BigInt(low >>> 0);
  }

  /** A view of the length-delimited field at this place. */
  bytes(): Uint8Array {
    const end = this.#fieldEnd();
    const view = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return view;
  }

  /** A reader of the message at this place. */
  message(): WireReader {
    const end = this.#fieldEnd();
    const reader = new WireReader(this.#bytes, this.#at, end);
    this.#at = end;
    return reader;
  }

  /** The text at this place. Refuses invalid UTF-8. */
  text(): string {
    const end = this.#fieldEnd();
    const start = this.#at;
    this.#at = end;
    if (end - start > 64) return this.#decodeText(start, end);
    let text = "";
    for (let i = start; i < end; i++) {
      const byte = this.#bytes[i] as number;
      if (byte > 127) return this.#decodeText(start, end);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** Passes over the value of an unknown field. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case 0:
        this.varint();
        return;
      case 1:
        this.#advance(8);
        return;
      case 2:
        this.#at = this.#fieldEnd();
        return;
      case 3:
        if (depth >= MAX_GROUP_DEPTH) throw this.#broken("groups nested too deeply");
        for (let inner = this.tag(); inner !== tag + 1; inner = this.tag()) this.skip(inner, depth + 1);
        return;
      case 5:
        this.#advance(4);
        return;
      default:
        throw this.#broken(`invalid wire type ${tag & 7}`);
    }
  }

  #advance(count: number): void {
    if (count > this.#end - this.#at) throw this.#broken("unexpected end of a field");
    this.#at += count;
  }

  #fieldEnd(): number {
    const length = this.varint() >>> 0;
    if (this.high !== 0 || length > this.#end - this.#at) throw this.#broken("field is longer than its message");
    return this.#at + length;
  }

  #decodeText(start: number, end: number): string {
    try {
      return decoder.decode(this.#bytes.subarray(start, end));
    } catch (cause) {
      throw new TtrpcError("protocol", `text at byte ${start - this.#start} is not UTF-8`, { cause });
    }
  }

  #broken(what: string): TtrpcError {
    return new TtrpcError("protocol", `${what} at byte ${this.#at - this.#start}`);
  }
}
