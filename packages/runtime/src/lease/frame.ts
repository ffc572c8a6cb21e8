// Frames of the lease's socket: a header of JSON, then bytes as they are.
//
//   u32 length of the header | u32 length of the payload | header | payload         (big endian)
//
//   wrapper                                        daemon
//   {verb, id, root, bundle, engine} + payload ->
//                                               <- {kind: "pass" | "follow" | "replace" | "refuse", text?} + payload
//   {code, pid}                                ->
//                                                  (closed without it: dropped)

const PREFIX_BYTES = 8;
const MAX_HEADER_BYTES = 64 * 1024;

/** A frame. */
export interface LeaseFrame {
  readonly header: unknown;
  readonly payload: Uint8Array;
}

/** The bytes of a frame. */
export function encodeFrame(header: unknown, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(text.byteLength, 0);
  prefix.writeUInt32BE(payload.byteLength, 4);
  return Buffer.concat([prefix, text, payload]);
}

/** Cuts a stream of bytes into frames. Holds no socket and no timer. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** `maxPayloadBytes` is checked against what the peer announces, before it is kept. */
  constructor(readonly maxPayloadBytes: number) {}

  /** Frames that are complete with these bytes. Throws for one that is too large, or whose header is no JSON. */
  push(chunk: Buffer): LeaseFrame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    const frames: LeaseFrame[] = [];
    for (;;) {
      const length = this.#frameBytes();
      if (length === undefined || this.#bytes < length) return frames;
      const all = this.#joined();
      const headerEnd = PREFIX_BYTES + all.readUInt32BE(0);
      const header: unknown = JSON.parse(all.toString("utf8", PREFIX_BYTES, headerEnd));
      frames.push({ header, payload: all.subarray(headerEnd, length) });
      this.#chunks = [all.subarray(length)];
      this.#bytes -= length;
    }
  }

  /** Bytes of the frame that begins here, once its prefix is there. */
  #frameBytes(): number | undefined {
    if (this.#bytes < PREFIX_BYTES) return undefined;
    const first = this.#chunks[0];
    const all = first !== undefined && first.byteLength >= PREFIX_BYTES ? first : this.#joined();
    const header = all.readUInt32BE(0);
    const payload = all.readUInt32BE(4);
    if (header > MAX_HEADER_BYTES)
      throw new Error(`a header of ${header} bytes, at most ${MAX_HEADER_BYTES} are taken`);
    if (payload > this.maxPayloadBytes)
      throw new Error(`a payload of ${payload} bytes, at most ${this.maxPayloadBytes} are taken`);
    return PREFIX_BYTES + header + payload;
  }

  #joined(): Buffer {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
