// Removal marks: `-key` in an adjustment removes what `key` names (annotations, mounts, env, devices, namespaces, ...).

const MARK = "-";

/**
 * The key that removes `key`. An empty key stays empty, because an empty key is never a mark. A key that really begins
 * with `-` cannot be expressed in NRI: marking it gives `--x`, which removes `-x`, but nothing can set `-x`.
 */
export function markForRemoval(key: string): string {
  return key === "" ? "" : MARK + key;
}

/** The key that `key` removes, or undefined when it is no removal mark. A lone `-` removes the empty key. */
export function removalOf(key: string): string | undefined {
  return key.startsWith(MARK) ? key.slice(MARK.length) : undefined;
}
