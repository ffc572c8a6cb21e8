// nri run where nothing can be run, and what it refuses; real containers are in conformance/bridge/run.peer.test.ts.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Folder, manifest, nri } from "../lab.fixture.js";

test("without runc and crun it is nri simulate, and says why", async () => {
  const options = { stdin: manifest("a"), env: { PATH: "/nowhere" } };
  const ran = await nri(["run", "-", "-o", "spec"], options);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stderr, "nri: nothing is run, only simulated: neither runc nor crun is in PATH\n");
  assert.equal(ran.stdout, (await nri(["simulate", "-", "-o", "spec"], options)).stdout);
});

const WRONG: readonly (readonly [what: string, args: readonly string[], text: RegExp])[] = [
  ["no input", [], /^nri: no INPUT given; see nri run --help$/],
  [
    "an option of nobody",
    ["-", "--rootf", "x"],
    /^nri: unknown option "--rootf", did you mean --rootfs\?; see nri run --help$/,
  ],
  ["an image without a file", ["-", "--image", "busybox"], /^nri: --image "busybox": must be REF=DIR or REF=TAR$/],
  ["an image twice", ["-", "--image", "a=b", "--image", "a=c"], /^nri: --image: a is given twice$/],
  ["a grace that is no time", ["-", "--grace", "5"], /^nri: --grace "5": not a duration/],
  [
    "a runtime that is not there",
    ["-", "--runtime", "/nowhere/runc"],
    /^nri: --runtime: \/nowhere\/runc is not an executable$/,
  ],
  ["a runtime that is not in PATH", ["-", "--runtime", "runz"], /^nri: --runtime: runz is not in PATH$/],
];
for (const [what, args, text] of WRONG) {
  test(`${what} is wrong use`, async () => {
    const ran = await nri(["run", ...args], { stdin: manifest("a"), env: { PATH: "/nowhere" } });
    assert.deepEqual([ran.code, ran.stdout], [2, ""]);
    assert.match(ran.stderr.trim(), text);
  });
}

// A runtime that is never called: what is refused is refused before.
const CAN_RUN = process.getuid?.() === 0 && process.platform === "linux";
const skip = CAN_RUN ? false : "needs root on Linux";

async function refused(stdin: string, args: readonly string[]): Promise<string> {
  using folder = new Folder();
  mkdirSync(join(folder.path, "rootfs"));
  const runtime = folder.file("runc", "#!/bin/sh\nexit 1\n");
  chmodSync(runtime, 0o755);
  const given = args.map((arg) => arg.replace("FOLDER", folder.path));
  const env = { PATH: process.env.PATH ?? "" };
  const ran = await nri(["run", "-", "--runtime", runtime, ...given], { stdin, env });
  assert.deepEqual([ran.code, ran.stdout], [2, ""], ran.stderr);
  return ran.stderr.replaceAll(folder.path, "FOLDER").trim();
}

test("an image that is not given is told with how to give it", { skip }, async () => {
  assert.equal(
    await refused(manifest("a"), []),
    "nri: default/web/a: nothing is known of image docker.io/library/busybox:latest: give --image docker.io/library/busybox:latest=DIR|TAR, or --rootfs DIR for all",
  );
});

test("a container without a command needs an image that has one", { skip }, async () => {
  const input = manifest("a").replace("command: [sleep], ", "");
  assert.match(
    await refused(input, ["--rootfs", "FOLDER/rootfs"]),
    /default\/web\/a: has no command, and a folder of image .* tells none$/,
  );
});

test("files of images that cannot be used are told with their option", { skip }, async () => {
  const image = ["--image", "busybox=FOLDER/nothing"];
  assert.equal(await refused(manifest("a"), image), "nri: --image busybox=FOLDER/nothing: no such file");
  assert.equal(await refused(manifest("a"), ["--rootfs", "FOLDER/runc"]), "nri: --rootfs FOLDER/runc: is no folder");
});

test("a recorded request and a spec on stdin can only be simulated", { skip }, async () => {
  const request = JSON.stringify({ pod: { id: "p", name: "p" }, container: { id: "c", name: "c" } });
  assert.match(await refused(request, []), /p: a CreateContainerRequest can only be simulated/);
  const spec = JSON.stringify({ ociVersion: "1.2.0", process: { args: ["a"], cwd: "/" } });
  assert.match(await refused(spec, []), /an OCI spec on stdin can only be simulated: give the bundle's folder$/);
});
