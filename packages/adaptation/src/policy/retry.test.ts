// Asking again: how often, how fast, and a plugin that is lost and comes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateContainerRequest, SynchronizeRequest } from "@nri/protocol";
import { eventually, startLab } from "../lab.fixture.js";
import { failing, silent } from "../raw-plugin.fixture.js";
import type { PolicyRule } from "./types.js";

const pod = { id: "p1", name: "pod", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one", env: ["A=1"] };
const adding = (key: string) => ({ adjust: { env: [{ key, value: "1" }] } });

function retrying(rule: Partial<PolicyRule>): { rules: PolicyRule[] } {
  return { rules: [{ plugin: "*", failure: "retry", error: "retry", ...rule }] };
}

test("a plugin is asked the same again until it answers, and its answer counts once", async () => {
  await using lab = await startLab({ policies: retrying({ retry: { attempts: 3, delayMs: 1 } }) });
  await lab.connect({ index: "10", on: { createContainer: () => adding("FIRST") } });
  let calls = 0;
  const shaky = await lab.connect({
    index: "20",
    name: "shaky",
    on: { createContainer: () => (++calls < 3 ? failing("not yet", 14)() : adding("SHAKY")) },
  });
  const { adjust } = await lab.adaptation.createContainer({ pod, container });
  assert.deepEqual(
    adjust?.env.map(({ key }) => key),
    ["FIRST", "SHAKY"],
  );
  const seen = shaky.requests<CreateContainerRequest>("CreateContainer").map((request) => request.container?.env);
  assert.deepEqual(seen, [
    ["A=1", "FIRST=1"],
    ["A=1", "FIRST=1"],
    ["A=1", "FIRST=1"],
  ]);
  const observed = lab.calls.filter(({ plugin, event }) => plugin.base === "shaky" && event === "createContainer");
  assert.deepEqual(
    observed.map(({ attempt, outcome, sequence }) => [attempt, outcome, sequence === observed[0]?.sequence]),
    [
      [1, "retried", true],
      [2, "retried", true],
      [3, "answered", true],
    ],
  );
});

test("when all attempts failed the last resort decides; by default it is what holds without a rule", async () => {
  for (const [then, error] of [
    ["fail", "request-failed"],
    ["skip", undefined],
    ["drop", undefined],
    [undefined, "request-failed"],
  ] as const) {
    await using lab = await startLab({ policies: retrying({ retry: { attempts: 2, delayMs: 1, then } }) });
    const plugin = await lab.connect({ on: { startContainer: failing("no") } });
    const starting = lab.adaptation.startContainer({ pod, container });
    await (error === undefined ? starting : assert.rejects(starting, { code: error }));
    assert.equal(plugin.requests("StartContainer").length, 3);
    assert.equal(lab.adaptation.plugins.length, then === "drop" ? 0 : 1);
  }
});

test("a conflict caused by the answer to a second attempt is not tried again", async () => {
  await using lab = await startLab({ policies: retrying({ retry: { attempts: 5, delayMs: 1 } }) });
  await lab.connect({ index: "10", on: { createContainer: () => adding("X") } });
  let calls = 0;
  await lab.connect({
    index: "20",
    on: { createContainer: () => (++calls < 2 ? failing("not yet")() : adding("X")) },
  });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), { code: "conflict" });
  assert.equal(calls, 2);
});

test("the caller's signal and its deadline end the waits between attempts", async () => {
  const retry = { attempts: 1, delayMs: 60_000, maxDelayMs: 60_000 };
  await using lab = await startLab({ policies: retrying({ retry }) });
  await lab.connect({ name: "no", on: { startContainer: failing("no") } });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }, { timeoutMs: 300 }), {
    code: "deadline-exceeded",
    plugin: "10-no",
  });
  const controller = new AbortController();
  const starting = assert.rejects(lab.adaptation.startContainer({ pod, container }, controller), { code: "canceled" });
  await eventually(() => lab.calls.filter(({ outcome }) => outcome === "retried").length === 2, "the first attempt");
  controller.abort();
  await starting;
  assert.equal(lab.adaptation.plugins.length, 1);
  await lab.adaptation.stopContainer({ pod, container });
});

test("a plugin that is lost and comes back is synchronised without this container and asked about it once", async () => {
  const retry = { attempts: 1, maxDelayMs: 20_000 };
  await using lab = await startLab({ policies: retrying({ retry }) });
  const events = { createContainer: () => adding("BACK"), validateContainerAdjustment: () => undefined };
  const gone = await lab.connect({
    index: "20",
    name: "phoenix",
    on: {
      ...events,
      createContainer: () => {
        gone.close();
        return silent();
      },
    },
  });
  const other = await lab.connect({ index: "30", name: "other", on: { createContainer: () => adding("OTHER") } });
  const creating = lab.adaptation.createContainer({ pod, container });
  const waiting = lab.adaptation.stopContainer({ pod, container });
  await gone.closed;
  await eventually(() => lab.adaptation.plugins.length === 1, "the first one is gone");
  const back = await lab.connect({ index: "20", name: "phoenix", on: { ...events, stopContainer: () => undefined } });
  const { adjust } = await creating;
  assert.deepEqual(
    adjust?.env.map(({ key }) => key),
    ["BACK", "OTHER"],
  );
  assert.equal(other.requests("CreateContainer").length, 1);
  await waiting;
  // It is asked as a validator as well, and sees what comes after.
  assert.deepEqual(back.methods, [
    "Configure",
    "Synchronize",
    "CreateContainer",
    "ValidateContainerAdjustment",
    "StopContainer",
  ]);
  assert.deepEqual(back.requests<SynchronizeRequest>("Synchronize")[0]?.containers, []);
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name }) => name),
    ["20-phoenix", "30-other"],
  );
});

test("a plugin that is waited for comes back within a block", async () => {
  await using lab = await startLab({ policies: retrying({ retry: { attempts: 1, maxDelayMs: 20_000 } }) });
  const gone = await lab.connect({
    name: "phoenix",
    on: {
      createContainer: () => {
        gone.close();
        return silent();
      },
    },
  });
  using _block = await lab.adaptation.blockPluginSync();
  const creating = lab.adaptation.createContainer({ pod, container });
  await gone.closed;
  await eventually(() => lab.adaptation.plugins.length === 0, "the first one is gone");
  await lab.connect({ name: "phoenix", on: { createContainer: () => adding("BACK") } });
  const { adjust } = await creating;
  assert.deepEqual(
    adjust?.env.map(({ key }) => key),
    ["BACK"],
  );
});

test("another plugin that connects meanwhile does not get into the request, and one that does not come back is given up", async () => {
  await using lab = await startLab({ policies: retrying({ retry: { attempts: 2, maxDelayMs: 400, then: "skip" } }) });
  const gone = await lab.connect({
    name: "gone",
    on: {
      createContainer: () => {
        gone.close();
        return silent();
      },
    },
  });
  const creating = lab.adaptation.createContainer({ pod, container });
  await gone.closed;
  await eventually(() => lab.adaptation.plugins.length === 0, "it is gone");
  const newcomer = await lab.connect({ index: "20", name: "new", on: { createContainer: () => adding("NEW") } });
  assert.deepEqual((await creating).adjust?.env, []);
  assert.ok(!newcomer.methods.includes("CreateContainer"));
  const attempts = lab.calls.filter(({ plugin, event }) => plugin.base === "gone" && event === "createContainer");
  assert.deepEqual(
    attempts.map(({ outcome }) => outcome),
    ["retried", "retried", "dropped"],
  );
});

test("a plugin that comes back without the event has nothing to say to it", async () => {
  await using lab = await startLab({ policies: retrying({ retry: { attempts: 1, maxDelayMs: 20_000 } }) });
  const gone = await lab.connect({
    on: {
      startContainer: () => {
        gone.close();
        return silent();
      },
    },
  });
  const starting = lab.adaptation.startContainer({ pod, container });
  await gone.closed;
  await eventually(() => lab.adaptation.plugins.length === 0, "it is gone");
  const back = await lab.connect({ on: { stopContainer: () => undefined } });
  await starting;
  assert.deepEqual(back.methods, ["Configure", "Synchronize"]);
});

test("at the stop nobody waits to ask again: the request is refused, and the stop goes on", async () => {
  const retry = { attempts: 100, delayMs: 60_000, maxDelayMs: 60_000 };
  for (const lost of [false, true]) {
    await using lab = await startLab({ policies: retrying({ retry }) });
    const plugin = await lab.connect({
      on: {
        startContainer: () => {
          if (lost) {
            plugin.close();
          }
          return failing("no")();
        },
      },
    });
    const starting = assert.rejects(lab.adaptation.startContainer({ pod, container }), { code: "stopped" });
    await eventually(() => lab.calls.some(({ outcome }) => outcome === "retried"), "the first attempt");
    await lab.adaptation.stop();
    await starting;
    assert.equal(plugin.requests("StartContainer").length, 1);
  }
});
