// How long a plugin may take, by plugin and by call.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfigureRequest } from "@nri/protocol";
import { eventually, startLab } from "../lab.fixture.js";
import { connectRawPlugin, silent } from "../raw-plugin.fixture.js";

const pod = { id: "p1", name: "pod", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };

function after(ms: number): () => Promise<undefined> {
  return () => new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}

test("a rule gives one plugin more time for one event; others, and other events, have the usual", async () => {
  const rules = [{ plugin: "patient", events: ["createContainer"], timeoutMs: 20_000 }] as const;
  await using lab = await startLab({ requestTimeoutMs: 300, policies: { rules } });
  const slow = { createContainer: after(600), startContainer: silent };
  const patient = await lab.connect({ index: "10", name: "patient", on: slow });
  await lab.connect({ index: "20", name: "other", on: { createContainer: silent } });
  await lab.adaptation.createContainer({ pod, container });
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name }) => name),
    ["10-patient"],
  );
  await lab.adaptation.startContainer({ pod, container });
  assert.deepEqual(lab.adaptation.plugins, []);
  const errors = lab.calls.map(({ error }) => error?.message).filter((text) => text !== undefined);
  assert.deepEqual(errors, [
    'plugin "20-other": CreateContainer not answered in 300 ms',
    'plugin "10-patient": StartContainer not answered in 300 ms',
  ]);
  assert.equal(patient.requests<ConfigureRequest>("Configure")[0]?.requestTimeout, 300n);
});

test("Configure tells a plugin the shortest deadline of its events", async () => {
  const rules = [
    { plugin: "*", timeoutMs: 7000 },
    { plugin: "10-raw", events: ["stopContainer"], timeoutMs: 4000 },
    { plugin: "*", events: ["configure", "synchronize", "shutdown"], timeoutMs: 1000 },
  ] as const;
  await using lab = await startLab({ policies: { rules } });
  const told = async (name: string): Promise<bigint | undefined> => {
    const plugin = await lab.connect({ name });
    return plugin.requests<ConfigureRequest>("Configure")[0]?.requestTimeout;
  };
  assert.deepEqual([await told("raw"), await told("other")], [4000n, 7000n]);
});

test("Configure, Synchronize and Shutdown have deadlines of their own", async () => {
  const rules = [
    { plugin: "a", events: ["configure"], timeoutMs: 300 },
    { plugin: "b", events: ["synchronize"], timeoutMs: 310 },
    { plugin: "c", events: ["shutdown"], timeoutMs: 320 },
    { plugin: "d", events: ["configure", "synchronize"], timeoutMs: 20_000 },
  ] as const;
  await using lab = await startLab({ requestTimeoutMs: 60_000, policies: { rules } });
  await connectRawPlugin(lab.socket, { name: "a", methods: { Configure: silent } });
  await connectRawPlugin(lab.socket, { name: "b", synchronize: silent });
  await lab.connect({ name: "c", methods: { Shutdown: silent } });
  await lab.connect({ name: "d", synchronize: () => after(400)().then(() => ({})) });
  await eventually(() => lab.warnings.length === 2, "two plugins were given up");
  const texts = lab.warnings.map(({ text }) => text).join("\n");
  assert.match(texts, /plugin "10-a": Configure not answered in 300 ms/);
  assert.match(texts, /plugin "10-b": Synchronize not answered in 310 ms/);
  const stopping = performance.now();
  await lab.adaptation.stop();
  assert.ok(performance.now() - stopping < 20_000);
});

test("the deadline of Synchronize is one for all parts of the state together", async () => {
  const containers = Array.from({ length: 30 }, (_, i) => ({ id: `c${i}`, labels: { big: "x".repeat(1_000_000) } }));
  const rules = [{ plugin: "*", events: ["synchronize"], timeoutMs: 600 }] as const;
  await using lab = await startLab({ containers, requestTimeoutMs: 60_000, policies: { rules } });
  const plugin = await connectRawPlugin(lab.socket, {
    synchronize: ({ more }) => after(200)().then(() => ({ more })),
  });
  await plugin.closed;
  await eventually(() => lab.warnings.length === 1, "it was given up");
  assert.match(lab.warnings[0]?.text ?? "", /plugin "10-raw": Synchronize not answered in 600 ms/);
  const parts = plugin.methods.filter((method) => method === "Synchronize").length;
  assert.ok(parts > 0 && parts < 5, `${parts} of 10 parts`);
});
