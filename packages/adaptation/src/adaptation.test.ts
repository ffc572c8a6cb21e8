// The public face: one start, requests in their order, the end.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { streamPair } from "@nri/ttrpc";
import { eventually, startLab } from "./lab.fixture.js";
import type { LaunchSpec } from "./launching/launch.js";
import type { PluginInfo } from "./observer.js";
import { connectRawPlugin, RawPlugin, silent } from "./raw-plugin.fixture.js";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));
const GOOD: LaunchSpec = { index: "10", name: "good", command: process.execPath, args: [join(FIXTURES, "good.mjs")] };
const pod = { id: "p1" };
const container = { id: "c1" };

test("requests that are made while the adaptation starts wait for its plugins", async () => {
  await using lab = await startLab({ idle: true, plugins: [GOOD], registrationTimeoutMs: 20_000 });
  const starting = lab.adaptation.start();
  const { adjust } = await lab.adaptation.createContainer({ pod, container });
  assert.equal(adjust?.env[0]?.key, "BY_good");
  await starting;
});

test("an adaptation starts once", async () => {
  await using lab = await startLab();
  await assert.rejects(lab.adaptation.start(), { code: "already-started" });
  await lab.adaptation.runPodSandbox({ pod });
});

test("the runtime is asked for its state once at the start, also without plugins, and once for each external plugin", async () => {
  let calls = 0;
  await using lab = await startLab({
    synchronize: async (sync) => {
      calls++;
      assert.deepEqual(await sync([], []), []);
    },
  });
  assert.equal(calls, 1);
  await lab.connect({ index: "10" });
  await lab.connect({ index: "20" });
  assert.equal(calls, 3);
});

test("a runtime that never hands over its state gets plugins that were not synchronised, with a warning", async () => {
  await using lab = await startLab({ synchronize: async () => undefined });
  const plugin = await lab.connect({ on: { startContainer: () => undefined } });
  assert.equal(lab.warnings[0]?.text, 'plugin "10-raw": the runtime did not synchronize it');
  await lab.adaptation.startContainer({ pod, container });
  assert.deepEqual(plugin.methods, ["Configure", "StartContainer"]);
});

test("a stop in the middle of the start ends what was started, and the start fails", async () => {
  await using lab = await startLab({
    idle: true,
    plugins: [{ index: "10", name: "silent", command: join(FIXTURES, "silent.sh") }],
    limits: { exitGraceMs: 20 },
    requestTimeoutMs: 20,
  });
  const starting = assert.rejects(lab.adaptation.start(), { code: "stopped" });
  await eventually(() => lab.states.some(({ plugin }) => plugin.pid !== undefined), "the plugin was started");
  await lab.adaptation.stop();
  await starting;
  assert.deepEqual(lab.states[0]?.plugin.exit, { code: null, signal: "SIGTERM" });
});

test("a socket that cannot be had fails the start and ends its plugins", async () => {
  const seen = new Set<PluginInfo>();
  const other = createServer();
  await assert.rejects(
    startLab({
      plugins: [GOOD],
      registrationTimeoutMs: 20_000,
      observer: { pluginState: (plugin) => seen.add(plugin) },
      prepare: async (dir) => {
        other.listen(join(dir, "nri.sock"));
        await once(other, "listening");
        return undefined;
      },
    }),
    { code: "socket-in-use" },
  );
  other.close();
  const [plugin] = seen;
  assert.deepEqual(plugin?.exit, { code: 0, signal: null });
});

test("at the stop the request under way is finished, and those that wait are refused", async () => {
  await using lab = await startLab();
  let answer: () => void = () => undefined;
  const plugin = await lab.connect({
    on: {
      startContainer: () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
    },
  });
  const running = lab.adaptation.startContainer({ pod, container });
  const waiting = assert.rejects(lab.adaptation.stopContainer({ pod, container }), { code: "stopped" });
  await eventually(() => plugin.methods.includes("StartContainer"), "the request is under way");
  const stopping = lab.adaptation.stop();
  answer();
  await running;
  await waiting;
  await stopping;
});

test("the stop gets its turn however many requests wait, and ends who waits for plugins", async () => {
  await using lab = await startLab({ limits: { maxQueuedRequests: 1 } });
  let answer: () => void = () => undefined;
  const plugin = await lab.connect({
    on: {
      startContainer: () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
    },
  });
  const running = lab.adaptation.startContainer({ pod, container });
  const waiting = assert.rejects(lab.adaptation.stopContainer({ pod, container }), { code: "stopped" });
  const hoping = assert.rejects(lab.adaptation.waitForPlugins(2), {
    code: "stopped",
    message: "the adaptation was stopped: 1 of 2 plugins are active (10-raw)",
  });
  await eventually(() => plugin.methods.includes("StartContainer"), "the request is under way");
  const stopping = lab.adaptation.stop();
  await hoping;
  answer();
  await running;
  await waiting;
  await stopping;
  await plugin.closed;
  await assert.rejects(lab.adaptation.waitForPlugins(1), { code: "stopped" });
});

test("two hundred plugins that connect at the same time, while requests run, all become active", async () => {
  await using lab = await startLab();
  const count = 200;
  let running = true;
  const requests = (async () => {
    for (; running; await setImmediate()) await lab.adaptation.startContainer({ pod, container });
  })();
  const plugins = await Promise.all(
    Array.from({ length: count }, (_, i) => connectRawPlugin(lab.socket, { name: `p${i}`, events: 1 })),
  );
  await lab.adaptation.waitForPlugins(count, { timeoutMs: 20_000 });
  running = false;
  await requests;
  await lab.adaptation.stop();
  await Promise.all(plugins.map(({ closed }) => closed));
  assert.deepEqual(lab.warnings, []);
});

test("waiting for plugins ends with those that are there, at its time or by its signal", async () => {
  await using lab = await startLab();
  await lab.connect({ name: "only" });
  assert.equal((await lab.adaptation.waitForPlugins(1)).length, 1);
  await assert.rejects(lab.adaptation.waitForPlugins(3, { timeoutMs: 20 }), {
    code: "deadline-exceeded",
    message: "waited 20 ms for plugins: 1 of 3 plugins are active (10-only)",
  });
  await assert.rejects(lab.adaptation.waitForPlugins(1, { kind: "launched", signal: AbortSignal.abort() }), {
    code: "canceled",
    message: "waiting for plugins was given up: 0 of 1 plugins are active",
  });
});

test("a value that does not fit its field fails the request and blames no plugin", async () => {
  await using lab = await startLab();
  await lab.connect({ on: { startContainer: silent } });
  const bad = { id: "c1", createdAt: 2n ** 64n };
  await assert.rejects(lab.adaptation.startContainer({ pod, container: bad }), {
    code: "invalid-request",
    plugin: undefined,
    message: /^StartContainer: the request cannot be encoded: /,
  });
  assert.equal(lab.adaptation.plugins.length, 1);
});

test("a plugin at the other end of a connection of the application's own joins as an external one, with configuration", async () => {
  await using lab = await startLab({ idle: true });
  const early = streamPair();
  await assert.rejects(lab.adaptation.accept(early[0]), { code: "stopped", message: "the adaptation is not started" });
  await lab.adaptation.start();
  const [near, far] = streamPair();
  const accepted = lab.adaptation.accept(near, { config: "mode: x" });
  const plugin = new RawPlugin(far, { on: { startContainer: () => undefined } });
  await plugin.register("30", "inside");
  const { name, kind, state } = await accepted;
  assert.deepEqual([name, kind, state], ["30-inside", "external", "active"]);
  assert.equal(plugin.requests<{ config: string }>("Configure")[0]?.config, "mode: x");
  await lab.adaptation.startContainer({ pod, container });
  assert.deepEqual(plugin.methods, ["Configure", "Synchronize", "StartContainer"]);

  const [mine, silentEnd] = streamPair();
  const refused = lab.adaptation.accept(mine);
  silentEnd.close();
  await assert.rejects(refused, { code: "registration-failed" });
});
