// Outcomes of the Go plugins that are kept: for the seed and the count of every run.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conformanceDir } from "../paths.js";
import type { JsonValue } from "../peers/json.js";

/** How many cases are drawn, from which seed, and whether these are the recorded ones. */
export interface Drawn {
  readonly count: number;
  readonly seed: number;
  readonly kept: boolean;
}

/** What NRI_SAMPLES_COUNT and NRI_SAMPLES_SEED say, or the recorded ones. */
export function drawnFrom(recorded: Omit<Drawn, "kept">): Drawn {
  const count = Number(process.env.NRI_SAMPLES_COUNT ?? recorded.count);
  const seed = Number(process.env.NRI_SAMPLES_SEED ?? recorded.seed);
  return { count, seed, kept: count === recorded.count && seed === recorded.seed };
}

/**
 * What the Go plugin gave for each request. With `fresh`, which comes from the plugin itself, that; where a recording exists for
 * these requests, the two must be equal, or it is written anew with NRI_RECORD=1.
 */
export function recordedOutcomes<T>(
  name: string,
  requests: readonly JsonValue[],
  fresh: readonly T[] | undefined,
  kept: boolean,
): readonly T[] {
  if (!kept) return fresh ?? assert.fail("other requests than those recorded need the Go plugins: NRI_GO_PLUGINS");
  const file = join(conformanceDir, "sample-plugins/recorded", `${name}.json`);
  const hashes = requests.map((request) =>
    createHash("sha256").update(JSON.stringify(request)).digest("hex").slice(0, 8),
  );
  if (fresh !== undefined && process.env.NRI_RECORD === "1") {
    const rows = fresh.map((outcome, at) => `  ${JSON.stringify([hashes[at], outcome])}`);
    writeFileSync(file, `[\n${rows.join(",\n")}\n]\n`);
  }
  assert.ok(existsSync(file), `${file} is missing: record it with NRI_GO_PLUGINS and NRI_RECORD=1`);
  const rows = JSON.parse(readFileSync(file, "utf8")) as (readonly [of: string, outcome: T])[];
  const outcomes = rows.map(([, outcome]) => outcome);
  assert.deepEqual(
    rows.map(([of]) => of),
    hashes,
    `${file} is of other requests: record it anew`,
  );
  if (fresh !== undefined) assert.deepEqual(fresh, outcomes);
  return outcomes;
}
