// nri simulate from arguments to output, with real plugins as real processes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseSpec, type Spec } from "@nri/oci";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { FIXTURES, Folder, manifest, nri, TOP } from "../lab.fixture.js";

const SCHEMA = JSON.parse(readFileSync(join(TOP, "schemas/simulate.json"), "utf8")) as object;
const validate = new Ajv2020({ allErrors: true }).compile(SCHEMA);
const TOLD = join(FIXTURES, "told.mjs");

interface Step {
  plugin: string;
  event: string;
  adjustment?: object;
  updates?: object[];
  error?: string;
}
interface Document {
  ok: boolean;
  plugins: { name: string; kind: string; events: string[]; exit?: number | string; stderr: string }[];
  pods: {
    pod: { name: string };
    containers: {
      name: string;
      steps: Step[];
      conflicts: { field: string; key: string; plugins: string[] }[];
      adjustment: object | null;
      spec: object | null;
      notAppliedBy: { reference: string[] };
    }[];
  }[];
}

/** Plugin arguments: each name with what it is told to do. */
function told(folder: Folder, plugins: { readonly [name: string]: unknown }): string[] {
  return Object.entries(plugins).flatMap(([name, config]) => {
    const file = folder.file(`${name}.conf`, JSON.stringify(config));
    return ["--plugin", `${name}=${TOLD}`, "--plugin-config", `${name}=${file}`];
  });
}

function documentOf(stdout: string): Document {
  const document: unknown = JSON.parse(stdout);
  assert.ok(validate(document), JSON.stringify(validate.errors, null, 1));
  return document as Document;
}

const addEnv = (key: string, value: string, only?: string) => ({
  createContainer: { adjust: { env: [{ key, value }] }, ...(only === undefined ? {} : { only }) },
});

// Most of the time is spent waiting for other processes.
describe("nri simulate", { concurrency: 4 }, () => {
  test("people see who changed what, from what to what, who had set it before, and why not", async () => {
    using folder = new Folder();
    const args = told(folder, {
      "00-watcher": { runPodSandbox: {}, createContainer: {}, postCreateContainer: {} },
      "10-first": {
        createContainer: {
          adjust: {
            env: [{ key: "FUSE", value: "1" }],
            linux: { resources: { memory: { limit: { value: "134217728" }, swap: { value: "268435456" } } } },
          },
        },
      },
      "20-second": { createContainer: { adjust: { env: [{ key: "-FUSE" }, { key: "FUSE", value: "2" }] } } },
      "30-third": addEnv("FUSE", "3", "bad"),
    });
    const { code, stdout, stderr } = await nri([
      "simulate",
      folder.file("pod.yaml", manifest("good", "bad")),
      ...args,
      "-q",
    ]);
    assert.equal(code, 1);
    const text = stdout.replaceAll(/in \d+\.\d ms/g, "in T ms");
    assert.equal(
      text,
      `pod default/web · 2 containers · 4 plugins

good
  00-watcher  saw 3 events
  10-first    + env     FUSE=1
              ~ memory  limit 64 MiB -> 128 MiB  set by the input before
              ~ memory  swap 64 MiB -> 256 MiB  set by the input before
  20-second   ~ env     FUSE 1 -> 2  set by 10-first before
  30-third    saw 1 event
  created with 4 changes by 2 plugins in T ms; not applied by the reference's generator: memory.swap

bad
  00-watcher  saw 2 events
  10-first    + env     FUSE=1
              ~ memory  limit 64 MiB -> 128 MiB  set by the input before
              ~ memory  swap 64 MiB -> 256 MiB  set by the input before
  20-second   ~ env     FUSE 1 -> 2  set by 10-first before
  30-third    x env     FUSE   already set by 20-second: container refused
  refused; nothing of this container's adjustments was applied

note: what plugins print is not shown; leave out -q to see it

1 of 2 containers refused (exit 1) · full spec: -o spec --container good
`,
    );
    assert.equal(
      stderr,
      'nri: default/web/bad: CreateContainer: plugins "30-third" and "20-second" both tried to set Env FUSE: container refused\n',
    );
  });

  test("-o json is the document that the schema describes, for success and refusal alike", async () => {
    using folder = new Folder();
    const args = told(folder, { "10-a": addEnv("X", "1"), "20-b": addEnv("X", "2", "bad") });
    const { code, stdout } = await nri([
      "simulate",
      folder.file("pod.yaml", manifest("good", "bad")),
      ...args,
      "-o",
      "json",
    ]);
    assert.equal(code, 1);
    const document = documentOf(stdout);
    assert.equal(document.ok, false);
    assert.deepEqual(
      document.plugins.map(({ name, kind, events, exit }) => [name, kind, events, exit]),
      [
        ["10-a", "launched", ["CreateContainer"], 0],
        ["20-b", "launched", ["CreateContainer"], 0],
      ],
    );
    const [good, bad] = document.pods[0]?.containers ?? [];
    assert.deepEqual(
      good?.steps.map(({ plugin, event, adjustment }) => [plugin, event, adjustment]),
      [
        ["10-a", "CreateContainer", { env: [{ key: "X", value: "1" }] }],
        ["20-b", "CreateContainer", undefined],
      ],
    );
    assert.deepEqual(good?.adjustment, { env: [{ key: "X", value: "1" }], ...pick(good?.adjustment, "env") });
    assert.ok(good?.spec !== null);
    assert.deepEqual(bad?.conflicts, [{ field: "Env", key: "X", plugins: ["20-b", "10-a"] }]);
    assert.deepEqual([bad?.adjustment, bad?.spec], [null, null]);
    assert.match(bad?.steps[1]?.error ?? "", /both tried to set Env X/);
  });

  /** What an object has beside `key`. */
  function pick(object: object | null | undefined, key: string): object {
    return Object.fromEntries(Object.entries(object ?? {}).filter(([name]) => name !== key));
  }

  test("the same input gives the same output", async () => {
    using folder = new Folder();
    const args = ["simulate", folder.file("pod.yaml", manifest("a")), ...told(folder, { "10-a": addEnv("X", "1") })];
    for (const format of ["spec", "diff"]) {
      const runs = [await nri([...args, "-o", format]), await nri([...args, "-o", format])];
      assert.equal(runs[0]?.stdout, runs[1]?.stdout);
    }
  });

  test("-o spec is one object, or an array in the order of the manifest, or nothing on a refusal", async () => {
    using folder = new Folder();
    const file = folder.file("pod.yaml", manifest("a", "b"));
    const fine = await nri(["simulate", file, ...told(folder, { "10-a": addEnv("X", "1") }), "-o", "spec"]);
    const several = JSON.parse(fine.stdout) as { annotations: { [key: string]: string } }[];
    assert.deepEqual(
      several.map(({ annotations }) => annotations["io.kubernetes.cri.container-name"]),
      ["a", "b"],
    );

    const single = await nri([
      "simulate",
      file,
      ...told(folder, { "10-a": addEnv("X", "1") }),
      "-o",
      "spec",
      "--container",
      "b",
    ]);
    const spec = parseSpec(single.stdout);
    assert.ok(spec.process?.env?.includes("X=1"));
    assert.equal(spec.annotations?.["io.kubernetes.cri.container-name"], "b");

    const refusing = told(folder, { "10-a": { createContainer: { only: "b", throw: "no" } } });
    const refused = await nri(["simulate", file, ...refusing, "-o", "spec"]);
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    const other = await nri(["simulate", file, ...refusing, "-o", "spec", "--container", "a"]);
    assert.equal(other.code, 1);
    assert.equal(parseSpec(other.stdout).annotations?.["io.kubernetes.cri.container-name"], "a");
  });

  test("-o yaml is the same as -o spec", async () => {
    using folder = new Folder();
    const file = folder.file("pod.yaml", manifest("a", "b"));
    const json = await nri(["simulate", file, "-o", "spec"]);
    const yaml = await nri(["simulate", file, "-o", "yaml"]);
    assert.deepEqual(parse(yaml.stdout), JSON.parse(json.stdout));
    assert.doesNotMatch(yaml.stdout, /[{}]/);
  });

  test("-o diff shows each changed line with the plugin behind it", async () => {
    using folder = new Folder();
    const args = told(folder, {
      "10-a": addEnv("X", "1"),
      "20-b": { createContainer: { adjust: { linux: { resources: { cpu: { shares: { value: "512" } } } } } } },
    });
    const { stdout } = await nri(["simulate", folder.file("pod.yaml", manifest("c")), ...args, "-o", "diff"]);
    assert.match(
      stdout,
      /^--- default\/web\/c\/config\.json {2}from the input\n\+\+\+ default\/web\/c\/config\.json {2}after 10-a, 20-b\n@@ /,
    );
    assert.match(stdout, /^\+ {6}"X=1" {3}# 10-a$/m);
    assert.match(stdout, /^- {8}"shares": 2, {3}# 20-b\n\+ {8}"shares": 512, {3}# 20-b$/m);
  });

  test("stdout holds the result alone; what plugins print goes to stderr behind their name, unless -q", async () => {
    using folder = new Folder();
    const args = ["simulate", folder.file("pod.yaml", manifest("a")), "-o", "spec"];
    const loud = told(folder, { "10-loud": { createContainer: { print: "hello\nworld \u001b[31m\n" } } });
    const shown = await nri([...args, ...loud]);
    assert.equal(shown.code, 0);
    parseSpec(shown.stdout);
    assert.match(shown.stderr, /^\[10-loud\] hello\n\[10-loud\] world \\x1b\[31m$/m);
    const quiet = await nri([...args, ...loud, "-q"]);
    assert.equal(quiet.stderr, "");
    assert.equal(quiet.stdout, shown.stdout);
  });

  test("colours are used on a terminal, not elsewhere, and NO_COLOR and --color decide otherwise", async () => {
    using folder = new Folder();
    const args = ["simulate", folder.file("pod.yaml", manifest("a"))];
    const colored = async (extra: string[], options: Parameters<typeof nri>[1]) =>
      (await nri([...args, ...extra], options)).stdout.includes("\u001b[");
    assert.equal(await colored([], {}), false);
    assert.equal(await colored([], { terminal: true }), true);
    assert.equal(await colored([], { terminal: true, env: { NO_COLOR: "1" } }), false);
    assert.equal(await colored(["--color", "always"], {}), true);
    assert.equal(await colored(["--color", "never"], { terminal: true }), false);
  });

  test("a TypeScript plugin is bundled with what it imports, and its file name is its identity", async () => {
    using folder = new Folder();
    const file = folder.file("pod.yaml", manifest("a"));
    const { code, stdout, stderr } = await nri([
      "simulate",
      file,
      "--plugin",
      join(FIXTURES, "42-typed.ts"),
      "-o",
      "json",
    ]);
    assert.equal(code, 0, stderr);
    const document = documentOf(stdout);
    assert.equal(document.plugins[0]?.name, "42-typed");
    assert.deepEqual(document.pods[0]?.containers[0]?.steps[0]?.adjustment, {
      env: [{ key: "GREETING", value: "hello a" }],
    });
  });

  test("plugins outside of any project get @nri/plugin from the program, in TypeScript and JavaScript", async () => {
    using folder = new Folder();
    const source = (name: string) =>
      `import { adjustment, definePlugin } from "@nri/plugin";\nawait definePlugin({ createContainer: () => ({ adjust: adjustment().env("${name}", "1") }) }).run();\n`;
    const plugins = [folder.file("one.mjs", source("ONE")), folder.file("two.ts", source("TWO"))];
    const args = plugins.flatMap((path) => ["--plugin", path]);
    const { code, stdout, stderr } = await nri([
      "simulate",
      folder.file("pod.yaml", manifest("a")),
      ...args,
      "-o",
      "json",
    ]);
    assert.equal(code, 0, stderr);
    const document = documentOf(stdout);
    assert.deepEqual(
      document.plugins.map(({ name }) => name),
      ["10-one", "11-two"],
    );
    assert.deepEqual(document.pods[0]?.containers[0]?.adjustment, {
      ...document.pods[0]?.containers[0]?.adjustment,
      env: [
        { key: "ONE", value: "1" },
        { key: "TWO", value: "1" },
      ],
    });
  });

  test("--plugin-dir finds plugins and their configuration as a runtime does", async () => {
    using folder = new Folder();
    folder.file("50-told", `#!/bin/sh\nexec ${process.execPath} ${TOLD}\n`, 0o755);
    folder.file("readme.txt", "no plugin");
    folder.file("told.conf", JSON.stringify(addEnv("DIR", "yes")));
    const args = ["--plugin-dir", folder.path, "--plugin-config-dir", folder.path];
    const { code, stdout } = await nri(["simulate", folder.file("pod.yaml", manifest("a")), ...args, "-o", "spec"]);
    assert.equal(code, 0);
    assert.ok(parseSpec(stdout).process?.env?.includes("DIR=yes"));
  });

  test("--until and --update decide how much of the life is played", async () => {
    using folder = new Folder();
    const events = { createContainer: {}, startContainer: {}, updateContainer: {}, stopContainer: {} };
    const base = [
      "simulate",
      folder.file("pod.yaml", manifest("a")),
      ...told(folder, { "10-w": events }),
      "-o",
      "json",
    ];
    const seen = async (...extra: string[]) =>
      documentOf((await nri([...base, ...extra])).stdout).pods[0]?.containers[0]?.steps.map(({ event }) => event);
    assert.deepEqual(await seen(), ["CreateContainer", "StartContainer", "StopContainer"]);
    assert.deepEqual(await seen("--until", "startcontainer"), ["CreateContainer", "StartContainer"]);
    assert.deepEqual(await seen("--update", "cpu=500m,memory=1Gi"), [
      "CreateContainer",
      "StartContainer",
      "UpdateContainer",
      "StopContainer",
    ]);
    const spec = await nri([
      "simulate",
      folder.file("pod.yaml", manifest("a")),
      "--update",
      "cpu=500m,memory=1Gi",
      "-o",
      "spec",
    ]);
    const { memory, cpu } = parseSpec(spec.stdout).linux?.resources ?? {};
    assert.deepEqual([memory?.limit, cpu?.quota, cpu?.shares], [1n << 30n, 50_000n, 512n]);
  });

  test("updates of the updated container and of others are shown with whose they are", async () => {
    using folder = new Folder();
    const own = {
      update: [{ containerId: "CONTAINER_ID", linux: { resources: { memory: { limit: { value: "33554432" } } } } }],
    };
    const args = [
      "simulate",
      folder.file("pod.yaml", manifest("a")),
      ...told(folder, { "10-u": { updateContainer: own } }),
      "--update",
      "memory=1Gi",
    ];
    const { stdout, code } = await nri([...args, "-q"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /10-u {2}~ memory {2}limit 1 GiB -> 32 MiB {2}at UpdateContainer, set by --update before\n/);
    assert.match(stdout, /created without changes in .* ms; 1 change later\n/);
  });

  test("what a plugin set at the creation is not said to be what its update started from", async () => {
    using folder = new Folder();
    const memory = (bytes: string) => ({ linux: { resources: { memory: { limit: { value: bytes } } } } });
    const plugin = {
      createContainer: { adjust: memory("67108864") },
      updateContainer: { update: [{ containerId: "CONTAINER_ID", ...memory("33554432") }] },
    };
    const args = [folder.file("pod.yaml", manifest("a")), ...told(folder, { "10-u": plugin, "20-v": {} }), "-q"];
    const { stdout } = await nri(["simulate", ...args, "--update", "memory=1Gi"]);
    assert.match(stdout, /limit 1 GiB -> 32 MiB {2}at UpdateContainer, set by --update before\n/);
    const short = await nri(["simulate", ...args, "--update", "memory=1Gi", "--until", "RunPodSandbox"]);
    assert.match(short.stdout, /^note: --update is not played: --until RunPodSandbox ends before it$/m);
    assert.match(short.stdout, /^ {2}not created: --until ends the life before$/m);
  });

  test("who gave no plugin, or none that is found, is told", async () => {
    using folder = new Folder();
    folder.file("10-forgotten", "#!/bin/sh\n");
    folder.file("10-forgotten.conf", "");
    const pod = folder.file("pod.yaml", manifest("a"));
    const none = await nri(["simulate", pod]);
    assert.match(none.stdout, /^note: no plugins; add some with --plugin FILE$/m);
    const nowhere = join(folder.path, "conf.d");
    const found = await nri(["simulate", pod, "--plugin-dir", folder.path, "--plugin-config-dir", nowhere]);
    assert.equal(found.code, 0);
    assert.match(
      found.stdout,
      /^note: no plugins in \S+ \(executables called NN-name\); add some with --plugin FILE$/m,
    );
    assert.deepEqual(found.stderr.trimEnd().split("\n"), [
      `nri: --plugin-config-dir ${nowhere}: no such folder`,
      `nri: skipping ${join(folder.path, "10-forgotten")}: is not executable (chmod +x it)`,
    ]);
  });

  test("--compat reference drops what the reference's generator drops", async () => {
    using folder = new Folder();
    const swap = {
      createContainer: { adjust: { linux: { resources: { memory: { reservation: { value: "4096" } } } } } },
    };
    const args = ["simulate", folder.file("pod.yaml", manifest("a")), ...told(folder, { "10-s": swap }), "-o", "json"];
    const reservation = (spec: object | null | undefined) =>
      (spec as Spec | undefined)?.linux?.resources?.memory?.reservation;
    const ours = documentOf((await nri(args)).stdout).pods[0]?.containers[0];
    assert.deepEqual(
      [reservation(ours?.spec), ours?.notAppliedBy.reference],
      [4096, ["linux.resources.memory.reservation"]],
    );
    const theirs = documentOf((await nri([...args, "--compat", "reference"])).stdout).pods[0]?.containers[0];
    assert.equal(reservation(theirs?.spec), undefined);
  });

  test("manifests come from stdin, and from several files at once", async () => {
    using folder = new Folder();
    const { code, stdout } = await nri(["simulate", "-", folder.file("two.yaml", manifest("b")), "-o", "json"], {
      stdin: manifest("a"),
    });
    assert.equal(code, 0);
    assert.deepEqual(
      documentOf(stdout).pods.map(({ containers }) => containers.map(({ name }) => name)),
      [["a"], ["b"]],
    );
  });

  test("an OCI bundle, its config.json and a recorded request are inputs too", async () => {
    using folder = new Folder();
    const made = await nri(["simulate", "-", "-o", "json"], { stdin: manifest("a") });
    const container = (JSON.parse(made.stdout) as { pods: { containers: { request: object; spec: object }[] }[] })
      .pods[0]?.containers[0];
    const config = folder.file("config.json", JSON.stringify(container?.spec));
    const request = folder.file("request.json", JSON.stringify(container?.request));
    for (const input of [folder.path, config, request]) {
      const args = ["simulate", input, ...told(folder, { "10-a": addEnv("X", "1") }), "-o", "spec"];
      const { code, stdout, stderr } = await nri(args);
      assert.equal(code, 0, stderr);
      const spec = parseSpec(stdout);
      assert.deepEqual([spec.process?.args, spec.process?.env?.at(-1)], [["sleep"], "X=1"], input);
      assert.equal(spec.linux?.resources?.memory?.limit, 67_108_864n);
    }
  });

  test("the greatest 64-bit numbers keep their digits from a plugin's answer to the printed spec", async () => {
    using folder = new Folder();
    const [most, unsigned] = [String(2n ** 63n - 1n), String(2n ** 64n - 1n)];
    const int64 = { value: most };
    const uint64 = { value: unsigned };
    const memory = {
      limit: int64,
      reservation: int64,
      swap: int64,
      kernel: int64,
      kernelTcp: int64,
      swappiness: uint64,
    };
    const cpu = { shares: uint64, quota: int64, period: uint64, realtimeRuntime: int64, realtimePeriod: uint64 };
    const adjust = {
      rlimits: [{ type: "RLIMIT_AS", hard: unsigned, soft: unsigned }],
      linux: {
        devices: [{ path: "/dev/x", type: "c", major: most, minor: most }],
        resources: { memory, cpu, hugepageLimits: [{ pageSize: "64KB", limit: unsigned }], pids: { limit: most } },
        scheduler: { policy: "SCHED_DEADLINE", runtime: unsigned, deadline: unsigned, period: unsigned },
        seccompPolicy: {
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [
            {
              names: ["clone"],
              action: "SCMP_ACT_ERRNO",
              args: [{ index: 0, value: unsigned, valueTwo: unsigned, op: "SCMP_CMP_EQ" }],
            },
          ],
        },
      },
      hooks: { poststop: [{ path: "/h", timeout: int64 }] },
    };
    const args = [
      "simulate",
      folder.file("pod.yaml", manifest("a")),
      ...told(folder, { "10-big": { createContainer: { adjust } } }),
    ];
    for (const format of ["spec", "yaml", "json"]) {
      const { code, stdout, stderr } = await nri([...args, "-o", format, "-q"]);
      assert.equal(code, 0, stderr);
      const text = format === "json" ? stdout.slice(stdout.lastIndexOf('"spec": {')) : stdout;
      const count = (digits: string) => text.split(new RegExp(`(?<!\\d)${digits}(?!\\d)`)).length - 1;
      // memory 5, quota, realtime runtime, pids, device 2 and its rule 2, hook: 13; the rest is unsigned: 12.
      assert.deepEqual([count(most), count(unsigned)], [13, 12], format);
    }
  });

  test("labels called __proto__ and keys of 64 KiB reach plugins and come out again", async () => {
    using folder = new Folder();
    const key = "k".repeat(65_536);
    const conf = folder.file("p.conf", `{"createContainer":{"adjust":{"annotations":{"__proto__":"p","${key}":"v"}}}}`);
    const pod = `kind: Pod\nmetadata:\n  name: web\n  labels: {"__proto__": x, constructor: y, "${key}": z}\nspec: {containers: [{name: a, image: i}]}\n`;
    const args = ["simulate", "-", "--plugin", `10-p=${TOLD}`, "--plugin-config", `10-p=${conf}`];
    const { code, stdout, stderr } = await nri([...args, "-o", "spec"], { stdin: pod });
    assert.equal(code, 0, stderr);
    const { annotations = {} } = parseSpec(stdout);
    assert.equal(Object.getOwnPropertyDescriptor(annotations, "__proto__")?.value, "p");
    assert.equal(annotations[key], "v");
    const text = await nri(args, { stdin: pod });
    assert.ok(Math.max(...text.stdout.split("\n").map((line) => line.length)) < 300);
    assert.match(text.stdout, /\+ annotation {2}__proto__/);
  });
});
