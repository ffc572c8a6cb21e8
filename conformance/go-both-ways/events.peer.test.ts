// Every event, in each direction: what a plugin gets and what the runtime gets back is the same whoever is on the ends.
import assert from "node:assert/strict";
import test from "node:test";
import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import { type GoPeers, goPeers } from "../peers/go-peers.js";
import type { JsonValue } from "../peers/json.js";
import type { Script } from "../peers/refplugin.js";
import type { StepAnswer } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { plain } from "./compare.js";
import { containerJson, LIFE, POD } from "./samples.js";
import type { Language } from "./sides.js";
import { startPlugin, startRuntime } from "./start.js";

const go = await goPeers();
const skip = skipUnless(go);

const shares = (containerId: string, value: number): JsonValue => ({
  containerId,
  linux: { resources: { cpu: { shares: { value: String(value) } } } },
  ignoreFailure: true,
});

const SCRIPT: Script = {
  sync: { update: [shares("id-old", 100)] },
  create: { "*": { adjust: { env: [{ key: "NEW", value: "x" }] }, update: [shares("id-old", 200)] } },
  update: { "*": { update: [shares("id-main", 300), shares("id-old", 301)] } },
  stop: { "*": { update: [shares("id-old", 400)] } },
  unsolicited: [{ afterMs: 10, update: [shares("id-old", 500)] }],
};

/** What one pair did. */
interface Session {
  /** Answers of the runtime by step. */
  readonly answers: ReadonlyMap<string, StepAnswer>;
  /** Calls of the plugin by method. */
  readonly calls: ReadonlyMap<string, readonly JsonValue[]>;
  readonly order: readonly string[];
  readonly unsolicited: JsonValue;
  readonly synchronized: JsonValue;
}

async function play(pluginSide: Language, runtimeSide: Language, peers: GoPeers): Promise<Session> {
  using at = new TestFolder();
  const nonce = `${pluginSide}-${runtimeSide}-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const state = { pods: [POD], containers: [containerJson("old", { state: "CONTAINER_RUNNING" })] };
  await using runtime = await startRuntime(runtimeSide, peers, { ...at, name: nonce, state });
  await using plugin = await startPlugin(pluginSide, peers, { ...at, index: "10", name: "life", script: SCRIPT });
  await runtime.waitForPlugins(1);
  const configured = await plugin.waitFor("Configure");
  // only the runtime that we started knows this name
  assert.equal((configured.args[0] as { runtimeName: string }).runtimeName, nonce);
  await plugin.waitFor("UpdateContainers:result");
  const answers = new Map<string, StepAnswer>();
  for (const { op, req } of LIFE) answers.set(op, await runtime.try(op, req));
  const calls = plugin.calls();
  return {
    answers,
    calls: new Map(calls.map(({ method, args }) => [method, args])),
    order: calls.map(({ method }) => method),
    unsolicited: runtime.unsolicited(),
    synchronized: runtime.synchronized(),
  };
}

const PAIRS = [
  { plugin: "ts", runtime: "go" },
  { plugin: "go", runtime: "ts" },
  { plugin: "ts", runtime: "ts" },
] as const;

test("every event goes through every pair as through Go and Go", { skip }, async (t) => {
  const peers = use(go);
  const reference = await play("go", "go", peers);
  const matrix: Record<string, Record<string, string>> = {};
  for (const pair of PAIRS) {
    const name = `${pair.plugin} plugin, ${pair.runtime} runtime`;
    const session = await play(pair.plugin, pair.runtime, peers);
    for (const event of EVENT_NAMES) {
      const { name: op } = EVENTS[event];
      if (op === "ValidateContainerAdjustment") continue;
      let seen = "differs";
      await t.test(`${op}: ${name}`, () => {
        const wanted = reference.answers.get(op);
        const got = session.answers.get(op);
        assert.ok(wanted?.ok, `the reference itself failed: ${wanted?.error}`);
        assert.deepEqual(plain(got?.res ?? {}), plain(wanted.res ?? {}), "the runtime's answer");
        assert.equal(got?.ok, true, got?.error);
        const call = session.calls.get(op);
        assert.ok(call, "the plugin got it");
        assert.deepEqual(plain([...call]), plain([...(reference.calls.get(op) ?? [])]), "what the plugin got");
        seen = "same";
      });
      matrix[op] = { ...matrix[op], [name]: seen };
    }
    await t.test(`Synchronize and unsolicited updates: ${name}`, () => {
      assert.deepEqual(plain(session.synchronized), plain(reference.synchronized));
      assert.deepEqual(
        plain([...(session.calls.get("Synchronize") ?? [])]),
        plain([...(reference.calls.get("Synchronize") ?? [])]),
      );
      assert.deepEqual(plain(session.unsolicited), plain(reference.unsolicited));
      assert.deepEqual(session.calls.get("UpdateContainers:result"), reference.calls.get("UpdateContainers:result"));
    });
    assert.deepEqual(
      session.order.slice(2).sort(),
      reference.order
        .slice(2)
        .filter((method) => method !== "Closed")
        .sort(),
    );
  }
  console.log("events by pair, compared with a Go plugin in the Go runtime:");
  console.table(matrix);
});
