// The section of docs/performance.md with the rows of the newest result that is kept.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
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
  return withText(
    page,
    BEGIN,
    newest === undefined ? "No run of all rows has been kept." : section(newest.name, newest.report),
  );
}

/** What is kept of every run of them. */
export type MeasuredRecord = Pick<Report, "date" | "machine" | "versions"> & { readonly command: string };

/** A picture in docs/images. */
export interface Picture {
  readonly title: string;
  readonly file: string;
}

/** Writes the section of `npm run growth` or `npm run soak` anew: what was measured on, a table, and pictures. */
export function writeRecord(
  kind: "growth" | "soak",
  { date, command, machine, versions }: MeasuredRecord,
  table: readonly (readonly string[])[],
  pictures: readonly Picture[],
): void {
  const name = `${kind}-${date.slice(0, 10)}.json`;
  const measured = `${date.slice(0, 10)}, \`${command}\`, [${name}](../bench/results/${name}): ${facts(machine, versions)}.`;
  const begin = `<!-- written by \`npm run ${kind}\` -->`;
  const images = pictures.map(({ title, file }) => `![${title}](images/${basename(file)})`);
  writeFileSync(FILE, withText(readPage(), begin, [measured, markdown(table), ...images].join("\n\n")));
}

/** The page with other text between the line `begin` and the next end. Throws when the page has no such lines. */
export function withText(page: string, begin: string, text: string): string {
  const at = page.indexOf(begin);
  const end = page.indexOf(END, at);
  if (at < 0 || end < 0) throw new Error(`${PAGE} has no lines "${begin}" and "${END}" in this order`);
  return `${page.slice(0, at)}${begin}\n\n${text}\n\n${page.slice(end)}`;
}

function facts(...of: readonly Readonly<Record<string, string | number>>[]): string {
  return of.flatMap((each) => Object.entries(each).map(([key, value]) => `${key} ${value}`)).join(", ");
}

function markdown([head = [], ...body]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

function section(name: string, { date, machine, versions, cases }: Report): string {
  const measured = cases.filter((one): one is CaseResult => "goals" in one);
  const runs = `Medians of ${runsOf(measured)} runs.`;
  const table = markdown(rows(measured, ["p99 us", "cpu us"]));
  return `${date.slice(0, 10)}, [${name}](../bench/results/${name}): ${facts(machine, versions)}. ${runs}\n\n${table}`;
}

/** `7`, or `1 to 7` where long ones were run less often. */
function runsOf(cases: readonly CaseResult[]): string {
  const runs = cases.flatMap(({ sides }) => Object.values(sides).map((side) => side.runs));
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  return least === most ? `${most}` : `${least} to ${most}`;
}
