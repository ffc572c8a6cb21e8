// External plugins: registration, configuration, synchronisation, updates, and how a connection ends.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import {
  ConfigureRequest,
  ConfigureResponse,
  type Container,
  type ContainerEviction,
  type ContainerUpdate,
  NRI_VERSION,
  type SynchronizeRequest,
  VALID_EVENTS,
} from "@nri/protocol";
import { eventually, startLab } from "./lab.fixture.js";
import { connectRawPlugin, failing, silent } from "./raw-plugin.fixture.js";

const container = { id: "c1", podSandboxId: "p1", name: "one" };

test("an external plugin is registered, configured and synchronised, then active", async () => {
  await using lab = await startLab({
    pods: [{ id: "p1", name: "pod" }],
    containers: [container],
    requestTimeoutMs: 1500,
    registrationTimeoutMs: 4500,
  });
  const plugin = await lab.connect({ index: "07", name: "foo", on: { startContainer: () => undefined } });
  const configure = plugin.requests<ConfigureRequest>("Configure")[0];
  assert.deepEqual(
    { ...configure },
    {
      ...ConfigureRequest.create({
        runtimeName: "lab",
        runtimeVersion: "v1.2.3",
        registrationTimeout: 4500n,
        requestTimeout: 1500n,
        NRIVersion: NRI_VERSION,
      }),
    },
  );
  const sync = plugin.requests<SynchronizeRequest>("Synchronize")[0];
  assert.deepEqual([sync?.pods[0]?.id, sync?.containers[0]?.id, sync?.more], ["p1", "c1", false]);
  assert.deepEqual(
    lab.states.map(({ state }) => state),
    ["connecting", "registered", "configured", "synchronizing", "active"],
  );
  const info = lab.adaptation.plugins[0];
  assert.deepEqual([info?.name, info?.kind, info?.index, info?.base], ["07-foo", "external", "07", "foo"]);
});

test("updates that plugins ask for while they are synchronised go to the runtime", async () => {
  await using lab = await startLab({ containers: [container] });
  await lab.connect({ synchronize: () => ({ update: [{ containerId: "c1" }] }) });
  await eventually(() => lab.syncUpdates.length === 1, "updates of the synchronisation");
  assert.equal(lab.syncUpdates[0]?.containerId, "c1");
});

for (const [index, name, rpc, why] of [
  ["10", "", "invalid plugin name: invalid plugin name: name is empty", "plugin registered with an invalid name"],
  [
    "10",
    "a b",
    `invalid plugin name: invalid plugin name "a b": contains invalid character ' '`,
    "plugin registered with an invalid name",
  ],
  [
    "1",
    "foo",
    'invalid plugin index: invalid plugin index "1", must be 2 digits',
    'plugin "foo" registered with an invalid index',
  ],
  [
    "1x",
    "foo",
    'invalid plugin index: invalid plugin index "1x" (not [0-9][0-9])',
    'plugin "foo" registered with an invalid index',
  ],
] as const) {
  test(`a plugin that registers as "${index}" and "${name}" is told what is wrong, and its connection ends`, async () => {
    await using lab = await startLab();
    const plugin = await connectRawPlugin(lab.socket, { unregistered: true });
    await assert.rejects(plugin.register(index, name), { message: `rpc error: code = Unknown desc = ${rpc}` });
    await plugin.closed;
    await eventually(() => lab.warnings.length === 1, "a warning");
    assert.ok(lab.warnings[0]?.text.startsWith(`failed to start external plugin: failed to register plugin: ${why}: `));
    assert.deepEqual(lab.adaptation.plugins, []);
  });
}

test("a second RegisterPlugin is refused by default, and changes the identity with compat reference", async () => {
  await using lab = await startLab();
  const plugin = await lab.connect({ index: "10", name: "foo" });
  await assert.rejects(plugin.register("20", "bar"), {
    message: 'rpc error: code = AlreadyExists desc = plugin "10-foo" is registered already on this connection',
  });
  assert.equal(lab.adaptation.plugins[0]?.name, "10-foo");

  await using reference = await startLab({ compat: "reference" });
  const other = await reference.connect({ index: "10", name: "foo" });
  await other.register("20", "bar");
  assert.equal(reference.adaptation.plugins[0]?.name, "20-bar");
  await assert.rejects(other.register("3", "baz"), /invalid plugin index: invalid plugin index "3", must be 2 digits$/);
  assert.equal(reference.adaptation.plugins[0]?.name, "20-bar", "a bad one changes nothing");
});

test("updates before the registration are refused by default, and accepted with compat reference", async () => {
  await using lab = await startLab();
  const early = await connectRawPlugin(lab.socket, { unregistered: true });
  await assert.rejects(early.updateContainers({ update: [{ containerId: "c1" }] }), {
    message: "rpc error: code = FailedPrecondition desc = UpdateContainers refused: the plugin has not registered yet",
  });
  early.close();

  const seen: ContainerUpdate[] = [];
  await using reference = await startLab({
    compat: "reference",
    updateContainers: async (updates) => {
      seen.push(...updates);
      return [];
    },
  });
  const other = await connectRawPlugin(reference.socket, { unregistered: true });
  await other.updateContainers({ update: [{ containerId: "c1" }] });
  assert.equal(seen.length, 1);
  other.close();
});

test("updates that a plugin asks for on its own reach the runtime, also from inside a request", async () => {
  const evicted: ContainerEviction[] = [];
  await using lab = await startLab({
    updateContainers: async (updates, { plugin, evictions }) => {
      assert.equal(plugin.name, "10-raw");
      evicted.push(...evictions);
      return updates.filter(({ containerId }) => containerId === "bad");
    },
  });
  const plugin = await lab.connect({
    on: {
      startContainer: async () => {
        const failed = await plugin.updateContainers({
          update: [{ containerId: "good" }, { containerId: "bad" }],
          evict: [{ containerId: "x", reason: "full" }],
        });
        assert.deepEqual(
          failed.map(({ containerId }) => containerId),
          ["bad"],
        );
      },
    },
  });
  await lab.adaptation.startContainer({ pod: { id: "p1" }, container });
  assert.deepEqual(
    evicted.map(({ reason }) => reason),
    ["full"],
  );
});

test("evictions that a plugin asks for on its own are dropped with compat reference, its updates are not", async () => {
  const seen: [updates: number, evictions: readonly ContainerEviction[]][] = [];
  await using lab = await startLab({
    compat: "reference",
    updateContainers: async (updates, { evictions }) => {
      seen.push([updates.length, evictions]);
      return [];
    },
  });
  const plugin = await lab.connect();
  await plugin.updateContainers({ update: [{ containerId: "c1" }], evict: [{ containerId: "x", reason: "full" }] });
  assert.deepEqual(seen, [[1, []]]);
});

test("an error of the runtime's update function goes back to the plugin", async () => {
  await using lab = await startLab({
    updateContainers: async () => {
      throw new Error("no such container");
    },
  });
  const plugin = await lab.connect();
  await assert.rejects(plugin.updateContainers({}), { message: "rpc error: code = Unknown desc = no such container" });
});

test("a plugin that answers Configure with 0 is subscribed to everything", async () => {
  await using lab = await startLab();
  await lab.connect({ events: 0 });
  assert.equal(lab.adaptation.plugins[0]?.events, VALID_EVENTS);
});

test("unknown event bits are masked with a warning, and refused with compat reference", async () => {
  await using lab = await startLab();
  await lab.connect({ events: 0x80004008 | 0 });
  assert.equal(lab.adaptation.plugins[0]?.events, 0x8);
  assert.equal(lab.warnings[0]?.text, 'plugin "10-raw": invalid plugin events: 0x80004000, ignored');

  await using reference = await startLab({ compat: "reference" });
  const refused = await connectRawPlugin(reference.socket, { events: 0x4008 });
  await refused.closed;
  await eventually(() => reference.warnings.length === 1, "a warning");
  assert.equal(reference.warnings[0]?.text, "failed to start external plugin: invalid plugin events: 0x4000");
});

test("a plugin that refuses its configuration is closed with its own words", async () => {
  await using lab = await startLab();
  const plugin = await connectRawPlugin(lab.socket, { methods: { Configure: failing("no such mode") } });
  await plugin.closed;
  await eventually(() => lab.warnings.length === 1, "a warning");
  assert.equal(
    lab.warnings[0]?.text,
    'failed to start external plugin: failed to configure plugin "10-raw": rpc error: code = Unknown desc = no such mode',
  );
});

test("a plugin that does not answer Configure, or Synchronize, is closed after the request time-out", async () => {
  await using lab = await startLab({ requestTimeoutMs: 300 });
  for (const method of ["Configure", "Synchronize"]) {
    const plugin = await connectRawPlugin(lab.socket, { methods: { [method]: silent } });
    await plugin.closed;
    await eventually(() => lab.warnings.length > 0, "a warning");
    assert.match(lab.warnings.pop()?.text ?? "", new RegExp(`plugin "10-raw": ${method} not answered in 300 ms$`));
  }
  assert.deepEqual(lab.adaptation.plugins, []);
});

test("a peer that connects and says nothing is closed after the registration time-out", async () => {
  await using lab = await startLab({ registrationTimeoutMs: 300 });
  const plugin = await connectRawPlugin(lab.socket, { unregistered: true });
  await plugin.closed;
  await eventually(() => lab.warnings.length === 1, "a warning");
  assert.equal(
    lab.warnings[0]?.text,
    "failed to start external plugin: external plugin (connection 1): plugin registration timed out (300 ms)",
  );
});

test("a silent peer does not keep others from registering", async () => {
  await using lab = await startLab();
  const mute = await connectRawPlugin(lab.socket, { unregistered: true });
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => connectRawPlugin(lab.socket, { index: String(10 + i), name: "many" })),
  ).then(async (plugins) => {
    const active = await lab.adaptation.waitForPlugins(20, { timeoutMs: 5000, kind: "external" });
    assert.deepEqual(
      active.map(({ index }) => index),
      Array.from({ length: 20 }, (_, i) => String(10 + i)),
    );
    for (const plugin of plugins) {
      plugin.close();
    }
  });
  mute.close();
});

test("more connections that are no plugin yet than allowed are refused", async () => {
  await using lab = await startLab({ limits: { maxPendingConnections: 2 } });
  const open = [
    await connectRawPlugin(lab.socket, { unregistered: true }),
    await connectRawPlugin(lab.socket, { unregistered: true }),
  ];
  const refused = await connectRawPlugin(lab.socket, { unregistered: true });
  await refused.closed;
  assert.match(lab.warnings[0]?.text ?? "", /^connection refused: 2 connections have not become a plugin yet/);
  for (const plugin of open) {
    plugin.close();
  }
  await eventually(() => lab.states.filter(({ state }) => state === "closed").length === 2, "room for others");
  await lab.connect();
});

test("a peer that speaks rubbish is closed, and the next one is served", async () => {
  await using lab = await startLab();
  for (const rubbish of [
    "GET / HTTP/1.1\r\n\r\n",
    "\u0000\u0000\u0000\u0002\u00ff\u00ff\u00ff\u00ff",
    "\n".repeat(100),
  ]) {
    const socket = connect(lab.socket);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    socket.end(Buffer.from(rubbish, "latin1"));
    socket.resume();
    await closed;
  }
  await eventually(() => lab.warnings.length === 3, "warnings");
  for (const { text } of lab.warnings) {
    assert.match(text, /failed to register plugin, connection closed/);
  }
  await lab.connect();
});

test("a plugin that disconnects is gone at once", async () => {
  await using lab = await startLab();
  const plugin = await lab.connect();
  plugin.close();
  await eventually(() => lab.adaptation.plugins.length === 0, "the plugin is gone");
  assert.ok(lab.log.includes('connection to plugin "10-raw" closed'));
});

test("state beyond one message arrives in parts, complete, and only the last answer holds updates", async () => {
  const containers = Array.from({ length: 30 }, (_, i) => ({
    id: `c${i}`,
    name: `ctr${i}`,
    labels: { big: "x".repeat(400_000) },
  }));
  const pods = Array.from({ length: 3 }, (_, i) => ({ id: `p${i}`, name: `pod${i}` }));
  await using lab = await startLab({ pods, containers });
  const plugin = await lab.connect({
    synchronize: (request) => (request.more ? { more: true } : { update: [{ containerId: "c0" }] }),
  });
  const parts = plugin.requests<SynchronizeRequest>("Synchronize");
  assert.deepEqual(
    parts.map(({ more }) => more),
    [true, true, false],
  );
  assert.deepEqual(
    parts.flatMap((part) => part.pods.map(({ id }) => id)),
    pods.map(({ id }) => id),
  );
  assert.deepEqual(
    parts.flatMap((part) => part.containers.map(({ id }: Container) => id)),
    containers.map(({ id }) => id),
  );
  await eventually(() => lab.syncUpdates.length === 1, "the updates");
});

for (const [how, answer] of [
  ["does not ask for the next part", {}],
  ["asks for updates before the last part", { more: true, update: [{ containerId: "c0" }] }],
] as const) {
  test(`a plugin that cannot take state in parts, since it ${how}, is closed with the reason`, async () => {
    const containers = Array.from({ length: 12 }, (_, i) => ({ id: `c${i}`, labels: { big: "x".repeat(400_000) } }));
    await using lab = await startLab({ containers });
    const plugin = await connectRawPlugin(lab.socket, { synchronize: () => answer });
    await plugin.closed;
    await eventually(() => lab.warnings.length === 1, "a warning");
    assert.equal(
      lab.warnings[0]?.text,
      'failed to synchronize plugin: plugin "10-raw": plugin does not handle split sync requests',
    );
    assert.deepEqual([plugin.methods, lab.adaptation.plugins], [["Configure", "Synchronize"], []]);
  });
}

test("one object that is too large for a message is named", async () => {
  const containers = [{ id: "c1", name: "huge", labels: { big: "x".repeat(4 * 1024 * 1024) } }];
  await using lab = await startLab({ containers });
  const plugin = await connectRawPlugin(lab.socket, {});
  await plugin.closed;
  await eventually(() => lab.warnings.length === 1, "a warning");
  assert.match(
    lab.warnings[0]?.text ?? "",
    /plugin "10-raw": container "huge" \(c1\) takes 41943\d\d bytes, a Synchronize message holds 41942\d\d$/,
  );
});

test("a plugin that is being synchronised sees what happens meanwhile, after its synchronisation", async () => {
  await using lab = await startLab({ containers: [container] });
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const plugin = await connectRawPlugin(lab.socket, {
    on: { startContainer: () => undefined },
    synchronize: async () => {
      await gate;
      return {};
    },
  });
  await eventually(() => plugin.methods.includes("Synchronize"), "the synchronisation began");
  await lab.adaptation.startContainer({ pod: { id: "p1" }, container });
  assert.deepEqual(plugin.methods, ["Configure", "Synchronize"]);
  release();
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.deepEqual(plugin.methods, ["Configure", "Synchronize", "StartContainer"]);
  plugin.close();
});

test("no plugin is synchronised while the runtime blocks it", async () => {
  await using lab = await startLab();
  const block = await lab.adaptation.blockPluginSync();
  const plugin = await connectRawPlugin(lab.socket, { on: { startContainer: () => undefined } });
  await eventually(() => lab.states.some(({ state }) => state === "configured"), "configured");
  await lab.adaptation.startContainer({ pod: { id: "p1" }, container });
  assert.deepEqual(plugin.methods, ["Configure"]);
  block.unblock();
  block.unblock();
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  plugin.close();
});

test("a runtime that fails to synchronise drops the external plugin", async () => {
  let calls = 0;
  await using lab = await startLab({
    synchronize: async (sync) => {
      await sync([], []);
      if (++calls > 1) {
        throw new Error("state is not there");
      }
    },
  });
  const plugin = await connectRawPlugin(lab.socket, {});
  await plugin.closed;
  await eventually(() => lab.warnings.length === 1, "a warning");
  assert.equal(lab.warnings[0]?.text, "failed to synchronize plugin: state is not there");
  assert.deepEqual(lab.adaptation.plugins, []);
});

test("at the end plugins are told to shut down by default, and not with compat reference", async () => {
  for (const compat of ["default", "reference"] as const) {
    await using lab = await startLab({ compat });
    const plugin = await lab.connect();
    await lab.adaptation.stop();
    await plugin.closed;
    assert.equal(plugin.methods.includes("Shutdown"), compat === "default");
    await assert.rejects(lab.adaptation.startContainer({ pod: { id: "p1" }, container }), { code: "stopped" });
    await assert.rejects(lab.adaptation.start(), { code: "stopped" });
    await lab.adaptation.stop();
  }
});

test("a configuration that is answered with rubbish closes the plugin", async () => {
  await using lab = await startLab();
  const plugin = await connectRawPlugin(lab.socket, {
    methods: { Configure: () => ConfigureResponse.encode({ events: 8 }).subarray(0, 1) },
  });
  await plugin.closed;
  await eventually(() => lab.warnings.length === 1, "a warning");
  assert.match(lab.warnings[0]?.text ?? "", /plugin "10-raw": the answer to Configure cannot be decoded/);
});
