// Large and many messages, in each direction.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { goPeers } from "../peers/go-peers.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { containerJson, POD } from "./samples.js";
import { startPlugin, startRuntime } from "./start.js";

const go = await goPeers();
const skip = skipUnless(go);
const LARGE = 3 << 20;
const MANY = 1_000;
const CONTAINERS = 3_000;

/** Letters that show a missing, swapped or repeated part. */
function letters(n: number): string {
  let state = n;
  let text = "";
  while (text.length < n) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += state.toString(36);
  }
  return text.slice(0, n);
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

for (const pair of [
  { plugin: "ts", runtime: "go" },
  { plugin: "go", runtime: "ts" },
  { plugin: "ts", runtime: "ts" },
] as const) {
  const name = `${pair.plugin} plugin, ${pair.runtime} runtime`;

  test(`requests and answers of 3 MiB arrive whole: ${name}`, { skip }, async () => {
    const peers = use(go);
    using files = new TestFolder();
    const sent = letters(LARGE);
    const answered = letters(LARGE + 1);
    await using runtime = await startRuntime(pair.runtime, peers, { ...files, name: "large" });
    const script = { create: { "*": { adjust: { annotations: { answer: answered } } } } };
    await using plugin = await startPlugin(pair.plugin, peers, { ...files, index: "10", name: "large", script });
    await runtime.waitForPlugins(1);
    for (let round = 0; round < 2; round++) {
      const container = containerJson(`large-${round}`, { annotations: { request: sent } });
      const { ok, error, res } = await runtime.try("CreateContainer", { pod: POD, container });
      assert.equal(ok, true, error);
      const { adjust } = res as { adjust: { annotations: { answer: string } } };
      assert.equal(digest(adjust.annotations.answer), digest(answered));
    }
    const received = plugin.calls().filter(({ method }) => method === "CreateContainer");
    assert.deepEqual(
      received.map(({ args }) => digest((args[1] as { annotations: { request: string } }).annotations.request)),
      [digest(sent), digest(sent)],
    );
  });

  test(`thousands of containers arrive whole in a split Synchronize: ${name}`, { skip }, async () => {
    const peers = use(go);
    using files = new TestFolder();
    // Some messages of 4 MiB, whose borders lie where they fall.
    const annotations = { filler: letters(3_000) };
    const containers = Array.from({ length: CONTAINERS }, (_, i) => containerJson(`c${i}`, { annotations }));
    // With one pod and many containers the Go runtime sends empty messages for ever (spec: handshake 4.3).
    const pods = Array.from({ length: CONTAINERS }, (_, i) => ({ ...POD, id: `pod${i}` }));
    const settings = { ...files, name: "crowded", state: { pods, containers }, requestTimeoutMs: 20_000 };
    await using runtime = await startRuntime(pair.runtime, peers, settings);
    const script = {
      sync: { update: [{ containerId: "c7", linux: { resources: { cpu: { shares: { value: "77" } } } } }] },
    };
    await using plugin = await startPlugin(pair.plugin, peers, { ...files, index: "10", name: "crowded", script });
    await runtime.waitForPlugins(1);
    const { args } = await plugin.waitFor("Synchronize");
    const state = args[0] as { pods: unknown[]; containers: { name: string; annotations: { filler: string } }[] };
    const received = state.containers;
    assert.equal(state.pods.length, CONTAINERS);
    assert.deepEqual(
      received.map((container) => container.name),
      Array.from({ length: CONTAINERS }, (_, i) => `c${i}`),
    );
    assert.ok(received.every((container) => container.annotations.filler === annotations.filler));
    assert.equal(JSON.stringify(runtime.synchronized()).includes('"77"'), true);
  });

  test(`1,000 requests one after the other are answered in order: ${name}`, { skip }, async () => {
    const peers = use(go);
    using files = new TestFolder();
    await using runtime = await startRuntime(pair.runtime, peers, { ...files, name: "many" });
    const script = {
      create: Object.fromEntries(
        Array.from({ length: MANY }, (_, i) => [`c${i}`, { adjust: { env: [{ key: "NUMBER", value: String(i) }] } }]),
      ),
    };
    await using plugin = await startPlugin(pair.plugin, peers, { ...files, index: "10", name: "many", script });
    await runtime.waitForPlugins(1);
    for (let i = 0; i < MANY; i++) {
      const { ok, error, res } = await runtime.try("CreateContainer", { pod: POD, container: containerJson(`c${i}`) });
      assert.equal(ok, true, error);
      assert.deepEqual((res as { adjust: { env: unknown } }).adjust.env, [{ key: "NUMBER", value: String(i) }]);
    }
    const names = plugin
      .calls()
      .filter(({ method }) => method === "CreateContainer")
      .map(({ args }) => (args[1] as { name: string }).name);
    assert.deepEqual(
      names,
      Array.from({ length: MANY }, (_, i) => `c${i}`),
    );
  });
}
