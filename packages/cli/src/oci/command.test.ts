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

  const json = await nri([...install, "--engine", "docker", "--json"]);
  const { notes, ...rest } = JSON.parse(json.stdout) as Record<string, unknown>;
  const socket = "/run/nri-bridge/oci/lease.sock";
  assert.deepEqual(rest, { file: out, engine: "docker", runtime: real, flavour: "runc", version: "1.3.6", socket });
  assert.match(String(notes), /"runtimes": \{ "nri": \{ "path": "[^"]*\/nri-runc" \} \}/);
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
  const nowhere = await nri([
    "oci",
    "install",
    "--engine",
    "oci",
    "--runtime",
    real,
    "--out",
    "/does/not/exist/wrapper",
  ]);
  assert.deepEqual([nowhere.code, nowhere.stdout], [1, ""]);
  assert.match(nowhere.stderr, /wrapper "\/does\/not\/exist\/wrapper" cannot be written: ENOENT/);
});
