// The active plugins in the order in which they are asked.
import type { AdaptationErrorCode } from "./errors.js";
import { AdaptationError } from "./errors.js";
import type { Logger, PluginInfo, PluginKind } from "./observer.js";
import type { PluginPeer } from "./peer.js";

/** How long, and for which plugins, `waitForPlugins` waits. */
export interface WaitOptions {
  /** Gives up with `deadline-exceeded` after this time. Milliseconds; no limit when absent. */
  readonly timeoutMs?: number | undefined;
  /** Counts only plugins of this kind. */
  readonly kind?: PluginKind | undefined;
  /** Gives up with `canceled`. */
  readonly signal?: AbortSignal | undefined;
}

/** Keeps active plugins sorted: by index, and by arrival where indices are equal. */
export class Roster {
  readonly #log: Logger;
  readonly #counted: ((active: number) => void) | undefined;
  #active: readonly PluginPeer[] = [];
  readonly #waiters = new Set<() => void>();
  #refusal: AdaptationError | undefined;

  /** `counted` is called when the number of active plugins may have changed. */
  constructor(log: Logger, counted?: (active: number) => void) {
    this.#log = log;
    this.#counted = counted;
  }

  /** A new array after each change. */
  get active(): readonly PluginPeer[] {
    return this.#active;
  }

  get infos(): readonly PluginInfo[] {
    return this.#active.map(({ record }) => record);
  }

  /** Adds plugins; a request under way keeps its own list. Those that are gone by now are left out. */
  join(...peers: readonly PluginPeer[]): void {
    const joined = peers.filter(({ record }) => record.to("active"));
    this.#active = [...this.#active, ...joined].sort(byIndex);
    this.#log.info("plugin invocation order");
    for (const [i, { record }] of this.#active.entries()) {
      this.#log.info(`  #${i + 1}: "${record.name}" (${record.qualifiedName})`);
    }
    this.#counted?.(this.#active.length);
    for (const look of [...this.#waiters]) {
      look();
    }
  }

  /** Takes out a plugin that is gone; a request under way keeps its own list. */
  leave(peer: PluginPeer): void {
    if (this.#active.includes(peer)) {
      this.#active = this.#active.filter((other) => other !== peer);
      this.#counted?.(this.#active.length);
    }
  }

  /** There will be no more plugins: whoever waits for some, now or later, gets `error`. */
  refuse(error: AdaptationError): void {
    this.#refusal = error;
    for (const look of [...this.#waiters]) {
      look();
    }
  }

  /** Resolves with the active plugins as soon as there are `count` of them. */
  waitFor(count: number, { timeoutMs, kind, signal }: WaitOptions): Promise<readonly PluginInfo[]> {
    return new Promise((resolve, reject) => {
      const counted = (): readonly PluginInfo[] =>
        this.infos.filter((info) => kind === undefined || info.kind === kind);
      const finish = (end: () => void): void => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        signal?.removeEventListener("abort", onAbort);
        end();
      };
      const fail = (code: AdaptationErrorCode, why: string): void => {
        const there = counted();
        const names = there.map(({ name }) => name).join(", ");
        const text = `${why}: ${there.length} of ${count} plugins are active${names === "" ? "" : ` (${names})`}`;
        finish(() => reject(new AdaptationError(code, text)));
      };
      const look = (): void => {
        const there = counted();
        if (there.length >= count) {
          finish(() => resolve(there));
        } else if (this.#refusal !== undefined) {
          fail(this.#refusal.code, this.#refusal.message);
        }
      };
      const onAbort = (): void => fail("canceled", "waiting for plugins was given up");
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => fail("deadline-exceeded", `waited ${timeoutMs} ms for plugins`), timeoutMs);
      this.#waiters.add(look);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) {
        onAbort();
      } else {
        look();
      }
    });
  }
}

function byIndex(a: PluginPeer, b: PluginPeer): number {
  const [x, y] = [a.record.index, b.record.index];
  return x < y ? -1 : x > y ? 1 : a.record.id - b.record.id;
}
