// The caller's own limits on a request: its signal, its deadline.
import { setMaxListeners } from "node:events";
import { AdaptationError } from "./errors.js";
import { MAX_TIMEOUT_MS } from "./limits.js";

/** What a caller may say about one request. */
export interface RequestOptions {
  /** Gives the request up: it fails with `canceled`; plugins stay. */
  readonly signal?: AbortSignal | undefined;
  /** The caller's own deadline, waiting for its turn included: `deadline-exceeded`; plugins stay. Milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Works with one signal for what a caller asked for; undefined when it asked for nothing. Nothing is left of it afterwards:
 * no timer, no listener. Refuses a time that is no time.
 */
export async function withinLimits<T>(
  { signal, timeoutMs }: RequestOptions,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (signal !== undefined) {
    setMaxListeners(0, signal); // every request that waits listens once, and stops listening when it is done
  }
  if (timeoutMs === undefined) {
    return work(signal);
  }
  if (!Number.isFinite(timeoutMs) || timeoutMs < 0) {
    throw new AdaptationError("invalid-option", `timeoutMs: ${timeoutMs} is no time in milliseconds`);
  }
  const limit = new AbortController();
  const onAbort = (): void => limit.abort(signal?.reason);
  const onTimeout = (): void => limit.abort(new DOMException("the caller's deadline passed", "TimeoutError"));
  const timer = setTimeout(onTimeout, Math.min(Math.ceil(timeoutMs), MAX_TIMEOUT_MS));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) {
    onAbort();
  }
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
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
