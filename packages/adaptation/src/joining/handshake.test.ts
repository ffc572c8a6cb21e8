// What plugins may leave out, get wrong or not know when they register, and what old ones do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigureResponse, EVENTS, type SynchronizeRequest, VALID_EVENTS } from "@nri/protocol";
import { eventually, startLab } from "../lab.fixture.js";
import { connectRawPlugin, failing } from "../raw-plugin.fixture.js";
import type { DeprecationWarning } from "./deprecations.js";

const pod = { id: "p1" };
const container = { id: "c1" };
const UNIMPLEMENTED = 12;

test("a plugin without a version registers, and the log says unknown", async () => {
  await using lab = await startLab();
  const plugin = await connectRawPlugin(lab.socket, { unregistered: true });
  await plugin.register("10", "old", "");
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.equal(lab.adaptation.plugins[0]?.NRIVersion, "");
  assert.ok(lab.log.some((line) => line.endsWith('registered as "10-old" (with NRI version unknown)')));
  plugin.close();
});

test("an answer to Configure without any field subscribes to everything", async () => {
  await using lab = await startLab();
  await lab.connect({ methods: { Configure: () => new Uint8Array(0) } });
  assert.equal(lab.adaptation.plugins[0]?.events, VALID_EVENTS);
});

for (const [what, bytes, events] of [
  ["64 bits that are all set", [0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], VALID_EVENTS],
  ["bits above the 32nd and one event", [0x10, 0x88, 0x80, 0x80, 0x80, 0x80, 0x20], 0x8],
  ["only unknown bits", [0x10, 0x80, 0x80, 0x01], 0],
] as const) {
  test(`of a mask with ${what} the known ones count`, async () => {
    await using lab = await startLab();
    await lab.connect({ methods: { Configure: () => Uint8Array.from(bytes) } });
    assert.equal(lab.adaptation.plugins[0]?.events, events);
  });
}

test("bits above the 32nd alone are no bits, and so everything", async () => {
  await using lab = await startLab();
  await lab.connect({ methods: { Configure: () => Uint8Array.from([0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]) } });
  assert.equal(lab.adaptation.plugins[0]?.events, VALID_EVENTS);
});

test("a plugin of mask 0 without calls for an event gets it no more, and breaks nothing; with compat reference it does", async () => {
  const newer = [
    "UpdatePodSandbox",
    "CreateContainer",
    "UpdateContainer",
    "StopContainer",
    "ValidateContainerAdjustment",
  ];
  const methods = Object.fromEntries(newer.map((name) => [name, undefined]));
  const seen: DeprecationWarning[] = [];
  await using lab = await startLab({ deprecations: (warning) => seen.push(warning) });
  const plugin = await lab.connect({ events: 0, methods });
  for (let i = 0; i < 2; i++) {
    await lab.adaptation.updatePodSandbox({ pod });
    await lab.adaptation.createContainer({ pod, container });
    await lab.adaptation.updateContainer({ pod, container });
    await lab.adaptation.stopContainer({ pod, container });
    await lab.adaptation.removeContainer({ pod, container });
  }
  assert.deepEqual(plugin.methods, ["Configure", "Synchronize", "RemoveContainer", "RemoveContainer"]);
  assert.deepEqual(
    seen.map(({ kind, text }) => [kind, text]),
    ["UpdatePodSandbox", "CreateContainer", "ValidateContainerAdjustment", "UpdateContainer", "StopContainer"].map(
      (name) => ["unimplemented-event", `is subscribed to all events, and does not implement ${name}`],
    ),
  );
  assert.equal(seen[0]?.plugin, lab.adaptation.plugins[0]);
  assert.equal(seen[0]?.plugin.events, VALID_EVENTS & ~newer.reduce((mask, rpc) => mask | maskOf(rpc), 0));

  await using reference = await startLab({ compat: "reference" });
  await reference.connect({ events: 0, methods });
  for (const name of ["updatePodSandbox", "createContainer", "updateContainer", "stopContainer"] as const) {
    await assert.rejects(reference.adaptation[name]({ pod, container }), {
      code: "request-failed",
      message: /Unimplemented/,
    });
  }
});

function maskOf(rpc: string): number {
  return Object.values(EVENTS).find(({ name }) => name === rpc)?.mask ?? 0;
}

test("a plugin that subscribed to an event by name and does not implement it fails the request", async () => {
  await using lab = await startLab();
  await lab.connect({
    events: EVENTS.createContainer.mask,
    methods: { CreateContainer: failing("not yet", UNIMPLEMENTED) },
  });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    message: "rpc error: code = Unimplemented desc = not yet",
  });
});

test("a plugin of mask 0 without StateChange keeps the dedicated calls that it has", async () => {
  await using lab = await startLab();
  const plugin = await lab.connect({ events: 0, methods: { RunPodSandbox: undefined, StateChange: undefined } });
  for (let i = 0; i < 2; i++) {
    await lab.adaptation.runPodSandbox({ pod });
    await lab.adaptation.startContainer({ pod, container });
  }
  assert.deepEqual(plugin.methods.slice(2), ["StartContainer", "StartContainer"]);
});

test("a plugin without dedicated calls gets StateChange, which is recorded once per event", async () => {
  const seen: DeprecationWarning[] = [];
  await using lab = await startLab({ deprecations: (warning) => seen.push(warning) });
  const plugin = await lab.connect({ events: 0, methods: { RunPodSandbox: undefined } });
  for (let i = 0; i < 2; i++) {
    await lab.adaptation.runPodSandbox({ pod });
    await lab.adaptation.startContainer({ pod, container });
  }
  assert.deepEqual(plugin.methods.slice(2), Array(4).fill("StateChange"));
  assert.deepEqual(
    seen.map(({ kind, plugin: { name }, text }) => `${kind} ${name} ${text}`),
    ["RunPodSandbox", "StartContainer"].map(
      (name) => `state-change 10-raw does not implement a dedicated ${name} RPC call`,
    ),
  );
  assert.ok(lab.log.some((line) => line.includes("uses deprecated StateChange instead of a dedicated RunPodSandbox")));
});

test("events that are queued reach an old plugin as StateChange", async () => {
  await using lab = await startLab();
  let open: () => void = () => undefined;
  const plugin = await connectRawPlugin(lab.socket, {
    events: 0,
    methods: { StartContainer: undefined },
    synchronize: () =>
      new Promise((resolve) => {
        open = () => resolve({});
      }),
  });
  await eventually(() => plugin.methods.includes("Synchronize"), "the synchronisation began");
  await lab.adaptation.startContainer({ pod, container });
  open();
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.deepEqual(plugin.methods, ["Configure", "Synchronize", "StateChange"]);
  plugin.close();
});

test("a part of the state that is answered with updates closes the plugin; after the last part `more` says nothing", async () => {
  const containers = Array.from({ length: 12 }, (_, i) => ({ id: `c${i}`, labels: { big: "x".repeat(400_000) } }));
  await using lab = await startLab({ containers });
  const hasty = await connectRawPlugin(lab.socket, {
    synchronize: ({ more }) => ({ more, update: [{ containerId: "c1" }] }),
  });
  await hasty.closed;
  await eventually(() => lab.warnings.length === 1, "a warning");
  assert.match(lab.warnings[0]?.text ?? "", /plugin does not handle split sync requests$/);
  const talkative = await lab.connect({ name: "talkative", synchronize: () => ({ more: true }) });
  assert.deepEqual(
    talkative.requests<SynchronizeRequest>("Synchronize").map(({ more }) => more),
    [true, false],
  );
});

test("a second RegisterPlugin while the first is undecided is refused", async () => {
  await using lab = await startLab({ limits: { duplicateGraceMs: 400 } });
  await lab.connect();
  const twin = await connectRawPlugin(lab.socket, { unregistered: true });
  const first = assert.rejects(twin.register("10", "raw"), /is registered already \(another instance is active/);
  await assert.rejects(twin.register("11", "other"), /AlreadyExists/);
  await assert.rejects(twin.updateContainers({}), /FailedPrecondition/);
  await first;
  await twin.closed;
});

test("a plugin whose answer to Configure comes before the answer to RegisterPlugin is read is served", async () => {
  await using lab = await startLab();
  const plugin = await connectRawPlugin(lab.socket, {
    unregistered: true,
    methods: { Configure: () => ConfigureResponse.encode({ events: 8 }) },
  });
  void plugin.register("10", "quick");
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.equal(lab.adaptation.plugins[0]?.name, "10-quick");
  plugin.close();
});
