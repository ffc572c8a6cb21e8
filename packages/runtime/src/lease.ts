// A call of the OCI runtime that waits for the daemon: what the lease's server hands over, whatever carries it.
import type { RuntimeCall } from "./runtime-call.js";

/** What the wrapper is to do. */
export type Answer =
  /** Call the real runtime with everything as it is; the daemon does not hear what came of it. */
  | { readonly kind: "pass" }
  /** Call it with everything as it is, and tell what came of it: what `start` is answered, and an unchanged `create`. */
  | { readonly kind: "follow" }
  /** Call it with these bytes, and tell what came of it: the new `config.json`, or the new resources of `update`. */
  | { readonly kind: "replace"; readonly payload: Uint8Array }
  /** Do not call it: fail with this text. */
  | { readonly kind: "refuse"; readonly text: string };

/** What came of the real runtime. */
export interface RuntimeResult {
  /** Its exit code; 128 and the signal's number when a signal ended it. */
  readonly code: number;
  /** What it wrote to its pid file, when it was told to write one and did; else 0. */
  readonly pid: number;
}

/**
 * One call under way. The connection is the lease: when it drops before the real runtime has ended, the operation counts
 * as failed and is undone.
 */
export interface Lease {
  /** What is called. */
  readonly call: RuntimeCall;
  /** The bundle's `config.json` for `create`, `run` and `restore`; the resources for `update`; empty for `start`. */
  readonly payload: Uint8Array;
  /** Aborted when nobody waits for the answer any more: the connection drops before it, or it was refused as it came too late. */
  readonly signal: AbortSignal;
  /**
   * Tells the wrapper what to do, once, and waits for what came of it. Undefined when nothing is known: the connection
   * dropped, also before it was told, or nobody waited any more. A refused call, and one that passes, is over at once
   * (`undefined`).
   */
  answer(answer: Answer): Promise<RuntimeResult | undefined>;
}

/** Takes leases: one call each, side by side. It must not reject; what fails it is answered as a refusal. */
export type LeaseHandler = (lease: Lease) => Promise<void>;
