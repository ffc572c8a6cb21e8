// Whether a cell gave what the reference on both ends gives.
import type { JsonObject, JsonValue } from "../peers/json.js";
import { canonical, firstDifference } from "./canonical.js";
import type { CellResult } from "./cell.js";
import { normalAround, normalised, type Quirks, sameMapConflict } from "./normalise.js";
import type { Batch, Scenario } from "./scenario.js";

/** One difference. */
export interface Difference {
  /** Undefined when it belongs to no scenario. */
  readonly scenario: Scenario | undefined;
  /** Where: path, expected, found. */
  readonly text: string;
}

/** The differences of `found` from `expected`, each scenario's first. */
export function differences(
  batch: Batch,
  expected: CellResult,
  found: CellResult,
  quirks: { readonly expected: Quirks; readonly found: Quirks },
): Difference[] {
  const all: Difference[] = [];
  const around = firstDifference(canon(normalAround(expected)), canon(normalAround(found)));
  if (around !== undefined) all.push({ scenario: undefined, text: around });
  batch.scenarios.forEach((scenario, nth) => {
    const [a, b] = [expected.scenarios[nth], found.scenarios[nth]];
    if (a === undefined || b === undefined) return;
    const [one, other] = [normalised(scenario, a, quirks.expected), normalised(scenario, b, quirks.found)];
    allowMapConflicts(batch.world, scenario, one, other);
    if (canonical(one) === canonical(other)) return;
    all.push({ scenario, text: firstDifference(one, other) ?? "" });
  });
  if (found.died !== undefined && expected.died === undefined) all.push({ scenario: undefined, text: found.died });
  return all;
}

function canon(value: JsonValue): JsonValue {
  return JSON.parse(canonical(value)) as JsonValue;
}

function allowMapConflicts(world: Batch["world"], scenario: Scenario, one: JsonObject, other: JsonObject): void {
  scenario.steps.forEach((step, nth) => {
    const [a, b] = [(one.answers as JsonObject[])[nth], (other.answers as JsonObject[])[nth]];
    if (typeof a?.error !== "string" || typeof b?.error !== "string" || a.error === b.error) return;
    if (sameMapConflict(world, step, a.error, b.error)) b.error = a.error;
  });
}
