// One request under way in a pipeline: its place in the lines of the plugins, and among the requests.
import { unlessAborted } from "../caller-signal.js";
import type { PluginPeer } from "../peer.js";
import type { Lane, Visit } from "./lane.js";
import type { Subject } from "./subjects.js";

/** What a place needs of its pipeline. */
export interface PlaceHost {
  /** The one whose result counts next. */
  readonly first: Place | undefined;
  left(place: Place): void;
}

/** Where a request stands in the line of one plugin. */
export type Stop = readonly [lane: Lane, visit: Visit];

/** A request under way. Each must leave. */
export class Place {
  readonly subject: Subject;
  readonly #host: PlaceHost;
  readonly #stops: ReadonlyMap<PluginPeer, Stop>;
  /** Set while it waits for those before it to be over. */
  whenFirst: (() => void) | undefined;

  constructor(host: PlaceHost, subject: Subject, stops: ReadonlyMap<PluginPeer, Stop>) {
    this.#host = host;
    this.subject = subject;
    this.#stops = stops;
  }

  /**
   * Does `work`, which asks these plugins, as soon as it is the turn of this request at all of them. Rejects with the
   * signal's reason when aborted before.
   */
  async visit<T>(
    plugins: readonly PluginPeer[],
    signal: AbortSignal | undefined,
    work: () => T | Promise<T>,
  ): Promise<T> {
    const stops = plugins.map((plugin) => this.#stops.get(plugin)).filter((stop) => stop !== undefined);
    for (const [lane, visit] of stops) {
      const turn = lane.turn(visit);
      if (turn !== undefined) {
        await unlessAborted(turn, signal);
      }
    }
    for (const [lane, visit] of stops) {
      lane.sent(visit);
    }
    try {
      return await work();
    } finally {
      for (const [lane] of stops) {
        lane.answered();
      }
    }
  }

  /**
   * Undefined when all requests that entered before are over, and their callers know, else a promise of that. Rejects with
   * the signal's reason when aborted before.
   */
  turn(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#host.first === this) {
      return undefined;
    }
    const first = new Promise<void>((resolve) => {
      this.whenFirst = resolve;
    });
    return unlessAborted(first, signal);
  }

  /** It is over, whatever became of it. */
  leave(): void {
    for (const [lane, visit] of this.#stops.values()) {
      lane.leave(visit);
    }
    this.#host.left(this);
  }
}
