// Functions around every call, for tracing, metrics and access rules. The first of a list is the outermost.

import type { MetadataInit } from "./metadata.js";

/** What may be said about one call besides its payload. */
export interface CallOptions {
  /** Milliseconds until the call fails with `deadline-exceeded`; travels to the server. None: wait for ever. */
  readonly timeoutMs?: number | undefined;
  /** Aborting fails the call with `canceled`; ttRPC has no message to tell the server. */
  readonly signal?: AbortSignal | undefined;
  /** Sent along with the request. */
  readonly metadata?: MetadataInit | undefined;
}

/** One call as client interceptors see it. */
export interface ClientCall {
  /** Full service name, with its package. */
  readonly service: string;
  /** Bare method name. */
  readonly method: string;
  /** The encoded request. */
  readonly payload: Uint8Array;
  /** Time-out, signal and metadata as the caller gave them. */
  readonly options: CallOptions;
}

/** Stands around calls of a client. Calls `next` with the call, or a changed copy of it, or fails by itself. */
export type ClientInterceptor = (
  call: ClientCall,
  next: (call: ClientCall) => Promise<Uint8Array>,
) => Promise<Uint8Array>;

/** What a handler knows about the call besides its payload. */
export interface HandlerContext {
  /** Full service name, with its package. */
  readonly service: string;
  /** Bare method name. */
  readonly method: string;
  /** Metadata of the request; empty when it had none. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  /** When the caller stops waiting, in milliseconds of `performance.now()`; undefined when it waits for ever. */
  readonly deadline: number | undefined;
  /** Aborted when the deadline has passed or the connection is gone; the reason is a TtrpcError. Made when first read. */
  readonly signal: AbortSignal;
}

/** A payload, or the promise of one. */
export type Answer = Uint8Array | Promise<Uint8Array>;

/**
 * Answers one method. The payload is its own: it may be kept; the answer is given away and must not be changed
 * afterwards. Answering without a promise sends in the same tick. Throw
 * StatusError to choose code and text; other errors are mapped by `statusFromError`.
 */
export type Handler = (payload: Uint8Array, context: HandlerContext) => Answer;

/** One call as server interceptors see it. */
export interface ServerCall {
  /** The encoded request. */
  readonly payload: Uint8Array;
  /** What the handler knows besides. */
  readonly context: HandlerContext;
}

/** Stands around the handlers of a server. Calls `next` with the call, or a changed copy, or answers or throws by itself. */
export type ServerInterceptor = (call: ServerCall, next: (call: ServerCall) => Answer) => Answer;

/** Interceptors and what they end in as one function; the first is the outermost. */
export function chain<C, R>(
  interceptors: readonly ((call: C, next: (call: C) => R) => R)[],
  innermost: (call: C) => R,
): (call: C) => R {
  return interceptors.reduceRight<(call: C) => R>((next, interceptor) => (call) => interceptor(call, next), innermost);
}
