// Is the comparison able to fail? Each row of the field table is broken on our side, in each way that its kind knows, and must
// be found out.
import { FIELD_NAMES, FIELDS, type FieldName, type FieldRow } from "@nri/protocol";
import { type CellResult, runCell } from "./cell.js";
import { differences } from "./compare.js";
import { anyBatch, type Part } from "./generate.js";
import type { Mutation } from "./mutate.js";
import type { Cell } from "./run.js";
import type { Batch } from "./scenario.js";
import { changedSide, type Side } from "./sides.js";

/** A mutation and after how many scenarios it was found; undefined: not at all. */
export interface Verdict extends Mutation {
  readonly foundAfter: number | undefined;
}

/** Scenarios within which each mutation must be found. */
export const MUTATION_SCENARIOS = 500;
const BATCH = 50;
const LANES = 2;

/** The ways to break a row. */
export function mutationsOf(field: FieldName): Mutation[] {
  const row: FieldRow = FIELDS[field];
  const all: Mutation["what"][] = ["value dropped"];
  if (row.claim !== "never") all.push("claim skipped");
  if (row.removal !== "none") all.push("removal ignored");
  if (row.kind === "keyed-list" || row.kind === "args" || row.kind === "accumulate") all.push("order swapped");
  return all.map((what) => ({ field, what }));
}

/** Every mutation of every row. */
export function allMutations(): Mutation[] {
  return FIELD_NAMES.flatMap(mutationsOf);
}

/** One of each way to break each kind of row. */
export function oneOfEachKind(): Mutation[] {
  const byKind = new Map<string, Mutation>();
  for (const mutation of allMutations()) {
    const { kind, removal } = FIELDS[mutation.field];
    const key = `${kind} ${removal} ${mutation.what}`;
    if (!byKind.has(key)) byKind.set(key, mutation);
  }
  return [...byKind.values()];
}

/** Looks for each mutation, with the reference's plugins and our runtime. */
export async function findMutations(
  mutations: readonly Mutation[],
  seed: number,
  reference: Cell,
  told: (verdict: Verdict) => void = () => undefined,
): Promise<Verdict[]> {
  const parts = new Set<Part>(["create", "update", "stop"]);
  const batches = Array.from({ length: MUTATION_SCENARIOS / BATCH }, (_, n) =>
    anyBatch(seed, n, n * BATCH, BATCH, parts),
  );
  const expected = new Map<number, Promise<CellResult>>();
  const verdicts: Verdict[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let mutation = mutations[next++]; mutation !== undefined; mutation = mutations[next++]) {
      const side = changedSide(mutation);
      const foundAfter = await findOne(batches, expected, reference, side);
      const verdict = { ...mutation, foundAfter };
      told(verdict);
      verdicts.push(verdict);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return verdicts;
}

async function findOne(
  batches: readonly Batch[],
  expected: Map<number, Promise<CellResult>>,
  reference: Cell,
  side: Side,
): Promise<number | undefined> {
  for (const [nth, batch] of batches.entries()) {
    const before = expected.get(nth) ?? runCell(batch, reference.ends);
    expected.set(nth, before);
    const [theirs, ours] = await Promise.all([
      before,
      runCell(batch, { runtime: side, plugin: reference.ends.plugin }),
    ]);
    const quirks = { expected: reference.quirks, found: { sysctlMarksAmongAnnotations: false } };
    const first = differences(batch, theirs, ours, quirks).find(({ scenario }) => scenario !== undefined)?.scenario;
    if (first !== undefined) return nth * BATCH + batch.scenarios.indexOf(first) + 1;
  }
  return undefined;
}

/** The verdicts as a table. */
export function printVerdicts(verdicts: readonly Verdict[]): string {
  const rows = [...verdicts]
    .sort((a, b) => FIELD_NAMES.indexOf(a.field) - FIELD_NAMES.indexOf(b.field))
    .map(({ field, what, foundAfter }) => `${field.padEnd(22)}${what.padEnd(18)}${foundAfter ?? "NOT FOUND"}`);
  const late = Math.max(...verdicts.map(({ foundAfter }) => foundAfter ?? Number.POSITIVE_INFINITY));
  return [...rows, "", `${verdicts.length} mutations, the last one found after ${late} scenarios`].join("\n");
}
