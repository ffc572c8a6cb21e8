// nri oci install: what is written, and what is refused before anything is.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Folder, nri } from "../lab.fixture.js";

/** A program that says it is this version of something. */
function runtime(folder: Folder, says: string, name = "runc"): string {
  return folder.file(name, `#!/bin/sh\n[ "$1" = --version ] && echo '${says}' || echo "called: $*"\n`, 0o755);
}

test("a wrapper is written with its settings at the top, and the engine's configuration is told", async () => {
  using folder = new Folder();
  const real = runtime(folder, "runc version 1.3.6");
  const out = join(folder.path, "nri-runc");
  const install = ["oci", "install", "--runtime", real, "--out", out];
  const options = ["--when-down", "update=pass", "--exempt-pod-namespace", "nri", "--wait", "2s"];
  const { code, stdout, stderr } = await nri([...install, "--engine", "containerd", ...options]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /runc 1\.3\.6 with NRI, for containerd/);
  assert.match(stdout, /io\.containerd\.cri\.v1\.runtime[\s\S]*BinaryName = "[^"]*\/nri-runc"/);
  assert.match(stdout, /io\.containerd\.grpc\.v1\.cri/);
  assert.equal(statSync(out).mode & 0o777, 0o755);
  const script = readFileSync(out, "utf8");
  for (const line of [
    "engine=containerd",
    `runtime=${real}`,
    "wait=2",
    "when_down_create=refuse",
    "when_down_update=pass",
  ])
    assert.ok(script.includes(`\n${line}\n`), line);
  assert.equal(
    execFileSync(out, ["--root", "/r", "exec", "x", "*"], { encoding: "utf8" }),
    "called: --root /r exec x *\n",
  );

  const json = await nri([...install, "--engine", "docker", "--out", join(folder.path, "docker-runc"), "--json"]);
  const { notes, ...rest } = JSON.parse(json.stdout) as Record<string, unknown>;
  const socket = "/run/nri-bridge/oci/lease.sock";
  const other = join(folder.path, "docker-runc");
  assert.deepEqual(rest, { file: other, engine: "docker", runtime: real, flavour: "runc", version: "1.3.6", socket });
  assert.match(String(notes), /"runtimes": \{ "nri": \{ "path": "[^"]*\/docker-runc" \} \}/);
});

test("what cannot be wrapped, and settings that mean nothing, are refused, and nothing is written", async () => {
  using folder = new Folder();
  const real = runtime(folder, "crun version 1.28");
  const other = runtime(folder, "youki version 1", "other");
  const out = join(folder.path, "wrapper");
  const good = { engine: "oci", runtime: real, out };
  const rows: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{ engine: "dockr" }, /--engine "dockr": must be .*did you mean docker/],
    [{ runtime: "/does/not/exist" }, /runtime "\/does\/not\/exist" cannot be run: ENOENT/],
    [{ runtime: "runc" }, /--runtime "runc": must be an absolute name/],
    [{ runtime: other }, /neither runc nor crun: its version is "youki version 1"/],
    [{ out: "wrapper" }, /--out "wrapper": must be an absolute name/],
    [{ out: real }, /is the runtime itself/],
    [{ "when-down": "delete=pass" }, /--when-down "delete=pass": must be COMMAND=refuse or COMMAND=pass/],
    [{ "exempt-namespace": "a b" }, /is no name of a namespace/],
    [{ socket: '/a"b' }, /quotation marks/],
    [{ wait: "5" }, /--wait "5": not a duration/],
  ];
  for (const [changed, problem] of rows) {
    const args = Object.entries({ ...good, ...changed }).flatMap(([name, value]) => [`--${name}`, value]);
    const { code, stdout, stderr } = await nri(["oci", "install", ...args]);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, problem);
  }
  assert.equal(existsSync(out), false);
  const nowhere = join(real, "wrapper");
  const told = await nri(["oci", "install", "--engine", "oci", "--runtime", real, "--out", nowhere]);
  assert.deepEqual([told.code, told.stdout], [1, ""]);
  assert.match(told.stderr, /runc\/wrapper" cannot be written: a part of the path is no folder\n$/);
});

test("the folder of the wrapper is made, and a file that is not this engine's wrapper is left alone", async () => {
  using folder = new Folder();
  const real = runtime(folder, "runc version 1.3.6");
  const out = join(folder.path, "a/b/nri-runc");
  const install = (engine: string, file = out) =>
    nri(["oci", "install", "--engine", engine, "--runtime", real, "--out", file]);
  assert.equal((await install("docker")).code, 0);
  assert.equal((await install("docker")).code, 0, "again");
  const other = await install("podman");
  assert.deepEqual([other.code, other.stdout], [2, ""]);
  assert.match(other.stderr, /nri-runc": is the wrapper of docker; give this one another name/);
  assert.match(readFileSync(out, "utf8"), /^engine=docker$/m);
  const precious = folder.file("precious", "mine");
  assert.match((await install("docker", precious)).stderr, /is there and was not written by nri oci install/);
  assert.equal(readFileSync(precious, "utf8"), "mine");
});

/** `nri oci install --engine docker` with a daemon.json, or none; what it became. */
async function dockerWith(folder: Folder, before: string | undefined, ...more: string[]) {
  const file = join(folder.path, "docker/daemon.json");
  if (before !== undefined) folder.file("docker/daemon.json", before);
  const real = folder.file("runc", "#!/bin/sh\necho 'runc version 1.3.6'\n", 0o755);
  const out = join(folder.path, "nri-runc");
  const args = ["--runtime", real, "--out", out, "--engine-config", file, ...more];
  const { code, stdout, stderr } = await nri(["oci", "install", "--engine", "docker", ...args]);
  const text = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const backup = existsSync(`${file}.before-nri`) ? readFileSync(`${file}.before-nri`, "utf8") : undefined;
  return { code, stdout, stderr, text, backup, file, real, out };
}

test("--configure makes it Docker's default runtime, and leaves everything else in daemon.json as it was", async () => {
  using folder = new Folder();
  const before = `{
    "log-opts": { "max-size": "10m" },
    "max-download-attempts": 18446744073709551615,
    "runtimes": { "kata": { "path": "/usr/bin/kata" } }
}
`;
  const first = await dockerWith(folder, before);
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  assert.equal(
    first.text,
    `{
    "log-opts": {
        "max-size": "10m"
    },
    "max-download-attempts": 18446744073709551615,
    "runtimes": {
        "kata": {
            "path": "/usr/bin/kata"
        },
        "nri": {
            "path": "${first.out}"
        }
    },
    "default-runtime": "nri"
}
`,
  );
  assert.equal(first.backup, before);
  assert.match(
    first.stdout,
    /daemon\.json: it is the default runtime now; the file from before is .*daemon\.json\.before-nri/,
  );
  assert.match(first.stdout, /kill -HUP/);
  // Again nothing changes, in whatever form the file is; and what was changed since then does not replace the file from before.
  const again = await dockerWith(folder, JSON.stringify(JSON.parse(first.text)).replace("18446744073709552000", "1"));
  assert.match(again.stdout, /is the default runtime already/);
  assert.match(again.text ?? "", /^\{"log-opts"/);
  const later = await dockerWith(folder, '{"debug": true}');
  assert.deepEqual(JSON.parse(later.text ?? ""), {
    debug: true,
    runtimes: { nri: { path: later.out } },
    "default-runtime": "nri",
  });
  assert.equal(later.backup, before);
});

test("--configure makes a daemon.json where there is none, with no file from before", async () => {
  using folder = new Folder();
  const { code, text, backup, stdout, file, out } = await dockerWith(folder, undefined, "--json");
  const wanted = { runtimes: { nri: { path: out } }, "default-runtime": "nri" };
  assert.deepEqual([code, JSON.parse(text ?? ""), backup], [0, wanted, undefined]);
  const { engineConfig } = JSON.parse(stdout) as { engineConfig: unknown };
  assert.deepEqual(engineConfig, { file, changed: true });
});

test("a daemon.json that cannot be read, or names another default runtime, is left alone, and no wrapper is written", async () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ['{"debug": true,}', /daemon\.json: .*; it was left alone/],
    ["[]", /must be a JSON object/],
    ['{"runtimes": []}', /"runtimes" must be an object/],
    ['{"default-runtime": "nvidia"}', /"default-runtime" is "nvidia", which is not .*\/runc/],
    ['{"default-runtime": 1}', /"default-runtime" is 1/],
  ];
  for (const [before, problem] of rows) {
    using folder = new Folder();
    const { code, stdout, stderr, text, backup, out } = await dockerWith(folder, before);
    assert.deepEqual([code, stdout, text, backup, existsSync(out)], [2, "", before, undefined, false], stderr);
    assert.match(stderr, problem);
  }
  using folder = new Folder();
  const mine = `{"default-runtime": "mine", "runtimes": {"mine": {"path": "${join(folder.path, "runc")}"}}}`;
  assert.equal((await dockerWith(folder, mine)).code, 0, "another name of the same runtime");
});

test("--configure writes a file of its own for podman, and takes no other", async () => {
  using folder = new Folder();
  const real = runtime(folder, "crun version 1.28", "crun");
  const file = join(folder.path, "containers.conf.d/50-nri.conf");
  const out = join(folder.path, "nri-crun");
  const install = ["oci", "install", "--engine", "podman", "--runtime", real, "--out", out, "--engine-config", file];
  assert.equal((await nri(install)).code, 0);
  const text = readFileSync(file, "utf8");
  assert.match(text, /^\[engine\]\nruntime = "nri"\nruntime_supports_json = \[.*"nri", "nri-crun"\]$/m);
  assert.match(text, /^runtime_supports_nocgroup = \["crun", "krun", "nri", "nri-crun"\]$/m);
  assert.match(text, new RegExp(`^\\[engine\\.runtimes\\]\nnri = \\["${out}"\\]$`, "m"));
  const again = await nri(install);
  assert.match(again.stdout, /is the default runtime already/);
  folder.file("containers.conf.d/50-nri.conf", "[engine]\n");
  const refused = await nri(install);
  assert.deepEqual([refused.code, readFileSync(file, "utf8")], [2, "[engine]\n"]);
  assert.match(refused.stderr, /50-nri\.conf: was not written by nri oci install; it was left alone/);
});

test("engines whose configuration is not ours to write refuse --configure", async () => {
  for (const [engine, problem] of [
    ["containerd", /containerd's configuration is yours to write/],
    ["oci", /there is no engine to configure/],
  ] as const) {
    const { code, stderr } = await nri(["oci", "install", "--engine", engine, "--configure"]);
    assert.equal(code, 2);
    assert.match(stderr, problem);
  }
});
