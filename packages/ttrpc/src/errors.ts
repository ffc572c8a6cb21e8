// What can go wrong: local failures (TtrpcError) and statuses that travel on the wire (StatusError).

import { StatusCode, statusName } from "./status.js";

/**
 * Why a call or a connection failed on this side:
 * - `closed`: the connection is gone; pending and later calls fail with `ttrpc: closed`
 * - `write-queue-full`: the peer reads too slowly and the bounded queue has no room; nothing was sent
 * - `deadline-exceeded`: no answer within the call's time
 * - `canceled`: the caller's signal was aborted
 * - `oversize`: a message is over the maximum; nothing was sent, or what came was discarded; the connection lives
 * - `protocol`: the peer sent something that is not ttRPC
 * - `too-many-calls`: the maximum of pending calls is reached
 * - `connect`: a connection could not be made
 * - `invalid-argument`: an option or argument that is refused at the door
 */
export type TtrpcErrorCode =
  | "closed"
  | "write-queue-full"
  | "deadline-exceeded"
  | "canceled"
  | "oversize"
  | "protocol"
  | "too-many-calls"
  | "connect"
  | "invalid-argument";

/** A failure on this side of the connection. Branch on `code`; the text is for people. */
export class TtrpcError extends Error {
  /** Why it failed. */
  readonly code: TtrpcErrorCode;

  constructor(code: TtrpcErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TtrpcError";
    this.code = code;
  }
}

/** A message over the maximum: code `oversize`, gRPC code 8, with both lengths. Source of the text: ttrpc errors.go. */
export class OversizeError extends TtrpcError {
  /** The gRPC code the reference gives to it. */
  readonly status: number = StatusCode.RESOURCE_EXHAUSTED;
  /** Bytes of the refused message, its header excluded. */
  readonly rejectedLength: number;
  /** Bytes that would have been accepted. */
  readonly maximumLength: number;

  constructor(rejectedLength: number, maximumLength: number) {
    super("oversize", oversizeText(rejectedLength, maximumLength));
    this.rejectedLength = rejectedLength;
    this.maximumLength = maximumLength;
  }
}

/** The text for a message over the maximum, as every implementation words it. */
export function oversizeText(length: number, maximum: number): string {
  return `message length ${length} exceed maximum message size of ${maximum}`;
}

/**
 * A status other than OK: sent by the peer, or thrown by a handler to choose code and text.
 * Its `message` is what a Go client prints: `rpc error: code = Unknown desc = boom`.
 */
export class StatusError extends Error {
  /** gRPC status code; numbers without a name are kept as they are. */
  readonly status: number;
  /** The text as it travels, without the prefix of `message`. */
  readonly rawMessage: string;
  /** Encoded `google.protobuf.Any` messages that came with the status, or shall go with it. */
  readonly details: readonly Uint8Array[];

  constructor(status: number, rawMessage: string, options?: ErrorOptions & { details?: readonly Uint8Array[] }) {
    super(`rpc error: code = ${statusName(status)} desc = ${rawMessage}`, options);
    this.name = "StatusError";
    this.status = status;
    this.rawMessage = rawMessage;
    this.details = options?.details ?? [];
  }
}

/** The error of every call on a connection that is gone. `cause` is why it went, when known. */
export function closedError(reason?: Error): TtrpcError {
  return new TtrpcError("closed", "ttrpc: closed", reason === undefined ? undefined : { cause: reason });
}

/** The error of a write that the bounded queue has no room for. */
export function queueFull(queued: number, bytes: number, maximum: number): TtrpcError {
  return new TtrpcError(
    "write-queue-full",
    `write queue full: ${queued} of ${maximum} bytes wait for the peer to read, no room for ${bytes} more`,
  );
}

/** The text of anything thrown, also of what refuses to become text: `Object.create(null)` can be thrown, and must not end the process. */
export function errorText(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return "an object without text was thrown";
  }
}
