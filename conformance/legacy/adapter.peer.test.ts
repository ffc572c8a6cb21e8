// Our v010-adapter and one on the reference's own stub and client, in the Go runtime and in ours: v0.1.0 programs see equal
// requests, runtimes equal answers. No proxy has the module of the Go project's own adapter: what that gave is recorded.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Place } from "../compat/place.js";
import { conformanceDir } from "../paths.js";
import { goPeers } from "../peers/go-peers.js";
import { root, skipUnless, use } from "../requirements.js";
import { AdapterStage, CONTAINER, POD, requestOf } from "./adapter-stage.js";
import { legacyPeers } from "./build.js";

const peers = await legacyPeers();
const runtimes = await goPeers();
const skip = skipUnless(root, peers, runtimes);

const EVENTS = [
  "RunPodSandbox",
  "CreateContainer",
  "StartContainer",
  "UpdateContainer",
  "StopContainer",
  "StopPodSandbox",
  "RemovePodSandbox",
];
const FAILURE = `echo '{"error": "no \\"room\\""}'; exit 4`;
/** Messages in which things are missing. */
const BARE: readonly (readonly [object, object])[] = [
  [{ id: "p1" }, { id: "c1", podSandboxId: "p1" }],
  [
    { id: "p1", linux: {} },
    { id: "p1", podSandboxId: "p1", linux: { resources: {} } },
  ],
  [
    { id: "p1", linux: { resources: { pids: { limit: "-1" } } } },
    {
      id: "c1",
      linux: {
        resources: { memory: { limit: { value: "0" } }, cpu: { shares: { value: "0" } }, pids: { limit: "5" } },
      },
    },
  ],
];

/** All that an adapter made of all events. */
async function played(inGo: boolean, adapter: string | undefined) {
  await using place = await Place.make();
  if (inGo) place.refruntime = use(runtimes).refruntime;
  const stage = await AdapterStage.make(place);
  await stage.recorder();
  const runtime = stage.runtime(["--req-timeout", "20s"]);
  await using child = await stage.start(adapter);
  await runtime.plugins(1);
  const answers: (string | undefined)[] = [];
  const ask = async (op: string, pod: object, container: object) => {
    const { ok, error } = await runtime.step({ op, req: requestOf(op, pod, container) });
    answers.push(ok === true ? `${op} succeeds` : `${op}: ${error}`);
  };
  for (const op of EVENTS) await ask(op, POD, CONTAINER);
  for (const [pod, container] of BARE)
    for (const op of ["RunPodSandbox", "StartContainer"]) await ask(op, pod, container);
  const requests = stage.seen();
  await stage.recorder(FAILURE, "null");
  for (const op of EVENTS) await ask(op, POD, CONTAINER);
  assert.ok(child.running, child.stderr.join("\n"));
  const failed = stage.seen();
  await runtime.end();
  return { requests, answers, failed };
}

/** The Go project's own adapter, of v0.12.2, in the Go runtime. */
const recorded = JSON.parse(readFileSync(join(conformanceDir, "legacy/recorded/v010-adapter.json"), "utf8")) as object;

test("v0.1.0 programs see the same behind both adapters, in both runtimes", { skip }, async () => {
  const expected = await played(true, use(peers).adapter);
  assert.deepEqual(expected, recorded);
  assert.equal(expected.requests.length, 4 + 2 * BARE.length);
  assert.equal(expected.failed.length, 4);
  assert.equal(expected.answers.filter((answer) => answer?.includes('plugin: recorder: no "room"')).length, 3);
  assert.deepEqual(await played(true, undefined), expected, "ours in the Go runtime");
  assert.deepEqual(await played(false, use(peers).adapter), expected, "Go's in our runtime");
  assert.deepEqual(await played(false, undefined), expected, "ours in our runtime");
});
