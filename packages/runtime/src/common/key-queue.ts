// One thing after the other for each pod and container; different ones do not wait for each other.
import { LIMITS } from "../limits.js";

/** Key of everything that is kept: ids are unique within a domain only (spec: containerd 2). */
export function keyOf(domain: string, id: string): string {
  return `${domain}\0${id}`;
}

/** Work in its order, by key. No work may wait for other work of the same key. Pods may wait for their containers, not these for others. */
export class KeyQueue {
  readonly #lines = new Map<string, { tail: Promise<unknown>; length: number }>();
  readonly #watches = new Set<Set<string>>();

  /** What waits for its turn now. */
  get waiting(): number {
    let waiting = 0;
    for (const { length } of this.#lines.values()) waiting += length - 1;
    return waiting;
  }

  /** Does `work` when everything of this key that came before is over. Rejects at once when too much waits already. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(key) ?? { tail: Promise.resolve(), length: 0 };
    const { maxWaitingPerKey } = LIMITS.common;
    if (line.length > maxWaitingPerKey) {
      throw new RangeError(`${maxWaitingPerKey} calls and events wait for it already (the maximum)`);
    }
    this.#lines.set(key, line);
    line.length++;
    for (const touched of this.#watches) touched.add(key);
    const done = line.tail.then(work);
    line.tail = done.catch(() => undefined); // its failure is for who asked for it
    try {
      return await done;
    } finally {
      line.length--;
      if (line.length === 0) this.#lines.delete(key);
    }
  }

  /** Resolves when what is under way now of this key is over. */
  async over(key: string): Promise<void> {
    await this.#lines.get(key)?.tail;
  }

  /** Keys of what is under way now, and of what comes until the watch is given up. */
  watch(): { readonly touched: ReadonlySet<string> } & Disposable {
    const touched = new Set(this.#lines.keys());
    this.#watches.add(touched);
    return { touched, [Symbol.dispose]: () => void this.#watches.delete(touched) };
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#lines.size > 0) await Promise.all(Array.from(this.#lines.values(), ({ tail }) => tail));
  }
}
