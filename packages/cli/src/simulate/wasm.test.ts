// WebAssembly modules given to nri simulate and nri runtime.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Folder, nri, TOP } from "../lab.fixture.js";

const MODULE = join(TOP, "plugins/dist/wasm/wasm.wasm");
const POD = join(TOP, "plugins/wasm/pod.yaml");

test("the sample module says what it is asked, in the order of a pod's life", async () => {
  const { code, stdout, stderr } = await nri(["simulate", POD, "--plugin", MODULE, "-o", "json"]);
  assert.equal(code, 0, stderr);
  const { plugins } = JSON.parse(stdout) as { plugins: { name: string; kind: string; stderr: string }[] };
  assert.deepEqual(
    plugins.map(({ name, kind }) => [name, kind]),
    [["10-wasm", "wasm"]],
  );
  const said = stderr.split("\n").flatMap((line) => /^\[10-wasm\] WASM: Got (.*) request$/.exec(line)?.[1] ?? []);
  assert.deepEqual(said, [
    "configure",
    "synchronize",
    "run pod sandbox",
    "create container",
    "post create container",
    "start container",
    "post start container",
    "stop container",
    "remove container",
    "stop pod sandbox",
    "remove pod sandbox",
    "shutdown",
  ]);
});

test("a module of a folder of plugins is found by its first bytes, also by nri runtime", async () => {
  using folder = new Folder();
  const plugins = folder.path;
  folder.file("20-mine", readFileSync(MODULE), 0o755);
  const simulated = await nri(["simulate", POD, "--plugin-dir", plugins]);
  assert.equal(simulated.code, 0, simulated.stderr);
  assert.match(simulated.stderr, /^\[20-mine\] WASM: Got create container request$/m);
  const steps = '{"op":"RunPodSandbox","req":{"pod":{"id":"p1","name":"one"}}}\n';
  const ran = await nri(["runtime", "--plugin-path", plugins, "-v"], { stdin: steps });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /WASM: Got run pod sandbox request/);
});

test("a file that only begins like a module is told of in one line", async () => {
  using folder = new Folder();
  const ran = await nri(["simulate", POD, "-q", "--plugin", folder.file("10-bad.wasm", "\0asm\x01\0\0\0 and no more")]);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /^nri: .*load WASM plugin .*10-bad\.wasm: WebAssembly\.Module\(\): .*$/m);
});
