// What a recorder is told, and when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, startLab } from "./lab.fixture.js";
import type { MetricsRecorder } from "./metrics.js";
import { failing, silent } from "./raw-plugin.fixture.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };

/** A recorder that writes down one line for each callback; durations are left out. */
function notebook(): MetricsRecorder & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    recordPluginLatency: (plugin, operation, latencyMs) => {
      lines.push(`latency ${plugin} ${operation}${latencyMs >= 0 ? "" : " before it began"}`);
    },
    recordPluginInvocation: (plugin, operation, error) => {
      lines.push(`call ${plugin} ${operation} ${error === undefined ? "ok" : error.message}`);
    },
    recordPluginAdjustments: (plugin, operation, adjust, updates, evictions) => {
      lines.push(`asks ${plugin} ${operation} ${adjust === undefined ? "-" : "adjust"} ${updates} ${evictions}`);
    },
    updatePluginCount: (count) => {
      lines.push(`plugins ${count}`);
    },
  };
}

test("each call is told with its latency first, what is asked for only when it succeeded, the count at the end", async () => {
  const metrics = notebook();
  await using lab = await startLab({ metrics });
  await lab.connect({
    index: "10",
    on: {
      createContainer: () => ({ adjust: { annotations: { a: "1" } }, update: [{ containerId: "c2" }] }),
      startContainer: failing("not now"),
      stopContainer: () => undefined,
    },
  });
  await lab.connect({ index: "20", on: { createContainer: () => undefined } });
  assert.deepEqual(metrics.lines.splice(0), [
    "plugins 0",
    "latency 10-raw Synchronize",
    "call 10-raw Synchronize ok",
    "asks 10-raw Synchronize - 0 0",
    "plugins 1",
    "latency 20-raw Synchronize",
    "call 20-raw Synchronize ok",
    "asks 20-raw Synchronize - 0 0",
    "plugins 2",
  ]);
  await lab.adaptation.createContainer({ pod, container });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }));
  await lab.adaptation.stopContainer({ pod, container });
  await lab.adaptation.removeContainer({ pod, container });
  assert.deepEqual(metrics.lines, [
    "latency 10-raw CreateContainer",
    "call 10-raw CreateContainer ok",
    "asks 10-raw CreateContainer adjust 1 0",
    "latency 20-raw CreateContainer",
    "call 20-raw CreateContainer ok",
    "asks 20-raw CreateContainer - 0 0",
    "plugins 2",
    "latency 10-raw StartContainer",
    "call 10-raw StartContainer rpc error: code = Unknown desc = not now",
    "plugins 2",
    "latency 10-raw StopContainer",
    "call 10-raw StopContainer ok",
    "asks 10-raw StopContainer - 0 0",
    "plugins 2",
    "plugins 2",
  ]);
});

test("a conflict is no failure of the call: what was asked for is told", async () => {
  const metrics = notebook();
  const both = { createContainer: () => ({ adjust: { annotations: { a: "1" } } }) };
  await using lab = await startLab({
    metrics,
    builtins: [
      { index: "10", name: "one", ...both },
      { index: "20", name: "two", ...both },
    ],
  });
  metrics.lines.length = 0;
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), { code: "conflict" });
  assert.deepEqual(metrics.lines.slice(-4), [
    "latency 20-two CreateContainer",
    "call 20-two CreateContainer ok",
    "asks 20-two CreateContainer adjust 0 0",
    "plugins 2",
  ]);
});

test("a rejection is a verdict like another, a validator without one an error", async () => {
  const metrics = notebook();
  await using lab = await startLab({ metrics, requestTimeoutMs: 300 });
  await lab.connect({ index: "10", on: { validateContainerAdjustment: () => ({ reject: true }) } });
  metrics.lines.length = 0;
  await assert.rejects(lab.adaptation.createContainer({ pod, container }));
  assert.deepEqual(metrics.lines.splice(0), [
    "latency 10-raw ValidateContainerAdjustment",
    "call 10-raw ValidateContainerAdjustment ok",
    "plugins 1",
  ]);
  await lab.connect({ index: "20", on: { validateContainerAdjustment: silent } });
  metrics.lines.length = 0;
  await assert.rejects(lab.adaptation.createContainer({ pod, container }));
  assert.ok(
    metrics.lines.includes(
      'call 20-raw ValidateContainerAdjustment plugin "20-raw": ValidateContainerAdjustment not answered in 300 ms',
    ),
  );
  assert.equal(metrics.lines.at(-1), "plugins 1");
});

test("a call that is repeated as StateChange counts once", async () => {
  const metrics = notebook();
  await using lab = await startLab({ metrics });
  await lab.connect({ on: { runPodSandbox: () => undefined }, methods: { RunPodSandbox: undefined } });
  metrics.lines.length = 0;
  await lab.adaptation.runPodSandbox({ pod });
  assert.deepEqual(metrics.lines, ["latency 10-raw RunPodSandbox", "call 10-raw RunPodSandbox ok", "plugins 1"]);
});

test("a state in several messages counts once for each of them", async () => {
  const metrics = notebook();
  const containers = Array.from({ length: 3 }, (_, i) => ({ id: `c${i}`, labels: { large: "x".repeat(2_000_000) } }));
  await using lab = await startLab({ metrics, containers });
  await lab.connect();
  const calls = metrics.lines.filter((line) => line === "call 10-raw Synchronize ok");
  assert.equal(calls.length, 2);
});

test("a recorder that throws is reported in the log and fails nothing", async () => {
  await using lab = await startLab({
    metrics: {
      ...notebook(),
      recordPluginInvocation() {
        throw new Error("out of paper");
      },
    },
  });
  await lab.connect({ on: { runPodSandbox: () => undefined } });
  await lab.adaptation.runPodSandbox({ pod });
  assert.ok(lab.log.includes("the metrics recorder failed: out of paper"));
});

test("a plugin that is lost between two requests is not counted any more", async () => {
  const metrics = notebook();
  await using lab = await startLab({ metrics });
  const raw = await lab.connect();
  metrics.lines.length = 0;
  raw.close();
  await eventually(() => metrics.lines.length > 0, "a new count");
  assert.deepEqual(metrics.lines, ["plugins 0"]);
});
