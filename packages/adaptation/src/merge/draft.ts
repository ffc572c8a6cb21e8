// Changing a message without touching the original: what lies on the way to a change is copied, once; the rest is shared.

type Node = { [key: string]: unknown };

/** A path of property names. */
export type Parts = readonly string[];

/** A message under change. Reads see the changes; whoever holds the original keeps seeing the original. */
export class Draft<T extends object> {
  #root: T;
  readonly #own = new Set<object>();

  constructor(original: T) {
    this.#root = original;
  }

  /** The message with all changes; the original itself while there are none. */
  get root(): T {
    return this.#root;
  }

  /** What is at `parts`; undefined where a part is absent. */
  get(parts: Parts): unknown {
    let node: unknown = this.#root;
    for (const part of parts) node = (node as Node | undefined)?.[part];
    return node;
  }

  /** Puts `value` at `parts`. Every part but the last must be there, which the completed messages of the merge ensure. */
  set(parts: Parts, value: unknown): void {
    const last = parts.length - 1;
    let node = this.#copied(this.#root);
    this.#root = node as T;
    for (let i = 0; i < last; i++) {
      const part = parts[i] as string;
      const next = this.#copied(node[part] as object);
      node[part] = next;
      node = next;
    }
    node[parts[last] as string] = value;
  }

  #copied(node: object): Node {
    if (this.#own.has(node)) return node as Node;
    const copy = { ...node } as Node;
    this.#own.add(copy);
    return copy;
  }
}
