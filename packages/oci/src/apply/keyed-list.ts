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

/** Removes the first entry that matches, in place. */
export function removeFirst<T>(list: T[], matches: (entry: T) => boolean): void {
  const index = list.findIndex(matches);
  if (index >= 0) list.splice(index, 1);
}

/** Replaces the first entry that matches, in place, or appends. */
export function replaceOrAppend<T>(list: T[], entry: T, matches: (entry: T) => boolean): void {
  const index = list.findIndex(matches);
  if (index >= 0) list[index] = entry;
  else list.push(entry);
}

/** Removals of a map with marks, then its additions. Both compat modes do so: the reference's order is random. */
export function splitMarks<T>(map: { readonly [key: string]: T }): { removed: string[]; set: [string, T][] } {
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
