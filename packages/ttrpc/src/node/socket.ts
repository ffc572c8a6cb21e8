// Connections that this process makes or inherits. They read into one buffer that is used again for every read.

import { Socket, type SocketConstructorOpts } from "node:net";
import { DuplexStream, type ReadSource } from "../duplex-stream.js";
import { errorText, TtrpcError } from "../errors.js";
import { DEFAULT_STREAM_LIMITS, MAX_TIMER_MS, READ_BUFFER_BYTES, type StreamLimits, withDefaults } from "../limits.js";
import type { ByteStream } from "../stream.js";

/** What `fdStream` can be told. */
export interface FdStreamOptions {
  /** Maxima that differ from DEFAULT_STREAM_LIMITS. */
  readonly limits?: Partial<StreamLimits> | undefined;
}

/** What `connectUnix` can be told. */
export interface ConnectOptions extends FdStreamOptions {
  /** Milliseconds that connecting may take; none: as long as the system lets it. */
  readonly timeoutMs?: number | undefined;
  /** Aborting stops connecting; it does not touch a connection that is made. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects to the unix socket at `path`. Rejects with TtrpcError `connect` (nobody listens, no such file, time-out;
 * `cause` is the system's error) or `canceled`.
 */
export function connectUnix(path: string, options: ConnectOptions = {}): Promise<ByteStream> {
  const limits = withDefaults(DEFAULT_STREAM_LIMITS, options.limits);
  const { signal, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true)
      throw new TtrpcError("canceled", `connecting to ${path} was canceled`, { cause: signal.reason });
    if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= MAX_TIMER_MS)) {
      throw new TtrpcError(
        "invalid-argument",
        `timeoutMs must be above 0 and at most ${MAX_TIMER_MS}, got ${timeoutMs}`,
      );
    }
    const source = new ReusedBuffer();
    const socket = openSocket(source);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      socket.off("error", fail);
    };
    const giveUp = (error: TtrpcError): void => {
      settle();
      // An error that the destroyed socket still reports is an echo of this one.
      socket.on("error", () => undefined);
      socket.destroy();
      reject(error);
    };
    const fail = (cause: Error): void =>
      giveUp(new TtrpcError("connect", `cannot connect to ${path}: ${cause.message}`, { cause }));
    const abort = (): void =>
      giveUp(new TtrpcError("canceled", `connecting to ${path} was canceled`, { cause: signal?.reason }));
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(
            () => giveUp(new TtrpcError("connect", `cannot connect to ${path} within ${timeoutMs} ms`)),
            timeoutMs,
          );
    signal?.addEventListener("abort", abort, { once: true });
    socket.on("error", fail);
    socket.connect({ path }, () => {
      settle();
      resolve(new DuplexStream(socket, limits, source));
    });
  });
}

/** The connected stream socket with descriptor number `fd`, which it owns from now on. Throws TtrpcError `connect` for anything else. */
export function fdStream(fd: number, options: FdStreamOptions = {}): ByteStream {
  const limits = withDefaults(DEFAULT_STREAM_LIMITS, options.limits);
  const source = new ReusedBuffer();
  try {
    const socket = openSocket(source, fd);
    return new DuplexStream(socket, limits, source);
  } catch (cause) {
    throw new TtrpcError("connect", `descriptor ${fd} is not a socket: ${errorText(cause)}`, { cause });
  }
}

/** A socket that reads into `source`. The types of Node's constructor do not know `onread`, which its documentation does. */
function openSocket(source: ReusedBuffer, fd?: number): Socket {
  const options = fd === undefined ? { onread: source.onread } : { fd, onread: source.onread };
  const socket = new Socket(options as SocketConstructorOpts);
  source.socket = socket;
  return socket;
}

/** Reads of one socket into one buffer. A first chunk that comes before anybody listens is kept, and reading pauses. */
class ReusedBuffer implements ReadSource {
  socket: Socket | undefined;
  #receive: ((chunk: Uint8Array) => void) | undefined;
  #early: Uint8Array | undefined;

  readonly onread = {
    buffer: new Uint8Array(READ_BUFFER_BYTES),
    callback: (count: number, buffer: Uint8Array): boolean => {
      const chunk = buffer.subarray(0, count);
      if (this.#receive !== undefined) {
        this.#receive(chunk);
        return true;
      }
      this.#early = chunk.slice();
      return false;
    },
  };

  start(receive: (chunk: Uint8Array) => void): void {
    // Not at once: whoever opens the stream is still being made.
    queueMicrotask(() => {
      this.#receive = receive;
      const early = this.#early;
      this.#early = undefined;
      if (early !== undefined) receive(early);
      this.socket?.resume();
    });
  }
}
