// Requests at an even rate, whatever each of them takes: what is due is given to those that wait for it.
const TICK_MS = 10;

/** Lets callers through at `rate` a second, in the order in which they asked. */
export class Pace implements Disposable {
  /** Those that were due while nobody waited; after a second of them the rate is not being kept. */
  owed = 0;
  /** The most that were owed since `takeWorst`. */
  #worst = 0;
  #given = 0;
  readonly #begin = performance.now();
  readonly #waiting: (() => void)[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(readonly rate: number) {
    this.#timer = setInterval(() => this.#give(), TICK_MS);
  }

  /** Resolves when the next request is due. At most as many may wait as there are lives. */
  next(): Promise<void> {
    if (this.owed > 0) {
      this.owed--;
      this.#given++;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The most requests that were overdue at the same time since the last call. */
  takeWorst(): number {
    const worst = this.#worst;
    this.#worst = this.owed;
    return worst;
  }

  #give(): void {
    this.owed = Math.floor(((performance.now() - this.#begin) / 1000) * this.rate) - this.#given;
    while (this.owed > 0) {
      const go = this.#waiting.shift();
      if (go === undefined) break;
      this.owed--;
      this.#given++;
      go();
    }
    this.#worst = Math.max(this.#worst, this.owed);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
