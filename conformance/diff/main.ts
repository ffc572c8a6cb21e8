// `npm run test:diff`: random scenarios against the reference and against us.
import { parseArgs } from "node:util";
import { use } from "../requirements.js";
import { saveCase, storedBatches } from "./cases.js";
import { DEFAULT_PARTS, type Part, VALIDATOR_BATCH, VALIDATOR_PARTS } from "./generate.js";
import { allMutations, findMutations, printVerdicts } from "./mutations.js";
import { type Cell, type Found, run, runBatch } from "./run.js";
import { shrink } from "./shrink.js";
import { goSide, ourSide, type Release, type Side } from "./sides.js";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    batch: { type: "string" },
    reference: { type: "string", default: "v0.12.2" },
    save: { type: "boolean" },
    mutations: { type: "boolean" },
    only: { type: "string" },
    compat: { type: "string", default: "reference" },
    cells: { type: "string" },
  },
});

const count = Number(values.count);
const release = values.reference as Release;
const go = use(await goSide(release));
const deviates = values.compat === "default";
const ours = ourSide(deviates ? "default" : "reference");
const sides: { [name: string]: Side } = { go, ours };
const quirks = { sysctlMarksAmongAnnotations: release === "v0.12.2" };

function cell(name: string): Cell {
  const [runtime = "", plugin = ""] = name.split("-");
  const ends = { runtime: sides[runtime] ?? go, plugin: sides[plugin] ?? go };
  const own = { name, ends, quirks: { sysctlMarksAmongAnnotations: false }, deviates };
  return runtime === "go" ? { name, ends, quirks } : own;
}

/** Scenarios with the default validator: each batch has options of its own, and so costs more. */
const MAX_JUDGED = 2000;

const started = Date.now();
if (values.mutations) {
  const verdicts = await findMutations(allMutations(), Number(values.seed), cell("go-go"));
  console.log(printVerdicts(verdicts));
  console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
  process.exit(verdicts.some(({ foundAfter }) => foundAfter === undefined) ? 1 : 0);
}
const only = values.only === undefined ? DEFAULT_PARTS : new Set(values.only.split(",") as Part[]);
const pairs = values.cells ?? (deviates ? "go-go,ours-go,ours-ours" : "go-go,go-ours,ours-go,ours-ours");
const cells = pairs.split(",").slice(1).map(cell);
const reference = cell("go-go");
for (const batch of storedBatches()) {
  const found = await runBatch(batch, { reference, cells });
  for (const one of found) console.log(`stored case: ${describe(one)}`);
  if (found.length > 0) process.exitCode = 1;
}
const { coverage, found, rows } = await run({
  count,
  seed: Number(values.seed),
  only,
  batch: Number(values.batch ?? (count > 5000 ? 500 : 250)),
  reference,
  cells,
  progress: (done) => {
    if (count > 5000) console.error(`${done} of ${count}, ${((Date.now() - started) / 1000).toFixed(0)} s`);
  },
});
// What comes after may fail in a way of its own.
console.log(`${found.length} differences in ${count} scenarios`);
console.log(coverage.print());
console.log(`missing: ${coverage.missing(count / 100).join(", ") || "nothing"}`);
if (deviates) {
  for (const [row, times] of rows) console.log(`${row.padEnd(30)}${times}`);
  const never = [...rows].filter(([, times]) => times === 0);
  if (never.length > 0) process.exitCode = 1;
}
if (values.only === undefined && !deviates) {
  const judged = {
    count: Math.min(MAX_JUDGED, Math.ceil(count / 10)),
    seed: Number(values.seed),
    only: VALIDATOR_PARTS,
    batch: VALIDATOR_BATCH,
  };
  const more = await run({ ...judged, reference, cells });
  console.log(`default validator: ${more.coverage.summary()}`);
  found.push(...more.found);
}
for (const one of found.slice(0, 10)) console.log(describe(one));
console.log(`${found.length} differences, ${((Date.now() - started) / 1000).toFixed(1)} s`);
if (values.save && found[0] !== undefined) {
  const one = found[0];
  const small = await shrink(one, reference, cells.find(({ name }) => name === one.cell) ?? reference);
  console.log(saveCase(`seed-${values.seed}-${one.scenario?.name ?? "around"}`, { about: one.text, ...small }));
}
if (found.length > 0) process.exitCode = 1;

function describe({ cell: name, scenario, text }: Found): string {
  return `\n${name}: ${scenario?.name ?? "around"} ${JSON.stringify(scenario?.focus)}\n  ${text}`;
}
