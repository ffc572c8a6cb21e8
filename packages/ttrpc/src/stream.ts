// The connection of bytes that ttRPC needs: a socket, a multiplexed connection, a pipe or a pair in memory.

/**
 * A connection of bytes. Whoever made it owns its life until it is given to a client, server or multiplexer, which
 * then closes it.
 */
export interface ByteStream {
  /**
   * Sends the parts, in order, as one message with one write on the trunk. The buffers must not be changed afterwards.
   * Throws TtrpcError `write-queue-full` when the bounded queue has no room (nothing of the message is sent then) and
   * `closed` when the stream is closed.
   */
  write(parts: readonly Uint8Array[]): void;
  /** Starts reading; called once. Bytes that came before are kept (bounded) and delivered first. */
  open(receiver: ByteReceiver): void;
  /** Ends the connection after what was written has had a bounded time to leave. Idempotent. */
  close(reason?: Error): void;
  /** Bytes written and not yet taken by the operating system. */
  readonly queuedBytes: number;
}

/** What a ByteStream delivers to. */
export interface ByteReceiver {
  /** The next bytes. The chunk is valid only during the call: copy what must stay. */
  data(chunk: Uint8Array): void;
  /** The end, exactly once, whoever ended it; nothing is delivered afterwards. Without a reason the peer ended it in order. */
  closed(reason?: Error): void;
}

/** Sum of the lengths of `parts`. */
export function totalLength(parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts) total += part.length;
  return total;
}
