// WebAssembly modules, one in Go on the reference's SDK and two in AssemblyScript, in the Go runtime and in ours: the same
// log lines, answers and errors.
import assert from "node:assert/strict";
import test from "node:test";
import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import type { StepAnswer } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { compileAssembly, exampleSource, goModule, samplePath } from "./modules.js";
import { type Play, type Played, playInGo, playInOurs, type Step } from "./runtimes.js";

const go = await goPeers();
const module = await goModule();
const skip = skipUnless(go);

/** Lines that the plugins of these tests write. */
const THEIRS = /^[DIWE] (WASM: |level |\d+ (pods|args)|wasm-runtime )/;

const POD = { id: "p1", name: "pod-1", namespace: "default" };

/** Every event once, in the order of a life. */
const LIFE: readonly Step[] = EVENT_NAMES.filter((name) => name !== "validateContainerAdjustment").map((name) => ({
  op: EVENTS[name].name,
  req: { pod: POD, ...(EVENTS[name].subject === "container" ? { container: { id: "c1", name: "ctr" } } : {}) },
}));

function creation(annotations: JsonObject): Step {
  return { op: "CreateContainer", req: { pod: { ...POD, annotations }, container: { id: "c1", name: "ctr" } } };
}

/** What an answer is but for the engine's own words about a trap: ours name plugin and request, Go's have a stack. */
function plain({ error, ...answer }: StepAnswer): StepAnswer {
  const trap = /^(?:plugin "10-\w+": \w+: )?(wasm error: [^\n]*)(?:\nwasm stack trace:.*)?$/s;
  return error === undefined ? answer : { ...answer, error: error.replace(trap, "$1") };
}

/** Plays in both runtimes, and holds ours against Go's; what differs with our own rules is not about modules. */
async function same(play: Play): Promise<Played> {
  using folder = new TestFolder();
  const expected = await playInGo(use(go), folder, play);
  const said = expected.log.filter((line) => THEIRS.test(line));
  for (const compat of ["reference", "default"] as const) {
    const ours = await playInOurs(compat, folder, play);
    if (compat === "reference") assert.deepEqual(ours.answers.map(plain), expected.answers.map(plain));
    const prefix = compat === "reference" ? "" : `[${Object.keys(play.modules)[0]} log] `;
    const lines = ours.log.filter((line) => line.startsWith(prefix, 2)).map((line) => line.replace(prefix, ""));
    assert.deepEqual(
      lines.filter((line) => THEIRS.test(line)),
      said,
    );
    assert.deepEqual(ours.log.filter(isOrder), expected.log.filter(isOrder));
  }
  return { answers: expected.answers, log: said };
}

/** `  #1: "10-wasm" (external-wasm:10-wasm)` */
function isOrder(line: string): boolean {
  return /#\d+: /.test(line);
}

test("the sample in AssemblyScript says the same in the Go runtime and in ours, for every event", {
  skip,
}, async () => {
  const { answers, log } = await same({ modules: { "10-wasm": samplePath }, steps: LIFE });
  assert.ok(answers.every(({ ok }) => ok));
  assert.equal(log.length, LIFE.length + 2);
});

test("the example of the documentation adjusts, refuses, and holds its tongue alike", { skip }, async () => {
  const steps = [
    creation({ "example/cpus": "0-1" }),
    creation({ other: "x", "example/cpus": "" }),
    creation({}),
    ...LIFE.slice(0, 2),
  ];
  const { answers } = await same({ modules: { "10-cpus": await compileAssembly(exampleSource()) }, steps });
  assert.match(JSON.stringify(answers[0]?.res), /"cpus":"0-1"/);
  assert.deepEqual([answers[1]?.ok, answers[1]?.error], [false, "example/cpus is empty"]);
  assert.ok(answers.slice(2).every(({ ok }) => ok));
});

test("a module in Go, on the reference's SDK, is configured, logs, adjusts, fails and panics alike", {
  skip: skipUnless(go, module),
}, async () => {
  const does = (what: string) => creation({ "wasm.test/do": what });
  const { answers, log } = await same({
    modules: { "10-go": use(module) },
    configs: { "10-go": "levels=all\nnobody knows" },
    steps: [
      ...LIFE,
      does("adjust /srv"),
      does("update c0"),
      does("fail not möglich: 容器"),
      does("large"),
      does("system"),
      creation({ "wasm.test/reject": "never" }),
      does("sleep 1ms"),
      does("panic at once"),
      does("adjust /after"),
    ],
  });
  assert.deepEqual(
    answers.flatMap(({ error }) => error?.split("\n")[0] ?? []),
    ["not möglich: 容器", 'validator "10-go" rejected container adjustment, reason: never', "wasm error: unreachable"],
  );
  for (const line of [
    "W wasm-runtime v1.2.3: nobody knows",
    "D level 0",
    "E level 4",
    "I 0 args, 0 variables, file: true",
  ])
    assert.ok(log.includes(line), line);
});
