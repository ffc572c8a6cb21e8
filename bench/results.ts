// The folder of dated results, which the repository keeps.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Report } from "./report.js";

const DIR = fileURLToPath(new URL("../results", import.meta.url));

/** Writes `DATE-COMMIT.json` and returns its path. */
export function saveResult(report: Report): string {
  mkdirSync(DIR, { recursive: true });
  const commit = (report.versions.commit ?? "unknown").replace("+", "-changed");
  const file = `${DIR}/${report.date.slice(0, 10)}-${commit}.json`;
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
  return file;
}

/** Writes `KIND-DATE.json` and returns its path; a second one of the same day replaces the first. */
export function saveRecord(kind: "growth" | "soak", record: { readonly date: string }): string {
  mkdirSync(DIR, { recursive: true });
  const file = `${DIR}/${kind}-${record.date.slice(0, 10)}.json`;
  writeFileSync(file, `${JSON.stringify(record, null, 1)}\n`);
  return file;
}

/** The newest result and the name of its file; undefined when there is none. */
export function newestResult(): { readonly name: string; readonly report: Report } | undefined {
  if (!existsSync(DIR)) return undefined;
  const all = readdirSync(DIR, { encoding: "utf8" })
    .filter((name) => /^\d.*\.json$/.test(name))
    .map((name) => ({ name, report: JSON.parse(readFileSync(`${DIR}/${name}`, "utf8")) as Report }));
  return all.sort((a, b) => a.report.date.localeCompare(b.report.date)).at(-1);
}

/** What `saveRecord` wrote last. Throws when there is none. */
export function newestRecord<T>(kind: "growth" | "soak"): T {
  const [newest] = readdirSync(DIR, { encoding: "utf8" })
    .filter((name) => name.startsWith(`${kind}-`))
    .sort()
    .reverse();
  if (newest === undefined) throw new Error(`bench/results has no figures of "${kind}"`);
  return JSON.parse(readFileSync(`${DIR}/${newest}`, "utf8")) as T;
}
