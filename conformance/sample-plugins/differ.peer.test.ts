// Our differ and the Go one around the same plugin in the Go runtime: the same lines for every field that is set or removed.
import assert from "node:assert/strict";
import test from "node:test";
import { FIELD_NAMES } from "@nri/protocol";
import { adjustmentOf, containerJson, LIFE, POD, SAMPLES } from "../go-both-ways/samples.js";
import type { Child } from "../peers/child.js";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import { RefPlugin } from "../peers/refplugin.js";
import { RefRuntime } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { goPlugin, ourPlugin, recording, texts } from "./go-lines.js";

const go = await goPeers();

/** What the plugin between the two places does, by container name. */
const ADJUSTMENTS: Readonly<Record<string, JsonObject>> = Object.fromEntries(
  FIELD_NAMES.flatMap((field) => {
    const { set, remove } = SAMPLES[field];
    return [
      [`set-${field}`, adjustmentOf(field, set)],
      ...(remove === undefined ? [] : [[`remove-${field}`, adjustmentOf(field, remove)]]),
    ] as [string, JsonObject][];
  }),
);
const LINE = /^\[80\] (\w+): (pod|container): (.*)$/;

/** The lines about differences, of the place with index 80, one list for each step. */
function bySteps(child: Child, steps: readonly string[]): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  let step = -1;
  for (const text of texts(child)) {
    const line = LINE.exec(text.replace(/^\[90\]/, "[80]"));
    if (line === null) continue;
    // every step begins with the pod, in which nothing differs
    if (line[2] === "pod") step += 1;
    const name = steps[step] ?? "more than there were";
    // the Go runtime gives later plugins the namespaces in any order
    result[name] = [...(result[name] ?? []), line[0].replace(/\[Linux Namespaces \d+/, "[Linux Namespaces *")];
  }
  // the order of a map's keys is anybody's
  for (const lines of Object.values(result)) lines.sort();
  return result;
}

test("differ tells of each field that is set or removed what the Go differ tells", {
  skip: skipUnless(go),
}, async () => {
  const { refruntime, refplugin } = use(go);
  using folder = new TestFolder();
  const { socket, dir } = folder;
  await using runtime = await RefRuntime.start({ binary: refruntime, socket });
  const create = Object.fromEntries(Object.entries(ADJUSTMENTS).map(([name, adjust]) => [name, { adjust }]));
  await using _between = new RefPlugin({ binary: refplugin, socket, index: "50", name: "b", dir, script: { create } });
  await using ours = ourPlugin("differ", "-indices", "20,80", "-socket-path", socket);
  await using theirs = goPlugin("differ", "-indices", "10,90", "-socket-path", socket);
  await runtime.waitForPlugins(theirs === undefined ? 3 : 5);

  const steps: string[] = [];
  for (const name of Object.keys(ADJUSTMENTS)) {
    await runtime.step("CreateContainer", { pod: POD, container: containerJson(name) });
    steps.push(name);
  }
  for (const { op, req } of LIFE.filter(({ op }) => !op.endsWith("UpdatePodSandbox"))) {
    await runtime.step(op, req);
    steps.push(op);
  }
  const [last] = steps.slice(-1);
  const complete = async (child: Child): Promise<Record<string, string[]>> =>
    await child.until("the last line", () => {
      const found = bySteps(child, steps);
      return found[last ?? ""] === undefined ? undefined : found;
    });
  const fresh = theirs && (await complete(theirs));
  const expected = recording("differ", fresh);
  if (fresh !== undefined) assert.deepEqual(fresh, expected);
  assert.deepEqual(Object.keys(expected), steps);
  const found = await complete(ours);
  for (const step of steps) assert.deepEqual(found[step], expected[step], step);
});
