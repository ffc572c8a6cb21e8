// Verdicts on a creation: one "no" or one failure is enough.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ValidateContainerAdjustmentRequest } from "@nri/protocol";
import { eventually, startLab } from "./lab.fixture.js";
import { failing, silent } from "./raw-plugin.fixture.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one", env: ["A=1"] };

test("a validator judges the original container, the joined answer, its owners and all plugins", async () => {
  await using lab = await startLab();
  await lab.connect({
    index: "10",
    name: "first",
    on: {
      createContainer: () => ({
        adjust: { env: [{ key: "B", value: "2" }], annotations: { "-gone": "" } },
        update: [{ containerId: "other" }],
      }),
    },
  });
  const judge = await lab.connect({ index: "90", name: "judge", on: { validateContainerAdjustment: () => undefined } });
  await lab.connect({ index: "20", name: "idle", on: { stopContainer: () => undefined } });
  const result = await lab.adaptation.createContainer({ pod, container });
  assert.equal(result.adjust?.env.length, 1);
  const [seen] = judge.requests<ValidateContainerAdjustmentRequest>("ValidateContainerAdjustment");
  assert.equal(seen?.pod?.id, "p1");
  assert.deepEqual(seen?.container?.env, ["A=1"]);
  assert.deepEqual(
    seen?.adjust?.env.map(({ key }) => key),
    ["B"],
  );
  assert.ok(Object.hasOwn(seen?.adjust?.annotations ?? {}, "-gone"));
  assert.equal(seen?.update[0]?.containerId, "other");
  assert.deepEqual(seen?.owners?.owners.c1?.compound["6"]?.owners, { B: "10-first" });
  assert.deepEqual(
    seen?.plugins.map(({ index, name }) => `${index}-${name}`),
    ["10-first", "20-idle", "90-judge"],
  );
});

test("one rejection refuses the container with the validator's reason", async () => {
  await using lab = await startLab();
  await lab.connect({ index: "10", name: "mild", on: { validateContainerAdjustment: () => ({ reject: false }) } });
  await lab.connect({
    index: "20",
    name: "strict",
    on: { validateContainerAdjustment: () => ({ reject: true, reason: "not on my node" }) },
  });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "validator-rejected",
    message: 'validator "20-strict" rejected container adjustment, reason: not on my node',
    plugin: "20-strict",
  });
  assert.equal(lab.adaptation.plugins.length, 2);
  const verdicts = lab.calls.filter(({ event }) => event === "validateContainerAdjustment");
  assert.deepEqual(
    verdicts.map(({ plugin, response }) => [plugin.name, (response as { reject: boolean }).reject]).sort(),
    [
      ["10-mild", false],
      ["20-strict", true],
    ],
  );
});

test("a rejection without a reason has a text of its own", async () => {
  await using lab = await startLab();
  await lab.connect({ on: { validateContainerAdjustment: () => ({ reject: true }) } });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    message: 'validator "10-raw" rejected container adjustment, reason: unknown rejection reason',
  });
});

test("a validator that answers with an error refuses the container and stays", async () => {
  await using lab = await startLab();
  await lab.connect({ on: { validateContainerAdjustment: failing("confused") } });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "validator-failed",
    message: "validator plugin 10-raw failed: rpc error: code = Unknown desc = confused",
  });
  assert.equal(lab.adaptation.plugins.length, 1);
});

test("a validator that does not answer refuses the container and is closed", async () => {
  await using lab = await startLab({ requestTimeoutMs: 300 });
  await lab.connect({ on: { validateContainerAdjustment: silent } });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "validator-failed",
    message: 'validator plugin 10-raw failed: plugin "10-raw": ValidateContainerAdjustment not answered in 300 ms',
  });
  assert.deepEqual(lab.adaptation.plugins, []);
});

test("a validator that is lost before it is asked refuses the container as well", async () => {
  await using lab = await startLab({ requestTimeoutMs: 300 });
  await lab.connect({ on: { createContainer: silent, validateContainerAdjustment: () => undefined } });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), { code: "validator-failed" });
});

test("validators are asked at the same time, and all of them", async () => {
  await using lab = await startLab();
  let arrived = 0;
  let release: () => void = () => undefined;
  const both = new Promise<void>((resolve) => {
    release = resolve;
  });
  const wait = async (): Promise<void> => {
    if (++arrived === 2) {
      release();
    }
    await both;
  };
  await lab.connect({ index: "10", on: { validateContainerAdjustment: wait } });
  await lab.connect({ index: "20", on: { validateContainerAdjustment: wait } });
  await lab.adaptation.createContainer({ pod, container });
  assert.equal(arrived, 2);
});

test("a creation that its caller gives up while it is validated is canceled", async () => {
  await using lab = await startLab();
  const judge = await lab.connect({ on: { validateContainerAdjustment: silent } });
  const controller = new AbortController();
  const creating = assert.rejects(lab.adaptation.createContainer({ pod, container }, controller), { code: "canceled" });
  await eventually(() => judge.methods.includes("ValidateContainerAdjustment"), "the validator was asked");
  controller.abort();
  await creating;
  assert.equal(lab.adaptation.plugins.length, 1);
});
