// Updates that the daemon itself has asked an engine for: they come back through the wrapper, and are no news for plugins.
import type { LinuxResources } from "@nri/protocol";
import { keyOf } from "./key-queue.js";

/** What is under way, by domain and id. */
export class OwnUpdates {
  readonly #underWay = new Map<string, Set<ReadonlyMap<string, string>>>();

  /** Does `ask`, and knows these resources when they come back meanwhile. */
  async during<T>(domain: string, id: string, comingBack: LinuxResources, ask: () => Promise<T>): Promise<T> {
    const key = keyOf(domain, id);
    const expected = leavesOf(comingBack);
    const all = this.#underWay.get(key) ?? new Set();
    this.#underWay.set(key, all.add(expected));
    try {
      return await ask();
    } finally {
      all.delete(expected);
      if (all.size === 0) this.#underWay.delete(key);
    }
  }

  /** Whether these resources are those of an update under way; engines may have added to them, or left out what the kernel lacks. */
  has(domain: string, id: string, resources: LinuxResources): boolean {
    const all = this.#underWay.get(keyOf(domain, id));
    if (all === undefined) return false;
    const found = leavesOf(resources);
    return [...all].some((expected) => (expected.size > 0 && isIn(expected, found)) || isIn(found, expected));
  }
}

function isIn(some: ReadonlyMap<string, string>, all: ReadonlyMap<string, string>): boolean {
  return Array.from(some).every(([path, value]) => all.get(path) === value);
}

/** Every value that is set, by its path, whatever the order of keys. */
function leavesOf(value: unknown): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (part: unknown, path: string): void => {
    if (part === undefined || part === "") return;
    if (typeof part !== "object" || part === null) leaves.set(path, String(part));
    else for (const [key, inner] of Object.entries(part)) walk(inner, `${path}/${key}`);
  };
  walk(value, "");
  return leaves;
}
