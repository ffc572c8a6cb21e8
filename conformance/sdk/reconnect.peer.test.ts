// A plugin of ours and the Go runtime that comes and goes: killed or ended in order, started again, and the plugin goes on.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { definePlugin, lineLogger, type PluginService, PodCache, update } from "@nri/plugin";
import { goPeers } from "../peers/go-peers.js";
import { RefRuntime } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { until } from "../waits.js";

const go = await goPeers();
const skip = skipUnless(go);

/** A Go runtime that has one pod with one container, both named after `name`. */
async function runtimeWith(name: string, dir: string, socket: string): Promise<RefRuntime> {
  const state = join(dir, `${name}.json`);
  const containers = [{ id: `c-${name}`, podSandboxId: name, name: `c-${name}` }];
  writeFileSync(state, JSON.stringify({ pods: [{ id: name, name }], containers }));
  return await RefRuntime.start({ binary: use(go).refruntime, socket, args: ["-state", state, "-wait", "20s"] });
}

const request = (pod: string, id: string) => ({
  pod: { id: pod, name: pod },
  container: { id, name: id, podSandboxId: pod },
});

const ENDS: Readonly<Record<string, (runtime: RefRuntime) => Promise<void>>> = {
  "killed with SIGKILL": async (runtime) => {
    runtime.child.kill("SIGKILL");
    assert.equal(await runtime.child.exited, "SIGKILL");
  },
  "ended in order": async (runtime) => {
    await runtime.step("Stop");
    await runtime[Symbol.asyncDispose]();
  },
};

for (const [how, end] of Object.entries(ENDS)) {
  test(`a plugin comes back to a Go runtime that was ${how}, gets its state and its events, and goes on`, {
    skip,
  }, async () => {
    using place = new TestFolder();
    const track = new PodCache();
    const seen: string[] = [];
    const lines: string[] = [];
    await using service: PluginService = definePlugin({
      index: "10",
      name: "returning",
      track,
      synchronize: ({ pods }) => void seen.push(`synchronize ${pods.map(({ id }) => id).join()}`),
      createContainer: ({ container }) => {
        seen.push(`create ${container.id}`);
        return { adjust: { env: [{ key: "SEEN", value: container.id }] } };
      },
      connected: ({ count }) => void seen.push(`connected ${count}`),
      disconnected: ({ reason }) => void seen.push(`disconnected ${reason.kind}`),
    }).serve({
      socketPath: place.socket,
      environment: {},
      log: lineLogger((line) => lines.push(line)),
      reconnect: { delayMs: 20, maxDelayMs: 100 },
    });
    for (const round of ["p1", "p2", "p3"]) {
      await using runtime = await runtimeWith(round, place.dir, place.socket);
      await runtime.waitForPlugins(1);
      await until("active", () => service.state.phase === "active");
      assert.deepEqual(
        track.pods.map(({ id }) => id),
        [round],
      );

      const created = (await runtime.step("CreateContainer", request(round, `new-${round}`))) as {
        adjust: { env: { value: string }[] };
      };
      assert.deepEqual(
        created.adjust.env.map(({ value }) => value),
        [`new-${round}`],
      );
      await runtime.step("PostCreateContainer", request(round, `new-${round}`));
      assert.deepEqual(
        track.containersOf(round).map(({ id }) => id),
        [`c-${round}`, `new-${round}`],
      );
      await runtime.step("RemoveContainer", request(round, `c-${round}`));
      assert.equal(track.container(`c-${round}`), undefined);

      await end(runtime);
      await until("away", () => service.state.phase === "disconnected");
    }
    assert.deepEqual(
      seen,
      ["p1", "p2", "p3"].flatMap((pod, i) => [
        `synchronize ${pod}`,
        `connected ${i + 1}`,
        `create new-${pod}`,
        "disconnected lost",
      ]),
    );
    const count = (text: string) => lines.filter((line) => line.includes(text)).length;
    assert.equal(count("connection to the runtime lost; reconnecting..."), 3);
    assert.ok(count("No runtime at") <= 4, lines.join("\n"));
  });
}

test("updates that the Go runtime reports as failed are tried again, and kept ones survive its restart", {
  skip,
}, async () => {
  using place = new TestFolder();
  await using service = definePlugin({ index: "10", name: "updating", startContainer: () => undefined }).serve({
    socketPath: place.socket,
    environment: {},
    log: lineLogger(() => undefined),
    reconnect: { delayMs: 20, maxDelayMs: 100 },
  });
  const asked = (runtime: RefRuntime) => runtime.events.filter(({ event }) => event === "UpdateContainers").length;
  const updates = [update("c-p1").cpu({ shares: 5n })];
  const retry = { attempts: 500, delayMs: 20, maxDelayMs: 20, keep: true };
  let kept: Promise<unknown>;
  {
    await using runtime = await runtimeWith("p1", place.dir, place.socket);
    await runtime.waitForPlugins(1);
    await until("active", () => service.state.phase === "active");
    await runtime.step("SetFailed", { failed: [{ containerId: "c-p1" }] });
    const first = service.updateContainers(updates, { retry: { ...retry, keep: false } });
    await until("three attempts", () => asked(runtime) >= 3);
    await runtime.step("SetFailed", { failed: [] });
    assert.deepEqual(await first, []);

    await runtime.step("SetFailed", { failed: [{ containerId: "c-p1" }] });
    const before = asked(runtime);
    kept = service.updateContainers(updates, { retry });
    await until("one attempt", () => asked(runtime) > before);
    runtime.child.kill("SIGKILL");
    await runtime.child.exited;
  }
  await using runtime = await runtimeWith("p2", place.dir, place.socket);
  assert.deepEqual(await kept, []);
  await until("the update is told", () => asked(runtime) === 1);
});

test("the Go runtime does not know takeover: it registers the plugin all the same, beside the first one", {
  skip,
}, async () => {
  using place = new TestFolder();
  await using runtime = await runtimeWith("p1", place.dir, place.socket);
  const started: string[] = [];
  const plugin = (which: string) =>
    definePlugin({ index: "10", name: "same", startContainer: () => void started.push(which) }).serve({
      socketPath: place.socket,
      environment: {},
      log: lineLogger(() => undefined),
      takeover: true,
    });
  await using first = plugin("first");
  await runtime.waitForPlugins(1);
  await using second = plugin("second");
  await runtime.waitForPlugins(2);
  await until("both active", () => [first, second].every(({ state }) => state.phase === "active"));
  await runtime.step("StartContainer", request("p1", "c-p1"));
  assert.deepEqual(started, ["first", "second"]);
});

test("a name that the Go runtime refuses ends the plugin at once, with its words", { skip }, async () => {
  using place = new TestFolder();
  await using _runtime = await runtimeWith("p1", place.dir, place.socket);
  const options = { socketPath: place.socket, environment: {}, log: lineLogger(() => undefined) };
  const plugin = definePlugin({ startContainer: () => undefined });
  for (const [identity, message] of [
    [{ index: "10", name: "a b" }, /desc = invalid plugin name: .*invalid character/],
    [{ index: "1", name: "a" }, /desc = invalid plugin index: /],
  ] as const) {
    await assert.rejects(plugin.run({ ...options, ...identity }), { code: "register-failed", message });
  }
});
