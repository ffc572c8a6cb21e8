// One connection of a server: requests in, answers out, in any order. Rules and texts: ttrpc server.go (run), services.go.

import { decodeRequest, encodeResponse, type RequestEnvelope, responseLength, responseParts } from "./envelope.js";
import { oversizeText, StatusError, TtrpcError } from "./errors.js";
import { encodeFrame, FrameDecoder, MessageType } from "./frame.js";
import { statusFromError } from "./handler-error.js";
import type { Handler } from "./interceptors.js";
import type { TtrpcLimits } from "./limits.js";
import { RunningCall } from "./running-call.js";
import { StatusCode } from "./status.js";
import { type ByteStream, totalLength } from "./stream.js";

/** Longest text of a status that is sent, in UTF-16 units; the rest of a longer one is cut off. */
const MAX_STATUS_TEXT = 65536;

/** An answer of at most this size that finds no room is not replaced by an error: that would be no shorter. */
const SHORT_ANSWER_BYTES = 512;

/** What one connection of a server has counted. */
export interface ServerConnectionStats {
  /** Requests given to a handler. */
  readonly calls: number;
  /** Asynchronous handlers that run now. */
  readonly running: number;
  /** Messages answered with an error without reaching a handler. */
  readonly refused: number;
  /** Messages of unknown type, and data for a call that takes none: ignored. */
  readonly ignored: number;
}

/** The serving of one stream, as `TtrpcServer.serve` gives it. */
export interface ServerConnection {
  /** Resolves when the connection is gone: with the reason, or undefined when the peer ended it in order. Never rejects. */
  readonly closed: Promise<Error | undefined>;
  /** What has been counted until now. */
  readonly stats: ServerConnectionStats;
  /** Closes the connection; running handlers see an aborted signal and their answers are dropped. Idempotent. */
  close(reason?: Error): void;
}

/** The one implementation of ServerConnection. */
export class ServedConnection implements ServerConnection {
  readonly closed: Promise<Error | undefined>;
  readonly #stream: ByteStream;
  readonly #services: ReadonlyMap<string, ReadonlyMap<string, Handler>>;
  readonly #limits: TtrpcLimits;
  readonly #decoder: FrameDecoder;
  readonly #running = new Map<number, RunningCall>();
  readonly #onEnd: () => void;
  readonly #stats = { calls: 0, refused: 0, ignored: 0 };
  #resolveClosed: (reason: Error | undefined) => void = () => undefined;
  #lastStreamId = 0;
  #runningBytes = 0;
  #ended = false;

  constructor(
    stream: ByteStream,
    services: ReadonlyMap<string, ReadonlyMap<string, Handler>>,
    limits: TtrpcLimits,
    onEnd: () => void,
  ) {
    this.#stream = stream;
    this.#services = services;
    this.#limits = limits;
    this.#onEnd = onEnd;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#decoder = new FrameDecoder(
      {
        frame: (streamId, type, _flags, data, owned) => this.#received(streamId, type, data, owned),
        oversize: (streamId, _type, length) =>
          this.#refuse(streamId, StatusCode.RESOURCE_EXHAUSTED, oversizeText(length, limits.maxMessageBytes)),
      },
      limits.maxMessageBytes,
    );
  }

  get stats(): ServerConnectionStats {
    return { ...this.#stats, running: this.#running.size };
  }

  /** Starts reading; TtrpcServer does it. */
  open(): void {
    this.#stream.open({ data: (chunk) => this.#decoder.push(chunk), closed: (reason) => this.#lost(reason) });
  }

  close(reason?: Error): void {
    if (this.#ended) return;
    this.#end(reason);
    this.#stream.close(reason);
  }

  #received(streamId: number, type: number, data: Uint8Array, owned: boolean): void {
    if (streamId % 2 !== 1) {
      this.#refuse(streamId, StatusCode.INVALID_ARGUMENT, "StreamID must be odd for client initiated streams");
    } else if (type === MessageType.REQUEST) {
      if (streamId <= this.#lastStreamId) {
        this.#refuse(streamId, StatusCode.INVALID_ARGUMENT, "StreamID cannot be re-used and must increment");
        return;
      }
      this.#lastStreamId = streamId;
      this.#request(streamId, data, owned);
    } else if (type === MessageType.DATA && !this.#running.has(streamId)) {
      this.#refuse(streamId, StatusCode.INVALID_ARGUMENT, "StreamID is no longer active");
    } else {
      this.#stats.ignored++;
    }
  }

  #request(streamId: number, data: Uint8Array, owned: boolean): void {
    let request: RequestEnvelope;
    try {
      request = decodeRequest(data, this.#limits.maxMetadataEntries);
    } catch (error) {
      this.#refuse(streamId, StatusCode.INVALID_ARGUMENT, `unmarshal request error: ${(error as Error).message}`);
      return;
    }
    const methods = this.#services.get(request.service);
    if (methods === undefined) {
      this.#refuse(streamId, StatusCode.UNIMPLEMENTED, `service ${request.service}`);
      return;
    }
    const handler = methods.get(request.method);
    if (handler === undefined) {
      this.#refuse(streamId, StatusCode.UNIMPLEMENTED, `method ${request.method}`);
    } else if (this.#running.size >= this.#limits.maxConcurrentCalls) {
      const text = `${this.#running.size} calls are being handled already`;
      this.#refuse(streamId, StatusCode.RESOURCE_EXHAUSTED, text);
    } else if (
      this.#running.size > 0 &&
      this.#runningBytes + request.payload.length > this.#limits.maxConcurrentBytes
    ) {
      const text = `calls with ${this.#runningBytes} bytes are being handled already`;
      this.#refuse(streamId, StatusCode.RESOURCE_EXHAUSTED, text);
    } else {
      this.#handle(streamId, handler, request, owned ? request.payload : new Uint8Array(request.payload));
    }
  }

  #handle(streamId: number, handler: Handler, request: RequestEnvelope, payload: Uint8Array): void {
    this.#stats.calls++;
    const call = new RunningCall(
      request.service,
      request.method,
      request.metadata,
      request.timeoutNano,
      payload.length,
    );
    try {
      const answer = handler(payload, call);
      if (!isPromise(answer)) {
        call.answered();
        this.#answer(streamId, answer);
        return;
      }
      if (this.#ended) call.lost(undefined);
      else this.#run(streamId, call);
      answer.then(
        (result) => {
          this.#finish(streamId, call);
          this.#answer(streamId, result);
        },
        (error) => {
          this.#finish(streamId, call);
          this.#answerError(streamId, error);
        },
      );
    } catch (error) {
      call.answered();
      this.#answerError(streamId, error);
    }
  }

  #run(streamId: number, call: RunningCall): void {
    this.#running.set(streamId, call);
    this.#runningBytes += call.bytes;
  }

  #finish(streamId: number, call: RunningCall): void {
    if (this.#running.delete(streamId)) this.#runningBytes -= call.bytes;
    call.answered();
  }

  #answer(streamId: number, payload: Uint8Array): void {
    if (!(payload instanceof Uint8Array)) {
      this.#sendStatus(streamId, new StatusError(StatusCode.UNKNOWN, "ttrpc: marshal called with nil"));
      return;
    }
    // The reference gives its connection up here and lets every caller time out; we answer.
    const length = responseLength(payload);
    if (length > this.#limits.maxMessageBytes) {
      const text = oversizeText(length, this.#limits.maxMessageBytes);
      this.#sendStatus(streamId, new StatusError(StatusCode.RESOURCE_EXHAUSTED, text));
    } else {
      this.#write(streamId, responseParts(streamId, payload));
    }
  }

  #answerError(streamId: number, error: unknown): void {
    this.#sendStatus(streamId, statusFromError(error));
  }

  #refuse(streamId: number, code: number, text: string): void {
    this.#stats.refused++;
    this.#sendStatus(streamId, new StatusError(code, text));
  }

  #sendStatus(streamId: number, status: StatusError): void {
    const short =
      status.rawMessage.length <= MAX_STATUS_TEXT
        ? status
        : new StatusError(status.status, `${status.rawMessage.slice(0, MAX_STATUS_TEXT)}...`);
    let data = encodeResponse(short);
    if (data.length > this.#limits.maxMessageBytes) {
      data = encodeResponse(new StatusError(short.status, short.rawMessage.slice(0, 256)));
    }
    this.#write(streamId, [encodeFrame(streamId, MessageType.RESPONSE, 0, data)]);
  }

  /**
   * An answer that the queue has no room for becomes a short error. When there is no room for that either the peer has
   * stopped reading: silence would leave its callers waiting, so the connection is ended, with the reason.
   */
  #write(streamId: number, parts: Uint8Array[]): void {
    if (this.#ended) return;
    try {
      this.#stream.write(parts);
    } catch (error) {
      if (totalLength(parts) > SHORT_ANSWER_BYTES && error instanceof TtrpcError && error.code === "write-queue-full") {
        this.#sendStatus(streamId, new StatusError(StatusCode.RESOURCE_EXHAUSTED, error.message));
      } else {
        this.close(error as Error);
      }
    }
  }

  #lost(reason: Error | undefined): void {
    if (!this.#ended) this.#end(this.#decoder.endReason(reason));
  }

  #end(reason: Error | undefined): void {
    this.#ended = true;
    this.#decoder.stop();
    for (const call of this.#running.values()) call.lost(reason);
    this.#running.clear();
    this.#onEnd();
    this.#resolveClosed(reason);
  }
}

function isPromise(answer: unknown): answer is Promise<Uint8Array> {
  return typeof answer === "object" && answer !== null && "then" in answer && typeof answer.then === "function";
}
