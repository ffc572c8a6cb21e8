// What is done about a failed call: the rules for one plugin and one call, resolved.
import type { FailurePolicy } from "./types.js";

/**
 * What ends the matter; `refuse` fails the request and closes the plugin: what the reference does to validators, and to
 * plugins that ask for it.
 */
export type LastResort = Exclude<FailurePolicy, "retry"> | "refuse";

/** Limits of asking again. */
export interface RetryLimits {
  /** How often the plugin is asked in all. */
  readonly calls: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

/** What is done about one kind of failure. */
export interface Handling {
  /** How it ends, after all attempts. */
  readonly last: LastResort;
  /** Undefined when the plugin is not asked again. */
  readonly retry: RetryLimits | undefined;
  /** The rules say so; else it is the default. */
  readonly byRule: boolean;
  /** The rules say how it ends; else what the plugin itself asks for comes before the default. */
  readonly lastByRule: boolean;
}

/** Everything about one call to one plugin. */
export interface CallPolicy {
  /** Undefined: `requestTimeoutMs`. */
  readonly timeoutMs: number | undefined;
  /** There was no answer. */
  readonly failure: Handling;
  /** There was an answer that cannot be used; without a rule that fails the request, as in the reference. */
  readonly unusable: Handling;
  /** The answer was an error. */
  readonly error: Handling;
}

const NO_RULE = { retry: undefined, byRule: false, lastByRule: false } as const;
const FAIL: Handling = { last: "fail", ...NO_RULE };
const DROP: Handling = { last: "drop", ...NO_RULE };
const REFUSE: Handling = { last: "refuse", ...NO_RULE };

/** What holds where no rule says otherwise: what the reference does. */
export const DEFAULT_POLICY: CallPolicy = { timeoutMs: undefined, failure: DROP, unusable: FAIL, error: FAIL };
/** The same for verdicts: who does not get one refuses. */
export const DEFAULT_VERDICT_POLICY: CallPolicy = {
  timeoutMs: undefined,
  failure: REFUSE,
  unusable: FAIL,
  error: FAIL,
};

/** The wait before call number `next` (2 is the first retry). */
export function backOff({ delayMs, maxDelayMs }: RetryLimits, next: number): number {
  return Math.min(delayMs * 2 ** (next - 2), maxDelayMs);
}
