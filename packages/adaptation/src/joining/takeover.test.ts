// Two instances of one plugin: the newer one takes over when it may, else it is refused.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { StartContainerRequest } from "@nri/protocol";
import { eventually, type Lab, startLab } from "../lab.fixture.js";
import { connectRawPlugin, failing, type RawPlugin, type RawPluginOptions, silent } from "../raw-plugin.fixture.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const pod = { id: "p1" };
const container = { id: "c1" };
const started = (plugin: RawPlugin): (string | undefined)[] =>
  plugin.requests<StartContainerRequest>("StartContainer").map((request) => request.container?.id);
const events = { on: { startContainer: () => undefined, createContainer: () => undefined } };

/** A second instance that asks to take over. */
function newer(lab: Lab, options: RawPluginOptions = {}): Promise<RawPlugin> {
  return connectRawPlugin(lab.socket, { takeover: true, ...events, ...options });
}

test("a second instance that does not ask to take over is refused, and the first one stays", async () => {
  await using lab = await startLab({ limits: { duplicateGraceMs: 30 } });
  const first = await lab.connect(events);
  const second = await connectRawPlugin(lab.socket, { unregistered: true });
  await assert.rejects(second.register("10", "raw"), {
    message:
      'rpc error: code = AlreadyExists desc = plugin "10-raw" is registered already (another instance is active, and this one does not ask to take over)',
  });
  await second.closed;
  await eventually(() => lab.warnings.length === 1, "a warning");
  assert.match(
    lab.warnings[0]?.text ?? "",
    /^failed to start external plugin: failed to register plugin: plugin "10-raw" is/,
  );
  await lab.adaptation.startContainer({ pod, container });
  assert.equal(started(first).length, 1);
  await lab.connect({ index: "11", name: "raw" });
  await lab.connect({ index: "10", name: "raw2" });
});

test("with compat reference any number of instances is accepted, and nobody takes over", async () => {
  await using lab = await startLab({ compat: "reference" });
  const plugins = [
    await lab.connect(events),
    await lab.connect(events),
    await lab.connect({ ...events, takeover: true }),
  ];
  await lab.adaptation.startContainer({ pod, container });
  assert.deepEqual(
    plugins.map((plugin) => started(plugin).length),
    [1, 1, 1],
  );
});

test("a plugin that was lost and comes back at once has its name again", async () => {
  await using lab = await startLab();
  let plugin = await lab.connect(events);
  for (let i = 0; i < 20; i++) {
    plugin.close();
    plugin = await connectRawPlugin(lab.socket, events);
  }
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.deepEqual(
    lab.warnings.filter(({ text }) => text.includes("already")),
    [],
  );
  plugin.close();
});

test("a second instance is let in when the first one ends soon after", async () => {
  await using lab = await startLab({ limits: { duplicateGraceMs: 5000 } });
  const first = await lab.connect(events);
  const coming = connectRawPlugin(lab.socket, events);
  await delay(50);
  first.close();
  const second = await coming;
  await eventually(() => lab.adaptation.plugins[0]?.state === "active", "it is active");
  await lab.adaptation.startContainer({ pod, container });
  assert.equal(started(second).length, 1);
  second.close();
});

test("in a takeover each of hundreds of events is seen by exactly one of the two, in order", async () => {
  await using lab = await startLab({ containers: [container] });
  const old = await lab.connect(events);
  const other = await lab.connect({ index: "20", name: "other", ...events });
  let running = true;
  const ids: string[] = [];
  const traffic = (async () => {
    for (let i = 0; running || i < 300; i++) {
      ids.push(`e${i}`);
      await lab.adaptation.startContainer({ pod, container: { id: `e${i}` } });
      if (i % 10 === 0) await lab.adaptation.createContainer({ pod, container: { id: `n${i}` } });
    }
  })();
  await eventually(() => started(old).length > 50, "it is under way");
  const young = await newer(lab, {
    synchronize: async () => {
      await delay(30);
      return {};
    },
  });
  await old.closed;
  await eventually(() => started(young).length > 50, "the new one works");
  running = false;
  await traffic;
  assert.deepEqual([...started(old), ...started(young)], ids);
  assert.deepEqual(started(other), ids);
  assert.deepEqual(old.methods.slice(-1), ["Shutdown"]);
  assert.equal(young.methods.filter((method) => method === "Synchronize").length, 1);
  assert.equal(
    [old, young].flatMap(({ methods }) => methods).filter((method) => method === "CreateContainer").length,
    other.methods.filter((method) => method === "CreateContainer").length,
  );
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name }) => name),
    ["10-raw", "20-other"],
  );
  assert.deepEqual(lab.warnings, []);
  young.close();
});

test("what the old instance was asked before is finished before it is told to end", async () => {
  await using lab = await startLab();
  let finish: () => void = () => undefined;
  const old = await lab.connect({
    on: {
      startContainer: () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    },
  });
  const start = lab.adaptation.startContainer({ pod, container });
  await eventually(() => started(old).length === 1, "it is asked");
  const young = await newer(lab);
  await eventually(() => young.methods.includes("Synchronize"), "the new one is synchronised");
  await delay(50);
  assert.ok(!old.methods.includes("Shutdown"));
  finish();
  await start;
  await old.closed;
  assert.deepEqual(started(young), []);
  assert.equal(old.methods.at(-1), "Shutdown");
  young.close();
});

test("an old instance that does not answer Shutdown is closed at its time-out", async () => {
  await using lab = await startLab({ requestTimeoutMs: 300 });
  const old = await lab.connect({ ...events, methods: { Shutdown: silent } });
  const young = await newer(lab);
  await old.closed;
  assert.equal(lab.adaptation.plugins.length, 1);
  await lab.adaptation.startContainer({ pod, container });
  assert.deepEqual(started(young), ["c1"]);
  young.close();
});

for (const [how, options] of [
  ["refuses Configure", { methods: { Configure: failing("no") } }],
  ["refuses Synchronize", { methods: { Synchronize: failing("no") } }],
  ["hangs in Synchronize", { methods: { Synchronize: silent } }],
  ["hangs in a queued event", { on: { startContainer: silent }, synchronize: () => delay(100, {}) }],
] as const) {
  test(`a newcomer that ${how} leaves the old instance in place, which misses nothing`, async () => {
    await using lab = await startLab({ requestTimeoutMs: 400 });
    const old = await lab.connect(events);
    const young = await newer(lab, options);
    for (let i = 0; i < 10; i++) {
      await lab.adaptation.startContainer({ pod, container: { id: `e${i}` } });
      await delay(1);
    }
    await lab.adaptation.createContainer({ pod, container });
    await young.closed;
    await lab.adaptation.startContainer({ pod, container: { id: "last" } });
    assert.deepEqual(started(old), [...Array.from({ length: 10 }, (_, i) => `e${i}`), "last"]);
    assert.equal(old.methods.filter((method) => method === "CreateContainer").length, 1);
    assert.equal(lab.adaptation.plugins.length, 1);
    assert.ok(!old.methods.includes("Shutdown"));
    // and the next one may try
    const next = await newer(lab);
    await old.closed;
    next.close();
  });
}

test("an old instance that goes away during the takeover leaves its place to the newcomer", async () => {
  await using lab = await startLab();
  const old = await lab.connect(events);
  let finish: () => void = () => undefined;
  const young = await newer(lab, {
    synchronize: () =>
      new Promise((resolve) => {
        finish = () => resolve({});
      }),
  });
  await eventually(() => young.methods.includes("Synchronize"), "the new one is synchronised");
  await lab.adaptation.startContainer({ pod, container });
  old.close();
  await eventually(() => lab.adaptation.plugins.length === 0, "the old one is gone");
  finish();
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.deepEqual([started(old), started(young)], [[], ["c1"]]);
  const third = await newer(lab);
  await young.closed;
  third.close();
});

test("of two newcomers at once one takes over, the other is refused and may come again", async () => {
  await using lab = await startLab({ limits: { duplicateGraceMs: 30 } });
  const old = await lab.connect(events);
  let finish: () => void = () => undefined;
  const one = await newer(lab, {
    synchronize: () =>
      new Promise((resolve) => {
        finish = () => resolve({});
      }),
  });
  await eventually(() => one.methods.includes("Synchronize"), "the first is on its way");
  await assert.rejects(newer(lab), {
    message:
      'rpc error: code = AlreadyExists desc = plugin "10-raw" is registered already (another instance is taking over at this moment)',
  });
  finish();
  await old.closed;
  const two = await newer(lab);
  await one.closed;
  await lab.adaptation.startContainer({ pod, container });
  assert.deepEqual([started(old), started(one), started(two)], [[], [], ["c1"]]);
  two.close();
});

test("an instance from outside takes over from one that was started here, whose program ends in order", async () => {
  await using lab = await startLab({
    plugins: [{ index: "10", name: "good", command: process.execPath, args: [join(FIXTURES, "good.mjs")] }],
    registrationTimeoutMs: 20_000,
    limits: { duplicateGraceMs: 30 },
  });
  await assert.rejects(connectRawPlugin(lab.socket, { index: "10", name: "good" }), /AlreadyExists/);
  const [launched] = lab.adaptation.plugins;
  assert.equal(launched?.kind, "launched");
  const young = await newer(lab, { index: "10", name: "good" });
  await eventually(() => launched?.exit !== undefined, "the program has ended", 10_000);
  assert.deepEqual([launched?.exit, launched?.reason], [{ code: 0, signal: null }, undefined]);
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name, kind }) => [name, kind]),
    [["10-good", "external"]],
  );
  young.close();
});

test("by a rule of the policies an instance that does not ask takes over", async () => {
  await using lab = await startLab({ policies: { rules: [{ plugin: "raw", takeover: true }] } });
  const old = await lab.connect(events);
  const young = await connectRawPlugin(lab.socket, events);
  await old.closed;
  assert.equal(lab.adaptation.plugins.length, 1);
  young.close();
});

test("updates that the old instance asks for while it is told to end are taken", async () => {
  let updates = 0;
  await using lab = await startLab({
    updateContainers: async (list) => {
      updates += list.length;
      return [];
    },
  });
  const old = await lab.connect({
    ...events,
    methods: {
      Shutdown: async () => {
        await old.updateContainers({ update: [{ containerId: "c1" }] });
        return new Uint8Array(0);
      },
    },
  });
  const young = await newer(lab);
  await old.closed;
  assert.equal(updates, 1);
  young.close();
});

test("a runtime that fails after the takeover keeps the newcomer: there is no other", async () => {
  let calls = 0;
  await using lab = await startLab({
    synchronize: async (sync) => {
      await sync([], []);
      if (++calls === 3) throw new Error("cannot apply");
    },
  });
  const old = await lab.connect(events);
  const young = await newer(lab);
  await old.closed;
  await eventually(() => lab.warnings.length === 1, "a warning");
  assert.equal(lab.warnings[0]?.text, 'plugin "10-raw": cannot apply');
  assert.equal(lab.adaptation.plugins.length, 1);
  young.close();
});
