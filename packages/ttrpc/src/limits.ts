// Every maximum of this package and its default, in one place.

import { TtrpcError } from "./errors.js";

/** Maxima of one connection, for client and server alike. */
export interface TtrpcLimits {
  /** Largest data of one message in bytes, header excluded, envelope included: 4194304 in every known implementation. */
  readonly maxMessageBytes: number;
  /** Calls of a client that wait for an answer at the same time. */
  readonly maxPendingCalls: number;
  /** Asynchronous handlers of a server that run at the same time for one connection. */
  readonly maxConcurrentCalls: number;
  /** Bytes of the requests that those handlers work on; one request alone may always be handled. */
  readonly maxConcurrentBytes: number;
  /** Methods whose encoded request prefix a client keeps. */
  readonly maxCachedMethods: number;
  /** Metadata entries accepted in one request. */
  readonly maxMetadataEntries: number;
}

/** The limits in force where the options name no other. */
export const DEFAULT_LIMITS: TtrpcLimits = Object.freeze({
  maxMessageBytes: 4194304,
  maxPendingCalls: 4096,
  maxConcurrentCalls: 1024,
  maxConcurrentBytes: 32 * 1024 * 1024,
  maxCachedMethods: 256,
  maxMetadataEntries: 1024,
});

/** Maxima of one stream of bytes. */
export interface StreamLimits {
  /** Bytes that may wait for a peer that reads too slowly; a write that would exceed it is refused. */
  readonly maxQueuedBytes: number;
  /** Writes up to this size are copied into one buffer; larger ones are handed on in parts. */
  readonly maxJoinedBytes: number;
  /** Milliseconds that written bytes get to leave after `close()`, before the connection is cut. */
  readonly closeFlushMs: number;
}

/** The stream limits in force where the options name no other. */
export const DEFAULT_STREAM_LIMITS: StreamLimits = Object.freeze({
  maxQueuedBytes: 16 * 1024 * 1024,
  maxJoinedBytes: 64 * 1024,
  closeFlushMs: 500,
});

/** Size of the read buffer that a connection made by this package reuses for every read. */
export const READ_BUFFER_BYTES = 64 * 1024;

/** Longest delay a JavaScript timer takes, in milliseconds (about 24.8 days). */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** `defaults` with what `given` names; refuses (code `invalid-argument`) anything but positive integers. */
export function withDefaults<L extends { readonly [name in keyof L]: number }>(
  defaults: L,
  given: Partial<L> | undefined,
): L {
  if (given === undefined) return defaults;
  const limits = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof L & string)[]) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value <= 0) {
      throw new TtrpcError("invalid-argument", `limit ${name} must be a positive integer, got ${String(value)}`);
    }
    limits[name] = value as L[keyof L & string];
  }
  return limits;
}
