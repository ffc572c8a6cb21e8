// Frames of the multiplexer, both ways, without a socket.
//
//   offset 0  4 bytes  connection id, big-endian
//   offset 4  4 bytes  payload length, big-endian
//   offset 8  payload
//
// Frames carry no meaning beyond the id: a connection is a stream of bytes, a message may be cut anywhere. In writing, the
// cuts are chosen for the Go peer (see FIRST_FRAME_PAYLOAD_BYTES): a message of at most 4096 bytes is one frame; a longer
// one is a frame of exactly 4096 bytes and one with the rest. Not more: a Go peer closes everything on the 257th unread frame.

import { ProtocolError } from "../errors.js";
import { FIRST_FRAME_PAYLOAD_BYTES, MAX_FRAME_PAYLOAD_BYTES } from "./limits.js";

/** Bytes of a frame header. */
export const FRAME_HEADER_BYTES = 8;

/**
 * One message as frames for connection `id`: headers and views of the parts, in order, nothing copied. No frame has bytes
 * of two messages. An empty message is one empty frame.
 */
export function muxFrames(id: number, parts: readonly Uint8Array[]): Uint8Array[] {
  let total = 0;
  for (const part of parts) total += part.length;
  if (total <= FIRST_FRAME_PAYLOAD_BYTES) return [frameHeader(id, total), ...parts];
  const frames: Uint8Array[] = [frameHeader(id, FIRST_FRAME_PAYLOAD_BYTES)];
  let room = FIRST_FRAME_PAYLOAD_BYTES;
  let left = total - FIRST_FRAME_PAYLOAD_BYTES;
  for (const part of parts) {
    let at = 0;
    while (part.length - at > room) {
      if (room > 0) frames.push(part.subarray(at, at + room));
      at += room;
      room = Math.min(left, MAX_FRAME_PAYLOAD_BYTES);
      left -= room;
      frames.push(frameHeader(id, room));
    }
    if (part.length > at) frames.push(at === 0 ? part : part.subarray(at));
    room -= part.length - at;
  }
  return frames;
}

function frameHeader(id: number, length: number): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  header[0] = id >>> 24;
  header[1] = id >>> 16;
  header[2] = id >>> 8;
  header[3] = id;
  header[4] = length >>> 24;
  header[5] = length >>> 16;
  header[6] = length >>> 8;
  header[7] = length;
  return header;
}

/** What a MuxDecoder reports. */
export interface MuxSink {
  /** A frame for connection `id` begins; its payload comes in `piece` calls. */
  frame(id: number, length: number): void;
  /** The next bytes of the frame that began last: a view into the pushed chunk, valid only during the call. */
  piece(bytes: Uint8Array): void;
}

/** Cuts the trunk's bytes into frames, wherever they are cut themselves. Stores nothing but an unfinished header. */
export class MuxDecoder {
  readonly #sink: MuxSink;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  #left = 0;
  #stopped = false;

  constructor(sink: MuxSink) {
    this.#sink = sink;
  }

  /** Where the bytes stop: between frames, or within a header or payload, which at the end of the trunk means it was cut. */
  get within(): "header" | "payload" | undefined {
    if (this.#left > 0) return "payload";
    return this.#headerBytes > 0 ? "header" : undefined;
  }

  /** Ignores everything from now on, also the rest of a chunk that is being pushed. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Takes the next bytes of the trunk. Throws ProtocolError `oversize` for a payload length over the maximum, before
   * anything is stored. Not to be called from within the sink.
   */
  push(chunk: Uint8Array): void {
    const end = chunk.length;
    let at = 0;
    while (at < end && !this.#stopped) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, end - at);
        this.#left -= taken;
        this.#sink.piece(taken === end ? chunk : chunk.subarray(at, at + taken));
        at += taken;
      } else if (this.#headerBytes === 0 && end - at >= FRAME_HEADER_BYTES) {
        this.#start(chunk, at);
        at += FRAME_HEADER_BYTES;
      } else {
        this.#header[this.#headerBytes++] = chunk[at++] as number;
        if (this.#headerBytes === FRAME_HEADER_BYTES) {
          this.#headerBytes = 0;
          this.#start(this.#header, 0);
        }
      }
    }
  }

  #start(header: Uint8Array, offset: number): void {
    const id = readUint32(header, offset);
    const length = readUint32(header, offset + 4);
    if (length > MAX_FRAME_PAYLOAD_BYTES) {
      const text = `frame of connection ${id} has ${length} bytes, the maximum is ${MAX_FRAME_PAYLOAD_BYTES}`;
      throw new ProtocolError("oversize", text);
    }
    this.#left = length;
    this.#sink.frame(id, length);
  }
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] as number) << 24) |
      ((bytes[offset + 1] as number) << 16) |
      ((bytes[offset + 2] as number) << 8) |
      (bytes[offset + 3] as number)) >>>
    0
  );
}
