// Builtin validators: verdicts on creations with the container as it will be, and on updates wherever they come from.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, startLab } from "../lab.fixture.js";
import { connectRawPlugin, silent } from "../raw-plugin.fixture.js";
import type { BuiltinPlugin, UpdatesRequest } from "./builtin-plugin.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one", env: ["A=1"] };
const cpu = (containerId: string, shares: bigint) => ({
  containerId,
  linux: { resources: { cpu: { shares: { value: shares } } } },
});

function judge(judged: UpdatesRequest[], refuse?: string): BuiltinPlugin {
  return {
    index: "00",
    name: "judge",
    validateUpdates(request) {
      judged.push(request);
      if (refuse !== undefined) {
        throw new Error(refuse);
      }
    },
  };
}

test("a builtin validator sees the container before and after, and who has answered", async () => {
  let seen: unknown;
  await using lab = await startLab({
    requestTimeoutMs: 500,
    builtins: [
      {
        index: "00",
        name: "judge",
        validateContainerAdjustment(request, { effective, answered }) {
          seen = [request.container?.env, [...effective.env], answered, request.plugins.map(({ name }) => name)];
          effective.env.push("SCRIBBLED=1");
          request.plugins.length = 0;
        },
      },
      {
        index: "01",
        name: "other",
        validateContainerAdjustment(request, { effective }) {
          assert.ok(!effective.env.includes("SCRIBBLED=1"));
          assert.equal(request.plugins.length, 5);
        },
      },
      { index: "10", name: "adds", createContainer: () => ({ adjust: { env: [{ key: "B", value: "2" }] } }) },
      { index: "20", name: "hangs", createContainer: silent },
      { index: "30", name: "indifferent", stopContainer: () => undefined },
    ],
  });
  await lab.adaptation.createContainer({ pod, container });
  assert.deepEqual(seen, [
    ["A=1"],
    ["A=1", "B=2"],
    ["00-judge", "01-other", "10-adds", "30-indifferent"],
    ["judge", "other", "adds", "hangs", "indifferent"],
  ]);
});

test("what a builtin validator throws is the reason of the refusal", async () => {
  let thrown: unknown = new Error("not here");
  await using lab = await startLab({
    builtins: [
      {
        index: "00",
        name: "judge",
        validateContainerAdjustment: () => Promise.reject(thrown),
      },
    ],
  });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "validator-rejected",
    message: 'validator "00-judge" rejected container adjustment, reason: not here',
  });
  thrown = new Error("");
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    message: 'validator "00-judge" rejected container adjustment, reason: unknown rejection reason',
  });
});

test("builtin and external validators are asked at the same time", async () => {
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
  await using lab = await startLab({ builtins: [{ index: "00", name: "judge", validateContainerAdjustment: wait }] });
  await lab.connect({ index: "20", on: { validateContainerAdjustment: wait } });
  await lab.adaptation.createContainer({ pod, container });
  assert.equal(arrived, 2);
});

test("a builtin validator that hangs refuses the creation and is dropped", async () => {
  await using lab = await startLab({
    requestTimeoutMs: 300,
    builtins: [{ index: "00", name: "judge", validateContainerAdjustment: silent }],
  });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "validator-failed",
    message: 'validator plugin 00-judge failed: plugin "00-judge": ValidateContainerAdjustment not answered in 300 ms',
  });
  assert.deepEqual(lab.adaptation.plugins, []);
});

test("updates in the answers to a creation, an update and a stop are shown joined, with who asked and who set what", async () => {
  const judged: UpdatesRequest[] = [];
  await using lab = await startLab({ builtins: [judge(judged)] });
  const answer = { update: [cpu("c2", 5n)] };
  const on = { createContainer: () => answer, updateContainer: () => answer, stopContainer: () => answer };
  await lab.connect({ index: "10", on });
  await lab.connect({
    index: "20",
    on: { createContainer: () => ({ evict: [{ containerId: "c3", reason: "full" }] }) },
  });
  await lab.adaptation.createContainer({ pod, container });
  await lab.adaptation.updateContainer({ pod, container });
  await lab.adaptation.stopContainer({ pod, container });
  assert.deepEqual(
    judged.map(({ source, plugins, updates, evictions }) => [
      source,
      plugins,
      updates.map(({ containerId, linux }) => [containerId, linux?.resources?.cpu?.shares?.value]),
      evictions.map(({ containerId }) => containerId),
    ]),
    [
      ["createContainer", ["10-raw", "20-raw"], [["c2", 5n]], ["c3"]],
      ["updateContainer", ["10-raw"], [["c2", 5n]], []],
      ["stopContainer", ["10-raw"], [["c2", 5n]], []],
    ],
  );
  assert.equal(judged[0]?.pod?.name, "pod");
  assert.equal(judged[0]?.container?.id, "c1");
  assert.ok(Object.values(judged[0]?.owners?.owners.c2?.simple ?? {}).includes("10-raw"));
});

test("a request whose answers ask for no updates is not judged", async () => {
  const judged: UpdatesRequest[] = [];
  await using lab = await startLab({ builtins: [judge(judged, "never")] });
  await lab.connect({ on: { createContainer: () => ({ adjust: { annotations: { a: "1" } } }) } });
  await lab.adaptation.createContainer({ pod, container });
  await lab.adaptation.updateContainer({ pod, container, linuxResources: { cpu: { shares: { value: 5n } } } });
  assert.deepEqual(judged, []);
});

test("a rejection of updates fails the request, and the runtime gets nothing of it", async () => {
  await using lab = await startLab({ builtins: [judge([], "hands off c2")] });
  const answer = { update: [cpu("c2", 5n), cpu("c4", 6n)] };
  await lab.connect({ on: { createContainer: () => answer, stopContainer: () => answer } });
  const refusal = {
    code: "validator-rejected",
    plugin: "00-judge",
    message: 'validator "00-judge" rejected container updates of plugin "10-raw", reason: hands off c2',
  };
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), refusal);
  await assert.rejects(lab.adaptation.stopContainer({ pod, container }), refusal);
  assert.equal(lab.adaptation.plugins.length, 2);
});

test("updates that a plugin asks for on its own are shown before the runtime gets them", async () => {
  const judged: UpdatesRequest[] = [];
  const applied: string[] = [];
  let refuse = true;
  await using lab = await startLab({
    updateContainers: async (updates) => {
      applied.push(...updates.map(({ containerId }) => containerId));
      return [];
    },
    builtins: [
      {
        index: "00",
        name: "judge",
        validateUpdates(request) {
          judged.push(request);
          if (refuse) {
            throw new Error("hands off c2");
          }
        },
      },
    ],
  });
  const raw = await lab.connect();
  const request = { update: [{ containerId: "c2" }], evict: [{ containerId: "c3", reason: "full" }] };
  await assert.rejects(raw.updateContainers(request), {
    message:
      'rpc error: code = PermissionDenied desc = validator "00-judge" rejected container updates of plugin "10-raw", reason: hands off c2',
  });
  assert.deepEqual(applied, []);
  refuse = false;
  await raw.updateContainers(request);
  assert.deepEqual(applied, ["c2"]);
  assert.deepEqual(
    judged.map(({ source, plugins, evictions }) => [source, plugins, evictions.length]),
    [
      ["unsolicited", ["10-raw"], 1],
      ["unsolicited", ["10-raw"], 1],
    ],
  );
});

test("updates in the answer to Synchronize are shown; a rejection drops the plugin and its updates", async () => {
  const judged: UpdatesRequest[] = [];
  await using lab = await startLab({
    builtins: [judge(judged, "hands off c2")],
    containers: [{ id: "c2" }],
  });
  const raw = await connectRawPlugin(lab.socket, { synchronize: () => ({ update: [{ containerId: "c2" }] }) });
  await raw.closed;
  await eventually(() => lab.warnings.length > 0, "a warning");
  assert.deepEqual(lab.syncUpdates, []);
  assert.deepEqual(judged[0]?.plugins, ["10-raw"]);
  assert.equal(judged[0]?.source, "synchronize");
  assert.equal(
    lab.warnings[0]?.text,
    'failed to synchronize plugin: validator "00-judge" rejected container updates of plugin "10-raw", reason: hands off c2',
  );
});

test("a validator of updates that hangs fails the request and is dropped", async () => {
  await using lab = await startLab({
    requestTimeoutMs: 300,
    builtins: [{ index: "00", name: "judge", validateUpdates: silent }],
  });
  await lab.connect({ on: { stopContainer: () => ({ update: [cpu("c2", 5n)] }) } });
  await assert.rejects(lab.adaptation.stopContainer({ pod, container }), {
    code: "validator-failed",
    message: 'validator plugin 00-judge failed: plugin "00-judge": the validation of updates not answered in 300 ms',
  });
  assert.equal(lab.adaptation.plugins.length, 1);
});

test("in the reference updates are shown to nobody", async () => {
  const judged: UpdatesRequest[] = [];
  await using lab = await startLab({ compat: "reference", builtins: [judge(judged, "never")] });
  const raw = await lab.connect({ index: "10", on: { stopContainer: () => ({ update: [cpu("c2", 5n)] }) } });
  const { update } = await lab.adaptation.stopContainer({ pod, container });
  await raw.updateContainers({ update: [{ containerId: "c2" }] });
  assert.equal(update.length, 1);
  assert.deepEqual(judged, []);
});
