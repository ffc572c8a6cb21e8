// Tests of what definePlugin refuses and of the edge: environment, descriptor, socket.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin } from "./define.js";
import { silentLogger } from "./log.js";

const handlers = { index: "10", name: "test", startContainer: () => undefined };

test("a plugin without event handlers is refused", () => {
  const text = "internal error: plugin test does not implement any NRI request handlers";
  assert.throws(() => definePlugin({ name: "test", configure: () => 0 }), {
    code: "invalid-definition",
    message: text,
  });
});

test("an unknown handler is refused by name", () => {
  assert.throws(() => definePlugin({ ...handlers, createContianer: () => undefined } as never), {
    code: "invalid-definition",
    message: /^unknown handler "createContianer", known are configure, synchronize/,
  });
  assert.throws(() => definePlugin({ ...handlers, stopContainer: 5 } as never), {
    message: "stopContainer must be a function, got number",
  });
});

test("a failure policy has two booleans and nothing else", () => {
  for (const [failurePolicy, message] of [
    [true, "failurePolicy must be an object"],
    [null, "failurePolicy must be an object"],
    [{ failRequests: true }, 'unknown key "failRequests" in failurePolicy, known are failRequest, keepConnected'],
    [{ keepConnected: "yes" }, "failurePolicy.keepConnected must be a boolean, got string"],
  ] as const) {
    assert.throws(() => definePlugin({ ...handlers, failurePolicy } as never), { code: "invalid-definition", message });
  }
  assert.deepEqual(definePlugin({ ...handlers, failurePolicy: { failRequest: true } }).events, ["startContainer"]);
});

test("how many requests a plugin takes at once is a number from 1 to 256", () => {
  for (const concurrency of [0, 1.5, 257, "4"] as never[]) {
    const message = `concurrency must be a number from 1 to 256, got ${concurrency}`;
    assert.throws(() => definePlugin({ ...handlers, concurrency }), { code: "invalid-definition", message });
  }
  assert.deepEqual(definePlugin({ ...handlers, concurrency: 256 }).events, ["startContainer"]);
});

test("a plugin knows its events", () => {
  assert.deepEqual(definePlugin(handlers).events, ["startContainer"]);
});

test("a missing socket fails start in one sentence", async () => {
  const options = { socketPath: "/nonexistent/nri.sock", environment: {}, log: silentLogger };
  await assert.rejects(definePlugin(handlers).start(options), {
    code: "connect-failed",
    message: /^failed to connect to NRI service: .*\/nonexistent\/nri\.sock/,
  });
});

test("a bad descriptor in the environment fails start with the reference's text", async () => {
  const start = (NRI_PLUGIN_SOCKET: string) =>
    definePlugin(handlers).start({ environment: { NRI_PLUGIN_SOCKET }, log: silentLogger });
  await assert.rejects(start("x"), {
    code: "connect-failed",
    message: 'invalid socket in environment (NRI_PLUGIN_SOCKET="x"): not a number',
  });
  await assert.rejects(start("999"), { code: "connect-failed", message: /^invalid socket \(999\) in environment: / });
});

test("a limit that is no positive integer is refused by name before anything is connected", async () => {
  const plugin = definePlugin({ index: "10", name: "x", runPodSandbox: () => undefined });
  for (const [limits, message] of [
    [{ maxSyncBytes: 0 }, /^limit maxSyncBytes must be a positive integer up to \d+, got 0$/],
    [{ connectTimeoutMs: Number.NaN }, /^limit connectTimeoutMs must be .*, got NaN$/],
    [
      { configureTimeoutMs: 2 ** 31 },
      /^limit configureTimeoutMs must be a positive integer up to 2147483647, got 2147483648$/,
    ],
  ] as const) {
    await assert.rejects(plugin.start({ limits, log: silentLogger, environment: {} }), {
      name: "PluginError",
      code: "invalid-argument",
      message,
    });
  }
});
