// The caller's own limits on a request: its signal, its deadline.
import { setMaxListeners } from "node:events";
import { AdaptationError } from "./errors.js";

/** What a caller may say about one request. */
export interface RequestOptions {
  /** Gives the request up: it fails with `canceled`; plugins stay. */
  readonly signal?: AbortSignal | undefined;
  /** The caller's own deadline, waiting for its turn included: `deadline-exceeded`; plugins stay. Milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** One signal for what a caller asked for; undefined when it asked for nothing. Refuses a time that is no time. */
export function callerSignal({ signal, timeoutMs }: RequestOptions): AbortSignal | undefined {
  if (signal !== undefined) {
    setMaxListeners(0, signal); // every request that waits listens once, and stops listening when it is done
  }
  if (timeoutMs === undefined) {
    return signal;
  }
  if (!Number.isFinite(timeoutMs) || timeoutMs < 0) {
    throw new AdaptationError("invalid-option", `timeoutMs: ${timeoutMs} is no time in milliseconds`);
  }
  const deadline = AbortSignal.timeout(Math.ceil(timeoutMs));
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
}

/** The error of a request that its caller gave up. */
export function abortError(request: string, signal: AbortSignal, plugin?: string): AdaptationError {
  const late = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  const where = plugin === undefined ? "" : ` while plugin "${plugin}" was asked`;
  return new AdaptationError(
    late ? "deadline-exceeded" : "canceled",
    late ? `${request}: the caller's deadline passed${where}` : `${request}: canceled by the caller${where}`,
    { plugin, request, cause: signal.reason },
  );
}
