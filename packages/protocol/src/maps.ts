// Maps from the wire, read and written as own properties: a peer may send any key, also `__proto__`, `constructor` or "".

/** A protobuf map as a plain object. */
export interface WireMap<T> {
  /** An entry; read it with `getOwn`. */
  [key: string]: T;
}

/** Whether `map` has an entry for `key` of its own; false for an absent map. */
export function hasOwn(map: Readonly<WireMap<unknown>> | undefined, key: string): boolean {
  return map !== undefined && Object.hasOwn(map, key);
}

/** The entry for `key`, or undefined; what the object inherits is never an entry. */
export function getOwn<T>(map: Readonly<WireMap<T>> | undefined, key: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Sets the entry for `key`, whatever the key; a plain assignment to `__proto__` would set no entry at all. */
export function setOwn<T>(map: WireMap<T>, key: string, value: T): void {
  if (key === "__proto__") {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    map[key] = value;
  }
}

/** Removes the entry for `key`; tells whether there was one. */
export function deleteOwn(map: WireMap<unknown>, key: string): boolean {
  return Object.hasOwn(map, key) && delete map[key];
}

/** The entries of `map` in insertion order (integer-like keys first, as in every object); none for an absent map. */
export function ownEntries<T>(map: Readonly<WireMap<T>> | undefined): [string, T][] {
  return map === undefined ? [] : Object.entries(map);
}

/** A copy with entries of its own; values are shared. An absent map gives an empty one. */
export function copyMap<T>(map: Readonly<WireMap<T>> | undefined): WireMap<T> {
  return { ...map };
}

/** Whether `map` is absent or has no entry. Does not collect the keys. */
export function isEmptyMap(map: Readonly<WireMap<unknown>> | undefined): boolean {
  for (const key in map) {
    if (Object.hasOwn(map, key)) return false;
  }
  return true;
}
