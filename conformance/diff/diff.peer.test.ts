// Random scenarios against the reference and against us: 2,000 of them, what was found before, and whether a broken rule
// would be found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { skipUnless, use } from "../requirements.js";
import { storedBatches } from "./cases.js";
import { DEFAULT_PARTS, VALIDATOR_BATCH, VALIDATOR_PARTS } from "./generate.js";
import { findMutations, oneOfEachKind } from "./mutations.js";
import { type Cell, run, runBatch } from "./run.js";
import { goSide, ourSide, RELEASES, type Release } from "./sides.js";

const go = { "v0.12.2": await goSide("v0.12.2"), "v0.12.5": await goSide("v0.12.5") } as const;
const SEED = 20261121;
const LEAST = 20;

function cells(release: Release): { reference: Cell; others: Cell[] } {
  const [theirs, ours] = [use(go[release]), ourSide("reference")];
  const quirks = { sysctlMarksAmongAnnotations: release === "v0.12.2" };
  const none = { sysctlMarksAmongAnnotations: false };
  return {
    reference: { name: "go-go", ends: { runtime: theirs, plugin: theirs }, quirks },
    others: [
      { name: "go-ours", ends: { runtime: theirs, plugin: ours }, quirks },
      { name: "ours-go", ends: { runtime: ours, plugin: theirs }, quirks: none },
      { name: "ours-ours", ends: { runtime: ours, plugin: ours }, quirks: none },
    ],
  };
}

function told(found: readonly { cell: string; scenario: { name: string } | undefined; text: string }[]): string[] {
  return found.map(({ cell, scenario, text }) => `${cell}: ${scenario?.name ?? "around"}: ${text}`);
}

for (const release of RELEASES) {
  test(`what once differed is the same as with NRI ${release}`, { skip: skipUnless(go[release]) }, async () => {
    const { reference, others } = cells(release);
    for (const batch of storedBatches()) {
      assert.deepEqual(told(await runBatch(batch, { reference, cells: others })), []);
    }
  });
}

test("2,000 random scenarios end the same with the reference and with us, on either end", {
  skip: skipUnless(go["v0.12.2"]),
}, async (t) => {
  const { reference, others } = cells("v0.12.2");
  const { coverage, found } = await run({
    count: 2000,
    seed: SEED,
    batch: 250,
    only: DEFAULT_PARTS,
    reference,
    cells: others,
  });
  t.diagnostic(`\n${coverage.print()}`);
  assert.deepEqual(told(found), []);
  assert.deepEqual(coverage.missing(LEAST), []);
});

test("the default validator allows and refuses what the reference's does, with ten sets of random options", {
  skip: skipUnless(go["v0.12.2"]),
}, async (t) => {
  const { reference, others } = cells("v0.12.2");
  const own = others.filter(({ name }) => name === "ours-go");
  const batch = VALIDATOR_BATCH;
  const { coverage, found } = await run({
    count: 10 * batch,
    seed: SEED,
    batch,
    only: VALIDATOR_PARTS,
    reference,
    cells: own,
  });
  t.diagnostic(coverage.summary());
  assert.deepEqual(told(found), []);
  for (const reason of ["restricted", "required plugin", "annotation"]) {
    assert.ok((coverage.reasons.get(`default validator: ${reason}`) ?? 0) > 0, reason);
  }
});

test("500 random scenarios end the same with the newest release of the reference", {
  skip: skipUnless(go["v0.12.5"]),
}, async () => {
  const { reference, others } = cells("v0.12.5");
  const { found } = await run({
    count: 500,
    seed: SEED + 1,
    batch: 250,
    only: DEFAULT_PARTS,
    reference,
    cells: others,
  });
  assert.deepEqual(told(found), []);
});

test("by default, 600 random scenarios differ from the reference only as the rows of docs/deviations.md say", {
  skip: skipUnless(go["v0.12.2"]),
}, async () => {
  const { reference } = cells("v0.12.2");
  const ours = ourSide("default");
  const none = { sysctlMarksAmongAnnotations: false };
  const own = { name: "ours-ours", ends: { runtime: ours, plugin: ours }, quirks: none, deviates: true };
  const { found, rows } = await run({
    count: 600,
    seed: SEED + 2,
    batch: 300,
    only: DEFAULT_PARTS,
    reference,
    cells: [own],
  });
  assert.deepEqual(told(found), []);
  const never = [...rows].filter(([, times]) => times === 0).map(([row]) => row);
  assert.deepEqual(never, [], "every row makes a difference");
});

test("each way to break a kind of row in our merge is found within 500 scenarios", {
  skip: skipUnless(go["v0.12.2"]),
}, async () => {
  const { reference } = cells("v0.12.2");
  const verdicts = await findMutations(oneOfEachKind(), SEED, reference);
  assert.deepEqual(
    verdicts.filter(({ foundAfter }) => foundAfter === undefined),
    [],
  );
});
