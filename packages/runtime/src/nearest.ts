/**
 * The word that somebody who mistyped may have meant.
 *
 * @packageDocumentation
 */

/** The one of `words` that is nearest to `given`, when at most two letters were added, lost or changed. */
export function nearest(given: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, given.length);
  for (const word of words) {
    const steps = distance(given.slice(0, 100), word);
    if (steps < least) [best, least] = [word, steps];
  }
  return best;
}

/** Levenshtein's distance, row by row. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...from].entries()) {
    const above = row;
    row = [line + 1];
    for (let column = 1; column <= to.length; column++) {
      const changed = (above[column - 1] ?? 0) + (to[column - 1] === letter ? 0 : 1);
      row.push(Math.min(changed, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1));
    }
  }
  return row.at(-1) ?? 0;
}
