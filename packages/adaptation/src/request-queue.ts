// Whose turn it is: one request at a time, first come, first served, with a bounded line.
import { AdaptationError } from "./errors.js";

interface Waiter {
  readonly go: () => void;
  /** Who waits, when the turn may be lent to it. */
  readonly borrower: string | undefined;
  next: Waiter | undefined;
  gone: boolean;
}

/** A holder of the turn waits for one particular plugin to join before the next in line. */
interface Loan {
  readonly to: string;
  /** Resolves `lend` when the borrower is done. */
  readonly returned: () => void;
  taken: boolean;
}

/**
 * A lock with a line. `enter` gives the turn at once when nobody has it, else in order of arrival; every successful
 * `enter` must be followed by one `leave`. Refuses more than `maxWaiting` callers (code `queue-full`).
 */
export class RequestQueue {
  readonly #maxWaiting: number;
  /** Who has the turn: one, and those it is lent to. */
  #holders = 0;
  readonly #loans: Loan[] = [];
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

  /**
   * Undefined when the turn is the caller's now, else a promise of it. Rejects with the signal's reason when aborted before.
   * `borrower` is the name under which the caller takes a turn that is lent to it.
   */
  enter(what: string, signal?: AbortSignal, borrower?: string): Promise<void> | undefined {
    const loan = this.#loans.find(({ to, taken }) => to === borrower && !taken);
    if (loan !== undefined) {
      loan.taken = true;
      this.#holders++;
      return undefined;
    }
    if (this.#holders > 0 && this.#waiting >= this.#maxWaiting) {
      throw new AdaptationError("queue-full", `${what}: ${this.#waiting} requests are waiting already (the maximum)`, {
        request: what,
      });
    }
    return this.#enter(signal, borrower);
  }

  /**
   * Called by who has the turn: lends it to `borrower`, who waits already or comes within `waitMs`, and resolves when that
   * one has left, or when nobody came. Rejects with the signal's reason; the borrower keeps the turn then until it leaves.
   */
  lend(borrower: string, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        this.#loans.splice(this.#loans.indexOf(loan), 1);
        settle();
      };
      const onAbort = (): void => end(() => reject(signal?.reason));
      const loan: Loan = { to: borrower, taken: false, returned: () => end(resolve) };
      const timer = setTimeout(() => {
        if (!loan.taken) {
          end(resolve);
        }
      }, waitMs);
      this.#loans.push(loan);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) {
        onAbort();
        return;
      }
      for (let waiter = this.#first; waiter !== undefined; waiter = waiter.next) {
        if (!waiter.gone && waiter.borrower === borrower) {
          loan.taken = true;
          this.#holders++;
          this.#go(waiter);
          return;
        }
      }
    });
  }

  #enter(signal: AbortSignal | undefined, borrower?: string): Promise<void> | undefined {
    if (this.#holders === 0) {
      this.#holders = 1;
      return undefined;
    }
    return new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        if (!waiter.gone) {
          waiter.gone = true;
          this.#waiting--;
          reject(signal?.reason);
        }
      };
      const waiter: Waiter = {
        go: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        borrower,
        next: undefined,
        gone: false,
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

  /** Hands the turn to the next in line, or back to who lent it. Whoever came as a `borrower` leaves as one. */
  leave(borrower?: string): void {
    if (this.#holders > 1) {
      this.#holders--;
      this.#loans.find(({ to, taken }) => to === borrower && taken)?.returned();
      return;
    }
    let waiter = this.#first;
    while (waiter?.gone) {
      waiter = waiter.next;
    }
    this.#first = waiter?.next;
    if (this.#first === undefined) {
      this.#last = undefined;
    }
    if (waiter === undefined) {
      this.#holders = 0;
      return;
    }
    this.#go(waiter);
  }

  #go(waiter: Waiter): void {
    waiter.gone = true;
    this.#waiting--;
    waiter.go();
  }
}
