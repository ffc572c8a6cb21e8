// Tests of a plugin's life: registration, configuration, synchronisation, updates, end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  Empty,
  EVENTS,
  Event,
  type EventName,
  NRI_VERSION,
  StateChangeEvent,
  SynchronizeRequest,
  SynchronizeResponse,
} from "@nri/protocol";
import { definePlugin } from "./define.js";
import type { PluginDefinition } from "./handlers.js";
import { lineLogger, silentLogger } from "./log.js";
import type { StartOptions } from "./preparation.js";
import { RawRuntime, type RawRuntimeOptions } from "./raw-runtime.fixture.js";
import { update } from "./update.js";

const SYNC = { request: SynchronizeRequest, response: SynchronizeResponse };
const nothing = () => undefined;

/** A plugin that has been configured by a raw runtime. */
async function started(
  definition: PluginDefinition,
  more: RawRuntimeOptions & Pick<StartOptions, "log" | "limits" | "signal"> = {},
) {
  const runtime = new RawRuntime(more);
  const options = { connection: runtime.connection, environment: {}, log: silentLogger, ...more };
  const starting = definePlugin({ index: "10", name: "test", ...definition }).start(options);
  const configured = await runtime.configure();
  return { runtime, session: await starting, configured };
}

function starting(definition: PluginDefinition, more: RawRuntimeOptions & StartOptions = {}) {
  const runtime = new RawRuntime(more);
  const options = { connection: runtime.connection, environment: {}, log: silentLogger, ...more };
  return { runtime, start: definePlugin({ index: "10", name: "test", ...definition }).start(options) };
}

test("start resolves when the runtime has configured the plugin", async () => {
  const { runtime, session } = await started({ startContainer: nothing });
  assert.deepEqual(
    runtime.registrations.map(({ pluginIdx, pluginName, NRIVersion }) => [pluginIdx, pluginName, NRIVersion]),
    [["10", "test", NRI_VERSION]],
  );
  assert.deepEqual(session.runtime, {
    name: "containerd",
    version: "v2.1.0",
    NRIVersion: "v0.8.0",
    registrationTimeoutMs: 5000,
    requestTimeoutMs: 2000,
  });
  assert.deepEqual(session.plugin, { index: "10", name: "test" });
  await session.close();
});

test("the subscription follows from the handlers", async () => {
  const { configured, session } = await started({ runPodSandbox: nothing, createContainer: nothing });
  assert.equal(configured.events, EVENTS.runPodSandbox.mask | EVENTS.createContainer.mask);
  assert.equal(session.events, configured.events);
  await session.close();
});

test("the answer to Configure has the failure policy that the plugin asks for, and none when it asks for nothing", async () => {
  for (const [failurePolicy, expected] of [
    [undefined, undefined],
    [{}, { failRequest: false, keepConnected: false }],
    [{ failRequest: true }, { failRequest: true, keepConnected: false }],
    [
      { failRequest: true, keepConnected: true },
      { failRequest: true, keepConnected: true },
    ],
  ] as const) {
    const { configured, session } = await started({ runPodSandbox: nothing, failurePolicy });
    assert.deepEqual(configured.failurePolicy, expected);
    assert.equal(configured.events, EVENTS.runPodSandbox.mask);
    await session.close();
  }
});

test("configure may narrow the subscription by names or by mask", async () => {
  const handlers = { runPodSandbox: nothing, createContainer: nothing };
  for (const answer of [["createContainer"] as EventName[], EVENTS.createContainer.mask]) {
    const { configured, session } = await started({ ...handlers, configure: () => answer });
    assert.equal(configured.events, EVENTS.createContainer.mask);
    await session.close();
  }
  for (const answer of [undefined, 0, [] as EventName[]]) {
    const { configured, session } = await started({ ...handlers, configure: async () => answer });
    assert.equal(configured.events, EVENTS.runPodSandbox.mask | EVENTS.createContainer.mask);
    await session.close();
  }
});

test("configure gets configuration, runtime, versions and time-outs", async () => {
  let seen: unknown;
  const { runtime, start } = starting({
    startContainer: nothing,
    configure({ config, runtimeName, runtimeVersion, NRIVersion, registrationTimeoutMs, requestTimeoutMs }) {
      seen = { config, runtimeName, runtimeVersion, NRIVersion, registrationTimeoutMs, requestTimeoutMs };
    },
  });
  await runtime.configure({
    config: "a: 1",
    runtimeVersion: "1.7.14+unknown",
    NRIVersion: "",
    registrationTimeout: 0n,
  });
  assert.deepEqual(seen, {
    config: "a: 1",
    runtimeName: "containerd",
    runtimeVersion: "1.7.14+unknown",
    NRIVersion: "v0.6.0",
    registrationTimeoutMs: 5000,
    requestTimeoutMs: 2000,
  });
  await (await start).close();
});

test("subscribing to events without handlers fails configuration and start with the reference's text", async () => {
  const text = "internal error: unhandled events StartContainer,StopContainer (0x220)";
  const wanted = EVENTS.startContainer.mask | EVENTS.stopContainer.mask | EVENTS.createContainer.mask;
  const lines: string[] = [];
  const log = lineLogger((line) => lines.push(line), "error");
  const { runtime, start } = starting({ createContainer: nothing, configure: () => wanted }, { log });
  const failed = assert.rejects(start, { code: "configure-failed", message: text });
  await assert.rejects(runtime.configure(), { status: 2, rawMessage: text });
  await failed;
  assert.deepEqual(lines, ["ERROR Plugin subscribed for unhandled events StartContainer,StopContainer (0x220)"]);
});

test("the runtime hears why configuration failed before the connection goes", async () => {
  const boom = () => {
    throw new Error("boom");
  };
  const { runtime, start } = starting({ createContainer: nothing, configure: boom });
  const failed = assert.rejects(start, /^Error: boom$/);
  await assert.rejects(runtime.configure(), { status: 2, rawMessage: "boom" });
  await failed;
  await runtime.mux.closed;
});

test("the runtime also hears of a failure that has no text", async () => {
  const thrown: unknown = Object.create(null);
  const boom = () => {
    throw thrown;
  };
  const { runtime, start } = starting({ createContainer: nothing, configure: boom });
  const failed = start.catch((error: unknown) => error);
  await assert.rejects(runtime.configure(), { status: 2, rawMessage: "an object without text was thrown" });
  assert.equal(await failed, thrown);
});

test("a refused registration fails start", async () => {
  const refuse = () => {
    throw new Error("invalid plugin index: nope");
  };
  const { start } = starting({ createContainer: nothing }, { register: refuse });
  await assert.rejects(start, {
    code: "register-failed",
    message: "failed to register with NRI/Runtime: rpc error: code = Unknown desc = invalid plugin index: nope",
  });
});

test("registration is limited in time", async () => {
  const { start } = starting(
    { createContainer: nothing },
    { register: () => new Promise(nothing), limits: { registrationTimeoutMs: 10 } },
  );
  await assert.rejects(start, { code: "register-failed", message: /deadline exceeded/ });
});

test("a runtime that never configures is given up", async () => {
  const { start } = starting({ createContainer: nothing }, { limits: { configureTimeoutMs: 10 } });
  await assert.rejects(start, {
    code: "not-configured",
    message: 'plugin "10-test": registered, but not configured by the runtime in 10 ms',
  });
});

test("start fails when the connection is lost before configuration", async () => {
  const { runtime, start } = starting(
    { createContainer: nothing },
    { register: () => void setImmediate(() => runtime.close()) },
  );
  await assert.rejects(start, {
    code: "connection-lost",
    message: 'plugin "10-test": connection to the runtime lost before it was configured',
  });
});

test("aborting while starting fails start with code stopped", async () => {
  const control = new AbortController();
  const { start } = starting(
    { createContainer: nothing },
    { signal: control.signal, register: () => control.abort(new Error("enough")) },
  );
  await assert.rejects(start, { code: "stopped" });
  const before = starting({ createContainer: nothing }, { signal: AbortSignal.abort() });
  await assert.rejects(before.start, { code: "stopped" });
});

test("configuration that comes before the answer to the registration counts", async () => {
  const { runtime, start } = starting(
    { startContainer: nothing },
    { register: async () => void (await runtime.configure()) },
  );
  const session = await start;
  assert.equal(session.events, EVENTS.startContainer.mask);
  await session.close();
});

test("an old runtime's NRI version is inferred, an unknown one is reported", async () => {
  const lines: string[] = [];
  const { runtime, start } = starting({ startContainer: nothing }, { log: lineLogger((line) => lines.push(line)) });
  await runtime.configure({ runtimeName: "other", runtimeVersion: "v1", NRIVersion: "" });
  const session = await start;
  assert.equal(session.runtime.NRIVersion, "unknown");
  assert.ok(
    lines.includes(`WARN  failed to infer runtime NRI version: can't infer version for unknown runtime "other"`),
  );
  await session.close();
});

test("an old runtime is not asked for events it does not know, a warning names them", async () => {
  const lines: string[] = [];
  const log = lineLogger((line) => lines.push(line), "warn");
  const handlers = { startContainer: nothing, updatePodSandbox: nothing, validateContainerAdjustment: nothing };
  for (const runtimeVersion of ["v2.1.5", "2.1.9+unknown", "v2.1.0-12-gabcdef", "1.7.24~ds1"]) {
    const { runtime, start } = starting(handlers, { log });
    const { events } = await runtime.configure({ runtimeVersion, NRIVersion: "" });
    assert.equal(events, EVENTS.startContainer.mask, runtimeVersion);
    await (await start).close();
  }
  assert.deepEqual(
    new Set(lines),
    new Set([
      "WARN  Plugin test does without UpdatePodSandbox,ValidateContainerAdjustment: the runtime has NRI version v0.8.0",
      "WARN  Plugin test does without UpdatePodSandbox,ValidateContainerAdjustment: the runtime has NRI version v0.6.1",
    ]),
  );
});

test("a validator refuses to work for a runtime that would never ask it", async () => {
  const { runtime, start } = starting({ validateContainerAdjustment: nothing });
  const text = "the runtime's NRI version v0.8.0 knows none of the events ValidateContainerAdjustment";
  const failed = assert.rejects(start, { code: "configure-failed", message: text });
  await assert.rejects(runtime.configure(), { rawMessage: text });
  await failed;
});

test("split Synchronize messages reach the handler as one", async () => {
  const calls: string[] = [];
  const { runtime, session } = await started({
    startContainer: nothing,
    synchronize({ pods, containers }) {
      calls.push([...pods, ...containers].map(({ id }) => id).join());
      return { updates: [update("c1").cpus("0")] };
    },
  });
  const first = await runtime.call("Synchronize", SYNC, {
    pods: [{ id: "p1" }],
    containers: [{ id: "c1" }],
    more: true,
  });
  assert.deepEqual([first.more, first.update.length], [true, 0]);
  const second = await runtime.call("Synchronize", SYNC, { containers: [{ id: "c2" }], more: true });
  assert.equal(second.more, true);
  const last = await runtime.call("Synchronize", SYNC, { pods: [{ id: "p2" }], containers: [{ id: "c3" }] });
  assert.deepEqual([last.more, last.update.map(({ containerId }) => containerId)], [false, ["c1"]]);
  assert.deepEqual(calls, ["p1,p2,c1,c2,c3"]);
  await runtime.call("Synchronize", SYNC, { pods: [{ id: "p9" }] });
  assert.equal(calls[1], "p9");
  await session.close();
});

test("without a synchronize handler the parts are acknowledged", async () => {
  const { runtime, session } = await started({ startContainer: nothing });
  assert.equal((await runtime.call("Synchronize", SYNC, { more: true })).more, true);
  assert.equal((await runtime.call("Synchronize", SYNC, {})).more, false);
  await session.close();
});

test("split Synchronize messages are collected up to a limit", async () => {
  const { runtime, session } = await started(
    { startContainer: nothing, synchronize: nothing },
    { limits: { maxSyncBytes: 1000 } },
  );
  const part = { pods: [{ id: "p".repeat(600) }], more: true };
  await runtime.call("Synchronize", SYNC, part);
  await assert.rejects(runtime.call("Synchronize", SYNC, part), {
    rawMessage: /^Synchronize: \d+ bytes in split messages exceed the maximum of 1000$/,
  });
  await runtime.call("Synchronize", SYNC, part);
  await session.close();
});

test("split Synchronize messages are collected up to a number of fields, however few bytes they take", async () => {
  const { runtime } = await started(
    { startContainer: nothing, synchronize: () => assert.fail("must not be called") },
    { limits: { maxSyncFields: 1000 } },
  );
  const containers = Array.from({ length: 30 }, () => ({}));
  const part = () => runtime.call("Synchronize", SYNC, { containers, more: true });
  assert.deepEqual(await part(), SynchronizeResponse.create({ more: true }));
  await assert.rejects(part(), /Synchronize: \d+ fields in split messages exceed the maximum of 1000/);
  runtime.close();
});

test("a configure handler that throws nothing fails the start all the same", async () => {
  const { runtime, start } = starting({
    startContainer: nothing,
    configure: () => {
      throw undefined;
    },
  });
  const failed = assert.rejects(start, { code: "configure-failed" });
  await assert.rejects(runtime.configure());
  await failed;
});

test("a given connection is closed when the start fails before it is used", async () => {
  const { runtime, start } = starting(
    { startContainer: nothing },
    {
      index: "10",
      environment: { NRI_PLUGIN_IDX: "10" },
    },
  );
  await assert.rejects(start, { code: "invalid-identity" });
  assert.equal(await runtime.mux.closed, undefined);
});

test("updates can be sent on the session and from inside a handler", async () => {
  const failed = { containerId: "c2" };
  const inHandler: string[] = [];
  const { runtime, session } = await started(
    {
      async startContainer({ updateContainers }) {
        const list = await updateContainers([update("c1").pids(5n), { containerId: "c2" }]);
        inHandler.push(...list.map(({ containerId }) => containerId));
      },
    },
    { update: () => ({ failed: [failed] }) },
  );
  await runtime.call("StartContainer", EVENTS.startContainer, {});
  assert.deepEqual(inHandler, ["c2"]);
  const list = await session.updateContainers([update("c3").cpus("1")], {
    evict: [{ containerId: "c4", reason: "r" }],
  });
  assert.deepEqual(
    list.map(({ containerId }) => containerId),
    ["c2"],
  );
  const [first, second] = runtime.updates;
  assert.equal(first?.update[0]?.linux?.resources?.pids?.limit, 5n);
  assert.deepEqual(
    second?.evict.map(({ containerId, reason }) => [containerId, reason]),
    [["c4", "r"]],
  );
  await session.close();
  await assert.rejects(session.updateContainers([]), { message: "ttrpc: closed" });
});

test("a refused unsolicited update rejects with the runtime's error", async () => {
  const refuse = () => {
    throw new Error("no");
  };
  const { session } = await started({ startContainer: nothing }, { update: refuse });
  await assert.rejects(session.updateContainers([]), { message: "rpc error: code = Unknown desc = no" });
  await session.close();
});

test("old runtimes' StateChange reaches the handler of its event", async () => {
  const seen: string[] = [];
  const { runtime, session } = await started({
    runPodSandbox: ({ pod }) => void seen.push(`run ${pod.id}`),
    startContainer: ({ pod, container }) => void seen.push(`start ${pod.id} ${container.id}`),
    createContainer: () => void seen.push("never"),
  });
  const codecs = { request: StateChangeEvent, response: Empty };
  const change = (event: number) =>
    runtime.call("StateChange", codecs, { event, pod: { id: "p" }, container: { id: "c" } });
  await change(Event.RUN_POD_SANDBOX);
  await change(Event.START_CONTAINER);
  for (const ignored of [Event.CREATE_CONTAINER, Event.REMOVE_CONTAINER, Event.UNKNOWN, 99]) await change(ignored);
  assert.deepEqual(seen, ["run p", "start p c"]);
  await session.close();
});

test("closing ends the session once, for both sides", async () => {
  const { runtime, session } = await started({ startContainer: nothing });
  assert.deepEqual(await session.close("done"), { kind: "stopped", reason: "done" });
  assert.deepEqual(await session.close("again"), { kind: "stopped", reason: "done" });
  await runtime.mux.closed;
});

test("running handlers see their signal aborted when the session ends", async () => {
  let signal: AbortSignal | undefined;
  const { runtime, session } = await started({
    startContainer(call) {
      signal = call.signal;
      return new Promise(nothing);
    },
  });
  const call = runtime.call("StartContainer", EVENTS.startContainer, {}).catch(nothing);
  await new Promise((resolve) => setImmediate(resolve));
  await session.close();
  await call;
  assert.equal(signal?.aborted, true);
});

test("run resolves when its signal is aborted", async () => {
  const control = new AbortController();
  const runtime = new RawRuntime();
  const plugin = definePlugin({ index: "10", name: "test", startContainer: nothing });
  const options = { connection: runtime.connection, environment: {}, log: silentLogger, signal: control.signal };
  const running = plugin.run(options);
  await runtime.configure();
  setImmediate(() => control.abort());
  await running;
});

test("run resolves when its signal is aborted while it starts", async () => {
  const plugin = definePlugin({ index: "10", name: "test", startContainer: nothing });
  await plugin.run({ socketPath: "/nonexistent", environment: {}, log: silentLogger, signal: AbortSignal.abort() });
});

test("run resolves when the runtime has said Shutdown before it ends the connection", async () => {
  const seen: string[] = [];
  const runtime = new RawRuntime();
  const plugin = definePlugin({
    index: "10",
    name: "test",
    startContainer: nothing,
    shutdown: () => void seen.push("shutdown"),
  });
  const running = plugin.run({ connection: runtime.connection, environment: {}, log: silentLogger });
  await runtime.configure();
  await runtime.call("Shutdown", { request: Empty, response: Empty }, {});
  runtime.close();
  await running;
  assert.deepEqual(seen, ["shutdown"]);
});

test("run rejects when the connection is lost", async () => {
  const runtime = new RawRuntime();
  const plugin = definePlugin({ index: "10", name: "test", startContainer: nothing });
  const running = plugin.run({ connection: runtime.connection, environment: {}, log: silentLogger });
  await runtime.configure();
  runtime.close();
  await assert.rejects(running, (error: unknown) => {
    const text = 'PluginError: plugin "10-test": connection to the runtime lost';
    assert.equal(inspect(error), `[${text}] {\n  code: 'connection-lost'\n}`);
    return true;
  });
});

test("handlers run at the same time when the runtime asks at the same time", async () => {
  let release = nothing;
  const { runtime, session } = await started({
    startContainer: () =>
      new Promise<void>((resolve) => {
        release = () => void resolve();
      }),
    stopContainer: nothing,
  });
  const slow = runtime.call("StartContainer", EVENTS.startContainer, {});
  await runtime.call("StopContainer", EVENTS.stopContainer, {});
  release();
  await slow;
  await session.close();
});

test("one plugin can run in several sessions at once", async () => {
  const plugin = definePlugin({ startContainer: nothing });
  const indices = ["00", "99"];
  for (const session of await Promise.all(
    indices.map(async (index) => {
      const runtime = new RawRuntime();
      const start = plugin.start({
        index,
        name: "x",
        connection: runtime.connection,
        environment: {},
        log: silentLogger,
      });
      await runtime.configure();
      return start;
    }),
  )) {
    assert.ok(indices.includes(session.plugin.index));
    await session.close();
  }
});
