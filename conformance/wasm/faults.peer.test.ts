// Modules that misbehave, in the Go runtime and in ours: where we follow it, and where we do not (docs/deviations.md).
import assert from "node:assert/strict";
import test from "node:test";
import { EVENTS } from "@nri/protocol";
import { goPeers } from "../peers/go-peers.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { type Faulty, faultyModule } from "./modules.js";
import { playInGo, playInOurs, type Step } from "./runtimes.js";

const go = await goPeers();
const skip = skipUnless(go);

async function modulesOf(faulty: { readonly [plugin: string]: Faulty }): Promise<{ [plugin: string]: Uint8Array }> {
  const made: { [plugin: string]: Uint8Array } = {};
  for (const [name, text] of Object.entries(faulty)) made[name] = await faultyModule(text);
  return made;
}

const SYSTEM = '(import "wasi_snapshot_preview1"';

test("a module that cannot be loaded is refused with the same text", { skip }, async () => {
  const modules = await modulesOf({
    "10-version": { edit: (text) => text.replace("(i64.const 1)", "(i64.const 2)") },
    "11-no-version": { edit: (text) => text.replace("plugin_api_version", "plugin_version") },
    "12-signature": { edit: (text) => text.replace("(result i64) (i64.const 1)", "") },
    "13-call": { edit: (text) => text.replace("plugin_stop_container", "x").replace("plugin_state_change", "y") },
    "14-malloc": { edit: (text) => text.replace('"malloc"', '"alloc"') },
    "15-free": { edit: (text) => text.replace('"free"', '"release"') },
    "16-module": { imports: '(import "elsewhere" "f" (func))' },
    "17-function": { imports: '(import "env" "exec" (func))' },
    "18-exits": {
      imports: `${SYSTEM} "proc_exit" (func $exit (param i32)))`,
      initialize: "(call $exit (i32.const 3))",
    },
    "19-traps": { initialize: "unreachable" },
    "90-good": {},
  });
  using folder = new TestFolder();
  const play = { modules, steps: [] };
  const refusals = (log: readonly string[]) =>
    log
      .flatMap((line) => /failed to initialize pre-installed NRI plugin "([^"]*)": (.*)/.exec(line)?.slice(1) ?? [])
      // Ours says where a trap is by the plugin's name only.
      .map((text) => text.replace(/(wasm error: unreachable).*/s, "$1"));
  const expected = refusals((await playInGo(use(go), folder, play)).log);
  assert.equal(expected.length, 2 * 10);
  assert.match(expected[19] ?? "", /module\[.*\] function\[_initialize\] failed: wasm error: unreachable$/);
  expected[19] = (expected[19] ?? "").replace(/module\[.*failed: /, "");
  for (const compat of ["reference", "default"] as const)
    assert.deepEqual(refusals((await playInOurs(compat, folder, play)).log), expected, compat);
});

const POD = { id: "p", name: "pod" };
const CONTAINER = { id: "c", name: "ctr" };

/** One module for each event, its fault, and what both runtimes answer the first and the second time. */
const FAULTS: readonly (readonly [event: keyof typeof EVENTS, body: string, more: Faulty, go: RegExp, ours: RegExp])[] =
  [
    [
      "runPodSandbox",
      "unreachable",
      {},
      /^wasm error: unreachable\nwasm stack trace:/,
      /^plugin "\d\d-f": RunPodSandbox: wasm error: unreachable$/,
    ],
    [
      "stopPodSandbox",
      `(i64.const ${(2048n << 32n) | (1n << 31n) | 5n})`,
      { data: '(data (i32.const 2048) "sorry")' },
      /^sorry$/,
      /^sorry$/,
    ],
    [
      "removePodSandbox",
      `(i64.const ${1n << 31n})`,
      {},
      /^$/,
      /^plugin "\d\d-f": RemovePodSandbox failed, and says no more$/,
    ],
    [
      "createContainer",
      `(i64.const ${(65_530n << 32n) | 7n})`,
      {},
      /^Memory\.Read\(65530, 7\) out of range of memory size 65536$/,
      /^plugin "\d\d-f": CreateContainer: Memory\.Read\(65530, 7\) out of range of memory size 65536$/,
    ],
    [
      "postCreateContainer",
      "(i64.const 0)",
      {
        malloc: `(global.set $asked (i32.add (global.get $asked) (i32.const 1)))
        (if (result i32) (i32.eq (global.get $asked) (i32.const 1)) (then (i32.const 4096)) (else (i32.const -8)))`,
      },
      /^Memory\.Write\(4294967288, \d+\) out of range of memory size 65536$/,
      /^plugin "\d\d-f": PostCreateContainer: Memory\.Write\(4294967288, \d+\) out of range of memory size 65536$/,
    ],
    [
      "startContainer",
      "(call $log (i32.const 65535) (i32.const 2))",
      { imports: '(import "env" "log" (func $log (param i32 i32) (result i64)))' },
      /^Memory\.Read\(65535, 2\) out of range \(recovered by wazero\)/,
      /^plugin "\d\d-f": StartContainer: Memory\.Read\(65535, 2\) out of range$/,
    ],
    [
      "updateContainer",
      `(i64.const ${(2048n << 32n) | 3n})`,
      { data: '(data (i32.const 2048) "\\0a\\7fx")' },
      /^unexpected EOF$/,
      /^plugin "\d\d-f": the answer to UpdateContainer cannot be decoded: /,
    ],
    [
      "stopContainer",
      "(i64.div_u (i64.const 1) (i64.const 0))",
      {},
      /^wasm error: integer divide by zero\n/,
      /^plugin "\d\d-f": StopContainer: wasm error: integer divide by zero$/,
    ],
  ];

test("what a module does wrong in a call fails the request, again and again, in both", { skip }, async () => {
  const modules = await modulesOf(
    Object.fromEntries(
      FAULTS.map(([event, body, more], i) => [
        `${10 + i}-f`,
        { ...more, events: EVENTS[event].mask, calls: { [EVENTS[event].name]: body } },
      ]),
    ),
  );
  const steps: readonly Step[] = FAULTS.flatMap(([event]) => {
    const { name, subject } = EVENTS[event];
    const req = subject === "pod" ? { pod: POD } : { pod: POD, container: CONTAINER };
    return [
      { op: name, req },
      { op: name, req },
    ];
  });
  using folder = new TestFolder();
  const play = { modules, steps };
  const inGo = await playInGo(use(go), folder, play);
  for (const [i, { op, ok, error }] of inGo.answers.entries()) {
    assert.equal(ok, false, op);
    assert.match(error ?? "", FAULTS[i >> 1]?.[3] ?? /^$/, `Go, ${op}`);
  }
  for (const compat of ["reference", "default"] as const) {
    for (const [i, { op, ok, error }] of (await playInOurs(compat, folder, play)).answers.entries()) {
      assert.equal(ok, false, op);
      assert.match(error ?? "", FAULTS[i >> 1]?.[4] ?? /^$/, `ours, ${op}`);
    }
  }
});

const create: Step = { op: "CreateContainer", req: { pod: POD, container: CONTAINER } };

test("a module that loops for ever is dropped at the deadline, and the next request goes on, in both", {
  skip,
}, async () => {
  const loops = { events: EVENTS.createContainer.mask, calls: { CreateContainer: "(loop $l (br $l)) (i64.const 0)" } };
  using folder = new TestFolder();
  const play = {
    modules: await modulesOf({ "10-loops": loops, "20-good": {} }),
    steps: [create, create],
    requestTimeoutMs: 400,
  };
  for (const played of [
    await playInGo(use(go), folder, play),
    await playInOurs("reference", folder, play),
    await playInOurs("default", folder, play),
  ]) {
    assert.ok(
      played.answers.every(({ ok }) => ok),
      JSON.stringify(played.answers),
    );
    const closing = played.log.filter((line) =>
      /closing plugin 10-loops, failed to handle CreateContainer request/.test(line),
    );
    assert.equal(closing.length, 1, played.log.join("\n"));
  }
});

test("a module that ends itself fails every later request in Go; with us it is gone like a program", {
  skip,
}, async () => {
  const exits = {
    events: EVENTS.createContainer.mask,
    imports: `${SYSTEM} "proc_exit" (func $exit (param i32)))`,
    calls: { CreateContainer: "(call $exit (i32.const 3)) (i64.const 0)" },
  };
  using folder = new TestFolder();
  const play = { modules: await modulesOf({ "10-exits": exits }), steps: [create, create] };
  const errors = async (played: ReturnType<typeof playInOurs>) => (await played).answers.map(({ error }) => error);
  const closed = "module closed with exit_code(3)";
  assert.deepEqual(await errors(playInGo(use(go), folder, play)), [closed, closed]);
  assert.deepEqual(await errors(playInOurs("reference", folder, play)), [closed, closed]);
  assert.deepEqual(await errors(playInOurs("default", folder, play)), [undefined, undefined]);
});
