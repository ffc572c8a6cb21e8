// Tries every fact on real containers, wherever they come from: those that get along in one container, the others in their
// own, and all of them once more on a container that no plugin touched, where none may be seen.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type AdjustmentBuilder, adjustment } from "@nri/plugin";
import { missingOnMachine, skipAsExpected } from "../requirements.js";
import type { FactContainer, FactPlace } from "./fact-place.js";
import { FACTS, type Fact } from "./facts.js";

/** Runs a container with command, environment and annotations of fact-place.js, adjusted so by a plugin. */
export type RunFacts = (name: string, adjust: AdjustmentBuilder) => Promise<FactContainer>;

/** Where more than this many were skipped, next to nothing was shown. */
const LEAST_SHOWN = 25;

/**
 * Tries them as subtests of `t`, but for those of what whoever runs the containers has none of. Gives the container that most
 * were tried on.
 */
export async function checkFacts(
  t: TestContext,
  place: FactPlace,
  run: RunFacts,
  without: readonly Fact["of"][] = [],
): Promise<FactContainer> {
  const main = "main";
  const names = [...new Set(FACTS.map(({ container = main }) => container))];
  const all = names.map(
    (name) =>
      [
        name,
        FACTS.filter(({ container = main, of }) => container === name && (of === undefined || !without.includes(of))),
      ] as const,
  );
  // first: what one container of a pod does to what they share is seen in the others
  await t.test("where no plugin asked, none of it is seen", async () => {
    const container = await run("fact-none", adjustment());
    const inside = await outputs(container, FACTS);
    const elsewhere = { ...place, dir: `${place.dir}/none` };
    const seen = FACTS.filter((fact) => fact.seen.test(inside.get(fact) ?? fact.outside?.(container, elsewhere) ?? ""));
    assert.deepEqual(seen.map(titleOf), []);
  });
  const containers = new Map<string, FactContainer>();
  let shown = 0;
  for (const [name, facts] of all) {
    const possible = facts.filter((fact) => missingOnMachine(titleOf(fact)) === undefined);
    if (possible.length === 0) continue;
    const wanted = adjustment();
    for (const fact of possible) fact.adjust(wanted, place);
    containers.set(name, await run(`fact-${name}`, wanted));
  }
  for (const [name, facts] of all) {
    const container = containers.get(name);
    const inside = container === undefined ? new Map<Fact, string>() : await outputs(container, facts);
    for (const fact of facts) {
      await t.test(titleOf(fact), (one) => {
        if (fact.limited !== undefined && skipAsExpected(one)) return;
        assert.ok(container !== undefined);
        assert.match(inside.get(fact) ?? fact.outside?.(container, place) ?? "", fact.seen);
        shown++;
      });
    }
  }
  assert.ok(shown >= LEAST_SHOWN, `only ${shown} facts were shown`);
  const most = containers.get(main);
  assert.ok(most !== undefined);
  return most;
}

/** The name of a fact's test, and of its row in expected-skips.json. */
export function titleOf({ field, says }: Fact): string {
  return `${field}: ${says}`;
}

const BETWEEN = "=== next fact ===";

// One call for all: to run a command in a container takes a while.
async function outputs(container: FactContainer, facts: readonly Fact[]): Promise<Map<Fact, string>> {
  const asked = facts.filter(({ inside }) => inside !== undefined);
  const text = await container.sh(asked.map(({ inside }) => `(${inside})`).join(`; echo '${BETWEEN}'; `));
  const parts = text.split(`${BETWEEN}\n`);
  assert.equal(parts.length, Math.max(1, asked.length), `one output for each fact of ${container.id}`);
  return new Map(asked.map((fact, index) => [fact, parts[index] ?? ""]));
}
