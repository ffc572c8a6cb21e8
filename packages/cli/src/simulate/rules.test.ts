// What the node's rules make of a simulation: the default validator, failure policies, evictions, and compat.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Folder, manifest, nri, TOP } from "../lab.fixture.js";

const NRI = join(TOP, "packages/cli/bin/nri.js");

interface Container {
  readonly verdicts: readonly { validator: string; rejected: boolean; reason: string }[];
  readonly steps: readonly { plugin: string; event: string; evictions?: readonly object[] }[];
  readonly spec: object | null;
}
interface Document {
  readonly ok: boolean;
  readonly plugins: readonly { name: string; kind: string }[];
  readonly pods: readonly { readonly containers: readonly Container[] }[];
}

/** A program that answers from this script. */
function plugin(folder: Folder, name: string, script: object): string {
  const file = folder.file(`${name}.json`, JSON.stringify(script));
  return folder.file(name, `#!/bin/sh\nexec '${process.execPath}' '${NRI}' plugin --script '${file}'\n`, 0o755);
}

const HOOKS = { create: { "*": { adjust: { hooks: { prestart: [{ path: "/bin/true" }] } } } } };

test("--validator takes YAML, TOML and JSON, and its verdict refuses the container", async () => {
  using folder = new Folder();
  const hooks = plugin(folder, "10-hooks", HOOKS);
  folder.file("pod.yaml", manifest("web"));
  const files = [
    folder.file("v.yaml", "enable: true\nrejectOCIHookAdjustment: true\n"),
    folder.file("v.toml", "enable = true\nreject_oci_hook_adjustment = true\n"),
    folder.file("v.json", '{"enable": true, "rejectOCIHookAdjustment": true}'),
    folder.file("toml-without-a-name", "# options\nenable = true\nreject_oci_hook_adjustment = true\n"),
  ];
  const reason = 'validation error: plugin "10-hooks" attempted restricted OCI hook injection';
  for (const file of files) {
    const args = [
      "simulate",
      "pod.yaml",
      "--plugin",
      hooks,
      "--validator",
      file,
      "--until",
      "CreateContainer",
      "-o",
      "json",
    ];
    const { code, stdout } = await nri(args, { cwd: folder.path });
    const document = JSON.parse(stdout) as Document;
    assert.deepEqual([code, document.ok], [1, false], file);
    const [container] = document.pods[0]?.containers ?? [];
    assert.deepEqual(container?.verdicts, [{ validator: "00-default-validator", rejected: true, reason }]);
    assert.equal(container?.spec, null);
    assert.deepEqual(
      document.plugins.map(({ name, kind }) => `${name} ${kind}`),
      ["00-default-validator builtin", "10-hooks launched"],
    );
  }
  const text = await nri(["simulate", "pod.yaml", "--plugin", hooks, "--validator", files[0] ?? ""], {
    cwd: folder.path,
  });
  assert.match(text.stdout, /00-default-validator +x rejected: validation error: .*: container refused/);
});

test("a verdict that accepts is told, and a validator that is not enabled is a note", async () => {
  using folder = new Folder();
  folder.file("pod.yaml", manifest("web"));
  folder.file("on.yaml", "enable: true\n");
  folder.file("off.yaml", "rejectOCIHookAdjustment: true\n");
  const on = await nri(["simulate", "pod.yaml", "--validator", "on.yaml", "-o", "json"], { cwd: folder.path });
  const document = JSON.parse(on.stdout) as Document;
  assert.deepEqual(document.pods[0]?.containers[0]?.verdicts, [
    { validator: "00-default-validator", rejected: false, reason: "" },
  ]);
  const off = await nri(["simulate", "pod.yaml", "--validator", "off.yaml"], { cwd: folder.path });
  assert.equal(off.code, 0);
  assert.match(off.stdout, /note: off\.yaml: the validator is not enabled/);
});

test("a configuration that is wrong is one line with its file, and exit code 2", async () => {
  using folder = new Folder();
  folder.file("pod.yaml", manifest("web"));
  const cases: [option: string, name: string, text: string, message: RegExp][] = [
    ["--validator", "v.yaml", "enable: maybe\n", /^v\.yaml:1: default validator: .*enable/],
    ["--validator", "v.toml", "enable = true\nb = = 1\n", /^v\.toml:2: invalid TOML: /],
    ["--validator", "v.json", "{", /^v\.json:\d: invalid JSON: /],
    ["--policies", "p.yaml", "rules: [\n", /^p\.yaml:\d: invalid YAML: /],
    [
      "--policies",
      "p.yml",
      'rules:\n - {plugin: "*", failure: never}\n',
      /^p\.yml:1: policies\.rules\[0\]\.failure: "never"/,
    ],
  ];
  for (const [option, name, text, message] of cases) {
    folder.file(name, text);
    const { code, stdout, stderr } = await nri(["simulate", "pod.yaml", option, name], { cwd: folder.path });
    assert.deepEqual([code, stdout], [2, ""], name);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
  }
});

test("--policies keep a plugin that does not answer in time, or refuse the container", async () => {
  using folder = new Folder();
  folder.file("pod.yaml", manifest("web"));
  const slow = plugin(folder, "10-slow", {
    configure: { events: ["CreateContainer"] },
    create: { "*": { delayMs: 5000 } },
  });
  const run = async (failure: string): Promise<string> => {
    folder.file(
      "p.yaml",
      `rules:\n - {plugin: slow, timeout: 400ms, events: [createContainer], failure: ${failure}}\n`,
    );
    const { code, stdout } = await nri(["simulate", "pod.yaml", "--plugin", slow, "--policies", "p.yaml"], {
      cwd: folder.path,
    });
    assert.equal(code, 1);
    return stdout;
  };
  assert.match(await run("fail"), /1 of 1 container refused/);
  assert.match(await run("skip"), /^1 container created/m);
});

test("an eviction ends the container at once; with --compat reference it is dropped", async () => {
  using folder = new Folder();
  folder.file("pod.yaml", manifest("web", "other"));
  const evicts = plugin(folder, "10-evicts", {
    create: { web: { evict: [{ containerId: "SELF", reason: "too hot" }] } },
  });
  const first = await nri(["simulate", "pod.yaml", "-o", "json"], { cwd: folder.path });
  const [{ id }] = (JSON.parse(first.stdout) as { pods: [{ containers: [{ id: string }] }] }).pods[0].containers;
  const script = readFileSync(join(folder.path, "10-evicts.json"), "utf8");
  folder.file("10-evicts.json", script.replace("SELF", id));
  const events = async (...more: string[]): Promise<string[]> => {
    const args = ["simulate", "pod.yaml", "--plugin", evicts, "-o", "json", ...more];
    const { stdout } = await nri(args, { cwd: folder.path });
    const document = JSON.parse(stdout) as Document;
    return document.pods[0]?.containers[0]?.steps.map(({ event }) => event) ?? [];
  };
  const life = ["CreateContainer", "PostCreateContainer", "StartContainer", "PostStartContainer"];
  assert.deepEqual(await events("--until", "StopContainer"), [...life, "StopContainer"]);
  const text = await nri(["simulate", "pod.yaml", "--plugin", evicts], { cwd: folder.path });
  assert.equal(text.code, 0);
  assert.match(text.stdout, /! evict {2}web {2}too hot$/m);
  assert.match(text.stdout, /created without changes in .*; evicted: too hot$/m);
  const dropped = await nri(["simulate", "pod.yaml", "--plugin", evicts, "--compat", "reference"], {
    cwd: folder.path,
  });
  assert.match(dropped.stdout, /! evict {2}web {2}too hot {2}\(dropped, as by the reference\)$/m);
  assert.doesNotMatch(dropped.stdout, /evicted/);
});

test("--compat is that of the whole table: a removal of an original variable is honoured, or not", async () => {
  using folder = new Folder();
  folder.file(
    "pod.yaml",
    manifest("web").replace("command: [sleep],", "command: [sleep], env: [{name: GONE, value: x}],"),
  );
  const removes = plugin(folder, "10-removes", { create: { "*": { adjust: { env: [{ key: "-GONE" }] } } } });
  const spec = async (compat: string): Promise<string> =>
    (await nri(["simulate", "pod.yaml", "--plugin", removes, "-o", "spec", "--compat", compat], { cwd: folder.path }))
      .stdout;
  assert.doesNotMatch(await spec("default"), /GONE=x/);
  assert.match(await spec("reference"), /GONE=x/);
});

test("--compat reference: a stray executable fails the start, and plugins are not told that it ends", async () => {
  using folder = new Folder();
  folder.file("pod.yaml", manifest("web"));
  const calls = join(folder.path, "calls.jsonl");
  plugin(folder, "10-fine", {});
  const text = readFileSync(join(folder.path, "10-fine"), "utf8");
  const plugins = join(folder.path, "plugins");
  mkdirSync(plugins);
  folder.file("plugins/10-fine", text.replace("plugin --script", `plugin --record '${calls}' --script`), 0o755);
  const run = (...more: string[]) =>
    nri(["simulate", "pod.yaml", "--plugin-dir", "plugins", ...more], { cwd: folder.path });
  const recorded = (): string[] => {
    const lines = readFileSync(calls, "utf8").trimEnd().split("\n");
    rmSync(calls);
    return lines.map((line) => (JSON.parse(line) as { method: string }).method);
  };
  assert.equal((await run()).code, 0);
  assert.ok(recorded().includes("Shutdown"));
  assert.equal((await run("--compat", "reference")).code, 0);
  assert.ok(!recorded().includes("Shutdown"));

  folder.file("plugins/stray", "#!/bin/sh\n", 0o755);
  const skipped = await run();
  assert.equal(skipped.code, 0);
  assert.match(skipped.stderr, /stray/);
  const failed = await run("--compat", "reference");
  assert.equal(failed.code, 2);
  assert.match(failed.stderr, /"stray"/);
});
