// Updates that plugins ask for on their own: kept in order, and waited for one by one.
import type { ContainerEviction, ContainerUpdate, Init } from "@nri/protocol";
import { TestingError } from "../errors.js";

/** An update that a plugin asked for on its own, and what became of it. */
export interface UnsolicitedUpdate {
  /** Who: `10-foo`. */
  readonly plugin: string;
  /** What it asked for. */
  readonly updates: readonly ContainerUpdate[];
  /** Whom it wants evicted; always empty with `compat: "reference"`. */
  readonly evictions: readonly ContainerEviction[];
  /** What it was told has failed. */
  readonly failed: readonly Init<ContainerUpdate>[];
}

/** Keeps them all. */
export class UnsolicitedUpdates {
  readonly all: UnsolicitedUpdate[] = [];
  /** How many of them were waited for. */
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  /** One more, of which everything is done. */
  add(update: UnsolicitedUpdate): void {
    this.all.push(update);
    for (const wake of [...this.#waiting]) wake();
  }

  /** The first that nobody has waited for. Rejects with "timeout" when none comes in `timeoutMs`. */
  async next(timeoutMs: number): Promise<UnsolicitedUpdate> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const next = this.all[this.#taken];
      if (next !== undefined) {
        this.#taken += 1;
        return next;
      }
      const left = deadline - performance.now();
      if (left <= 0) throw new TestingError("timeout", `no plugin asked for an update in ${timeoutMs} ms`);
      await this.#news(left);
    }
  }

  /** Resolves when there is one more, or after `milliseconds`. */
  #news(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#waiting.add(done);
    });
  }
}
