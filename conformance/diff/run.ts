// A run: batches from a seed, each in four cells, everything compared with the reference on both ends.
import type { CellResult, Ends } from "./cell.js";
import { runCell } from "./cell.js";
import { type Difference, differences } from "./compare.js";
import { Coverage } from "./coverage.js";
import { ROWS, type Row, unexplained, withOtherWords } from "./deviations.js";
import { anyBatch, type Part } from "./generate.js";
import type { Quirks } from "./normalise.js";
import type { Batch } from "./scenario.js";

/** A pair of ends besides the reference's own. */
export interface Cell {
  readonly name: string;
  readonly ends: Ends;
  readonly quirks: Quirks;
  /** Ours with our own rules: differences must be those of docs/deviations.md. */
  readonly deviates?: boolean;
}

/** What is run. */
export interface RunOptions {
  readonly count: number;
  readonly seed: number;
  readonly only: ReadonlySet<Part>;
  readonly reference: Cell;
  readonly cells: readonly Cell[];
  /** Scenarios of a batch. */
  readonly batch: number;
  readonly progress?: (done: number) => void;
}

/** A difference and where it was found. */
export interface Found extends Difference {
  readonly cell: string;
  readonly batch: Batch;
}

/** What came out. */
export interface RunResult {
  readonly coverage: Coverage;
  readonly found: Found[];
  /** By row of docs/deviations.md: scenarios that come out differently for it. */
  readonly rows: ReadonlyMap<Row, number>;
}

const MAX_FOUND = 50;
/** Batches at a time; each keeps about two processors busy. */
const LANES = 2;

/** Runs everything; stops early when there is more to report than anybody reads. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { count, seed, only, batch: size } = options;
  const coverage = new Coverage();
  const found: Found[] = [];
  const rows = new Map<Row, number>(ROWS.map((row) => [row, 0]));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const number = next++;
      const first = number * size;
      if (first >= count || found.length > MAX_FOUND) return;
      const batch = anyBatch(seed, number, first, Math.min(size, count - first), only);
      found.push(...(await runBatch(batch, options, coverage, rows)));
      options.progress?.(Math.min(count, first + size));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { coverage, found, rows };
}

/** Runs one batch in every cell. */
export async function runBatch(
  asked: Batch,
  { reference, cells }: Pick<RunOptions, "reference" | "cells">,
  coverage?: Coverage,
  rows: Map<Row, number> = new Map(),
): Promise<Found[]> {
  const batch = cells.some(({ deviates }) => deviates) ? withOtherWords(asked) : asked;
  const [expected, ...results] = await Promise.all([reference, ...cells].map(({ ends }) => runCell(batch, ends)));
  if (expected === undefined) throw new Error("nothing was run");
  if (expected.died !== undefined) throw new Error(`the reference died: ${expected.died}`);
  batch.scenarios.forEach((scenario, nth) => {
    const outcome = expected.scenarios[nth];
    if (outcome !== undefined) coverage?.add(scenario, outcome);
  });
  return cells.flatMap(({ name, quirks, ends, deviates }, nth) => {
    const result = results[nth] as CellResult;
    const evictions = ends.plugin !== reference.ends.plugin;
    const all = deviates
      ? unexplained(batch, expected, result, reference.quirks, evictions, rows)
      : differences(batch, expected, result, { expected: reference.quirks, found: quirks });
    return all.map((difference) => ({ ...difference, cell: name, batch }));
  });
}
