// The section of docs/performance.md with the rows of the newest result that is kept.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CaseResult, Report } from "./report.js";
import { newestResult } from "./results.js";
import { rows } from "./table.js";

/** The page that has the section. */
export const PAGE = "docs/performance.md";
const FILE = fileURLToPath(new URL(`../../${PAGE}`, import.meta.url));
const BEGIN = "<!-- written by `npm run bench -- --page` from the newest file of bench/results -->";
const END = "<!-- end of what is written -->";

/** The page as it is. */
export function readPage(): string {
  return readFileSync(FILE, "utf8");
}

/** Writes the section anew. */
export function writePage(): void {
  writeFileSync(FILE, withSection(readPage(), newestResult()));
}

/** The page with its section anew. Throws when the page has no place for it. */
export function withSection(page: string, newest: ReturnType<typeof newestResult>): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has no lines "${BEGIN}" and "${END}" in this order`);
  const text = newest === undefined ? "No run of all rows has been kept." : section(newest.name, newest.report);
  return `${page.slice(0, begin)}${BEGIN}\n\n${text}\n\n${page.slice(end)}`;
}

function section(name: string, { date, machine, versions, cases }: Report): string {
  const facts = [...Object.entries(machine), ...Object.entries(versions)].map(([key, value]) => `${key} ${value}`);
  const measured = cases.filter((one): one is CaseResult => "goals" in one);
  const [head = [], ...body] = rows(measured, ["p99 us", "cpu us"]);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `${date.slice(0, 10)}, [${name}](../bench/results/${name}): ${facts.join(", ")}. Medians of ${runsOf(measured)} runs.`,
    "",
    line(head),
    line(head.map(() => "---")),
    ...body.map(line),
  ].join("\n");
}

/** `7`, or `1 to 7` where long ones were run less often. */
function runsOf(cases: readonly CaseResult[]): string {
  const runs = cases.flatMap(({ sides }) => Object.values(sides).map((side) => side.runs));
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  return least === most ? `${most}` : `${least} to ${most}`;
}
