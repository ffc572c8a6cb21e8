// Several requests under way: while one plugin works on the first of them, the plugins before it work on the next ones.
//
//   entry, enter            in the order of arrival, when nothing is under way about the same container or pod
//   visit, for each plugin  in the line of that plugin, where all requests stand in the order of arrival
//   turn                    all that entered before are over: now the result counts
//   leave
//
// Nobody waits for ever: the order is the same in all lines, so that the oldest request is the first wherever it still has
// to go, and what was sent before it is answered or given up within the time-outs.
import { unlessAborted } from "../caller-signal.js";
import type { PluginPeer } from "../peer.js";
import type { PluginRecord } from "../plugin-record.js";
import { Lane } from "./lane.js";
import { Place, type PlaceHost, type Stop } from "./place.js";
import { type Subject, Subjects } from "./subjects.js";

/** The requests under way. */
export class Pipeline implements PlaceHost {
  readonly #maxPlaces: number;
  readonly #takesAtOnce: (plugin: PluginRecord) => number;
  readonly #lanes = new WeakMap<PluginPeer, Lane>();
  readonly #places = new Set<Place>();
  readonly #subjects = new Subjects();
  readonly #lookers = new Set<() => void>();
  #first: Place | undefined;
  #isHandingOn = false;

  /** At most `maxPlaces` requests are under way, and of those each plugin has at most as many at once as it takes. */
  constructor(maxPlaces: number, takesAtOnce: (plugin: PluginRecord) => number) {
    this.#maxPlaces = maxPlaces;
    this.#takesAtOnce = takesAtOnce;
  }

  get first(): Place | undefined {
    return this.#first;
  }

  /**
   * Undefined when a request about `subject` may enter now, else a promise after which to ask again. To be asked by the one
   * whose turn it is: nobody comes before it. The promise rejects with the signal's reason when aborted before.
   */
  entry(subject: Subject, signal: AbortSignal | undefined): Promise<void> | undefined {
    const isFree = (): boolean => this.#places.size < this.#maxPlaces && this.#subjects.isFree(subject);
    return isFree() ? undefined : this.#until(isFree, signal);
  }

  /** Undefined when no request is under way, else a promise after which to ask again. */
  empty(signal?: AbortSignal): Promise<void> | undefined {
    return this.#places.size === 0 ? undefined : this.#until(() => this.#places.size === 0, signal);
  }

  /** Puts a request in the lines of the plugins it will be sent to; each is named as often as it is asked. */
  enter(subject: Subject, plugins: readonly PluginPeer[]): Place {
    const times = new Map<PluginPeer, number>();
    for (const plugin of plugins) {
      times.set(plugin, (times.get(plugin) ?? 0) + 1);
    }
    const stops = new Map<PluginPeer, Stop>();
    for (const [plugin, count] of times) {
      const lane = this.#laneOf(plugin);
      stops.set(plugin, [lane, lane.join(count)]);
    }
    const place = new Place(this, subject, stops);
    this.#subjects.take(subject);
    this.#places.add(place);
    if (this.#places.size === 1 && !this.#isHandingOn) {
      this.#first = place;
    }
    return place;
  }

  left(place: Place): void {
    this.#places.delete(place);
    this.#subjects.release(place.subject);
    if (this.#first === place) {
      // The next one has its turn when the caller of this one knows its result: after all that follows from it by promises.
      this.#first = undefined;
      this.#isHandingOn = true;
      process.nextTick(() => {
        this.#isHandingOn = false;
        const [next] = this.#places;
        this.#first = next;
        next?.whenFirst?.();
      });
    }
    for (const look of [...this.#lookers]) {
      look();
    }
  }

  #laneOf(plugin: PluginPeer): Lane {
    let lane = this.#lanes.get(plugin);
    if (lane === undefined) {
      lane = new Lane(this.#takesAtOnce(plugin.record));
      this.#lanes.set(plugin, lane);
    }
    return lane;
  }

  async #until(isSo: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    let look = (): void => undefined;
    const so = new Promise<void>((resolve) => {
      look = () => {
        if (isSo()) {
          resolve();
        }
      };
    });
    this.#lookers.add(look);
    try {
      await unlessAborted(so, signal);
    } finally {
      this.#lookers.delete(look);
    }
  }
}
