// The metrics callbacks against the reference's: the same Go plugins and requests in the Go runtime and in ours, the same
// callbacks in the same order. A count that is told twice in a row counts once.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { createAdaptation, type MetricsRecorder } from "@nri/adaptation";
import {
  CreateContainerRequest,
  StartContainerRequest,
  StopContainerRequest,
  UpdateContainerRequest,
} from "@nri/protocol";
import { fromJson } from "@nri/protocol/json";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import { RefPlugin, type Script } from "../peers/refplugin.js";
import { RefRuntime } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";

const peers = await goPeers();
const folder = new TestFolder();
const { dir } = folder;
after(() => folder[Symbol.dispose]());

const update = [{ containerId: "x" }, { containerId: "y" }];
const script = (annotation: string): Script => ({
  sync: { update },
  create: {
    quiet: {},
    changed: { adjust: { annotations: { [annotation]: "1" } }, update },
    conflict: { adjust: { args: [annotation] } },
    refused: { error: "no" },
  },
  update: { "*": { update } },
  stop: { "*": { update } },
  events: { StartContainer: { refused: { error: "not now", code: 9 } } },
});

const STEPS = [
  ["CreateContainer", "quiet"],
  ["CreateContainer", "changed"],
  ["CreateContainer", "conflict"],
  ["CreateContainer", "refused"],
  ["UpdateContainer", "quiet"],
  ["StopContainer", "quiet"],
  ["StartContainer", "quiet"],
  ["StartContainer", "refused"],
] as const;

function request(name: string): JsonObject {
  return { pod: { id: "p", name: "pod" }, container: { id: name, name, podSandboxId: "p" } };
}

async function withPlugins<T>(
  socket: string,
  work: () => Promise<T>,
  joined: (count: number) => Promise<unknown>,
): Promise<T> {
  const { refplugin } = use(peers);
  const common = { binary: refplugin, socket, dir, args: ["-validate"] };
  await using _first = new RefPlugin({ ...common, index: "10", name: "a", script: script("a") });
  await joined(1);
  await using _second = new RefPlugin({ ...common, index: "20", name: "b", script: script("b"), args: [] });
  await joined(2);
  return await work();
}

function once(lines: readonly string[]): string[] {
  return lines.filter((line, i) => !(line.startsWith("plugins ") && lines[i - 1] === line));
}

test("our recorder is told what the reference's is told", { skip: skipUnless(peers) }, async () => {
  const theirs = await inGo(join(dir, "go.sock"));
  const ours = await inOurs(join(dir, "ours.sock"));
  assert.deepEqual(ours, theirs);
  assert.ok(theirs.includes("asks 10-a CreateContainer adjust 2 0"));
  assert.ok(theirs.includes("call 10-a ValidateContainerAdjustment ok"));
});

async function inGo(socket: string): Promise<string[]> {
  await using runtime = await RefRuntime.start({ binary: use(peers).refruntime, socket, args: ["-metrics"] });
  const steps = async (): Promise<string[]> => {
    for (const [op, name] of STEPS) {
      await runtime.try(op, request(name));
    }
    return once(runtime.events.flatMap(({ event, line }) => (event === "Metric" && line !== undefined ? [line] : [])));
  };
  return await withPlugins(socket, steps, (count) => runtime.waitForPlugins(count));
}

async function inOurs(socketPath: string): Promise<string[]> {
  const lines: string[] = [];
  const metrics: MetricsRecorder = {
    recordPluginLatency: (plugin, operation) => void lines.push(`latency ${plugin} ${operation}`),
    recordPluginInvocation: (plugin, operation, error) =>
      void lines.push(`call ${plugin} ${operation} ${error === undefined ? "ok" : error.message}`),
    recordPluginAdjustments: (plugin, operation, adjust, updates, evictions) =>
      void lines.push(`asks ${plugin} ${operation} ${adjust === undefined ? "-" : "adjust"} ${updates} ${evictions}`),
    updatePluginCount: (count) => void lines.push(`plugins ${count}`),
  };
  await using adaptation = createAdaptation({
    runtime: { name: "ours", version: "v0.0.1" },
    synchronize: async (sync) => void (await sync([], [])),
    updateContainers: async () => [],
    socketPath,
    compat: "reference",
    metrics,
  });
  await adaptation.start();
  const ask: Record<(typeof STEPS)[number][0], (given: JsonObject) => Promise<unknown>> = {
    CreateContainer: (given) => adaptation.createContainer(fromJson(CreateContainerRequest, given)),
    UpdateContainer: (given) => adaptation.updateContainer(fromJson(UpdateContainerRequest, given)),
    StopContainer: (given) => adaptation.stopContainer(fromJson(StopContainerRequest, given)),
    StartContainer: (given) => adaptation.startContainer(fromJson(StartContainerRequest, given)),
  };
  const steps = async (): Promise<string[]> => {
    for (const [op, name] of STEPS) {
      await ask[op](request(name)).catch((error: Error) => error);
    }
    return once(lines);
  };
  return await withPlugins(socketPath, steps, (count) => adaptation.waitForPlugins(count, { timeoutMs: 15_000 }));
}
