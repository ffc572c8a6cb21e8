// The calling side of a connection: stream ids, deadlines, answers in any order, one close.

import { DeadlineTimer } from "./deadline.js";
import { decodeResponse, requestLength, requestParts, requestPrefix, requestSuffix } from "./envelope.js";
import { closedError, OversizeError, TtrpcError } from "./errors.js";
import { FrameDecoder, type FrameSink, MessageType, messageTypeName } from "./frame.js";
import { type CallOptions, type ClientCall, type ClientInterceptor, chain } from "./interceptors.js";
import { DEFAULT_LIMITS, type TtrpcLimits, withDefaults } from "./limits.js";
import type { ByteStream } from "./stream.js";

const NO_BYTES = new Uint8Array(0);
const LAST_STREAM_ID = 0xffffffff;

/** What a client can be told. */
export interface ClientOptions {
  /** Maxima that differ from DEFAULT_LIMITS. */
  readonly limits?: Partial<TtrpcLimits> | undefined;
  /** Stand around every call; the first is the outermost. */
  readonly interceptors?: readonly ClientInterceptor[] | undefined;
  /** Called exactly once when the connection is gone, whoever ended it, after pending calls have failed. */
  readonly onClose?: ((reason: Error | undefined) => void) | undefined;
}

/** What a client has counted. */
export interface ClientStats {
  /** Requests sent. */
  readonly calls: number;
  /** Calls that wait for their answer now. */
  readonly pending: number;
  /** Messages for calls that nobody waits for: answered twice, too late, or never asked. */
  readonly lateAnswers: number;
  /** Calls that were given up (deadline, signal) and not answered since; at most `maxPendingCalls` are remembered. */
  readonly unanswered: number;
  /** Answers over the maximum, discarded unread. */
  readonly oversizeAnswers: number;
}

interface PendingCall {
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: Error) => void;
  readonly service: string;
  readonly method: string;
  readonly deadline: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: (() => void) | undefined;
}

/** Calls methods of the peer. Owns the stream: closing the client closes it, and the end of it closes the client. */
export class TtrpcClient {
  /** Resolves when the connection is gone: with the reason, or undefined when the peer ended it in order. Never rejects. */
  readonly closed: Promise<Error | undefined>;
  readonly #stream: ByteStream;
  readonly #limits: TtrpcLimits;
  readonly #decoder: FrameDecoder;
  readonly #pending = new Map<number, PendingCall>();
  /** Calls that were given up: the peer may answer them yet. Oldest first. */
  readonly #givenUp = new Set<number>();
  readonly #prefixes = new Map<string, Map<string, Uint8Array>>();
  readonly #timer: DeadlineTimer;
  readonly #intercepted: ((call: ClientCall) => Promise<Uint8Array>) | undefined;
  readonly #onClose: ((reason: Error | undefined) => void) | undefined;
  readonly #stats = { calls: 0, lateAnswers: 0, oversizeAnswers: 0 };
  #resolveClosed: (reason: Error | undefined) => void = () => undefined;
  #cachedPrefixes = 0;
  #nextStreamId = 1;
  #ended = false;
  #reason: Error | undefined;

  constructor(stream: ByteStream, options: ClientOptions = {}) {
    this.#stream = stream;
    this.#limits = withDefaults(DEFAULT_LIMITS, options.limits);
    this.#onClose = options.onClose;
    this.#timer = new DeadlineTimer((now) => this.#expire(now));
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    if (options.interceptors !== undefined && options.interceptors.length > 0) {
      this.#intercepted = chain(options.interceptors, (call) =>
        this.#send(call.service, call.method, call.payload, call.options),
      );
    }
    const sink: FrameSink = {
      frame: (streamId, type, _flags, data, owned) => this.#received(streamId, type, data, owned),
      oversize: (streamId, _type, length) => this.#receivedOversize(streamId, length),
    };
    this.#decoder = new FrameDecoder(sink, this.#limits.maxMessageBytes);
    stream.open({ data: (chunk) => this.#decoder.push(chunk), closed: (reason) => this.#lost(reason) });
  }

  /** What has been counted until now. */
  get stats(): ClientStats {
    return { ...this.#stats, pending: this.#pending.size, unanswered: this.#givenUp.size };
  }

  /**
   * Calls `service`/`method` and gives the payload of the answer. Rejects with StatusError when the peer answers with an
   * error, and with TtrpcError when it does not: `deadline-exceeded`, `canceled`, `oversize`, `write-queue-full`,
   * `too-many-calls`, `protocol`, `invalid-argument` (the connection lives on), or `closed`. Never throws by itself.
   */
  call(service: string, method: string, payload: Uint8Array, options?: CallOptions): Promise<Uint8Array> {
    if (this.#intercepted === undefined) return this.#send(service, method, payload, options);
    try {
      return this.#intercepted({ service, method, payload, options: options ?? {} });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Closes the connection: pending calls fail with `ttrpc: closed`. Idempotent; the first reason stays. */
  close(reason?: Error): void {
    if (this.#ended) return;
    this.#end(reason);
    this.#stream.close(reason);
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }

  #send(service: string, method: string, payload: Uint8Array, options: CallOptions | undefined): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#ended) throw closedError(this.#reason);
      const timeoutMs = options?.timeoutMs ?? Number.POSITIVE_INFINITY;
      if (!(timeoutMs > 0)) {
        if (Number.isNaN(timeoutMs))
          throw new TtrpcError("invalid-argument", `timeoutMs must be a number, got ${timeoutMs}`);
        throw deadlineExceeded(`${service}/${method}`, timeoutMs);
      }
      const signal = options?.signal;
      if (signal?.aborted === true) throw canceled(`${service}/${method}`, signal);
      if (this.#pending.size >= this.#limits.maxPendingCalls) {
        throw new TtrpcError("too-many-calls", `${this.#pending.size} calls wait for an answer already`);
      }
      const streamId = this.#nextStreamId;
      if (streamId > LAST_STREAM_ID)
        throw new TtrpcError("too-many-calls", "no stream ids are left on this connection");

      const prefix = this.#prefix(service, method);
      const timeoutNano = timeoutMs === Number.POSITIVE_INFINITY ? 0 : nanoseconds(timeoutMs);
      const fields =
        options?.metadata === undefined
          ? NO_BYTES
          : requestSuffix(0, options.metadata, this.#limits.maxMetadataEntries);
      // The id is consumed even when nothing can be sent, as in the reference: client.go (createStream).
      this.#nextStreamId += 2;
      const length = requestLength(prefix, payload, timeoutNano, fields);
      if (length > this.#limits.maxMessageBytes) throw new OversizeError(length, this.#limits.maxMessageBytes);

      const now = timeoutNano === 0 ? 0 : performance.now();
      const deadline = timeoutNano === 0 ? Number.POSITIVE_INFINITY : now + timeoutMs;
      let onAbort: (() => void) | undefined;
      if (signal !== undefined) {
        onAbort = () => this.#giveUp(streamId)?.reject(canceled(`${service}/${method}`, signal));
        signal.addEventListener("abort", onAbort, { once: true });
      }
      // Before writing: a stream may deliver the answer while it is being written to.
      this.#pending.set(streamId, { resolve, reject, service, method, deadline, timeoutMs, signal, onAbort });
      if (timeoutNano !== 0) this.#timer.add(deadline, now);
      try {
        this.#stream.write(requestParts(streamId, prefix, payload, timeoutNano, fields));
      } catch (error) {
        this.#take(streamId);
        throw error;
      }
      this.#stats.calls++;
    });
  }

  #prefix(service: string, method: string): Uint8Array {
    let methods = this.#prefixes.get(service);
    const known = methods?.get(method);
    if (known !== undefined) return known;
    const prefix = requestPrefix(service, method);
    if (this.#cachedPrefixes < this.#limits.maxCachedMethods) {
      methods ??= new Map();
      methods.set(method, prefix);
      this.#prefixes.set(service, methods);
      this.#cachedPrefixes++;
    }
    return prefix;
  }

  /** Takes a call out of the waiting ones, with its listener. */
  #take(streamId: number): PendingCall | undefined {
    const call = this.#pending.get(streamId);
    if (call === undefined) return undefined;
    this.#pending.delete(streamId);
    if (call.onAbort !== undefined) call.signal?.removeEventListener("abort", call.onAbort);
    if (this.#pending.size === 0) this.#timer.idle();
    return call;
  }

  /** Takes a call out whose answer is still to come, perhaps. */
  #giveUp(streamId: number): PendingCall | undefined {
    const call = this.#take(streamId);
    if (call === undefined) return undefined;
    this.#givenUp.add(streamId);
    if (this.#givenUp.size > this.#limits.maxPendingCalls) {
      for (const oldest of this.#givenUp) {
        this.#givenUp.delete(oldest);
        break;
      }
    }
    return call;
  }

  #late(streamId: number): void {
    this.#stats.lateAnswers++;
    this.#givenUp.delete(streamId);
  }

  #received(streamId: number, type: number, data: Uint8Array, owned: boolean): void {
    const call = this.#take(streamId);
    if (call === undefined) {
      this.#late(streamId);
    } else if (type !== MessageType.RESPONSE) {
      call.reject(
        new TtrpcError(
          "protocol",
          `unexpected ${JSON.stringify(messageTypeName(type))} message received: protocol error`,
        ),
      );
    } else {
      try {
        const { status, payload } = decodeResponse(data);
        if (status === undefined) call.resolve(owned ? payload : new Uint8Array(payload));
        else call.reject(status);
      } catch (error) {
        call.reject(error as Error);
      }
    }
  }

  #receivedOversize(streamId: number, length: number): void {
    this.#stats.oversizeAnswers++;
    const call = this.#take(streamId);
    if (call === undefined) this.#late(streamId);
    else call.reject(new OversizeError(length, this.#limits.maxMessageBytes));
  }

  /** Fails every call that is due; gives the earliest deadline left. */
  #expire(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const [streamId, call] of this.#pending) {
      if (call.deadline > now) next = Math.min(next, call.deadline);
      else this.#giveUp(streamId)?.reject(deadlineExceeded(`${call.service}/${call.method}`, call.timeoutMs));
    }
    return next;
  }

  #lost(reason: Error | undefined): void {
    if (!this.#ended) this.#end(this.#decoder.endReason(reason));
  }

  #end(reason: Error | undefined): void {
    this.#ended = true;
    this.#reason = reason;
    this.#decoder.stop();
    this.#timer.stop();
    const error = closedError(reason);
    for (const streamId of [...this.#pending.keys()]) this.#take(streamId)?.reject(error);
    this.#resolveClosed(reason);
    this.#onClose?.(reason);
  }
}

function nanoseconds(timeoutMs: number): number {
  return Math.min(Math.max(Math.round(timeoutMs * 1e6), 1), Number.MAX_SAFE_INTEGER);
}

function deadlineExceeded(call: string, timeoutMs: number): TtrpcError {
  return new TtrpcError("deadline-exceeded", `deadline exceeded: ${call} not answered in ${timeoutMs} ms`);
}

function canceled(call: string, signal: AbortSignal): TtrpcError {
  return new TtrpcError("canceled", `${call} was canceled`, { cause: signal.reason });
}
