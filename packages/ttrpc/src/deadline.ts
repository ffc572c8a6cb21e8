// One timer for all deadlines of a client: calls come and go without starting or stopping a timer of their own.

import { MAX_TIMER_MS } from "./limits.js";

/**
 * Wakes its owner when the earliest deadline has passed. Finished calls need not be taken out: the owner is asked for
 * the earliest deadline left when the timer fires. Times are milliseconds of `performance.now()`.
 */
export class DeadlineTimer {
  readonly #expire: (now: number) => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firesAt = Number.POSITIVE_INFINITY;
  #idle = false;

  /** `expire` ends everything due at `now` and gives the earliest deadline left, or Infinity. */
  constructor(expire: (now: number) => number) {
    this.#expire = expire;
  }

  /** Makes sure that the owner is woken at `deadline` or before. */
  add(deadline: number, now: number): void {
    if (deadline < this.#firesAt) this.#start(deadline, now);
    else if (this.#idle) this.#timer?.ref();
    this.#idle = false;
  }

  /** Nothing waits: a running timer no longer keeps the process alive. */
  idle(): void {
    if (this.#idle || this.#timer === undefined) return;
    this.#idle = true;
    this.#timer.unref();
  }

  /** Stops for good. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#firesAt = Number.POSITIVE_INFINITY;
  }

  #start(deadline: number, now: number): void {
    clearTimeout(this.#timer);
    this.#firesAt = deadline;
    this.#timer = setTimeout(this.#fire, Math.min(Math.max(Math.ceil(deadline - now), 1), MAX_TIMER_MS));
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    this.#firesAt = Number.POSITIVE_INFINITY;
    this.#idle = false;
    const next = this.#expire(performance.now());
    if (next < this.#firesAt) this.#start(next, performance.now());
  };
}
