// The glue between a runtime and a plugin in AssemblyScript: memory, log lines, and answers. Copy it; plugin.ts is the plugin.
//
//   runtime                                                    module
//     |-- malloc(size) -> pointer; the request goes there -------->|
//     |-- plugin_create_container(pointer, size) ----------------->|
//     |<-------------------------- pointer << 32 | size of an answer, or 0 for an empty one
//     |-- free(pointer of the answer), free(pointer of the request)|
import { log as hostLog } from "./env";

/** Version of this convention. */
export function plugin_api_version(): u64 {
  return 1;
}

/** Memory for the runtime to put a request in. */
export function malloc(size: usize): usize {
  return heap.alloc(size);
}

/** Takes memory back: of a request, or of an answer. */
export function free(pointer: usize): void {
  heap.free(pointer);
}

/** An answer with nothing in it. */
export const NOTHING: u64 = 0;

/** An answer: a message that `Writer` has written. */
export function answer(message: Writer): u64 {
  return handOver(message.bytes());
}

/** An answer that refuses the request, and says why. */
export function failure(text: string): u64 {
  return handOver(Uint8Array.wrap(String.UTF8.encode(text))) | ((1 as u64) << 31);
}

function handOver(bytes: Uint8Array): u64 {
  const size = bytes.length;
  if (size === 0) return 0;
  const pointer = heap.alloc(size);
  memory.copy(pointer, bytes.dataStart, size);
  return ((pointer as u64) << 32) | (size as u64);
}

/** How loud a log line is: enum `LogRequest.Level`. */
export enum Level {
  DEBUG = 1,
  INFO = 2,
  WARN = 3,
  ERROR = 4,
}

/** Writes a line to the runtime's log. */
export function log(text: string, level: Level = Level.INFO): void {
  const request = new Writer().text(1, text).number(2, level).bytes();
  hostLog(request.dataStart, request.length);
}

/** What AssemblyScript calls when an assertion fails: told, then the request fails. */
export function broken(message: string | null, file: string | null, line: u32, column: u32): void {
  log(`${message ? message : "broken"} (${file ? file : "?"}:${line}:${column})`, Level.ERROR);
  unreachable();
}

/** The value of an annotation of the pod that a request is about (not StateChange); null when there is none. */
export function podAnnotation(pointer: usize, size: usize, key: string): string | null {
  const request = new Reader(pointer, size);
  while (request.next()) {
    if (request.field !== 1) {
      request.skip();
      continue;
    }
    const pod = request.message();
    while (pod.next()) {
      if (pod.field !== 6) {
        pod.skip();
        continue;
      }
      const pair = pod.message();
      let name = "";
      let value = "";
      while (pair.next()) {
        if (pair.field === 1) name = pair.text();
        else if (pair.field === 2) value = pair.text();
        else pair.skip();
      }
      if (name === key) return value;
    }
  }
  return null;
}

/** Reads the fields of a protobuf message, one after the other: `while (reader.next()) switch (reader.field) ...`. */
export class Reader {
  /** Number of the present field. */
  field: u32 = 0;
  private wire: u32 = 0;
  private end: usize;

  constructor(
    private at: usize,
    size: usize,
  ) {
    this.end = at + size;
  }

  /** Goes on to the next field; what was not read of the last one has to be skipped. */
  next(): bool {
    if (this.at >= this.end) return false;
    const tag = this.varint() as u32;
    this.field = tag >> 3;
    this.wire = tag & 7;
    return true;
  }

  /** The field as a number. */
  number(): i64 {
    return this.varint() as i64;
  }

  /** The field as a text. */
  text(): string {
    const size = this.varint() as usize;
    const start = this.take(size);
    return String.UTF8.decodeUnsafe(start, size);
  }

  /** The field as a message. */
  message(): Reader {
    const size = this.varint() as usize;
    return new Reader(this.take(size), size);
  }

  /** The field is of no interest. */
  skip(): void {
    if (this.wire === 0) this.varint();
    else if (this.wire === 2) this.take(this.varint() as usize);
    else this.take(this.wire === 1 ? 8 : 4);
  }

  private take(size: usize): usize {
    assert(size <= this.end - this.at, "a field is longer than its message");
    const start = this.at;
    this.at += size;
    return start;
  }

  private varint(): u64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; shift < 64; shift += 7) {
      const byte = load<u8>(this.take(1));
      value |= ((byte & 0x7f) as u64) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }
}

/** Writes a protobuf message: `new Writer().text(1, "name").message(2, ...)`. */
export class Writer {
  // Without a constructor the compiler (0.28) stumbles over the first file that makes one.
  constructor(private written: u8[] = []) {}

  /** A field with a number, or with true or false (1, 0). */
  number(field: u32, value: i64): Writer {
    this.varint(field << 3);
    this.varint(value as u64);
    return this;
  }

  /** A field with a text. */
  text(field: u32, value: string): Writer {
    return this.raw(field, Uint8Array.wrap(String.UTF8.encode(value)));
  }

  /** A field with a message. */
  message(field: u32, value: Writer): Writer {
    return this.raw(field, value.bytes());
  }

  /** All of it. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.written.length);
    for (let i = 0; i < this.written.length; i++) bytes[i] = this.written[i];
    return bytes;
  }

  private raw(field: u32, value: Uint8Array): Writer {
    this.varint((field << 3) | 2);
    this.varint(value.length);
    for (let i = 0; i < value.length; i++) this.written.push(value[i]);
    return this;
  }

  private varint(value: u64): void {
    while (value >= 0x80) {
      this.written.push((value as u8) | 0x80);
      value >>= 7;
    }
    this.written.push(value as u8);
  }
}
