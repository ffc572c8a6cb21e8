// Keeps plugins from being synchronised in the middle of a runtime's multi-step operation (spec: handshake 7).
import { AdaptationError } from "./errors.js";

/** Held by the runtime during an operation of several steps; no external plugin is synchronised meanwhile. */
export interface PluginSyncBlock extends Disposable {
  /** Ends the block. Only the first call has an effect. */
  unblock(): void;
}

/**
 * Many blocks or one synchronisation at a time. A waiting synchronisation makes new blocks wait, so that it cannot
 * starve; a caller that holds a block must therefore not ask for a second one.
 */
export class SyncBlocks {
  #blocks = 0;
  #syncing = false;
  readonly #maxWaiting: number;
  #line: { readonly sync: boolean; readonly go: () => void }[] = [];

  /** At most `maxWaiting` callers wait; more are refused (code `queue-full`). */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** Waits until no synchronisation runs or waits, then blocks new ones. */
  async block(): Promise<PluginSyncBlock> {
    if (this.#syncing || this.#line.length > 0) {
      await this.#wait(false);
    } else {
      this.#blocks++;
    }
    let held = true;
    const unblock = (): void => {
      if (held) {
        held = false;
        this.#blocks--;
        this.#advance();
      }
    };
    return { unblock, [Symbol.dispose]: unblock };
  }

  /** Runs `work` while no block is held and no other synchronisation runs. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#syncing || this.#blocks > 0 || this.#line.length > 0) {
      await this.#wait(true);
    } else {
      this.#syncing = true;
    }
    try {
      return await work();
    } finally {
      this.#syncing = false;
      this.#advance();
    }
  }

  #wait(sync: boolean): Promise<void> {
    if (this.#line.length >= this.#maxWaiting) {
      const text = `${this.#line.length} blocks and synchronizations of plugins are waiting already (the maximum)`;
      throw new AdaptationError("queue-full", text);
    }
    return new Promise((go) => this.#line.push({ sync, go }));
  }

  #advance(): void {
    for (let next = this.#line[0]; next !== undefined && !this.#syncing; next = this.#line[0]) {
      if (next.sync && this.#blocks > 0) {
        return;
      }
      this.#line.shift();
      if (next.sync) {
        this.#syncing = true;
      } else {
        this.#blocks++;
      }
      next.go();
    }
  }
}
