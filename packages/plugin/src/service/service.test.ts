// Tests of a plugin that stays: waits for its runtime, comes back to it, gives up where that is right.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { Empty, EVENTS } from "@nri/protocol";
import { duplexStream, StatusCode, StatusError } from "@nri/ttrpc";
import { definePlugin } from "../define.js";
import type { PluginDefinition } from "../handlers.js";
import { lineLogger, silentLogger } from "../log.js";
import { RawRuntime } from "../raw-runtime.fixture.js";
import { SocketRuntime, scratchFolder } from "../socket-runtime.fixture.js";
import type { RunOptions } from "./service.js";

const nothing = () => undefined;
const FAST = { delayMs: 2, maxDelayMs: 20 };

function plugin(definition: PluginDefinition = {}) {
  return definePlugin({ index: "10", name: "test", startContainer: nothing, ...definition });
}

/** Lines of a log, without those of each session. */
function recordedLog() {
  const lines: string[] = [];
  return { lines, log: lineLogger((line) => lines.push(line)) };
}

const settings = (socketPath: string): RunOptions & { connection?: undefined } => ({
  socketPath,
  environment: {},
  log: silentLogger,
  reconnect: FAST,
});

const ended = async (runtime: RawRuntime) => {
  await runtime.call("Shutdown", { request: Empty, response: Empty }, {});
  runtime.close();
};

test("a plugin waits for a runtime that is not there yet, and says so once", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  const { lines, log } = recordedLog();
  await using service = plugin().serve({ ...settings(socketPath), log });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(service.state.phase, "connecting");
  assert.match(service.state.lastError?.text ?? "", /ENOENT/);
  await using runtime = await SocketRuntime.listen(socketPath);
  await runtime.plugin();
  assert.equal(lines.filter((line) => line.includes("No runtime at")).length, 1);
  assert.equal(service.state.phase, "active");
});

test("a plugin comes back after the connection was lost: configured and synchronised anew", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  const seen: string[] = [];
  await using service = plugin({
    configure: () => void seen.push("configure"),
    synchronize: ({ pods }) => void seen.push(`synchronize ${pods.map(({ id }) => id).join()}`),
    startContainer: ({ container }) => void seen.push(`start ${container.id}`),
    connected: ({ count, session }) => void seen.push(`connected ${count} ${session.runtime.name}`),
    disconnected: ({ reason, reconnecting }) => void seen.push(`disconnected ${reason.kind} ${reconnecting}`),
  }).serve(settings(socketPath));
  for (const pod of ["p1", "p2"]) {
    await using runtime = await SocketRuntime.listen(socketPath);
    const connection = await runtime.plugin({ pods: [{ id: pod }] });
    await connection.call("StartContainer", EVENTS.startContainer, { container: { id: `c-${pod}` } });
  }
  await using runtime = await SocketRuntime.listen(socketPath);
  await ended(await runtime.plugin());
  await runtime.next();
  await service.close();
  assert.deepEqual(seen, [
    "configure",
    "synchronize p1",
    "connected 1 containerd",
    "start c-p1",
    "disconnected lost true",
    "configure",
    "synchronize p2",
    "connected 2 containerd",
    "start c-p2",
    "disconnected lost true",
    "configure",
    "synchronize ",
    "connected 3 containerd",
    "disconnected shutdown true",
  ]);
  await service.done;
  assert.equal(service.state.phase, "stopped");
});

test("each loss is told once, and that the plugin is back", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  const { lines, log } = recordedLog();
  const first = await SocketRuntime.listen(socketPath);
  await using _service = plugin().serve({ ...settings(socketPath), log });
  await first.plugin();
  await first[Symbol.asyncDispose]();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await using second = await SocketRuntime.listen(socketPath);
  await second.plugin();
  const count = (text: string) => lines.filter((line) => line.includes(text)).length;
  assert.equal(count('plugin "10-test": connection to the runtime lost; reconnecting...'), 1);
  assert.equal(count("No runtime at"), 1);
  assert.equal(count("Plugin test is connected after"), 1);
});

test("aborting ends the waiting at once, and run resolves", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  const control = new AbortController();
  const running = plugin().run({
    ...settings(socketPath),
    reconnect: { delayMs: 60_000, maxDelayMs: 60_000 },
    signal: control.signal,
  });
  setTimeout(() => control.abort(), 50);
  await running;
});

test("a plugin that shall not wait or not reconnect fails as before", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  for (const reconnect of [false, { waitForRuntime: false }] as const) {
    await assert.rejects(plugin().run({ ...settings(socketPath), reconnect }), { code: "connect-failed" });
  }
  await using runtime = await SocketRuntime.listen(socketPath);
  const running = plugin().run({ ...settings(socketPath), reconnect: false });
  (await runtime.plugin()).close();
  await assert.rejects(running, { code: "connection-lost" });
  const orderly = plugin().run({ ...settings(socketPath), reconnect: false });
  await ended(await runtime.plugin());
  await orderly;
});

test("a socket that can never be opened is no reason to wait", async (context) => {
  const folder = await scratchFolder(context);
  await writeFile(join(folder, "file"), "");
  await assert.rejects(plugin().run(settings(join(folder, "file", "nri.sock"))), { code: "connect-failed" });
});

test("a plugin that a runtime has launched, or with a given connection, does not reconnect", async () => {
  const runtime = new RawRuntime();
  const running = plugin().run({ connection: runtime.connection, environment: {}, log: silentLogger });
  await runtime.configure();
  runtime.close();
  await assert.rejects(running, { code: "connection-lost" });
  const launched = plugin().run({ environment: { NRI_PLUGIN_SOCKET: "999" }, log: silentLogger, reconnect: FAST });
  await assert.rejects(launched, { code: "connect-failed", message: /^invalid socket \(999\)/ });
  const both = { connection: new RawRuntime().connection, reconnect: true } as unknown as RunOptions;
  assert.throws(() => plugin().serve({ ...both, environment: {}, log: silentLogger }), { code: "invalid-argument" });
});

test("a refusal for the plugin's name is final, also later", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  for (const error of [
    new Error("invalid plugin name: name is empty"),
    new StatusError(StatusCode.INVALID_ARGUMENT, "no"),
  ]) {
    const register = () => {
      throw error;
    };
    await using runtime = await SocketRuntime.listen(socketPath, { register });
    await assert.rejects(plugin().run(settings(socketPath)), { code: "register-failed" });
    assert.equal(runtime.connections, 1);
  }
});

test("a second instance tries a bounded number of times, told once, then fails with the runtime's text", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  const { lines, log } = recordedLog();
  const register = () => {
    throw new StatusError(StatusCode.ALREADY_EXISTS, 'plugin "10-test" is registered already');
  };
  await using runtime = await SocketRuntime.listen(socketPath, { register });
  const running = plugin().run({ ...settings(socketPath), log, reconnect: { ...FAST, maxRefusals: 3 } });
  await assert.rejects(running, { code: "register-failed", message: /plugin "10-test" is registered already$/ });
  assert.equal(runtime.connections, 3);
  assert.equal(lines.filter((line) => line.includes("is registered already")).length, 1);
  assert.equal(lines.filter((line) => line.includes("Registering plugin")).length, 1);
});

test("a refusal that passes by leaves no trace in the state", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  let refusals = 2;
  const register = () => {
    if (refusals-- > 0) throw new Error("not now");
  };
  await using runtime = await SocketRuntime.listen(socketPath, { register });
  await using service = plugin().serve(settings(socketPath));
  await runtime.next();
  await runtime.next();
  await runtime.plugin();
  assert.equal(service.state.refusals, 0);
  assert.equal(service.state.phase, "active");
});

test("takeover is asked for by metadata, with the first registration only", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  await using runtime = await SocketRuntime.listen(socketPath);
  await using _service = plugin().serve({ ...settings(socketPath), takeover: true });
  const early = await runtime.next();
  early.close();
  const first = await runtime.plugin();
  assert.deepEqual(first.metadata[0]?.get("nri-takeover"), ["true"]);
  first.close();
  const second = await runtime.plugin();
  assert.deepEqual(second.metadata[0]?.has("nri-takeover"), false);
});

test("how many requests it takes at once is said with every registration", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  await using runtime = await SocketRuntime.listen(socketPath);
  const definition = { index: "10", name: "test", startContainer: () => undefined, concurrency: 4 };
  await using _service = definePlugin(definition).serve(settings(socketPath));
  for (let i = 0; i < 2; i++) {
    const session = await runtime.plugin();
    assert.deepEqual(session.metadata[0]?.get("nri-concurrency"), ["4"]);
    session.close();
  }
});

test("an instance that was taken over from ends in order", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  let taken = false;
  const register = () => {
    if (taken) throw new StatusError(StatusCode.ALREADY_EXISTS, 'plugin "10-test" is registered already');
  };
  await using runtime = await SocketRuntime.listen(socketPath, { register });
  const running = plugin().run(settings(socketPath));
  const connection = await runtime.plugin();
  taken = true;
  await ended(connection);
  await running;
});

test("a configure handler that throws ends the plugin, a silent runtime does not", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  await using runtime = await SocketRuntime.listen(socketPath);
  const limits = { configureTimeoutMs: 300 };
  let good = true;
  const configure = () => {
    if (!good) throw new Error("no such file");
  };
  const running = plugin({ configure }).run({ ...settings(socketPath), limits });
  await (await runtime.next()).mux.closed;
  const second = await runtime.plugin();
  good = false;
  second.close();
  const third = await runtime.next();
  const failed = assert.rejects(running, /no such file/);
  await assert.rejects(third.configure());
  await failed;
});

test("a plugin gives up after the time it was told", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  const running = plugin().run({ ...settings(socketPath), reconnect: { ...FAST, giveUpAfterMs: 60 } });
  await assert.rejects(running, {
    code: "connection-lost",
    message: /^plugin "10-test": no runtime in 60 ms: .*ENOENT/,
  });
});

test("a dialer makes each connection anew", async (context) => {
  const socketPath = join(await scratchFolder(context), "other.sock");
  await using runtime = await SocketRuntime.listen(socketPath);
  const dialled: string[] = [];
  await using _service = plugin().serve({
    ...settings("/somewhere"),
    dial: async (path) => {
      dialled.push(path);
      return dialled.length % 2 === 0 ? connect(socketPath) : duplexStream(connect(socketPath));
    },
  });
  (await runtime.plugin()).close();
  await runtime.plugin();
  assert.deepEqual(dialled, ["/somewhere", "/somewhere"]);
});

test("a dialer that takes too long is given up, its late connection is closed", async (context) => {
  const socketPath = join(await scratchFolder(context), "other.sock");
  await using runtime = await SocketRuntime.listen(socketPath);
  const running = plugin().run({
    ...settings(socketPath),
    limits: { connectTimeoutMs: 20 },
    reconnect: { waitForRuntime: false },
    dial: async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return connect(socketPath);
    },
  });
  await assert.rejects(running, { code: "connect-failed", message: /within 20 ms$/ });
  await (await runtime.next()).mux.closed;
});

test("errors of connected and disconnected handlers are logged and harm nothing", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  const { lines, log } = recordedLog();
  const fail = () => {
    throw new Error("boom");
  };
  await using runtime = await SocketRuntime.listen(socketPath);
  await using _service = plugin({ connected: fail, disconnected: async () => fail() }).serve({
    ...settings(socketPath),
    log,
  });
  (await runtime.plugin()).close();
  await runtime.plugin();
  for (const name of ["connected", "disconnected"]) {
    assert.ok(lines.includes(`ERROR handler ${name} of plugin test failed: boom`), name);
  }
});

test("the state counts calls and errors, and knows the last error", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  await using runtime = await SocketRuntime.listen(socketPath);
  await using service = plugin({
    createContainer: () => {
      throw new Error("no room");
    },
    validateContainerAdjustment: () => "a rejection is no error",
  }).serve(settings(socketPath));
  const connection = await runtime.plugin();
  await assert.rejects(connection.call("CreateContainer", EVENTS.createContainer, {}));
  await connection.call("StartContainer", EVENTS.startContainer, {});
  const { calls, errors, connections, lastError, plugin: identity, runtime: told } = service.state;
  assert.deepEqual([calls, errors, connections, lastError?.text], [4, 1, 1, "CreateContainer: no room"]);
  assert.deepEqual([identity.name, told?.name], ["test", "containerd"]);
});

test("a runtime that sends events without Synchronize has let the plugin in as well", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  await using runtime = await SocketRuntime.listen(socketPath);
  await using service = plugin().serve(settings(socketPath));
  const connection = await runtime.next();
  await connection.configure();
  assert.equal(service.state.phase, "configured");
  await connection.call("StartContainer", EVENTS.startContainer, {});
  assert.equal(service.state.phase, "active");
});
