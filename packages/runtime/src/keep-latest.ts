// Maps that do not grow without end: what was put in longest ago goes first.

/** Puts a value at the end of the map; when that makes more than `max`, the first one goes. */
export function keepLatest<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  const [oldest] = map.keys();
  map.delete(oldest as K);
}
