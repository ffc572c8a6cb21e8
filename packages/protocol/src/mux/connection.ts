// One connection of a multiplexer: a ByteStream whose bytes share the trunk with others.

import { type ByteReceiver, type ByteStream, TtrpcError } from "@nri/ttrpc";
import type { MuxLimits } from "./limits.js";

/** What a connection needs of its multiplexer. */
export interface Trunk {
  readonly limits: MuxLimits;
  readonly queuedBytes: number;
  send(id: number, parts: readonly Uint8Array[]): void;
  forget(id: number): void;
}

/** A numbered connection. Opening and closing are local: the peer gets no notice of either. */
export class MuxConnection implements ByteStream {
  readonly id: number;
  readonly #trunk: Trunk;
  /** Frames that came before anybody read, each in a buffer of its own; the last one may be unfinished. */
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #lastFrameBytes = 0;
  #receiver: ByteReceiver | undefined;
  #delivering = false;
  #end: { readonly reason: Error | undefined } | undefined;

  constructor(id: number, trunk: Trunk) {
    this.id = id;
    this.#trunk = trunk;
  }

  get queuedBytes(): number {
    return this.#end === undefined ? this.#trunk.queuedBytes : 0;
  }

  write(parts: readonly Uint8Array[]): void {
    if (this.#end !== undefined) {
      throw new TtrpcError("closed", `connection ${this.id} is closed`, { cause: this.#end.reason });
    }
    this.#trunk.send(this.id, parts);
  }

  open(receiver: ByteReceiver): void {
    this.#receiver = receiver;
    // Not at once: whoever opens the connection is still being made.
    queueMicrotask(() => this.#deliverQueue(receiver));
  }

  close(reason?: Error): void {
    if (this.#end !== undefined) return;
    this.#trunk.forget(this.id);
    this.#queue = [];
    this.end(reason);
  }

  /** A frame begins. False: too many wait already for somebody to read this connection. */
  frame(length: number): boolean {
    if (this.#delivering || this.#end !== undefined || length === 0) return true;
    const { maxQueuedFrames, maxQueuedBytes } = this.#trunk.limits;
    if (this.#queue.length >= maxQueuedFrames || this.#queuedBytes + length > maxQueuedBytes) return false;
    this.#queue.push(new Uint8Array(length));
    this.#queuedBytes += length;
    this.#lastFrameBytes = 0;
    return true;
  }

  /** Bytes of the frame that began last: passed on at once, or copied when nobody reads yet. */
  piece(bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    if (this.#delivering) {
      this.#receiver?.data(bytes);
    } else {
      this.#queue.at(-1)?.set(bytes, this.#lastFrameBytes);
      this.#lastFrameBytes += bytes.length;
    }
  }

  /** The end, by the trunk or by `close`. The receiver hears of it after what was queued before. */
  end(reason: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    const receiver = this.#receiver;
    if (receiver !== undefined && this.#delivering) queueMicrotask(() => receiver.closed(reason));
  }

  #deliverQueue(receiver: ByteReceiver): void {
    const endedBefore = this.#end;
    this.#delivering = true;
    for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
      const filled = this.#queue.length > 0 ? frame.length : this.#lastFrameBytes;
      if (filled > 0) receiver.data(frame.subarray(0, filled));
    }
    if (endedBefore !== undefined) receiver.closed(endedBefore.reason);
  }
}
