// Tells the observer of one call. What it may not look at is not decoded.
import type { ContainerEviction, ContainerUpdate, OwningPlugins } from "@nri/protocol";
import type { ObservedCall, ObservedRequest, Observer, PluginInfo } from "./observer.js";
import type { RelayedRequest } from "./peer.js";

/** What is noted during a call that is observed. */
export interface CallOutcome {
  /** Clock readings in milliseconds. */
  readonly started: number;
  ended?: number;
  /** The request as this plugin gets it. */
  readonly payload: Uint8Array;
  /** The decoded answer; absent when it has no content. */
  response?: unknown;
  error?: Error;
}

/** Reports a finished call. */
export function observeCall(
  observer: Observer,
  event: ObservedRequest,
  plugin: PluginInfo,
  { row, sequence }: RelayedRequest,
  outcome: CallOutcome,
  owners: OwningPlugins | undefined,
): void {
  const { started, ended = performance.now(), payload, response, error } = outcome;
  const lists = (response ?? {}) as { update?: ContainerUpdate[]; evict?: ContainerEviction[] };
  let request: unknown;
  let answer: unknown;
  const call: ObservedCall = {
    plugin,
    event,
    sequence,
    get request() {
      request ??= row.request.decode(payload);
      return request;
    },
    get response() {
      if (outcome.ended === undefined) {
        return undefined;
      }
      answer ??= response ?? row.response.create();
      return answer;
    },
    updates: lists.update ?? [],
    evictions: lists.evict ?? [],
    owners,
    error,
    micros: Math.round((ended - started) * 1000),
  };
  observer.call?.(call);
}

/** Reports a finished synchronisation. */
export function observeSync(
  observer: Observer,
  plugin: PluginInfo,
  started: number,
  updates: readonly ContainerUpdate[],
  error: Error | undefined,
): void {
  observer.call?.({
    plugin,
    event: "synchronize",
    sequence: 0,
    request: undefined,
    response: error === undefined ? { update: updates } : undefined,
    updates,
    evictions: [],
    owners: undefined,
    error,
    micros: Math.round((performance.now() - started) * 1000),
  });
}
