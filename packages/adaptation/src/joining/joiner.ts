// A plugin on its way in: it has been handed the state of one moment, and what happens from then on waits for it here.
import {
  type ContainerEviction,
  type ContainerUpdate,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type EventRow,
} from "@nri/protocol";
import { delay, dropWhenLate } from "../ask.js";
import { AdaptationError, asError, errorText } from "../errors.js";
import { failureKind } from "../failure.js";
import type { AdaptationLimits } from "../limits.js";
import type { Compat } from "../merge/index.js";
import type { Meter } from "../metrics.js";
import { type CallOutcome, observeCall } from "../observe.js";
import type { Observer } from "../observer.js";
import type { PluginPeer, RelayedRequest } from "../peer.js";
import type { PluginRecord } from "../plugin-record.js";
import { backOff, DEFAULT_POLICY, ownLast, ownSay, type PolicyBook } from "../policy/index.js";

/** What a joiner needs of its adaptation. */
export interface JoinerHost {
  readonly compat: Compat;
  readonly limits: AdaptationLimits;
  /** How long requests wait at most for the queued events to be worked off. */
  readonly requestTimeoutMs: number;
  readonly observer: Observer;
  readonly meter: Meter | undefined;
  /** Undefined when there are no rules. */
  readonly policies: PolicyBook | undefined;
  readonly warn: (text: string, plugin: PluginRecord, error: Error) => void;
  /** Takes updates that a plugin answers too late for the request that they are an answer to. */
  readonly lateUpdates: (plugin: PluginPeer, updates: ContainerUpdate[], evictions: ContainerEviction[]) => void;
}

const NAME_OF: ReadonlyMap<number, EventName> = new Map(EVENT_NAMES.map((name) => [EVENTS[name].event, name]));

/**
 * The queue of one joining plugin. When the plugin takes over from another, that one gets nothing meanwhile, and the whole
 * queue should the newcomer fail.
 */
export class Joiner {
  readonly peer: PluginPeer;
  /** Whom it takes over from. */
  readonly replaces: PluginPeer | undefined;
  /** Resolves when it has joined, or failed and left nothing behind. */
  readonly done: Promise<void>;
  readonly #host: JoinerHost;
  #isDone = false;
  #resolve: () => void = () => undefined;
  #target: PluginPeer;
  #queue: (RelayedRequest | undefined)[] = [];
  #next = 0;
  #kept = 0;
  #bytes = 0;
  #delivering = false;
  #hurried = false;
  #giveUp = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(peer: PluginPeer, replaces: PluginPeer | undefined, host: JoinerHost) {
    this.peer = peer;
    this.replaces = replaces;
    this.#host = host;
    this.#target = peer;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether everything that was queued has been delivered. */
  get isEmpty(): boolean {
    return this.#next === this.#queue.length;
  }

  /** Whether no more events can be queued: requests have to wait. */
  get isFull(): boolean {
    const { maxQueuedEvents, maxQueuedEventBytes } = this.#host.limits;
    return this.#kept >= maxQueuedEvents || this.#bytes >= maxQueuedEventBytes;
  }

  /**
   * Whether it, or the one that it takes over from, is asked such a request: by its subscription, or as a validator of what it
   * is answered with.
   */
  hasSayIn({ mask, answer }: EventRow): boolean {
    const asks = answer === "adjustment" ? mask | EVENTS.validateContainerAdjustment.mask : mask;
    return (this.#events & asks) !== 0;
  }

  get #events(): number {
    return this.#target.record.events | (this.replaces?.record.events ?? 0);
  }

  /** Queues an event; its message must not change any more. Encodes it now: the caller may reuse its objects later. */
  push(request: RelayedRequest): void {
    if ((this.#events & request.row.mask) === 0) {
      return;
    }
    this.#bytes += request.payload.length;
    this.#kept++;
    this.#queue.push(request);
  }

  /** Takes back an event that has not been delivered yet: somebody else asks it. */
  withdraw(request: RelayedRequest): void {
    const at = this.#queue.indexOf(request, this.#next);
    if (at >= 0) {
      this.#bytes -= request.payload.length;
      this.#kept--;
      this.#queue[at] = undefined;
    }
  }

  /** A request waits: from now on the delivery has one request time-out. */
  hurry(): void {
    this.#hurried = true;
    this.#limitDelivery();
  }

  /** Delivers what is queued, in order. Rejects when the plugin is lost on the way, or too slow for those who wait. */
  async deliver(): Promise<void> {
    this.#delivering = true;
    this.#limitDelivery();
    while (this.#next < this.#queue.length) {
      const request = this.#queue[this.#next];
      if (request !== undefined) {
        await this.#ask(request);
      }
      this.#next++;
      this.#forget(this.#next - 1);
    }
  }

  /** The newcomer has failed: what was queued is the old one's. */
  fallBack(old: PluginPeer): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#giveUp = new AbortController();
    this.#delivering = false;
    this.#target = old;
    this.#next = 0;
  }

  /** It has joined, or is given up. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#isDone = true;
    this.#queue = [];
    this.#next = 0;
    this.#resolve();
  }

  /** What was delivered is kept only for the one to fall back to. */
  #forget(at: number): void {
    if (this.replaces !== undefined && this.#target !== this.replaces) {
      return;
    }
    const request = this.#queue[at];
    if (request !== undefined) {
      this.#bytes -= request.payload.length;
      this.#kept--;
      this.#queue[at] = undefined;
    }
    if (this.isEmpty) {
      this.#queue = [];
      this.#next = 0;
    }
  }

  #limitDelivery(): void {
    if (this.#delivering && this.#hurried && this.#timer === undefined) {
      const giveUp = this.#giveUp;
      this.#timer = setTimeout(() => giveUp.abort(), this.#host.requestTimeoutMs);
    }
  }

  /** By the rules of the plugin; but no request waits for the answer, so that `fail` can only be what `skip` is. */
  async #ask(request: RelayedRequest): Promise<void> {
    const { record } = this.#target;
    const name = NAME_OF.get(request.row.event);
    if ((record.events & request.row.mask) === 0 || name === undefined) {
      return;
    }
    const giveUp = this.#giveUp.signal;
    try {
      for (let attempt = 1; ; attempt++) {
        giveUp.throwIfAborted();
        const waitMs = await this.#attempt(request, name, attempt, giveUp);
        if (waitMs === undefined) {
          return;
        }
        await delay(waitMs, giveUp);
      }
    } catch (error) {
      if (!giveUp.aborted) {
        throw error;
      }
      const text = `plugin "${record.name}": events that were queued for it are not worked off after ${this.#host.requestTimeoutMs} ms`;
      const details = { plugin: record.name, request: request.row.name, cause: error };
      throw new AdaptationError("request-timeout", text, details);
    }
  }

  /** Gives the time after which the plugin is to be asked again, if it is. Throws what it is given up for. */
  async #attempt(
    request: RelayedRequest,
    name: EventName,
    attempt: number,
    giveUp: AbortSignal,
  ): Promise<number | undefined> {
    const target = this.#target;
    const { record } = target;
    const { meter, observer, policies, warn } = this.#host;
    const policy = policies?.of(record).calls[name];
    const outcome: CallOutcome = { started: performance.now(), payload: request.payload, attempt };
    try {
      const response = await (meter === undefined
        ? target.request(request, giveUp, policy?.timeoutMs)
        : meter.request(target, request, giveUp, policy?.timeoutMs));
      outcome.ended = performance.now();
      outcome.response = response;
      const { update = [], evict = [] } = (response ?? {}) as {
        update?: ContainerUpdate[];
        evict?: ContainerEviction[];
      };
      if (update.length > 0 || evict.length > 0) {
        this.#host.lateUpdates(target, update, evict);
      }
      return undefined;
    } catch (error) {
      outcome.error = asError(error);
      const kind = failureKind(error);
      const handling = (policy ?? DEFAULT_POLICY)[kind ?? "error"];
      const { retry } = handling;
      const own = ownSay(record, handling, kind ?? "error");
      const last = own === undefined ? handling.last : ownLast(own, false, error);
      const gone =
        dropWhenLate(this.#host, target) || (error instanceof AdaptationError && error.code === "plugin-closed");
      const again = !gone && !giveUp.aborted && retry !== undefined && kind !== undefined && attempt < retry.calls;
      outcome.result =
        gone || (!again && (last === "drop" || last === "refuse")) ? "dropped" : again ? "retried" : "skipped";
      if (giveUp.aborted || outcome.result === "dropped") {
        throw error;
      }
      warn(`plugin "${record.name}": queued ${request.row.name}: ${errorText(error)}`, record, outcome.error);
      return again ? backOff(retry, attempt + 1) : undefined;
    } finally {
      observeCall(observer, name, record, request, outcome, undefined);
    }
  }
}
