// A plugin of ours and our adaptation: restarts, a newer instance that takes over, and one that is one too many.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Adaptation, createAdaptation } from "@nri/adaptation";
import { definePlugin, PodCache, type RunOptions, silentLogger } from "@nri/plugin";
import { until } from "../waits.js";

/** A runtime with one pod and one container, both named after `name`. */
async function runtimeAt(socketPath: string, name: string): Promise<Adaptation> {
  const adaptation = createAdaptation({
    runtime: { name: "test", version: "v1.0.0" },
    socketPath,
    synchronize: async (sync) => void (await sync([{ id: name }], [{ id: `c-${name}`, podSandboxId: name }])),
    updateContainers: async () => [],
  });
  await adaptation.start();
  return adaptation;
}

async function socket(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "nri-sdk-"));
  context.after(() => rm(dir, { recursive: true, force: true }));
  return join(dir, "nri.sock");
}

const options = (socketPath: string): RunOptions & { connection?: undefined } => ({
  socketPath,
  environment: {},
  log: silentLogger,
  reconnect: { delayMs: 5, maxDelayMs: 50 },
});
const start = (pod: string) => ({ pod: { id: pod }, container: { id: `c-${pod}`, podSandboxId: pod } });

test("a plugin that is told Shutdown comes back to the next runtime, with its state", async (context) => {
  const socketPath = await socket(context);
  const track = new PodCache();
  const seen: string[] = [];
  await using service = definePlugin({
    index: "10",
    name: "returning",
    track,
    shutdown: () => void seen.push("shutdown"),
    disconnected: ({ reason, reconnecting }) => void seen.push(`disconnected ${reason.kind} ${reconnecting}`),
    startContainer: ({ container }) => void seen.push(`start ${container.id}`),
  }).serve(options(socketPath));
  for (const pod of ["p1", "p2"]) {
    const adaptation = await runtimeAt(socketPath, pod);
    await until("active", () => service.state.phase === "active" && adaptation.plugins.length === 1);
    await adaptation.startContainer(start(pod));
    assert.deepEqual(
      [...track.pods, ...track.containers].map(({ id }) => id),
      [pod, `c-${pod}`],
    );
    await adaptation.stop();
    await until("away", () => service.state.phase === "disconnected");
  }
  await service.close();
  const round = (pod: string) => [`start c-${pod}`, "shutdown", "disconnected shutdown true"];
  assert.deepEqual(seen, [...round("p1"), ...round("p2")]);
});

test("a newer instance takes over: the older one ends in order and does not fight for its place", async (context) => {
  const socketPath = await socket(context);
  const adaptation = await runtimeAt(socketPath, "p1");
  const seen: string[] = [];
  const plugin = (which: string) =>
    definePlugin({ index: "10", name: "same", startContainer: () => void seen.push(which) }).serve({
      ...options(socketPath),
      takeover: true,
    });
  await using older = plugin("older");
  await until("older is active", () => older.state.phase === "active");
  await adaptation.startContainer(start("p1"));
  await using newer = plugin("newer");
  await older.done;
  assert.equal(older.state.phase, "stopped");
  await adaptation.startContainer(start("p1"));
  assert.equal(newer.state.phase, "active");
  assert.equal(newer.state.connections, 1);
  assert.deepEqual(seen, ["older", "newer"]);
  await newer.close();
  await adaptation.stop();
});

test("an instance too many is refused, tries a few times, and fails with the runtime's words", async (context) => {
  const socketPath = await socket(context);
  const adaptation = await runtimeAt(socketPath, "p1");
  const plugin = definePlugin({ index: "10", name: "same", startContainer: () => undefined });
  await using first = plugin.serve(options(socketPath));
  await until("first is active", () => first.state.phase === "active");
  await using second = plugin.serve({
    ...options(socketPath),
    reconnect: { delayMs: 5, maxDelayMs: 20, maxRefusals: 3 },
  });
  await assert.rejects(second.done, { code: "register-failed", message: /plugin "10-same" is registered already/ });
  assert.equal(first.state.phase, "active");
  assert.deepEqual([second.state.refusals, second.state.phase], [3, "stopped"]);
  await first.close();
  await adaptation.stop();
});

test("a second instance that waits takes the place of the first when that has gone", async (context) => {
  const socketPath = await socket(context);
  const adaptation = await runtimeAt(socketPath, "p1");
  const plugin = definePlugin({ index: "10", name: "same", startContainer: () => undefined });
  await using first = plugin.serve(options(socketPath));
  await until("first is active", () => first.state.phase === "active");
  await using second = plugin.serve({
    ...options(socketPath),
    reconnect: { delayMs: 5, maxDelayMs: 20, maxRefusals: 5000 },
  });
  await until("second is refused", () => second.state.refusals > 0);
  await first.close();
  await until("second is active", () => second.state.phase === "active");
  assert.equal(second.state.refusals, 0);
  await second.close();
  await adaptation.stop();
});
