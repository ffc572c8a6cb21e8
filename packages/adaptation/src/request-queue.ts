// Whose turn it is: one request at a time, first come, first served, with a bounded line.
import { AdaptationError } from "./errors.js";

interface Waiter {
  readonly go: () => void;
  before: Waiter | undefined;
  next: Waiter | undefined;
}

/**
 * A lock with a line. `enter` gives the turn at once when nobody has it, else in order of arrival; every successful
 * `enter` must be followed by one `leave`. Refuses more than `maxWaiting` callers (code `queue-full`).
 */
export class RequestQueue {
  readonly #maxWaiting: number;
  #busy = false;
  #first: Waiter | undefined;
  #last: Waiter | undefined;
  #waiting = 0;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** How many callers wait for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /** As `enter`, for the one who ends it all: waits behind however many. */
  enterLast(): Promise<void> | undefined {
    return this.#enter(undefined);
  }

  /** Undefined when the turn is the caller's now, else a promise of it. Rejects with the signal's reason when aborted before. */
  enter(what: string, signal?: AbortSignal): Promise<void> | undefined {
    if (this.#busy && this.#waiting >= this.#maxWaiting) {
      throw new AdaptationError("queue-full", `${what}: ${this.#waiting} requests are waiting already (the maximum)`, {
        request: what,
      });
    }
    return this.#enter(signal);
  }

  #enter(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (!this.#busy) {
      this.#busy = true;
      return undefined;
    }
    return new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#unlink(waiter);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        go: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        before: this.#last,
        next: undefined,
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting++;
      if (this.#last === undefined) {
        this.#first = waiter;
      } else {
        this.#last.next = waiter;
      }
      this.#last = waiter;
    });
  }

  /** Hands the turn to the next in line. */
  leave(): void {
    const waiter = this.#first;
    if (waiter === undefined) {
      this.#busy = false;
      return;
    }
    this.#unlink(waiter);
    waiter.go();
  }

  /** Nothing stays of one who has left the line, however long the others wait. */
  #unlink({ before, next }: Waiter): void {
    if (before === undefined) {
      this.#first = next;
    } else {
      before.next = next;
    }
    if (next === undefined) {
      this.#last = before;
    } else {
      next.before = before;
    }
    this.#waiting--;
  }
}
