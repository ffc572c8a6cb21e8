// Modules that misbehave: the runtime goes on, says whose fault it was, and nothing is left.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { CreateContainerResponse, EVENTS, LogRequest } from "@nri/protocol";
import { eventually } from "../lab.fixture.js";
import { answer, DATA_AT, data, LOG, LOOP, type ModuleText, wasmLab } from "./modules.fixture.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };
const request = { pod, container };

/** A module that behaves so when a container is created. */
function atCreation(body: string, module: ModuleText = {}): ModuleText {
  return { events: EVENTS.createContainer.mask, ...module, calls: { CreateContainer: body, ...module.calls } };
}

const env = CreateContainerResponse.encode({ adjust: { env: [{ key: "BY", value: "good" }] } });
const good = atCreation(answer(DATA_AT, env.length), { more: data(DATA_AT, env) });
const IMPORT = '(import "wasi_snapshot_preview1"';

test("a module that never comes back from its start is ended at the registration time-out", async () => {
  await using it = await wasmLab({ "10-initialize": { initialize: LOOP } }, { registrationTimeoutMs: 500 });
  const path = `${it.dir}/plugins/10-initialize`;
  assert.deepEqual(
    it.warnings.map(({ text }) => text),
    [
      `failed to initialize pre-installed NRI plugin "initialize": load WASM plugin ${path}: not done in 500 ms (the registration time-out)`,
    ],
  );
});

test("a module that never comes back is ended at the deadline of Configure, Synchronize, or what it is asked", async () => {
  const loops: { readonly [file: string]: ModuleText } = {
    "11-malloc": { malloc: `${LOOP} (i32.const 0)` },
    "12-configure": { calls: { Configure: `${LOOP} (i64.const 0)` } },
    "13-synchronize": { calls: { Synchronize: `${LOOP} (i64.const 0)` } },
    "14-create": atCreation(`${LOOP} (i64.const 0)`),
    "15-free": atCreation(answer(DATA_AT, 4), {
      free: `(if (i32.eq (local.get $pointer) (i32.const ${DATA_AT})) (then ${LOOP}))`,
    }),
    "90-good": good,
  };
  await using it = await wasmLab(loops, { requestTimeoutMs: 500 });
  assert.deepEqual(
    it.adaptation.plugins.map(({ name }) => name),
    ["14-create", "15-free", "90-good"],
  );
  const why = (name: string): string =>
    it.states.find(({ plugin }) => plugin.name === name)?.plugin.reason?.message ?? "";
  assert.equal(why("11-malloc"), 'plugin "11-malloc": Configure not answered in 500 ms');
  assert.equal(why("12-configure"), 'plugin "12-configure": Configure not answered in 500 ms');
  assert.equal(why("13-synchronize"), 'plugin "13-synchronize": Synchronize not answered in 500 ms');
  const { adjust } = await it.adaptation.createContainer(request);
  assert.deepEqual(adjust?.env, [{ key: "BY", value: "good" }]);
  assert.equal(why("14-create"), 'plugin "14-create": CreateContainer not answered in 500 ms');
  assert.equal(why("15-free"), 'plugin "15-free": CreateContainer not answered in 500 ms');
  assert.deepEqual(
    it.adaptation.plugins.map(({ name }) => name),
    ["90-good"],
  );
});

/** Waits so long, as a module does: one subscription to the monotonic clock, at 2000. Imports nothing by itself. */
function sleep(ms: number): string {
  return `(i32.store (i32.const 2016) (i32.const 1)) (i64.store (i32.const 2024) (i64.const ${ms * 1_000_000}))
    (drop (call $poll (i32.const 2000) (i32.const 3000) (i32.const 1) (i32.const 3100)))`;
}
const POLL = `\n${IMPORT} "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))\n`;

test("a module that sleeps is ended as well", async () => {
  const sleeps = atCreation(`${sleep(3_600_000)} (i64.const 0)`, { more: POLL });
  await using it = await wasmLab({ "10-sleeps": sleeps }, { requestTimeoutMs: 300 });
  await it.adaptation.createContainer(request);
  assert.deepEqual(it.adaptation.plugins, []);
});

test("what a module answers as an error, or by breaking, fails the request; the module stays", async () => {
  const modules: { readonly [file: string]: ModuleText } = {
    "10-error": {
      events: EVENTS.stopContainer.mask,
      calls: { StopContainer: answer(DATA_AT, 5, true) },
      more: data(DATA_AT, "sorry"),
    },
    "20-traps": atCreation("unreachable"),
    "30-rubbish": {
      events: EVENTS.updateContainer.mask,
      calls: { UpdateContainer: answer(DATA_AT, 3) },
      more: data(DATA_AT, "\x0a\x7fx"),
    },
  };
  await using it = await wasmLab(modules);
  const { adaptation } = it;
  for (const _round of [1, 2]) {
    await assert.rejects(adaptation.stopContainer(request), { code: "request-failed", message: "sorry" });
    await assert.rejects(adaptation.createContainer(request), {
      code: "request-failed",
      message: 'plugin "20-traps": CreateContainer: wasm error: unreachable',
    });
    await assert.rejects(adaptation.updateContainer(request), {
      code: "invalid-response",
      message: /^plugin "30-rubbish": the answer to UpdateContainer cannot be decoded: /,
    });
  }
  assert.equal(adaptation.plugins.length, 3);
});

test("a request that is larger than a module takes is refused, and the state comes in parts", async () => {
  const more = `(global $parts (mut i32) (i32.const 0)) ${data(DATA_AT, "\x10\x01")}`;
  // "more" for each part but the last.
  const counts = `(global.set $parts (i32.add (global.get $parts) (i32.const 1)))
    (if (result i64) (i32.lt_u (global.get $parts) (i32.const 3)) (then ${answer(DATA_AT, 2)}) (else (i64.const 0)))`;
  const containers = [1, 2, 3].map((i) => ({ ...container, id: `c${i}`, args: ["x".repeat(500)] }));
  await using it = await wasmLab(
    { "10-small": { ...atCreation("(i64.const 0)", { more }), calls: { Synchronize: counts } } },
    { limits: { maxWasmRequestBytes: 600 }, containers },
  );
  assert.equal(it.adaptation.plugins.length, 1, it.warnings[0]?.text);
  const large = { pod, container: { ...container, args: ["x".repeat(1000)] } };
  await assert.rejects(it.adaptation.createContainer(large), {
    code: "message-too-large",
    message:
      /^plugin "10-small": CreateContainer takes \d+ bytes, more than the maximum of 600 \(maxWasmRequestBytes\)$/,
  });
  await it.adaptation.createContainer(request);
});

test("a module that ends itself is gone, with the code and its last words", async () => {
  const more = `\n${IMPORT} "proc_exit" (func $exit (param i32)))
    ${IMPORT} "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    ${data(3000, "panic: no idea\n")}`;
  const panics = `(i32.store (i32.const 2000) (i32.const 3000)) (i32.store (i32.const 2004) (i32.const 15))
    (drop (call $write (i32.const 2) (i32.const 2000) (i32.const 1) (i32.const 2008)))
    (call $exit (i32.const 2)) (i64.const 0)`;
  await using it = await wasmLab({ "10-panics": atCreation(panics, { more }), "20-good": good });
  const panicking = it.adaptation.plugins[0];
  const { adjust } = await it.adaptation.createContainer(request);
  assert.equal(adjust?.env.length, 1);
  assert.equal(panicking?.reason?.message, 'plugin "10-panics": exited with code 2, its last words: panic: no idea');
  assert.deepEqual(panicking?.exit, { code: 2, signal: null });
  assert.equal(it.adaptation.plugins.length, 1);
});

test("a flood of log lines is cut off in the module's thread, by length and by rate", async () => {
  const line = LogRequest.encode({ msg: "x".repeat(6000) });
  const floods = `(local $i i32) (loop $more
      (drop (call $log (i32.const 8192) (i32.const ${line.length})))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20000))))
    (i64.const 0)`;
  await using it = await wasmLab(
    { "10-floods": atCreation(floods, { more: `${LOG} ${data(8192, line)}` }) },
    { requestTimeoutMs: 20_000, limits: { maxOutputLinesPerSecond: 10, maxOutputLineBytes: 100 } },
  );
  await it.adaptation.createContainer(request);
  const shown = it.output.filter(({ line }) => line.startsWith("x"));
  assert.ok(shown.length >= 10 && shown.length < 1000, `${shown.length} lines`);
  assert.equal(shown[0]?.line, `${"x".repeat(100)} [5900 more bytes in this line]`);
});

test("with a policy that keeps slow plugins a module answers late, and is dropped when it never does", async () => {
  const slow = `(if (i32.eqz (global.get $asked)) (then (global.set $asked (i32.const 1)) ${sleep(800)}))
    ${answer(DATA_AT, env.length)}`;
  const more = `${POLL} ${data(DATA_AT, env)} (global $asked (mut i32) (i32.const 0))`;
  const never = atCreation(`${sleep(3_600_000)} (i64.const 0)`, { more: POLL });
  await using it = await wasmLab(
    { "10-slow": atCreation(slow, { more }), "20-never": never },
    { requestTimeoutMs: 400, policies: { rules: [{ plugin: "*", failure: "skip" }] }, limits: { maxLateCalls: 2 } },
  );
  const [, second] = it.adaptation.plugins;
  assert.deepEqual((await it.adaptation.createContainer(request)).adjust?.env, []);
  await eventually(() => it.adaptation.plugins[0]?.lateAnswers === 1, "the late answer");
  assert.deepEqual((await it.adaptation.createContainer(request)).adjust?.env.length, 1);
  assert.equal(second?.unansweredCalls, 2);
  await it.adaptation.createContainer(request);
  assert.equal(second?.state, "closed");
  assert.match(second.reason?.message ?? "", /3 calls are unanswered beyond their deadline, the maximum is 2/);
});

test("a caller that gives up does not cost the module its place", async () => {
  await using it = await wasmLab({ "10-loops": atCreation(`${LOOP} (i64.const 0)`) }, { requestTimeoutMs: 400 });
  const caller = new AbortController();
  const asked = it.adaptation.createContainer(request, { signal: caller.signal });
  setTimeout(() => caller.abort(), 50);
  await assert.rejects(asked, { code: "canceled" });
  const [plugin] = it.adaptation.plugins;
  assert.deepEqual([plugin?.state, plugin?.unansweredCalls], ["active", 1]);
});

test("a module that is dropped is loaded again where that is asked for", async () => {
  const more = `\n${IMPORT} "proc_exit" (func $exit (param i32)))\n`;
  await using it = await wasmLab(
    {
      "10-loops": atCreation(`${LOOP} (i64.const 0)`),
      "20-leaves": {
        events: EVENTS.startContainer.mask,
        more,
        calls: { StartContainer: "(call $exit (i32.const 0)) (i64.const 0)" },
      },
    },
    { requestTimeoutMs: 300, restart: { delayMs: 1 } },
  );
  await it.adaptation.startContainer(request);
  await it.adaptation.createContainer(request);
  await eventually(() => it.adaptation.plugins[0]?.restarts === 1, "its next instance");
  assert.deepEqual(
    it.adaptation.plugins.map(({ name }) => name),
    ["10-loops"],
  );
  assert.ok(it.log.some((line) => line.includes('"20-leaves" has ended by itself without an error')));
});

test("modules that come and go leave no thread, descriptor, timer or handle", async () => {
  const bad: readonly ModuleText[] = [
    { initialize: "unreachable" },
    { calls: { Configure: "unreachable" } },
    { calls: { Synchronize: `${LOOP} (i64.const 0)` } },
    good,
  ];
  const round = async (): Promise<void> => {
    await using it = await wasmLab(Object.fromEntries(bad.map((module, i) => [`1${i}-module`, module])), {
      requestTimeoutMs: 300,
    });
    await it.adaptation.createContainer(request);
  };
  const held = (): unknown => ({
    descriptors: readdirSync("/proc/self/fd").length,
    threads: /Threads:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1],
    resources: process.getActiveResourcesInfo().sort(),
  });
  await round();
  const before = held();
  await round();
  await eventually(() => JSON.stringify(held()) === JSON.stringify(before), JSON.stringify([held(), before]));
});
