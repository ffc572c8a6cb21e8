// How many may do a thing at the same time; the others wait in order of arrival.

/** A number of places. The line is bounded by who may come at all (`maxPendingConnections`). */
export class Slots {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `work` as soon as there is a place. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) {
      await new Promise<void>((go) => this.#line.push(go));
    } else {
      this.#free--;
    }
    try {
      return await work();
    } finally {
      const next = this.#line.shift();
      if (next === undefined) {
        this.#free++;
      } else {
        next();
      }
    }
  }
}
