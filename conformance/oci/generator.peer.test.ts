// Our spec generator under `compat: "reference"` against the reference's own: same specs, same refusals.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApplyOptions, applyAdjustment, parseSpec, printSpec, type Spec } from "@nri/oci";
import { readMountInfo } from "@nri/oci/node";
import fc from "fast-check";
import { goPeers } from "../peers/go-peers.js";
import { skipUnless, use } from "../requirements.js";
import { type Adjust, anyAdjustment, CASES, SPEC } from "./cases.js";
import { GoGenerator } from "./go-generator.js";

const peers = await goPeers();
const skip = skipUnless(peers);

// What refruntime gives its generator for these.
const OPTIONS: ApplyOptions = {
  compat: "reference",
  mountInfo: readMountInfo,
  resolveBlockioClass: (name) => ({ weight: new TextEncoder().encode(name).length }),
  resolveRdtClass: (name) => ({ closID: name }),
  injectCdiDevices(spec, names) {
    spec.annotations ??= {};
    for (const name of names) spec.annotations[`cdi.injected/${name}`] = "true";
  },
};

const BARE: Spec = { ociVersion: "1.2.0", process: { user: { uid: 0, gid: 0 }, cwd: "/" }, linux: {} };

async function compare(go: GoGenerator, spec: Spec, adjustment: Adjust): Promise<void> {
  const theirs = await go.apply(spec, adjustment);
  if ("error" in theirs) {
    assert.throws(() => applyAdjustment(spec, adjustment, OPTIONS), { message: theirs.error });
    return;
  }
  const ours = applyAdjustment(spec, adjustment, OPTIONS);
  assert.deepEqual(ours.notAppliedByReference, []);
  // Through Go once more, so that both are written by the same hand.
  const written = await go.apply(ours.spec);
  assert.ok("spec" in written, "Go reads what we made");
  assert.deepEqual(pruned(written.spec), pruned(theirs.spec));
}

/** Without objects and lists that hold nothing: whether those are there is nobody's business. */
function pruned(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(pruned);
  const entries = Object.entries(value).map(([key, item]) => [key, pruned(item)] as const);
  return Object.fromEntries(
    entries.filter(([, item]) => typeof item !== "object" || Object.keys(item ?? {}).length > 0),
  );
}

for (const [base, spec] of [
  ["a full spec", SPEC],
  ["a bare spec", BARE],
] as const) {
  test(`each adjustment does to ${base} what the Go generator does`, { skip }, async (t) => {
    await using go = await GoGenerator.start(use(peers).refruntime);
    for (const [name, adjustment] of Object.entries(CASES)) {
      await t.test(name, async () => {
        await compare(go, parseSpec(printSpec(spec)), adjustment);
      });
    }
  });
}

test("300 random adjustments do to a full spec what the Go generator does", { skip }, async () => {
  await using go = await GoGenerator.start(use(peers).refruntime);
  await fc.assert(
    fc.asyncProperty(anyAdjustment, async (adjustment) => {
      await compare(go, SPEC, adjustment);
    }),
    { numRuns: 300, seed: 20261120 },
  );
});
