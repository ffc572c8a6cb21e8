// A Node stream as a ByteStream: accepted sockets, sockets of child processes, pipes. One write per message.

import type { Duplex } from "node:stream";
import { closedError, queueFull } from "./errors.js";
import { DEFAULT_STREAM_LIMITS, type StreamLimits, withDefaults } from "./limits.js";
import { type ByteReceiver, type ByteStream, totalLength } from "./stream.js";

/** How bytes come out of a Node stream: by `data` events, or by a socket's `onread` callback. */
export interface ReadSource {
  /** Starts delivering to `receive`. */
  start(receive: (chunk: Uint8Array) => void): void;
}

/** Makes a ByteStream of a Node stream, and owns it from now on. Nothing is read before `open`. */
export function duplexStream(duplex: Duplex, limits?: Partial<StreamLimits>): ByteStream {
  return new DuplexStream(duplex, withDefaults(DEFAULT_STREAM_LIMITS, limits), {
    start: (receive) => {
      // One kind of array everywhere keeps the decoders fast; and `slice` of a Buffer would be no copy.
      duplex.on("data", (chunk: Buffer) => receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)));
    },
  });
}

/**
 * Writing: the first message of a tick leaves at once; further ones of the same tick are collected and leave together
 * when it ends. Up to `maxJoinedBytes` are copied into one buffer (two writes cost twice as much as one), more is handed
 * over in parts for one `writev`.
 */
export class DuplexStream implements ByteStream {
  readonly #duplex: Duplex;
  readonly #limits: StreamLimits;
  readonly #source: ReadSource;
  #receiver: ByteReceiver | undefined;
  #collected: Uint8Array[] = [];
  #collectedBytes = 0;
  #wroteThisTick = false;
  #end: { readonly reason: Error | undefined } | undefined;

  constructor(duplex: Duplex, limits: StreamLimits, source: ReadSource) {
    this.#duplex = duplex;
    this.#limits = limits;
    this.#source = source;
    duplex.on("error", (error) => this.#ended(error));
    duplex.on("end", () => this.#ended(undefined));
    duplex.on("close", () => this.#ended(undefined));
    if (duplex.destroyed) this.#ended(duplex.errored ?? undefined);
  }

  get queuedBytes(): number {
    return this.#end !== undefined ? 0 : this.#duplex.writableLength + this.#collectedBytes;
  }

  write(parts: readonly Uint8Array[]): void {
    if (this.#end !== undefined) throw closedError(this.#end.reason);
    const bytes = totalLength(parts);
    const queued = this.#duplex.writableLength + this.#collectedBytes;
    if (queued + bytes > this.#limits.maxQueuedBytes) throw queueFull(queued, bytes, this.#limits.maxQueuedBytes);
    if (this.#wroteThisTick) {
      for (const part of parts) this.#collected.push(part);
      this.#collectedBytes += bytes;
      if (this.#collectedBytes > this.#limits.maxJoinedBytes) this.#flush();
    } else {
      this.#wroteThisTick = true;
      process.nextTick(this.#tickEnded);
      this.#writeOut(parts, bytes);
    }
  }

  open(receiver: ByteReceiver): void {
    this.#receiver = receiver;
    if (this.#end !== undefined) this.#report(receiver, this.#end.reason);
    else {
      this.#source.start((chunk) => {
        if (this.#end === undefined) receiver.data(chunk);
      });
    }
  }

  close(reason?: Error): void {
    if (this.#end !== undefined) return;
    this.#flush();
    this.#ended(reason);
  }

  readonly #tickEnded = (): void => {
    this.#wroteThisTick = false;
    if (this.#end === undefined) this.#flush();
  };

  #flush(): void {
    if (this.#collected.length === 0) return;
    const parts = this.#collected;
    const bytes = this.#collectedBytes;
    this.#collected = [];
    this.#collectedBytes = 0;
    this.#writeOut(parts, bytes);
  }

  #writeOut(parts: readonly Uint8Array[], bytes: number): void {
    const only = parts[0];
    if (only === undefined) return;
    if (parts.length === 1) this.#duplex.write(only);
    else if (bytes <= this.#limits.maxJoinedBytes) {
      const joined = Buffer.allocUnsafe(bytes);
      let at = 0;
      for (const part of parts) {
        joined.set(part, at);
        at += part.length;
      }
      this.#duplex.write(joined);
    } else {
      this.#duplex.cork();
      for (const part of parts) this.#duplex.write(part);
      this.#duplex.uncork();
    }
  }

  /** The end, from either side; later causes are its echo. */
  #ended(reason: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    this.#collected = [];
    this.#collectedBytes = 0;
    const duplex = this.#duplex;
    if (duplex.writableLength === 0 || duplex.destroyed) duplex.destroy();
    else {
      // What was written gets its time to leave; a peer that does not read cannot hold us.
      const timer = setTimeout(() => duplex.destroy(), this.#limits.closeFlushMs);
      duplex.once("close", () => clearTimeout(timer));
      duplex.resume();
      duplex.end(() => duplex.destroy());
    }
    if (this.#receiver !== undefined) this.#report(this.#receiver, reason);
  }

  #report(receiver: ByteReceiver, reason: Error | undefined): void {
    queueMicrotask(() => receiver.closed(reason));
  }
}
