// NRI v0.1.0 in all four pairs of callers and plugins, in Go and ours: plugins get equal requests, callers equal results.
import assert from "node:assert/strict";
import test from "node:test";
import { STATES } from "@nri/legacy";
import { root, skipUnless, use } from "../requirements.js";
import { legacyPeers } from "./build.js";
import { type Call, type Side, Stage } from "./stage.js";

const peers = await legacyPeers();
const skip = skipUnless(root, peers);
const SIDES: readonly Side[] = ["go", "ours"];

const SPEC = `{
  "ociVersion": "1.2.0",
  "annotations": {"qos.class": "ls", "html": "<a href=\\"x\\">&</a>", "": "empty", "é\\u2028": "\\ud83d\\ude00"},
  "linux": {
    "cgroupsPath": "/k8s.io/c1",
    "namespaces": [{"type": "pid"}, {"type": "network", "path": "/proc/44/ns/net"}],
    "resources": {
      "devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 10, "minor": 0, "access": "r"}],
      "memory": {"limit": 9223372036854775807, "swap": -1},
      "cpu": {"shares": 18446744073709551615, "quota": -1, "period": 100000, "cpus": "0-1"},
      "pids": {"limit": 0},
      "hugepageLimits": [{"pageSize": "2MB", "limit": 18446744073709551615}],
      "unified": {"memory.high": "max"}
    }
  }
}`;

const LABELS = { app: "web", "io.kubernetes.pod.name": "p" };
const SUBJECTS: Readonly<Record<string, Omit<Call, "state">>> = {
  "a container of a pod, every state": { id: "c1", pid: 4711, spec: SPEC, sandbox: { id: "p1", labels: LABELS } },
  "a pod": { id: "p1", pid: 4294967295, spec: SPEC, sandbox: { id: "p1", labels: LABELS } },
  "a container without a pod": { id: "c2", pid: 0, spec: SPEC, sandbox: null },
  "a spec with nothing in it": { id: "c3", pid: 1, spec: '{"ociVersion":"1.2.0"}', sandbox: { id: "p1" } },
  "a spec without resources": { id: "c4", pid: 1, spec: '{"ociVersion":"1.2.0","linux":{}}', sandbox: { id: "p1" } },
};

const CONF = `{
  "Version": "0.1",
  "more": [],
  "plugins": [
    {"type": "first", "conf": {"metadata": {"k": "v", "__proto__": "own"}, "big": 18446744073709551616, "raw": [1.0, 1e3, -0, "<&>"], "10": 1, "9": 2}},
    {"type": "second", "conf": null},
    {"type": "third"}
  ]
} and what stands behind it`;

/** The types of the chain, called in turn by one caller; what each got, and what the caller got. */
async function ask(stage: Stage, caller: Side, call: Call, types: readonly string[]) {
  const answer = await stage.call(caller, call);
  return { answer, seen: types.map((type) => stage.seen(type)) };
}

for (const [subject, what] of Object.entries(SUBJECTS)) {
  const states = subject.endsWith("every state") ? STATES : (["create"] as const);
  test(`all four pairs: ${subject}`, { skip }, async () => {
    await using stage = new Stage(use(peers));
    stage.configure(CONF);
    const types = ["first", "second", "third"];
    for (const state of states) {
      const call = { ...what, state };
      for (const type of types) stage.plugin(type, "go");
      const expected = await ask(stage, "go", call, types);
      assert.ok("results" in expected.answer, JSON.stringify(expected.answer));
      assert.equal(expected.answer.results.length, 3);
      for (const plugin of SIDES) {
        for (const type of types) stage.plugin(type, plugin);
        for (const caller of SIDES)
          assert.deepEqual(await ask(stage, caller, call, types), expected, `${caller} calls ${plugin}, ${state}`);
      }
    }
  });
}

test("a chain of Go and our plugins hands on the results of each", { skip }, async () => {
  await using stage = new Stage(use(peers));
  stage.configure({
    version: "0.2-custom",
    plugins: ["a", "b", "c", "d"].map((type) => ({ type, conf: { metadata: { [type]: `of ${type}` } } })),
  });
  for (const [index, type] of ["a", "b", "c", "d"].entries()) stage.plugin(type, index % 2 === 0 ? "go" : "ours");
  const call: Call = { id: "c1", pid: 7, spec: SPEC, state: "update", sandbox: { id: "p1", labels: {} } };
  const [go, ours] = [
    await ask(stage, "go", call, ["a", "b", "c", "d"]),
    await ask(stage, "ours", call, ["a", "b", "c", "d"]),
  ];
  assert.deepEqual(ours, go);
  const { version, results } = JSON.parse(go.seen[3] ?? "") as { version: string; results: { plugin: string }[] };
  assert.deepEqual([version, results.map(({ plugin }) => plugin)], ["0.2-custom", ["a", "b", "c"]]);
});
