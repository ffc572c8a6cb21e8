// nri run on real runc and crun: plugins see and change real containers, and nothing is left behind.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { repositoryDir } from "../paths.js";
import { goPeers } from "../peers/go-peers.js";
import { RefPlugin } from "../peers/refplugin.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { until } from "../waits.js";
import { busyboxFolder, leftovers, RUNTIMES, runPeers, startRun } from "./run-place.js";

const place = new TestFolder();
after(() => place[Symbol.dispose]());
const peers = await runPeers(place.dir);
const go = await goPeers();
const rootfs = "here" in peers ? await busyboxFolder(peers.here, place.dir) : "";

const plugin = (index: string, name: string) => [
  "--plugin",
  `${index}-${name}=${join(repositoryDir, `plugins/dist/${name}/${name}.js`)}`,
];

const POD = (name: string, containers: string, more = "", annotations = "") => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  annotations: {${annotations}}
spec:
${more}
  containers:
${containers}
`;

/** One container that runs a script. */
const shell = (name: string, script: string, more = "") =>
  `  - {name: ${name}, image: busybox, command: [sh, -c, ${JSON.stringify(script)}]${more}}\n`;

for (const runtime of RUNTIMES) {
  test(`${runtime}: our plugins and a Go plugin see and change real containers`, {
    skip: skipUnless(peers, go),
  }, async () => {
    using folder = new TestFolder();
    const manifest = POD(
      "facts",
      shell("main", "echo go=$GO; ls -l /dev/nri-zero; ulimit -n; cat /proc/self/oom_score_adj; hostname; exit 0"),
      "",
      `devices.noderesource.dev/container.main: '[{path: /dev/nri-zero, type: c, major: 1, minor: 5}]',
    ulimits.noderesource.dev/container.main: '[{type: nofile, soft: 1000, hard: 2000}]'`,
    );
    const file = folder.file("pod.yaml", manifest);
    const started = startRun(runtime, use(peers), [
      file,
      "--rootfs",
      rootfs,
      "--socket",
      folder.socket,
      ...plugin("00", "logger"),
      ...plugin("10", "device-injector"),
      ...plugin("20", "ulimit-adjuster"),
    ]);
    await until("the socket of nri run", () => readdirSync(folder.dir).includes("nri.sock"));
    await using golang = new RefPlugin({
      binary: use(go).refplugin,
      socket: folder.socket,
      index: "30",
      name: "golang",
      dir: folder.dir,
      script: { create: { main: { adjust: { env: [{ key: "GO", value: "was-here" }] } } } },
    });
    const { code, stdout, stderr } = await started.ended;
    assert.equal(code, 0, stderr + stdout);
    const lines = stderr.split("\n").filter((line) => line.startsWith("main | "));
    assert.equal(lines[0], "main | go=was-here", stderr);
    assert.match(lines[1] ?? "", /^main \| crw.* 1, +5 .*\/dev\/nri-zero$/);
    assert.equal(lines[2], "main | 1000");
    assert.equal(lines[4], "main | facts");
    assert.match(stdout, /ended with code 0/);

    const stop = golang.callsTo("StopContainer")[0]?.args as { pid?: number; state?: string; exitCode?: number }[];
    const start = golang.callsTo("PostStartContainer")[0]?.args as { pid?: number; state?: string }[];
    assert.match(JSON.stringify(start), /"pid":\s*[1-9]\d+/);
    assert.match(JSON.stringify(stop), /CONTAINER_STOPPED/);
    assert.deepEqual(leftovers([folder.dir]), []);
  });
}
