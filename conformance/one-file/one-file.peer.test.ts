// One file to install: what `nri build` makes runs where there is no Node.js, under containerd, the Go runtime and
// `nri simulate`, with the identity that the file's name says.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { startedFrom } from "../containerd/launched.js";
import { runPod } from "../containerd/pods.js";
import { nriProgram } from "../paths.js";
import { output } from "../peers/child.js";
import { CONTAINERD_LINES, type ContainerdLine, containerdFiles, startContainerd } from "../peers/containerd.js";
import { goPeers } from "../peers/go-peers.js";
import { RefRuntime } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { until } from "../waits.js";
import { buildSample, nodesOfThisMachine } from "./build.js";

const folder = mkdtempSync(join(tmpdir(), "nri-one-file-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
/** Built once: it takes seconds. */
const executable = (await buildSample("device-injector", join(folder, "10-device-injector"))).file;
const bundle = (await buildSample("device-injector", join(folder, "11-bundled"), "--bundle")).file;
const peers = await goPeers();

const annotations = (device: string) => ({
  "devices.noderesource.dev/container.main": JSON.stringify([{ path: device, type: "c", major: 1, minor: 3 }]),
});

for (const line of Object.keys(CONTAINERD_LINES) as ContainerdLine[]) {
  const files = await containerdFiles(line);

  test(`containerd ${line} starts an executable where no Node.js exists, and it acts on a container`, {
    skip: skipUnless(files),
  }, async (t) => {
    const hidden = nodesOfThisMachine();
    await using containerd = await startContainerd(use(files), {
      env: { HIDE: hidden.join(" ") },
      prepare: (stateDir) => copyFileSync(executable, join(stateDir, "nri-plugins", "10-device-injector")),
    });
    t.diagnostic(`containerd ${containerd.version} without ${hidden.join(", ")}`);
    const inside = (command: string) =>
      spawnSync("nsenter", ["-t", pidOf(containerd.stateDir), "-m", "sh", "-c", command], { encoding: "utf8" });
    // Asked of the very namespace that containerd and its plugins live in.
    for (const name of ["node", "nodejs"]) assert.equal(inside(`${name} --version`).status, 127);
    for (const file of hidden) assert.equal(inside(`test -e ${file}`).status, 1, file);
    const [plugin] = await startedFrom(containerd.stateDir, Number(pidOf(containerd.stateDir)));
    assert.equal(readlinkSync(`/proc/${plugin?.pid}/exe`), join(containerd.stateDir, "nri-plugins/10-device-injector"));
    await using pod = await runPod(containerd, { name: "one-file", annotations: annotations("/dev/one-file") });
    const main = await pod.container({ name: "main" });
    assert.equal((await main.sh("stat -c '%t:%T' /dev/one-file")).trim(), "1:3");
    await pod.end();
  });

  test(`containerd ${line} starts a bundle with the Node.js that its first line names`, {
    skip: skipUnless(files),
  }, async () => {
    await using containerd = await startContainerd(use(files), {
      prepare: (stateDir) => copyFileSync(bundle, join(stateDir, "nri-plugins", "11-bundled")),
    });
    await using pod = await runPod(containerd, { name: "bundled", annotations: annotations("/dev/bundled") });
    const main = await pod.container({ name: "main" });
    assert.equal((await main.sh("stat -c '%t:%T' /dev/bundled")).trim(), "1:3");
    await pod.end();
  });
}

for (const [what, file, name] of [
  ["an executable", executable, "device-injector"],
  ["a bundle", bundle, "bundled"],
] as const) {
  test(`the Go runtime starts ${what}, gets its adjustments and ends it`, { skip: skipUnless(peers) }, async () => {
    using place = new TestFolder();
    // Through a link of another name, as packages install programs.
    symlinkSync(file, join(place.dir, `33-${name}`));
    const { refruntime } = use(peers);
    const args = ["-plugin-path", place.dir, "-conf-dir", place.dir];
    let pid = 0;
    {
      await using runtime = await RefRuntime.start({ binary: refruntime, socket: place.socket, args });
      await runtime.waitForPlugins(1);
      pid = Number((await output("pgrep", ["-P", String(runtime.pid)])).trim());
      assert.ok(pid > 0);
      const pod = { id: "p", name: "p", annotations: annotations("/dev/x") };
      const response = await runtime.step("CreateContainer", {
        pod,
        container: { id: "c", name: "main", podSandboxId: "p" },
      });
      assert.match(JSON.stringify(response), /"path":"\/dev\/x"/);
    }
    await until(`plugin ${pid} ends with its runtime`, () => !existsSync(`/proc/${pid}`));
  });

  test(`${what} that is started by hand takes its identity from the name of the link`, () => {
    using place = new TestFolder();
    const link = join(place.dir, "77-by-hand");
    symlinkSync(file, link);
    const { stderr } = spawnSync(link, [], { encoding: "utf8", timeout: 1500, env: {} });
    assert.match(stderr, /Created plugin 77-by-hand \(77-by-hand, handles CreateContainer\)/);
    assert.match(stderr, /cannot connect to \/var\/run\/nri\/nri\.sock: connect ENOENT/);
  });

  test(`nri simulate plays with ${what}`, async () => {
    using place = new TestFolder();
    const pod = `apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    devices.noderesource.dev/pod: '[{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229}]'
spec: {containers: [{name: main, image: busybox}]}
`;
    const input = place.file("pod.yaml", pod);
    const text = await output(process.execPath, [nriProgram, "simulate", input, "--plugin", file, "-o", "json"]);
    const { plugins, pods } = JSON.parse(text);
    assert.equal(plugins[0].name, file.slice(folder.length + 1));
    assert.equal(pods[0].containers[0].adjustment.linux.devices[0].path, "/dev/fuse");
  });
}

/** The process id of the containerd with this state. */
function pidOf(stateDir: string): string {
  return readFileSync(join(stateDir, "pid"), "utf8").trim();
}
