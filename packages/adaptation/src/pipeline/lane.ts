// One plugin's line of requests: sent in the order in which they were put in, never more unanswered than it takes at once.

/** A request that is to be sent to the plugin, once or several times. */
export interface Visit {
  /** How often it will still be sent. While it is not done nobody behind it is sent. */
  left: number;
  /** Set while it waits for its turn. */
  go: (() => void) | undefined;
}

/** The line of one plugin. */
export class Lane {
  readonly #most: number;
  /** Those that are not sent yet, in order. */
  readonly #visits: Visit[] = [];
  #unanswered = 0;

  /** `most` is how many requests the plugin takes at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Puts a request at the end, which will be sent `times` times. */
  join(times: number): Visit {
    const visit: Visit = { left: times, go: undefined };
    this.#visits.push(visit);
    return visit;
  }

  /** Undefined when it may be sent now, else a promise of that. Afterwards it must be sent, or leave. */
  turn(visit: Visit): Promise<void> | undefined {
    if (this.#visits[0] === visit && this.#unanswered < this.#most) {
      return undefined;
    }
    return new Promise((resolve) => {
      visit.go = resolve;
    });
  }

  /** It has its turn and is sent now. */
  sent(visit: Visit): void {
    this.#unanswered++;
    visit.left--;
    if (visit.left === 0) {
      this.leave(visit);
    }
  }

  /** What was sent is answered, or given up. */
  answered(): void {
    this.#unanswered--;
    this.#look();
  }

  /** It will not be sent any more. */
  leave(visit: Visit): void {
    const at = this.#visits.indexOf(visit);
    if (at >= 0) {
      this.#visits.splice(at, 1);
      this.#look();
    }
  }

  #look(): void {
    const first = this.#visits[0];
    if (first?.go !== undefined && this.#unanswered < this.#most) {
      const { go } = first;
      first.go = undefined;
      go();
    }
  }
}
