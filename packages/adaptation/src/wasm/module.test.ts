// A module in this thread: what is wrong with it is told in the reference's words, and its pointers are not believed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LogRequest } from "@nri/protocol";
import { AnsweredError, LoadedModule } from "./module.js";
import { answer, compiled, DATA_AT, data, LOG, type ModuleText, moduleText } from "./modules.fixture.js";
import { ModuleExit } from "./system.js";

const LIMITS = { maxWasmMemoryBytes: 4 * 65_536, maxWasmAnswerBytes: 1000 };

async function load(
  module: ModuleText | string | Uint8Array,
  limits = LIMITS,
): Promise<{ readonly module: LoadedModule; readonly said: string[] }> {
  const said: string[] = [];
  const bytes =
    module instanceof Uint8Array ? module : await compiled(typeof module === "string" ? module : moduleText(module));
  return {
    module: new LoadedModule(bytes, limits, {
      write: (stream, text) => said.push(`${stream}: ${Buffer.from(text).toString()}`),
      log: (level, text) => said.push(`${level}: ${text}`),
    }),
    said,
  };
}

test("a module that cannot be a plugin is refused, and the text says what it lacks", async () => {
  const text = moduleText({});
  const refused: readonly (readonly [module: ModuleText | string | Uint8Array, text: RegExp])[] = [
    [Buffer.from("\0asm\x01\0\0\0rubbish", "latin1"), /^WebAssembly\.Module\(\)/],
    [text.replace("(i64.const 1)", "(i64.const 7)"), /^API version mismatch, host: 1, plugin: 7$/],
    [text.replace("(i64.const 1)", "(i64.const -1)"), /^API version mismatch, host: 1, plugin: 18446744073709551615$/],
    [text.replace("plugin_api_version", "version"), /^plugin_api_version is not exported$/],
    [text.replace("(result i64) (i64.const 1)", ""), /^invalid plugin_api_version signature$/],
    [text.replace('(memory (export "memory") 1)', "(memory 1)"), /^memory is not exported$/],
    [
      { calls: { StopContainer: undefined, ValidateContainerAdjustment: undefined } },
      /^plugin_stop_container is not exported$/,
    ],
    [{ malloc: "" }, /^malloc is not exported$/],
    [{ more: '\n(import "env" "nothing" (func))\n' }, /^"nothing" is not exported in module "env"$/],
    [{ more: '\n(import "elsewhere" "f" (func))\n' }, /^module\[elsewhere\] not instantiated$/],
    [{ memory: "5" }, /^begins with 327680 bytes of memory, more than the maximum of 262144 \(maxWasmMemoryBytes\)$/],
    [{ memory: "1 1 shared" }, /^shared and 64-bit memories are not supported$/],
    [{ more: "(table 1000001 funcref)" }, /^begins with a table of 1000001 entries, more than the maximum of 1000000$/],
    [
      { more: "(table 1 funcref) (table 600000 externref)" },
      /^begins with a table of 600000 entries, more than the maximum of 500000 in each of 2$/,
    ],
    [
      { more: `(func $f)${Array.from({ length: 10_000 }, (_, i) => `(export "x${i}" (func $f))`).join("")}` },
      /^100\d\d exports, more than the maximum of 10000$/,
    ],
    [structType(), /^types beyond WebAssembly 2\.0 are not supported$/],
    [{ initialize: "unreachable" }, /^wasm error: unreachable$/],
  ];
  for (const [module, message] of refused) {
    await assert.rejects(load(module), { message });
  }
});

test("a request and its answer go through the module's memory, and are freed", async () => {
  const { module, said } = await load({
    // Gives back what comes in, as an answer of its own.
    calls: {
      CreateContainer: `(memory.copy (i32.const ${DATA_AT}) (local.get $pointer) (local.get $size))
        (i64.or (i64.const ${BigInt(DATA_AT) << 32n}) (i64.extend_i32_u (local.get $size)))`,
    },
    malloc: "(i32.const 2048)",
    free: `(i32.store8 (i32.const 4099) (i32.add (i32.const 48) (i32.shr_u (local.get $pointer) (i32.const 10))))
      (drop (call $log (i32.const 4096) (i32.const 4)))`,
    more: `${LOG} ${data(4096, LogRequest.encode({ msg: "f?" }))}`,
  });
  assert.deepEqual(
    module.call("CreateContainer", Buffer.from("round trip")),
    new Uint8Array(Buffer.from("round trip")),
  );
  assert.deepEqual(said, ["debug: f1", "debug: f2"]);
  assert.deepEqual(module.call("StopContainer", new Uint8Array()), new Uint8Array());
});

test("what an answer or a pointer of the module has wrong is an error, and the next call is made all the same", async () => {
  const broken: readonly (readonly [module: ModuleText, text: string])[] = [
    [creating("unreachable"), "wasm error: unreachable"],
    [creating("(i64.div_u (i64.const 1) (i64.const 0))"), "wasm error: integer divide by zero"],
    [creating("(i64.load (i32.const -1))"), "wasm error: out of bounds memory access"],
    [
      creating("(call $deep)", { more: "(func $deep (result i64) (i64.add (call $deep) (i64.const 1)))" }),
      "wasm error: stack overflow",
    ],
    [creating(answer(65_530, 7)), "Memory.Read(65530, 7) out of range of memory size 65536"],
    [creating("(i64.const -4294967295)"), "Memory.Read(4294967295, 1) out of range of memory size 65536"],
    [creating(answer(0, 1001)), "the answer takes 1001 bytes, more than the maximum of 1000 (maxWasmAnswerBytes)"],
    [{ malloc: "(i32.const -8)" }, "Memory.Write(4294967288, 9) out of range of memory size 65536"],
    [{ malloc: "(i32.const 65530)" }, "Memory.Write(65530, 9) out of range of memory size 65536"],
    [{ malloc: "(i32.const 0)" }, "malloc(9) gave no memory"],
    [creating("(call $log (i32.const 65536) (i32.const 1))", { more: LOG }), "Memory.Read(65536, 1) out of range"],
  ];
  for (const [text, message] of broken) {
    const { module } = await load(text);
    for (const _round of [1, 2]) {
      assert.throws(() => module.call("CreateContainer", Buffer.from("a request")), { message });
    }
  }
});

test("a huge log request is not made a text of", async () => {
  const { module, said } = await load(
    creating("(call $log (i32.const 0) (i32.const 1048577))", { memory: "17", more: LOG }),
    { ...LIMITS, maxWasmMemoryBytes: 32 * 65_536 },
  );
  module.call("CreateContainer", new Uint8Array());
  assert.deepEqual(said, ["warn: a log request of 1048577 bytes, more than the maximum of 1048576"]);
});

test("an error that the plugin answers keeps its text", async () => {
  const { module } = await load(creating(answer(DATA_AT, 5, true), { more: data(DATA_AT, "sorry") }));
  assert.throws(
    () => module.call("CreateContainer", new Uint8Array()),
    (error) => {
      assert.ok(error instanceof AnsweredError);
      assert.equal(error.message, "sorry");
      return true;
    },
  );
});

test("what goes wrong in free is told, and changes no answer", async () => {
  const { module, said } = await load(creating(answer(DATA_AT, 0), { free: "unreachable" }));
  assert.deepEqual(module.call("CreateContainer", new Uint8Array()), new Uint8Array());
  assert.deepEqual(said, [`warn: free(${DATA_AT}): wasm error: unreachable`]);
});

test("memory grows up to the limit only, and a request goes where malloc has moved it", async () => {
  const { module, said } = await load(
    creating(
      `(i32.store8 (i32.const 3002) (i32.add (i32.const 48) (memory.size)))
       (drop (call $log (i32.const 3000) (i32.const 3))) (i64.const 0)`,
      {
        malloc: `(drop (memory.grow (i32.const 1)))
          (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 65536))`,
        more: `${LOG} ${data(3000, "\x0a\x01")}`,
      },
    ),
  );
  for (let i = 0; i < 4; i++) {
    module.call("CreateContainer", Buffer.from("a request"));
  }
  assert.deepEqual(said, ["debug: 2", "debug: 3", "debug: 4", "debug: 4"]);
});

test("a table grows up to the limit only", async () => {
  const { module, said } = await load(
    creating(
      `(i32.store8 (i32.const 3002) (i32.add (i32.const 50) (table.grow $t (ref.null extern) (i32.const 600000))))
       (drop (call $log (i32.const 3000) (i32.const 3))) (i64.const 0)`,
      { more: `${LOG} (table $t 0 externref) ${data(3000, "\x0a\x01")}` },
    ),
  );
  module.call("CreateContainer", new Uint8Array());
  module.call("CreateContainer", new Uint8Array());
  // What it was before, 0, and -1 for "no".
  assert.deepEqual(said, ["debug: 2", "debug: 1"]);
});

test("of the system a module sees clocks, random numbers and its outputs, and nothing else", async () => {
  const parameters: { readonly [name: string]: string } = {
    args_sizes_get: "i32 i32",
    environ_sizes_get: "i32 i32",
    fd_prestat_get: "i32 i32",
    path_open: "i32 i32 i32 i32 i32 i64 i64 i32 i32",
    fd_close: "i32",
    fd_pwrite: "i32 i32 i32 i64 i32",
    fd_read: "i32 i32 i32 i32",
    fd_fdstat_get: "i32 i32",
    clock_time_get: "i32 i64 i32",
    random_get: "i32 i32",
    fd_write: "i32 i32 i32 i32",
    proc_exit: "i32",
  };
  const imports = Object.entries(parameters).map(
    ([name, types]) =>
      `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${types})${name === "proc_exit" ? "" : " (result i32)"}))`,
  );
  // Each call's outcome becomes a byte at 3002, and a log line.
  const tries: readonly (readonly [call: string, outcome: string])[] = [
    ["(call $args_sizes_get (i32.const 2000) (i32.const 2004))", "0"],
    ["(i32.load (i32.const 2000))", "0"],
    ["(call $environ_sizes_get (i32.const 2000) (i32.const 2004))", "0"],
    ["(i32.load (i32.const 2000))", "0"],
    ["(call $fd_prestat_get (i32.const 3) (i32.const 2000))", "8"],
    [
      "(call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 2000))",
      "8",
    ],
    ["(call $fd_close (i32.const 2))", "0"],
    ["(call $fd_pwrite (i32.const 1) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 2000))", "8"],
    ["(call $fd_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 2000))", "0"],
    ["(call $fd_read (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 2000))", "8"],
    ["(call $fd_fdstat_get (i32.const 1) (i32.const 2000))", "0"],
    ["(i32.load8_u (i32.const 2000))", "2"],
    ["(call $fd_fdstat_get (i32.const 7) (i32.const 2000))", "8"],
    ["(call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 2000))", "0"],
    ["(i32.eqz (i32.load (i32.const 2004)))", "0"],
    ["(call $random_get (i32.const 2000) (i32.const 8))", "0"],
    ["(call $fd_write (i32.const 1) (i32.const 65530) (i32.const 1) (i32.const 2000))", "m"],
    ["(call $fd_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 2000))", "8"],
  ];
  const body = tries.map(
    ([call]) =>
      `(i32.store8 (i32.const 3002) (i32.add (i32.const 48) ${call})) (drop (call $log (i32.const 3000) (i32.const 3)))`,
  );
  const { module, said } = await load({
    calls: {
      StartContainer: `${body.join("\n")} (i64.const 0)`,
      StopContainer: "(call $proc_exit (i32.const 3)) (i64.const 0)",
    },
    more: `${LOG}\n${imports.join("\n")}\n${data(3000, "\x0a\x01")}`,
  });
  module.call("StartContainer", new Uint8Array());
  assert.deepEqual(
    said,
    tries.map(([, outcome]) => `debug: ${outcome}`),
  );
  assert.throws(
    () => module.call("StopContainer", new Uint8Array()),
    (error) => {
      assert.ok(error instanceof ModuleExit);
      assert.equal(error.code, 3);
      return true;
    },
  );
});

/** A module with a type of the garbage collection proposal: a structure without fields. */
function structType(): Uint8Array {
  return Uint8Array.from([...Buffer.from("\0asm\x01\0\0\0", "latin1"), 1, 3, 1, 0x5f, 0]);
}

/** A module that does this when a container is created. */
function creating(body: string, module: ModuleText = {}): ModuleText {
  return { ...module, calls: { CreateContainer: body } };
}
