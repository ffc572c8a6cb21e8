// Keeps hearing of an engine's events: follows them again whenever they have ended, until it is closed.
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "@nri/adaptation";
import type { EngineEvents } from "./domain.js";

/** One time that events are followed. */
export interface Following {
  /** Undefined when the engine answers and its events come; else why not. Settles in bounded time. */
  readonly ready: Promise<string | undefined>;
  /** Why the events have ended. */
  readonly ended: Promise<string>;
}

/** Follows the events until they end, or are aborted. */
export type Follow = (signal: AbortSignal) => Following;

/** What is watched. */
export interface EngineWatchOptions {
  /** The engine, such as `docker`. */
  readonly name: string;
  /** What answers for it, for texts: `dockerd`. */
  readonly program: string;
  /** Path of its socket. */
  readonly address: string;
  /** Pauses before it is tried again, in milliseconds: the first, doubled up to the last. */
  readonly pauses: { readonly minPauseMs: number; readonly maxPauseMs: number };
  /** Away and back are worth a line. */
  readonly log?: Logger | undefined;
}

/** Watches one engine. */
export class EngineWatch implements AsyncDisposable {
  readonly #options: EngineWatchOptions;
  readonly #closing = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #away: string | undefined = "not asked yet";

  constructor(options: EngineWatchOptions) {
    this.#options = options;
  }

  /** Why the engine does not answer, as far as is known; undefined while it does. */
  get away(): string | undefined {
    return this.#away;
  }

  /** Tries once; an engine that is away is waited for. One that is not on the machine is no reason to warn. */
  async start(follow: Follow, events: Pick<EngineEvents, "away" | "lost">): Promise<void> {
    const { program, address, log } = this.#options;
    const first = follow(this.#closing.signal);
    this.#away = await first.ready;
    if (this.#away !== undefined && existsSync(address)) this.#tellAway(events, this.#away);
    else if (this.#away !== undefined) {
      this.#away = `there is no ${program} at ${address}`;
      log?.info(`${this.#away}; it is waited for`);
      events.away(this.#options.name, this.#away);
    }
    this.#watching = this.#watch(first, follow, events);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#watching;
  }

  async #watch(first: Following, follow: Follow, events: Pick<EngineEvents, "away" | "lost">): Promise<void> {
    const { name, program, address, pauses, log } = this.#options;
    const { signal } = this.#closing;
    let following = first;
    let waitMs = pauses.minPauseMs;
    while (!signal.aborted) {
      const ended = await following.ended;
      if (signal.aborted) return;
      const wasThere = this.#away === undefined;
      if (wasThere) this.#tellAway(events, ended);
      waitMs = wasThere ? pauses.minPauseMs : Math.min(waitMs * 2, pauses.maxPauseMs);
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      following = follow(signal);
      const away = await following.ready;
      if (away !== undefined) continue;
      this.#away = undefined;
      log?.info(`${program} at ${address} is there`);
      events.lost(name);
    }
  }

  #tellAway(events: Pick<EngineEvents, "away">, why: string): void {
    const { name, program, address, log } = this.#options;
    this.#away = why;
    log?.warn(`${program} at ${address} is away, it is waited for: ${why}`);
    events.away(name, why);
  }
}
