// Tells the observer of one call. What it may not look at is not decoded.
import type { ContainerEviction, ContainerUpdate, EventRow, OwningPlugins } from "@nri/protocol";
import type { CallResult, ObservedCall, ObservedRequest, Observer, PluginInfo } from "./observer.js";
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
  result?: CallResult;
  attempt?: number;
}

/** Reports a finished call. */
export function observeCall(
  observer: Observer,
  event: ObservedRequest,
  plugin: PluginInfo,
  request: RelayedRequest,
  outcome: CallOutcome,
  owners: OwningPlugins | undefined,
): void {
  observer.call?.(new FinishedCall(event, plugin, request, outcome, owners));
}

/** A class, not an object with getters: V8 would make a new shape for each of those, which only a full collection frees. */
class FinishedCall implements ObservedCall {
  readonly plugin: PluginInfo;
  readonly event: ObservedRequest;
  readonly sequence: number;
  readonly context: unknown;
  readonly payload: Uint8Array;
  readonly updates: readonly ContainerUpdate[];
  readonly evictions: readonly ContainerEviction[];
  readonly owners: OwningPlugins | undefined;
  readonly error: Error | undefined;
  readonly outcome: CallResult;
  readonly attempt: number;
  readonly micros: number;
  readonly #row: EventRow;
  readonly #outcome: CallOutcome;
  #request: unknown;
  #response: unknown;

  constructor(
    event: ObservedRequest,
    plugin: PluginInfo,
    { row, sequence, context }: RelayedRequest,
    outcome: CallOutcome,
    owners: OwningPlugins | undefined,
  ) {
    const { started, ended = performance.now(), payload, response, error } = outcome;
    const lists = (response ?? {}) as { update?: ContainerUpdate[]; evict?: ContainerEviction[] };
    this.plugin = plugin;
    this.event = event;
    this.sequence = sequence;
    this.context = context;
    this.payload = payload;
    this.updates = lists.update ?? [];
    this.evictions = lists.evict ?? [];
    this.owners = owners;
    this.error = error;
    this.outcome = outcome.result ?? (error === undefined ? "answered" : "failed");
    this.attempt = outcome.attempt ?? 1;
    this.micros = Math.round((ended - started) * 1000);
    this.#row = row;
    this.#outcome = outcome;
  }

  get request(): unknown {
    this.#request ??= this.#row.request.decode(this.payload);
    return this.#request;
  }

  get response(): unknown {
    if (this.#outcome.ended !== undefined) {
      this.#response ??= this.#outcome.response ?? this.#row.response.create();
    }
    return this.#response;
  }
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
    context: undefined,
    payload: undefined,
    request: undefined,
    response: error === undefined ? { update: updates } : undefined,
    updates,
    evictions: [],
    owners: undefined,
    error,
    outcome: error === undefined ? "answered" : "dropped",
    attempt: 1,
    micros: Math.round((performance.now() - started) * 1000),
  });
}
