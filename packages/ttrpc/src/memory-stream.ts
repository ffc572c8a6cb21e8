// Two connected streams in memory: client and server in one process, and tests without sockets.

import { closedError, queueFull } from "./errors.js";
import { DEFAULT_STREAM_LIMITS, type StreamLimits, withDefaults } from "./limits.js";
import { type ByteReceiver, type ByteStream, totalLength } from "./stream.js";

/** Two ends of one connection; what one writes the other receives, a microtask later. Unread bytes are bounded as on a socket. */
export function streamPair(limits?: Partial<StreamLimits>): [ByteStream, ByteStream] {
  const { maxQueuedBytes } = withDefaults(DEFAULT_STREAM_LIMITS, limits);
  const left = new MemoryStream(maxQueuedBytes);
  const right = new MemoryStream(maxQueuedBytes);
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class MemoryStream implements ByteStream {
  peer: MemoryStream | undefined;
  readonly #maxQueuedBytes: number;
  #inbox: Uint8Array[] = [];
  #inboxBytes = 0;
  #receiver: ByteReceiver | undefined;
  #scheduled = false;
  #closing: { readonly reason: Error | undefined } | undefined;
  #closed = false;

  constructor(maxQueuedBytes: number) {
    this.#maxQueuedBytes = maxQueuedBytes;
  }

  get queuedBytes(): number {
    return this.#closed || this.#closing !== undefined ? 0 : (this.peer?.unreadBytes ?? 0);
  }

  /** Bytes that wait for this end to read them. */
  get unreadBytes(): number {
    return this.#inboxBytes;
  }

  write(parts: readonly Uint8Array[]): void {
    if (this.#closed || this.#closing !== undefined) throw closedError(this.#closing?.reason);
    const bytes = totalLength(parts);
    const queued = this.queuedBytes;
    if (queued + bytes > this.#maxQueuedBytes) throw queueFull(queued, bytes, this.#maxQueuedBytes);
    this.peer?.receive(parts, bytes);
  }

  open(receiver: ByteReceiver): void {
    this.#receiver = receiver;
    this.#schedule();
  }

  close(reason?: Error): void {
    if (this.#closed || this.#closing !== undefined) return;
    this.#inbox = [];
    this.#inboxBytes = 0;
    this.end(reason);
    this.peer?.end(undefined);
  }

  receive(parts: readonly Uint8Array[], bytes: number): void {
    if (this.#closed || this.#closing !== undefined) return;
    for (const part of parts) if (part.length > 0) this.#inbox.push(part);
    this.#inboxBytes += bytes;
    this.#schedule();
  }

  /** The end comes after everything that was written before it. */
  end(reason: Error | undefined): void {
    this.#closing ??= { reason };
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#receiver === undefined) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    this.#scheduled = false;
    const chunks = this.#inbox;
    this.#inbox = [];
    for (const chunk of chunks) {
      this.#inboxBytes = Math.max(0, this.#inboxBytes - chunk.length);
      if (!this.#closed) receiver.data(chunk);
    }
    if (this.#closing !== undefined && this.#inbox.length === 0 && !this.#closed) {
      this.#closed = true;
      receiver.closed(this.#closing.reason);
    } else if (this.#inbox.length > 0) this.#schedule();
  }
}
