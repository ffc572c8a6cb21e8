// Rows under a heading, each column as wide as it must be.
import { type Paint, printable } from "../printable.js";

/** The text; `empty` stands there when there are no rows. The last column ends with its text. */
export function columns(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  empty: string,
  paint: Paint,
): string {
  if (rows.length === 0) return `${paint.dim(empty)}\n`;
  const shown = rows.map((row) => row.map((cell) => (cell === "" ? "-" : printable(cell))));
  const widths = headings.map((heading, at) => Math.max(heading.length, ...shown.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return [paint.bold(line(headings)), ...shown.map(line)].map((text) => `${text}\n`).join("");
}
