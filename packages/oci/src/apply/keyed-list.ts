// Lists whose entries are told apart by a key, and entries of adjustments that only remove.
import { ownEntries, removalOf, setOwn } from "@nri/protocol";

/**
 * The entries in the order in which they are to be applied: removals before additions, so that removing and setting the same
 * thing sets it, wherever the two stand. The reference takes them as they come.
 */
export function removalsFirst<T>(entries: readonly T[], key: (entry: T) => string, asTheyCome: boolean): readonly T[] {
  if (asTheyCome) return entries;
  const removes = (entry: T) => removalOf(key(entry)) !== undefined;
  return [...entries.filter(removes), ...entries.filter((entry) => !removes(entry))];
}

/**
 * A list under change whose entries are found by their key without a search: an adjustment can have hundreds of thousands.
 * Of entries with equal keys the first is the one that is found.
 */
export class KeyedList<T> {
  /** Undefined where an entry was removed. */
  readonly #entries: (T | undefined)[];
  readonly #key: (entry: T) => unknown;
  /** Where the entries with a key are, last one first. */
  readonly #places = new Map<unknown, number[]>();

  constructor(entries: readonly T[], key: (entry: T) => unknown) {
    this.#entries = [...entries];
    this.#key = key;
    for (let i = entries.length - 1; i >= 0; i--) this.#place(key(entries[i] as T), i);
  }

  /** Removes the first entry with this key. */
  remove(key: unknown): void {
    const at = this.#places.get(key)?.pop();
    if (at !== undefined) this.#entries[at] = undefined;
  }

  /** Appends an entry whose key no other has, or replaces the first one with its key. */
  set(entry: T): void {
    const key = this.#key(entry);
    const at = this.#places.get(key)?.at(-1);
    if (at === undefined) this.#place(key, this.#entries.push(entry) - 1);
    else this.#entries[at] = entry;
  }

  /** Appends an entry. */
  push(entry: T): void {
    const at = this.#entries.push(entry) - 1;
    const places = this.#places.get(this.#key(entry));
    if (places === undefined) this.#place(this.#key(entry), at);
    else places.unshift(at);
  }

  /** The entries as a list of their own. */
  get entries(): T[] {
    return this.#entries.filter((entry) => entry !== undefined);
  }

  #place(key: unknown, at: number): void {
    const places = this.#places.get(key);
    if (places === undefined) this.#places.set(key, [at]);
    else places.push(at);
  }
}

/** Removes the first entry that matches, in place. For short lists; see `KeyedList`. */
export function removeFirst<T>(list: T[], matches: (entry: T) => boolean): void {
  const index = list.findIndex(matches);
  if (index >= 0) list.splice(index, 1);
}

/** Replaces the first entry that matches, in place, or appends. For short lists. */
export function replaceOrAppend<T>(list: T[], entry: T, matches: (entry: T) => boolean): void {
  const index = list.findIndex(matches);
  if (index >= 0) list[index] = entry;
  else list.push(entry);
}

/** Removals of a map with marks, then its additions. Both compat modes do so: the reference's order is random. */
function splitMarks<T>(map: { readonly [key: string]: T }): { removed: string[]; set: [string, T][] } {
  const removed: string[] = [];
  const set: [string, T][] = [];
  for (const [key, value] of ownEntries(map)) {
    const marked = removalOf(key);
    if (marked === undefined) set.push([key, value]);
    else removed.push(marked);
  }
  return { removed, set };
}

/** Applies a map with removal marks to a map of the spec. */
export function applyMarked<T, U>(
  target: { [key: string]: U },
  map: { readonly [key: string]: T },
  convert: (value: T) => U,
): void {
  const { removed, set } = splitMarks(map);
  for (const key of removed) if (Object.hasOwn(target, key)) delete target[key];
  for (const [key, value] of set) setOwn(target, key, convert(value));
}
