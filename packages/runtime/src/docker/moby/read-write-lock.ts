// Many who read, or one who writes; who comes waits behind those that wait already, so that neither side starves.

/** Something is held until it is disposed of; twice is once. */
export interface Held extends Disposable {}

interface Waiting {
  readonly writes: boolean;
  readonly go: () => void;
}

/** A lock for readers and writers. */
export class ReadWriteLock {
  readonly #maxWaiting: number;
  readonly #line: Waiting[] = [];
  #readers = 0;
  #isWritten = false;

  /** At most `maxWaiting` callers wait; one more is refused. */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** Waits until nobody writes. Rejects with the signal's reason, or when too many wait. */
  read(signal?: AbortSignal): Promise<Held> {
    return this.#enter(false, signal);
  }

  /** Waits until nobody reads or writes. */
  write(): Promise<Held> {
    return this.#enter(true, undefined);
  }

  async #enter(writes: boolean, signal: AbortSignal | undefined): Promise<Held> {
    signal?.throwIfAborted();
    if (this.#line.length > 0 || !this.#isFree(writes)) await this.#wait(writes, signal);
    else this.#take(writes);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        if (writes) this.#isWritten = false;
        else this.#readers--;
        this.#advance();
      },
    };
  }

  async #wait(writes: boolean, signal: AbortSignal | undefined): Promise<void> {
    if (this.#line.length >= this.#maxWaiting) throw new RangeError(`${this.#maxWaiting} wait already (the maximum)`);
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        writes,
        go: () => {
          signal?.removeEventListener("abort", giveUp);
          resolve();
        },
      };
      const giveUp = (): void => {
        this.#line.splice(this.#line.indexOf(waiting), 1);
        reject(signal?.reason);
        this.#advance(); // who waits behind it may go
      };
      this.#line.push(waiting);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  #isFree(writes: boolean): boolean {
    return !this.#isWritten && (!writes || this.#readers === 0);
  }

  #take(writes: boolean): void {
    if (writes) this.#isWritten = true;
    else this.#readers++;
  }

  #advance(): void {
    for (let next = this.#line[0]; next !== undefined && this.#isFree(next.writes); next = this.#line[0]) {
      this.#line.shift();
      this.#take(next.writes);
      next.go();
    }
  }
}
