// Keeps plugins from being synchronised in the middle of a runtime's multi-step operation (spec: handshake 7).
import { AdaptationError } from "../errors.js";

/** Held by the runtime during an operation of several steps; no external plugin is handed the state meanwhile. */
export interface PluginSyncBlock extends Disposable {
  /** Ends the block. Only the first call has an effect. */
  unblock(): void;
}

type Kind = "block" | "sync";

/**
 * Any number of blocks, or any number of plugins that are handed the state, but never both. Who comes waits behind those
 * that wait already, so that neither side can starve the other; a caller that holds a block must therefore not ask for a
 * second one.
 */
export class SyncBlocks {
  #holders = 0;
  #kind: Kind = "block";
  readonly #maxWaiting: number;
  readonly #line: { readonly kind: Kind; readonly go: () => void }[] = [];

  /** At most `maxWaiting` callers wait; more are refused (code `queue-full`). */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** Waits until no plugin is handed the state, or waits for it; then keeps others from it. */
  async block(): Promise<PluginSyncBlock> {
    const unblock = await this.#enter("block");
    return { unblock, [Symbol.dispose]: unblock };
  }

  /** Waits until no block is held. Gives what must be called as soon as the state has been handed over. */
  handOver(): Promise<() => void> {
    return this.#enter("sync");
  }

  async #enter(kind: Kind): Promise<() => void> {
    if (this.#line.length > 0 || (this.#holders > 0 && this.#kind !== kind)) {
      if (this.#line.length >= this.#maxWaiting) {
        const text = `${this.#line.length} blocks and synchronizations of plugins are waiting already (the maximum)`;
        throw new AdaptationError("queue-full", text);
      }
      await new Promise<void>((go) => this.#line.push({ kind, go }));
    } else {
      this.#take(kind);
    }
    let held = true;
    return () => {
      if (held) {
        held = false;
        this.#holders--;
        this.#advance();
      }
    };
  }

  #take(kind: Kind): void {
    this.#kind = kind;
    this.#holders++;
  }

  #advance(): void {
    for (let next = this.#line[0]; next !== undefined; next = this.#line[0]) {
      if (this.#holders > 0 && this.#kind !== next.kind) {
        return;
      }
      this.#line.shift();
      this.#take(next.kind);
      next.go();
    }
  }
}
