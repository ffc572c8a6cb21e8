// Required plugins: requests are refused unless they have answered.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import type { RequestName } from "../adaptation.js";
import { type Lab, startLab } from "../lab.fixture.js";
import { failing, silent } from "../raw-plugin.fixture.js";
import type { Policies } from "./types.js";

const pod = { id: "p1", name: "web", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };
const REQUESTS = EVENT_NAMES.filter((name): name is RequestName => name !== "validateContainerAdjustment");

async function refusedEvents(lab: Lab, request: object = { pod, container }): Promise<string[]> {
  const refused: string[] = [];
  for (const name of REQUESTS) {
    await lab.adaptation[name](request).catch((error: { code: string }) => {
      assert.equal(error.code, "required-plugin", name);
      refused.push(name);
    });
  }
  return refused;
}

test("without a required plugin what begins or changes is refused before anybody is asked; what ends goes on", async () => {
  await using lab = await startLab({ policies: { required: [{ plugin: "guard" }] } });
  const other = await lab.connect({ name: "other", events: EVENTS.createContainer.mask });
  assert.deepEqual(await refusedEvents(lab), [
    "runPodSandbox",
    "createContainer",
    "startContainer",
    "updateContainer",
    "updatePodSandbox",
  ]);
  assert.deepEqual(other.methods, ["Configure", "Synchronize"]);
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "required-plugin",
    message:
      'CreateContainer of container "one" of pod "default/web" refused: required plugin "guard" is not registered',
    plugin: "guard",
    plugins: ["guard"],
    request: "CreateContainer",
  });
  await assert.rejects(lab.adaptation.runPodSandbox({ pod }), {
    message: 'RunPodSandbox of pod "default/web" refused: required plugin "guard" is not registered',
  });
});

test("requirements hold for their namespaces and their events, and each missing plugin is named", async () => {
  const required = [
    { plugin: "10-a", namespaces: ["prod", "stage"] },
    { plugin: "b", namespaces: ["prod"], events: ["createContainer", "stopContainer", "removePodSandbox"] },
  ] as const;
  await using lab = await startLab({ policies: { required } });
  assert.deepEqual(await refusedEvents(lab), []);
  assert.deepEqual(await refusedEvents(lab, { container }), []);
  const inNamespace = (namespace: string) => ({ pod: { ...pod, namespace }, container });
  assert.equal((await refusedEvents(lab, inNamespace("stage"))).length, 5);
  assert.deepEqual(await refusedEvents(lab, inNamespace("prod")), [
    "runPodSandbox",
    "removePodSandbox",
    "createContainer",
    "startContainer",
    "updateContainer",
    "stopContainer",
    "updatePodSandbox",
  ]);
  await assert.rejects(lab.adaptation.createContainer(inNamespace("prod")), {
    message:
      'CreateContainer of container "one" of pod "prod/web" refused: ' +
      'required plugin "10-a" is not registered, required plugin "b" is not registered',
    plugins: ["10-a", "b"],
  });
  await lab.connect({ index: "20", name: "a" });
  await lab.connect({ index: "30", name: "b" });
  await assert.rejects(lab.adaptation.createContainer(inNamespace("prod")), {
    message: /refused: required plugin "10-a" is not registered$/,
  });
});

test("a required plugin that is not subscribed to the event counts as one that answered", async () => {
  await using lab = await startLab({ policies: { required: [{ plugin: "guard" }] } });
  const guard = await lab.connect({ name: "guard", on: { stopContainer: () => undefined } });
  assert.deepEqual(await refusedEvents(lab), []);
  assert.deepEqual(guard.methods, ["Configure", "Synchronize", "StopContainer"]);
});

test("a required plugin that was skipped or dropped refuses the request with the reason, also for pods", async () => {
  for (const [rules, left] of [
    [[], 1],
    [[{ plugin: "*", failure: "skip", error: "skip" }], 2],
  ] as const) {
    const policies: Policies = { rules, required: [{ plugin: "guard" }] };
    await using lab = await startLab({ requestTimeoutMs: 300, policies });
    await lab.connect({ index: "10", name: "guard", on: { runPodSandbox: silent } });
    const last = await lab.connect({ index: "20", on: { runPodSandbox: () => undefined } });
    await assert.rejects(lab.adaptation.runPodSandbox({ pod }), {
      code: "required-plugin",
      message:
        'RunPodSandbox of pod "default/web" refused: ' +
        'required plugin "guard" did not answer (plugin "10-guard": RunPodSandbox not answered in 300 ms)',
    });
    assert.equal(lab.adaptation.plugins.length, left);
    assert.equal(last.requests("RunPodSandbox").length, 1);
  }
});

test("of several plugins of the required name one answer is enough", async () => {
  const policies: Policies = { rules: [{ plugin: "*", error: "skip" }], required: [{ plugin: "guard" }] };
  await using lab = await startLab({ policies });
  let healthy = true;
  await lab.connect({ index: "10", name: "guard", on: { createContainer: failing("out of order") } });
  await lab.connect({
    index: "20",
    name: "guard",
    on: { createContainer: () => (healthy ? undefined : failing("me too")()) },
  });
  await lab.adaptation.createContainer({ pod, container });
  healthy = false;
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    message: /did not answer \(rpc error: .* desc = out of order; rpc error: .* desc = me too\)$/,
  });
});

test("a required plugin that is retried and then answers is one that answered", async () => {
  const policies: Policies = {
    rules: [{ plugin: "*", error: "retry", retry: { attempts: 1, delayMs: 1, then: "skip" } }],
    required: [{ plugin: "guard" }],
  };
  await using lab = await startLab({ policies });
  let calls = 0;
  await lab.connect({ name: "guard", on: { createContainer: () => (++calls === 1 ? failing("no")() : undefined) } });
  await lab.adaptation.createContainer({ pod, container });
  assert.equal(calls, 2);
});

test("a verdict that a rule waives is missing all the same where the validator is required", async () => {
  const rules = [{ plugin: "*", events: ["validateContainerAdjustment"], error: "skip" }] as const;
  for (const required of [[], [{ plugin: "judge" }]]) {
    await using lab = await startLab({ policies: { rules, required } });
    await lab.connect({ name: "judge", on: { validateContainerAdjustment: failing("confused") } });
    const creating = lab.adaptation.createContainer({ pod, container });
    await (required.length === 0 ? creating : assert.rejects(creating, { code: "required-plugin", plugin: "judge" }));
  }
});
