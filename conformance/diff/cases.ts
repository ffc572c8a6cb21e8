// Scenarios that once told the two implementations apart: kept as files, replayed before anything else.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conformanceDir } from "../paths.js";
import { canonical } from "./canonical.js";
import type { Batch } from "./scenario.js";

/** A stored case. */
export interface StoredCase extends Batch {
  /** What went wrong, in a sentence. */
  readonly about: string;
}

const DIR = join(conformanceDir, "diff/cases");

/** All stored cases by file name. */
export function storedCases(): Map<string, StoredCase> {
  const files = readdirSync(DIR).filter((file) => file.endsWith(".json"));
  return new Map(
    files.sort().map((file) => [file, JSON.parse(readFileSync(join(DIR, file), "utf8")) as StoredCase] as const),
  );
}

/** Batches with all stored cases: those with the same world run together, as long as their names differ. */
export function storedBatches(): Batch[] {
  const batches: { world: Batch["world"]; key: string; scenarios: Batch["scenarios"][number][] }[] = [];
  for (const { world, scenarios } of storedCases().values()) {
    const key = canonical(JSON.parse(JSON.stringify(world)));
    const names = new Set(scenarios.map(({ name }) => name));
    const fits = batches.find((batch) => batch.key === key && !batch.scenarios.some(({ name }) => names.has(name)));
    if (fits === undefined) batches.push({ world, key, scenarios: [...scenarios] });
    else fits.scenarios.push(...scenarios);
  }
  return batches;
}

/** Writes a case. */
export function saveCase(name: string, stored: StoredCase): string {
  mkdirSync(DIR, { recursive: true });
  const file = join(DIR, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(stored, undefined, 2)}\n`);
  return file;
}
