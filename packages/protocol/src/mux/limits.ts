// Every maximum of the multiplexer.

import { DEFAULT_LIMITS, HEADER_BYTES } from "@nri/ttrpc";
import { ProtocolError } from "../errors.js";

/** Largest payload of one frame: the largest ttRPC message with its header. Source: mux.go (maxPayloadSize). */
export const MAX_FRAME_PAYLOAD_BYTES = DEFAULT_LIMITS.maxMessageBytes + HEADER_BYTES;

/**
 * Largest first frame of a message. A Go peer reads a frame that starts a message through a buffer of this size and
 * loses the connection over a larger one: mux.go (conn.Read), ttrpc channel.go (newChannel).
 */
export const FIRST_FRAME_PAYLOAD_BYTES = 4096;

/** Maxima of a multiplexer. */
export interface MuxLimits {
  /** Frames kept for an opened connection that nobody reads yet; the reference has the same number. */
  readonly maxQueuedFrames: number;
  /** Bytes kept for an opened connection that nobody reads yet. */
  readonly maxQueuedBytes: number;
  /** Connections open at the same time; NRI uses two. */
  readonly maxConnections: number;
}

/** The limits in force where the options name no other. */
export const DEFAULT_MUX_LIMITS: MuxLimits = Object.freeze({
  maxQueuedFrames: 256,
  maxQueuedBytes: 16 * 1024 * 1024,
  maxConnections: 256,
});

/** The default limits with what `given` names. Refuses (ProtocolError `invalid-value`) anything but positive integers. */
export function muxLimits(given: Partial<MuxLimits> | undefined): MuxLimits {
  if (given === undefined) return DEFAULT_MUX_LIMITS;
  const limits: MuxLimits = {
    maxQueuedFrames: given.maxQueuedFrames ?? DEFAULT_MUX_LIMITS.maxQueuedFrames,
    maxQueuedBytes: given.maxQueuedBytes ?? DEFAULT_MUX_LIMITS.maxQueuedBytes,
    maxConnections: given.maxConnections ?? DEFAULT_MUX_LIMITS.maxConnections,
  };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new ProtocolError("invalid-value", `limit ${name} must be a positive integer, got ${value}`);
    }
  }
  return limits;
}
