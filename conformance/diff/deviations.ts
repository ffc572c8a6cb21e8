// Every difference between our default and the reference is that of a row in docs/deviations.md: here the rows by their ids,
// each as a change of what the reference gives for a scenario.
import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import type { JsonObject } from "../peers/json.js";
import { canonical } from "./canonical.js";
import type { CellResult, Outcome, ScenarioOutcome } from "./cell.js";
import { type Difference, differences } from "./compare.js";
import { isModelled, MERGE_ROWS, type MergeRow, model, oneForEach } from "./model.js";
import { normalised, type Quirks } from "./normalise.js";
import { type Batch, displayName, type Scenario, type Step, type World } from "./scenario.js";
import { inOtherWords, rewriteSpec, SPEC_ROWS } from "./spec-rows.js";

/** Ids of the rows, as docs/deviations.md has them. */
export const ROWS = [...MERGE_ROWS, ...SPEC_ROWS, "state-change-again", "unsolicited-joined"] as const;
export type Row = (typeof ROWS)[number];

const NONE = { sysctlMarksAmongAnnotations: false } as const;

/** The batch with a second step after each one that the reference can be asked in other words. */
export function withOtherWords(batch: Batch): Batch {
  const all = new Set<string>(ROWS);
  const steps = (step: Step): Step[] => {
    const req = inOtherWords(step, all);
    return req === undefined ? [step] : [step, { ...step, req, wordsOf: true }];
  };
  return { ...batch, scenarios: batch.scenarios.map((one) => ({ ...one, steps: one.steps.flatMap(steps) })) };
}

/** By scenario, request and plugin: where the reference sends StateChange once more. */
type Again = ReadonlySet<string>;

function againKey(scenario: Scenario, op: string, plugin: string): string {
  return JSON.stringify([scenario.name, op, plugin]);
}

/** A plugin that refused StateChange before is asked again by the reference, each time that it refuses. */
function stateChangesAgain({ world, scenarios }: Batch, expected: CellResult): Again {
  const refused = new Set<string>();
  const again = new Set<string>();
  scenarios.forEach((scenario, index) => {
    for (const { op, answers } of scenario.steps) {
      world.plugins.forEach((plugin, nth) => {
        const name = displayName(plugin);
        const calls = expected.scenarios[index]?.seen[name]?.[op];
        if (!EVENTS_WITH_FALLBACK.has(op) || answers[nth]?.code !== UNIMPLEMENTED || calls === undefined) return;
        if (refused.has(name)) again.add(againKey(scenario, op, name));
        refused.add(name);
      });
    }
  });
  return again;
}

const UNIMPLEMENTED = 12;
const EVENTS_WITH_FALLBACK: ReadonlySet<string> = new Set(
  EVENT_NAMES.filter((name) => EVENTS[name].stateChange).map((name) => EVENTS[name].name),
);

/**
 * The differences between `found`, ours with the default `compat`, and what the reference gave, changed by the rows. Counts
 * for each row the scenarios that come out differently without it.
 */
export function unexplained(
  batch: Batch,
  expected: CellResult,
  found: CellResult,
  quirks: Quirks,
  evictions: boolean,
  counts: Map<Row, number>,
): Difference[] {
  const again = stateChangesAgain(batch, expected);
  const all = new Set<Row>(ROWS);
  const plain = {
    ...expected,
    scenarios: batch.scenarios.map((scenario, nth) => normalOutcome(scenario, expected.scenarios[nth], quirks)),
  };
  const change = (scenario: Scenario, nth: number, rows: ReadonlySet<Row>): ScenarioOutcome =>
    rewritten(batch.world, scenario, plain.scenarios[nth] as ScenarioOutcome, rows, evictions, again);
  const changed = (rows: ReadonlySet<Row>): CellResult => ({
    ...plain,
    around: rows.has("unsolicited-joined") ? joined(plain.around) : plain.around,
    scenarios: batch.scenarios.map((scenario, nth) => change(scenario, nth, rows)),
  });
  const [none, full] = [changed(new Set()), changed(all)];
  const model = differences(batch, plain, none, { expected: NONE, found: NONE });
  const left = differences(batch, full, found, { expected: NONE, found: NONE });
  if (canonical(full.around) !== canonical(none.around)) {
    counts.set("unsolicited-joined", (counts.get("unsolicited-joined") ?? 0) + 1);
  }
  batch.scenarios.forEach((scenario, nth) => {
    const text = (outcome: ScenarioOutcome | undefined) => canonical(outcome as unknown as JsonObject);
    const whole = text(full.scenarios[nth]);
    if (text(none.scenarios[nth]) === whole) return;
    for (const row of ROWS) {
      const others = new Set(ROWS.filter((one) => one !== row));
      if (text(change(scenario, nth, others)) !== whole) counts.set(row, (counts.get(row) ?? 0) + 1);
    }
  });
  return [...model.map((one) => ({ ...one, text: `the model of the reference is wrong: ${one.text}` })), ...left];
}

function joined(around: JsonObject): JsonObject {
  const events = around.unsolicited as { req: { update?: JsonObject[] } }[];
  const unsolicited = events.map(({ req: { update, ...rest }, ...more }) => ({
    ...more,
    req: { ...rest, ...(update ? { update: oneForEach(update) } : {}) },
  }));
  return { ...around, unsolicited };
}

function normalOutcome(scenario: Scenario, outcome: ScenarioOutcome | undefined, quirks: Quirks): ScenarioOutcome {
  return normalised(scenario, outcome ?? { answers: [], seen: {} }, quirks) as unknown as ScenarioOutcome;
}

/** What a scenario should give when `rows` hold, made from what it gave with the reference. */
export function rewritten(
  world: World,
  scenario: Scenario,
  reference: ScenarioOutcome,
  rows: ReadonlySet<Row>,
  evictions: boolean,
  again: Again,
): ScenarioOutcome {
  const outcome = structuredClone(reference) as { answers: (Outcome | undefined)[]; seen: ScenarioOutcome["seen"] };
  const mergeRows = new Set(
    [...rows].filter((row): row is MergeRow => (MERGE_ROWS as readonly string[]).includes(row)),
  );
  scenario.steps.forEach((step, nth) => {
    const answer = reference.answers[nth];
    if (answer === undefined) return;
    if (step.op === "ApplyAdjustment") {
      const next = scenario.steps[nth + 1];
      const words =
        !step.wordsOf && next?.wordsOf && rows.has("oci-removals-first") ? reference.answers[nth + 1] : undefined;
      outcome.answers[nth] = rewriteSpec(step, answer, words, rows);
    } else if (isModelled(step)) {
      const modelled = model(world, step, mergeRows, evictions);
      outcome.answers[nth] = modelled.answer as unknown as Outcome;
      const methods = step.op === "CreateContainer" ? [step.op, "ValidateContainerAdjustment"] : [step.op];
      for (const calls of Object.values(outcome.seen)) for (const method of methods) delete calls[method];
      for (const [plugin, calls] of Object.entries(modelled.seen)) {
        outcome.seen[plugin] ??= {};
        for (const [method, args] of Object.entries(calls)) (outcome.seen[plugin] as JsonObject)[method] = [args];
      }
    } else if (rows.has("state-change-again")) {
      for (const [plugin, calls] of Object.entries(outcome.seen)) {
        if (again.has(againKey(scenario, step.op, plugin))) calls[step.op]?.pop();
      }
    }
  });
  for (const [plugin, calls] of Object.entries(outcome.seen))
    if (Object.keys(calls).length === 0) delete outcome.seen[plugin];
  return outcome;
}
