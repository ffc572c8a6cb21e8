// The 10-byte header in front of every message, and a decoder that cuts a byte stream into messages. No socket, no timer.
//
//   offset 0  4 bytes  length of the data, big-endian, header excluded
//   offset 4  4 bytes  stream id, big-endian
//   offset 8  1 byte   message type
//   offset 9  1 byte   flags

import { TtrpcError } from "./errors.js";

/** Bytes of a message header. */
export const HEADER_BYTES = 10;

/** Message types; a receiver must expect other numbers. */
export const MessageType = Object.freeze({ REQUEST: 1, RESPONSE: 2, DATA: 3 });

/** Message flags. Unary requests and all responses have none. */
export const MessageFlag = Object.freeze({ REMOTE_CLOSED: 1, REMOTE_OPEN: 2, NO_DATA: 4 });

/** Name of a message type as error texts have it: `request`, `response`, `data` or `unknown`. */
export function messageTypeName(type: number): string {
  return type === 1 ? "request" : type === 2 ? "response" : type === 3 ? "data" : "unknown";
}

/** Writes a header into `target` at `offset`. Checks nothing: lengths are the caller's business. */
export function writeHeader(
  target: Uint8Array,
  offset: number,
  length: number,
  streamId: number,
  type: number,
  flags: number,
): void {
  target[offset] = length >>> 24;
  target[offset + 1] = length >>> 16;
  target[offset + 2] = length >>> 8;
  target[offset + 3] = length;
  target[offset + 4] = streamId >>> 24;
  target[offset + 5] = streamId >>> 16;
  target[offset + 6] = streamId >>> 8;
  target[offset + 7] = streamId;
  target[offset + 8] = type;
  target[offset + 9] = flags;
}

/** A complete message as bytes, header included. */
export function encodeFrame(streamId: number, type: number, flags: number, data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + data.length);
  writeHeader(frame, 0, data.length, streamId, type, flags);
  frame.set(data, HEADER_BYTES);
  return frame;
}

/** The big-endian 32-bit number at `offset`, unsigned. */
function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] as number) << 24) |
      ((bytes[offset + 1] as number) << 16) |
      ((bytes[offset + 2] as number) << 8) |
      (bytes[offset + 3] as number)) >>>
    0
  );
}

/** What a FrameDecoder reports, in the order of the bytes. */
export interface FrameSink {
  /**
   * A complete message. With `owned` the data is a buffer of its own and may be kept; otherwise it is a view into the
   * chunk that was pushed, valid only during the call.
   */
  frame(streamId: number, type: number, flags: number, data: Uint8Array, owned: boolean): void;
  /** A message over the maximum, whose data was passed over without being stored. */
  oversize(streamId: number, type: number, length: number): void;
}

const EMPTY = new Uint8Array(0);

/** Cuts a byte stream into messages, wherever it is cut itself. Copies data at most once and keeps one message at most. */
export class FrameDecoder {
  readonly #sink: FrameSink;
  readonly #maxMessageBytes: number;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  #length = 0;
  #streamId = 0;
  #type = 0;
  #flags = 0;
  #body: Uint8Array | undefined;
  #bodyBytes = 0;
  #discard = 0;
  #stopped = false;

  /** Lengths above `maxMessageBytes` are recognised on the header: their data is never stored. */
  constructor(sink: FrameSink, maxMessageBytes: number) {
    this.#sink = sink;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Bytes of an unfinished message. Not zero at the end of the stream means that the peer was cut off. */
  get pendingBytes(): number {
    return this.#headerBytes + this.#bodyBytes;
  }

  /** What the end of the stream means: the reason given for it, or that the peer was cut off within a message. */
  endReason(reason: Error | undefined): Error | undefined {
    if (reason !== undefined || this.pendingBytes === 0) return reason;
    return new TtrpcError("protocol", `connection ended ${this.pendingBytes} bytes into a message`);
  }

  /** Ignores everything from now on, also the rest of a chunk that is being pushed. */
  stop(): void {
    this.#stopped = true;
    this.#body = undefined;
  }

  /** Takes the next bytes and reports every message that they complete. Not to be called from within the sink. */
  push(chunk: Uint8Array): void {
    const end = chunk.length;
    let at = 0;
    while (at < end && !this.#stopped) {
      if (this.#body !== undefined) at = this.#fillBody(this.#body, chunk, at);
      else if (this.#discard > 0) at = this.#skip(at, end);
      else if (this.#headerBytes === 0 && end - at >= HEADER_BYTES) {
        at = this.#startMessage(chunk, at, chunk, at + HEADER_BYTES);
      } else {
        this.#header[this.#headerBytes++] = chunk[at++] as number;
        if (this.#headerBytes === HEADER_BYTES) at = this.#startMessage(this.#header, 0, chunk, at);
      }
    }
  }

  /** Reads a complete header at `header[start]`; data follows at `chunk[at]`. */
  #startMessage(header: Uint8Array, start: number, chunk: Uint8Array, at: number): number {
    const length = readUint32(header, start);
    const streamId = readUint32(header, start + 4);
    const type = header[start + 8] as number;
    const flags = header[start + 9] as number;
    if (length <= this.#maxMessageBytes) {
      if (chunk.length - at >= length) {
        this.#headerBytes = 0;
        this.#sink.frame(streamId, type, flags, length === 0 ? EMPTY : chunk.subarray(at, at + length), length === 0);
        return at + length;
      }
      this.#body = new Uint8Array(length);
      this.#bodyBytes = 0;
    } else {
      this.#discard = length;
    }
    this.#headerBytes = HEADER_BYTES;
    this.#length = length;
    this.#streamId = streamId;
    this.#type = type;
    this.#flags = flags;
    return at;
  }

  #fillBody(body: Uint8Array, chunk: Uint8Array, at: number): number {
    const wanted = this.#length - this.#bodyBytes;
    const available = chunk.length - at;
    const taken = Math.min(available, wanted);
    // A handful of bytes is cheaper to copy in a loop than through `set`.
    if (taken < 16) for (let i = 0; i < taken; i++) body[this.#bodyBytes + i] = chunk[at + i] as number;
    else body.set(taken === chunk.length ? chunk : chunk.subarray(at, at + taken), this.#bodyBytes);
    this.#bodyBytes += taken;
    if (taken === wanted) {
      this.#body = undefined;
      this.#bodyBytes = 0;
      this.#headerBytes = 0;
      this.#sink.frame(this.#streamId, this.#type, this.#flags, body, true);
    }
    return at + taken;
  }

  #skip(at: number, end: number): number {
    const available = end - at;
    if (available < this.#discard) {
      this.#discard -= available;
      return end;
    }
    const next = at + this.#discard;
    this.#discard = 0;
    this.#headerBytes = 0;
    this.#sink.oversize(this.#streamId, this.#type, this.#length);
    return next;
  }
}
