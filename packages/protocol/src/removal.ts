// Removal marks: `-key` in an adjustment removes what `key` names (annotations, mounts, env, devices, namespaces, ...).

const MARK = "-";

/**
 * The key that removes `key`. A key that really begins with `-` cannot be set in NRI: `-x` is always the mark that
 * removes `x`, and `--x` the one that removes `-x`.
 */
export function markForRemoval(key: string): string {
  return MARK + key;
}

/** The key that `key` removes, or undefined when it is no removal mark. A lone `-` removes the empty key. */
export function removalOf(key: string): string | undefined {
  return key.startsWith(MARK) ? key.slice(MARK.length) : undefined;
}
