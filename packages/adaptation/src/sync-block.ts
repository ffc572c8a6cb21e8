// Keeps plugins from being synchronised in the middle of a runtime's multi-step operation (spec: handshake 7).

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
  #line: { readonly sync: boolean; readonly go: () => void }[] = [];

  /** Waits until no synchronisation runs or waits, then blocks new ones. */
  async block(): Promise<PluginSyncBlock> {
    if (this.#syncing || this.#line.length > 0) {
      await new Promise<void>((go) => this.#line.push({ sync: false, go }));
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
      await new Promise<void>((go) => this.#line.push({ sync: true, go }));
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
