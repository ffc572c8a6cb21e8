// WebAssembly modules as plugins: found, loaded, asked, heard and ended.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { CreateContainerResponse, EVENTS } from "@nri/protocol";
import { eventually, startLab } from "../lab.fixture.js";
import { answer, compiled, DATA_AT, data, LOG, moduleText, pluginsIn, wasmLab } from "./modules.fixture.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };

const setsEnv = CreateContainerResponse.encode({ adjust: { env: [{ key: "BY", value: "a module" }] } });

test("a module of the plugin directory is found by its first bytes, configured, synchronised and asked", async () => {
  await using it = await wasmLab(
    {
      "20-module": {
        events: EVENTS.createContainer.mask,
        calls: { CreateContainer: answer(DATA_AT, setsEnv.length) },
        more: data(DATA_AT, setsEnv),
      },
    },
    { pods: [pod], containers: [{ ...container, id: "c0" }] },
  );
  const [plugin] = it.adaptation.plugins;
  assert.deepEqual(
    [plugin?.name, plugin?.kind, plugin?.pid, plugin?.state],
    ["20-module", "wasm", undefined, "active"],
  );
  assert.deepEqual(
    it.states.map(({ state }) => state),
    ["connecting", "registered", "configured", "synchronizing", "active"],
  );
  const { adjust } = await it.adaptation.createContainer({ pod, container });
  assert.deepEqual(adjust?.env, [{ key: "BY", value: "a module" }]);
  assert.ok(it.log.includes(`Found WASM plugin: ${join(it.dir, "plugins/20-module")}`));
  assert.ok(it.log.includes('  #1: "20-module" (external-wasm:20-module)'), it.log.join("\n"));
});

/** Logs the bytes that come in, as a LogRequest: what a plugin is asked begins with a text in its first field, as that does. */
const LOGS_INPUT = "(drop (call $log (local.get $pointer) (local.get $size))) (i64.const 0)";

test("its configuration file comes with Configure, and what it logs goes to the log, line by line", async () => {
  const modules = { "10-logs": { calls: { Configure: LOGS_INPUT }, more: LOG } };
  await using it = await wasmLab(modules, {
    prepare: async (dir) => {
      const pluginConfigDir = join(dir, "conf.d");
      await mkdir(pluginConfigDir);
      await writeFile(join(pluginConfigDir, "logs.conf"), "two\nlines");
      return { pluginConfigDir, ...(await pluginsIn(dir, modules)) };
    },
  });
  assert.deepEqual(
    it.output.map(({ plugin, stream, level, line }) => [plugin.name, stream, level, line]),
    [
      ["10-logs", "log", "debug", "two"],
      ["10-logs", "log", "debug", "lines"],
    ],
  );
  assert.ok(it.log.includes("[10-logs log] two"));
});

const WRITE = '\n(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))\n';

test("what a module writes to its standard outputs is heard; the last of it is kept", async () => {
  const print = (descriptor: number, at: number, text: string): string =>
    `(i32.store (i32.const 2000) (i32.const ${at})) (i32.store (i32.const 2004) (i32.const ${text.length}))
     (drop (call $write (i32.const ${descriptor}) (i32.const 2000) (i32.const 1) (i32.const 2008)))`;
  await using it = await wasmLab({
    "10-prints": {
      initialize: `${print(1, 3000, "to stdout\n")} ${print(2, 3100, "to stderr\n")}`,
      more: `${WRITE} ${data(3000, "to stdout\n")} ${data(3100, "to stderr\n")}`,
    },
  });
  assert.deepEqual(
    it.output.map(({ stream, line }) => `${stream}: ${line}`),
    ["stdout: to stdout", "stderr: to stderr"],
  );
  assert.equal(it.adaptation.plugins[0]?.stderr, "to stderr\n");
});

test("a module is told to shut down at the stop", async () => {
  const it = await wasmLab({
    "10-polite": {
      calls: { Shutdown: "(drop (call $log (i32.const 3000) (i32.const 6))) (i64.const 0)" },
      more: `${LOG} ${data(3000, "\x0a\x04bye!")}`,
    },
  });
  await it[Symbol.asyncDispose]();
  assert.deepEqual(
    it.output.map(({ line }) => line),
    ["bye!"],
  );
  assert.equal(it.states.at(-1)?.state, "closed");
});

test("a module that cannot be loaded is warned of and closed, and the others start", async () => {
  await using it = await wasmLab(
    {
      "10-incomplete": { calls: { StopContainer: undefined } },
      "11-large": Buffer.concat([await compiled(moduleText({})), Buffer.alloc(9000)]),
      "99-good": {},
    },
    { limits: { maxWasmModuleBytes: 9000 } },
  );
  assert.deepEqual(
    it.adaptation.plugins.map(({ name }) => name),
    ["99-good"],
  );
  const path = join(it.dir, "plugins");
  assert.deepEqual(
    it.warnings.map(({ text }) => text.replace(/\d+ bytes/, "N bytes")),
    [
      `failed to initialize pre-installed NRI plugin "incomplete": load WASM plugin ${path}/10-incomplete: plugin_stop_container is not exported`,
      `failed to initialize pre-installed NRI plugin "large": load WASM plugin ${path}/11-large: N bytes, more than the maximum of 9000`,
    ],
  );
  assert.deepEqual(
    it.warnings.map(({ plugin }) => plugin?.state),
    ["closed", "closed"],
  );
});

test("with the support off modules are warned of and left out", async () => {
  await using it = await wasmLab({ "10-module": {} }, { wasm: false });
  assert.deepEqual(
    it.warnings.map(({ text }) => text),
    [
      `failed to initialize pre-installed NRI plugin "module": can't load WASM plugin ${join(it.dir, "plugins/10-module")}: no WASM support`,
    ],
  );
});

test("a module takes no arguments", async () => {
  await using it = await startLab({ idle: true, socketPath: undefined });
  const { pluginDir } = await pluginsIn(it.dir, { "10-module": {} });
  const command = join(pluginDir, "10-module");
  await using other = await startLab({
    socketPath: undefined,
    plugins: [{ index: "10", name: "module", command, args: ["-v"] }],
  });
  assert.match(other.warnings[0]?.text ?? "", /: a module takes no arguments$/);
  await eventually(() => other.states.at(-1)?.state === "closed", "it is closed");
});

test("a module whose file has changed is replaced when the options are taken anew; its thread ends", async () => {
  await using it = await wasmLab({ "20-module": { events: EVENTS.createContainer.mask } });
  const options = { pluginDir: join(it.dir, "plugins"), registrationTimeoutMs: 20_000 };
  const [old] = it.adaptation.plugins;
  await it.adaptation.reconfigure(options);
  assert.deepEqual(it.adaptation.plugins, [old]);
  const calls = { CreateContainer: answer(DATA_AT, setsEnv.length) };
  const changed = { events: EVENTS.createContainer.mask, calls, more: data(DATA_AT, setsEnv) };
  await writeFile(join(it.dir, "plugins/20-module"), await compiled(moduleText(changed)));
  await it.adaptation.reconfigure(options);
  assert.deepEqual(
    it.adaptation.plugins.map(({ name, kind, state }) => [name, kind, state]),
    [["20-module", "wasm", "active"]],
  );
  const { adjust } = await it.adaptation.createContainer({ pod, container });
  assert.deepEqual(adjust?.env, [{ key: "BY", value: "a module" }]);
  await eventually(() => old?.state === "closed", "the old one is gone");
});
