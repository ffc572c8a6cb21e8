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
  /** Anything of the caller's, which the observer gets with each call of this request. */
  readonly context?: unknown;
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
  const { limit, release } = limitOf([signal]);
  const onTimeout = (): void => limit.abort(new DOMException("the caller's deadline passed", "TimeoutError"));
  const timer = setTimeout(onTimeout, Math.min(Math.ceil(timeoutMs), MAX_TIMEOUT_MS));
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** A limit that ends with the first of `signals`. To be released: `AbortSignal.any` leaves something at those that live on. */
export function limitOf(signals: readonly (AbortSignal | undefined)[]): {
  readonly limit: AbortController;
  readonly release: () => void;
} {
  const limit = new AbortController();
  const onAbort = ({ target }: Event): void => limit.abort((target as AbortSignal).reason);
  for (const signal of signals) {
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) {
      limit.abort(signal.reason);
    }
  }
  const release = (): void => {
    for (const signal of signals) {
      signal?.removeEventListener("abort", onAbort);
    }
  };
  return { limit, release };
}

/** Waits, but rejects with the signal's reason as soon as that is aborted. Nothing is left of it at the signal. */
export function unlessAborted<T>(wait: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return wait;
  }
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    wait.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) {
      onAbort();
    }
  });
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
