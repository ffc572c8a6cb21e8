// Making a difference small enough to read: everything that can go without the difference going is left out.
import type { JsonObject, JsonValue } from "../peers/json.js";
import { runCell } from "./cell.js";
import { differences } from "./compare.js";
import type { Cell, Found } from "./run.js";
import type { Batch, Scenario, Step, World } from "./scenario.js";

const MAX_ROUNDS = 40;
const MAX_CANDIDATES = 400;

/** A batch with one scenario, as small as is cheap; the batch itself when the scenario alone shows nothing. */
export async function shrink(found: Found, reference: Cell, cell: Cell): Promise<Batch> {
  const { batch, scenario } = found;
  if (scenario === undefined) return { ...batch, scenarios: [] };
  const differs = async (world: World, scenarios: readonly Scenario[]): Promise<boolean[]> => {
    const one = { world, scenarios };
    const [expected, other] = await Promise.all([runCell(one, reference.ends), runCell(one, cell.ends)]);
    const all = differences(one, expected, other, { expected: reference.quirks, found: cell.quirks });
    return scenarios.map((each) => all.some((difference) => difference.scenario === each));
  };
  let world = batch.world;
  let smallest = scenario;
  if (!(await differs(world, [smallest]))[0]) return upTo(batch, scenario);
  for (const lighter of lighterWorlds(world)) {
    if (!(await differs(lighter, [smallest]))[0]) continue;
    world = lighter;
    break;
  }
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const candidates = smaller(smallest).slice(0, MAX_CANDIDATES);
    const renamed = candidates.map((candidate, nth) => named(candidate, `${scenario.name}~${nth}`));
    const still = await differs(world, renamed);
    const best = candidates.filter((_, nth) => still[nth]).sort((a, b) => sizeOf(a) - sizeOf(b))[0];
    if (best === undefined) break;
    smallest = best;
  }
  return { world, scenarios: [smallest] };
}

function upTo({ world, scenarios }: Batch, last: Scenario): Batch {
  return { world, scenarios: scenarios.slice(0, scenarios.indexOf(last) + 1) };
}

function* lighterWorlds(world: World): Generator<World> {
  const plugins = world.plugins.map(({ sync: _, unsolicited: __, ...plugin }) => plugin);
  yield { plugins };
  yield { ...world, plugins };
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value).length;
}

/** The scenario under another name, in its requests too. */
function named(scenario: Scenario, name: string): Scenario {
  const rename = (value: JsonValue | undefined): JsonObject => ({ ...(value as JsonObject | undefined), name });
  const steps = scenario.steps.map((step): Step => {
    if (step.op === "ApplyAdjustment") return step;
    const { pod, container } = step.req;
    return {
      ...step,
      req: { ...step.req, ...(pod && { pod: rename(pod) }), ...(container && { container: rename(container) }) },
    };
  });
  return { ...scenario, name, steps };
}

/** The scenario with one thing less, each thing in turn. */
function smaller(scenario: Scenario): Scenario[] {
  const { steps } = scenario;
  const all: Scenario[] =
    steps.length > 1 ? steps.map((_, nth) => ({ ...scenario, steps: steps.filter((__, n) => n !== nth) })) : [];
  steps.forEach((step, nth) => {
    const put = (changed: Step) =>
      all.push({ ...scenario, steps: steps.map((other, n) => (n === nth ? changed : other)) });
    step.answers.forEach((answer, plugin) => {
      if (answer === null) return;
      put({ ...step, answers: step.answers.map((other, n) => (n === plugin ? null : other)) });
      for (const less of without(answer as JsonObject)) {
        put({
          ...step,
          answers: step.answers.map((other, n) => (n === plugin ? (less as Step["answers"][number]) : other)),
        });
      }
    });
    for (const req of without(step.req)) put({ ...step, req });
    if (step.spec !== undefined) for (const spec of without(step.spec)) put({ ...step, spec });
  });
  return all;
}

/** What stays: names tell whose a request is. */
const KEPT = new Set(["name", "pod", "container", "process", "linux"]);

function without(object: JsonObject): JsonObject[] {
  const all: JsonObject[] = [];
  for (const key of Object.keys(object)) {
    if (!KEPT.has(key)) all.push(Object.fromEntries(Object.entries(object).filter(([other]) => other !== key)));
    for (const less of lessOf(object[key])) {
      all.push(
        Object.fromEntries(Object.entries(object).map(([other, value]) => [other, other === key ? less : value])),
      );
    }
  }
  return all;
}

function lessOf(value: JsonValue | undefined): JsonValue[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, nth) => [
      value.filter((_, n) => n !== nth),
      ...lessOf(item).map((less) => value.map((other, n) => (n === nth ? less : other))),
    ]);
  }
  return typeof value === "object" && value !== null ? without(value) : [];
}
