// nri run on real runc and crun: plugins see and change real containers, and nothing is left behind.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { manifestToPods, readDocuments } from "@nri/testing";
import { repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { goPeers } from "../peers/go-peers.js";
import { RefPlugin } from "../peers/refplugin.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { isListening, until } from "../waits.js";
import { busyboxFolder, leftovers, RUNTIMES, runPeers, startRun } from "./run-place.js";

const place = new TestFolder();
after(() => place[Symbol.dispose]());
const peers = await runPeers(place.dir);
const go = await goPeers();
const skip = skipUnless(peers);
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
  `  - {name: ${name}, image: localhost/peers/busybox:1, command: [sh, -c, ${JSON.stringify(script)}]${more}}\n`;

interface LinuxResourcesJson {
  readonly memory?: { readonly limit?: { readonly value: string } };
}

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
    await using started = startRun(runtime, use(peers), [
      file,
      "--rootfs",
      rootfs,
      "--socket",
      folder.socket,
      ...plugin("00", "logger"),
      ...plugin("10", "device-injector"),
      ...plugin("20", "ulimit-adjuster"),
    ]);
    await until("the socket of nri run", () => isListening(folder.socket));
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

  test(`${runtime}: updates are in the cgroup, and Ctrl-C ends all in order`, {
    skip: skipUnless(peers, go),
  }, async () => {
    using folder = new TestFolder();
    const limits = ", resources: {limits: {memory: 64Mi}}";
    const manifest = POD(
      "updated",
      shell("main", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.1; done", limits),
      "  overhead: {memory: 10Mi}",
    );
    const id = idOf(manifest, "main");
    const file = folder.file("pod.yaml", manifest);
    const options = ["--rootfs", rootfs, "--socket", folder.socket, "--update", "memory=48Mi"];
    await using started = startRun(runtime, use(peers), [file, ...options]);
    await until("the socket of nri run", () => isListening(folder.socket));
    const resources = { memory: { limit: { value: String(40 * MIB) } } };
    await using golang = new RefPlugin({
      binary: use(go).refplugin,
      socket: folder.socket,
      index: "30",
      name: "golang",
      dir: folder.dir,
      script: { unsolicited: [{ afterMs: 4000, update: [{ containerId: id, linux: { resources } }] }] },
    });
    await until("the limit of --update", () => memoryLimit(id) === 48 * MIB);
    await until("the limit that the plugin asks for on its own", () => memoryLimit(id) === 40 * MIB);
    process.kill(started.pid, "SIGINT");
    const { code, stdout, stderr } = await started.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^main \| bye$/m);
    assert.match(stdout, /ended with code 0, as it was told to/);
    const [, overhead, wanted] = (golang.callsTo("UpdatePodSandbox")[0]?.args ?? []) as readonly LinuxResourcesJson[];
    assert.deepEqual(
      [overhead, wanted].map((each) => each?.memory?.limit),
      [{ value: String(10 * MIB) }, { value: String(48 * MIB) }],
    );
    for (const method of [
      "UpdatePodSandbox",
      "PostUpdatePodSandbox",
      "UpdateContainer",
      "PostUpdateContainer",
      "StopContainer",
      "RemoveContainer",
      "RemovePodSandbox",
    ])
      assert.equal(golang.callsTo(method).length, 1, method);
    assert.deepEqual(leftovers([folder.dir]), []);
  });

  test(`${runtime}: an evicted container is killed, the others live on`, { skip }, async () => {
    using folder = new TestFolder();
    const sleeps = shell("victim", "echo victim; exec sleep 1000");
    const manifest = POD("evicted", sleeps + shell("other", "echo other; exit 0"));
    const source = `import { definePlugin } from "@nri/plugin";
      const evict = [{ containerId: "${idOf(manifest, "victim")}", reason: "no room" }];
      await definePlugin({ createContainer: ({ container }) => (container.name === "other" ? { evict } : undefined) }).run();`;
    const plugins = ["--plugin", `10-evicts=${folder.file("evicts.mjs", source)}`];
    const file = folder.file("pod.yaml", manifest);
    const { code, stdout, stderr } = await startRun(runtime, use(peers), [file, "--rootfs", rootfs, ...plugins]).ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /victim\n.*\n.*evicted: no room; ended with code 137, as it was told to/);
    assert.match(stdout, /other\n.*\n.*ended with code 0/);
    assert.deepEqual(leftovers([folder.dir]), []);
  });

  test(`${runtime}: init containers run to their end before the others, from an image in an archive`, {
    skip,
  }, async () => {
    using folder = new TestFolder();
    const mounts = ", volumeMounts: [{name: shared, mountPath: /shared}]";
    const inits = `  volumes: [{name: shared, emptyDir: {}}]
  initContainers:
${shell("one", "sleep 0.3; echo one >> /shared/log", mounts)}${shell("two", "echo two >> /shared/log; echo 127.0.0.1 $(hostname)", mounts)}`;
    const main = shell("main", "cat /shared/log; cat /proc/self/oom_score_adj; exit 7", `${mounts}${GUARANTEED}`);
    const file = folder.file("pod.yaml", POD("inits", main, inits));
    const image = ["--image", `localhost/peers/busybox:1=${use(peers).image}`];
    await using started = startRun(runtime, use(peers), [file, ...image, "-o", "json"]);
    const { code, stdout, stderr } = await started.ended;
    assert.equal(code, 1, "main ends with 7");
    assert.match(stderr, /^two \| 127\.0\.0\.1 inits\nmain \| one\nmain \| two$/m);
    assert.match(stderr, /^nri: default\/inits\/main: ended with code 7$/m);
    const { pods } = JSON.parse(stdout) as { pods: { containers: { name: string; exit: object }[] }[] };
    assert.deepEqual(
      pods[0]?.containers.map(({ name, exit }) => [name, exit]),
      [
        ["one", { code: 0, told: false }],
        ["two", { code: 0, told: false }],
        ["main", { code: 7, told: false }],
      ],
    );
    assert.deepEqual(leftovers([folder.dir]), []);
  });

  test(`${runtime}: killed with SIGKILL, nri run leaves nothing either`, { skip }, async () => {
    using folder = new TestFolder();
    const file = folder.file("pod.yaml", POD("killed", shell("main", "echo up; exec sleep 1000")));
    await using started = startRun(runtime, use(peers), [file, "--rootfs", rootfs]);
    await until("the container", () => started.stderr().includes("main | up"));
    process.kill(started.pid, "SIGKILL");
    await started.ended;
    await until("nothing is left", () => leftovers([folder.dir]).length === 0);
  });
}

test("after an init container that fails nothing more is created, and the exit code is 1", { skip }, async () => {
  using folder = new TestFolder();
  const inits = `  initContainers:\n${shell("setup", "exit 3")}`;
  const file = folder.file("pod.yaml", POD("failing", shell("main", "echo never"), inits));
  const { code, stdout, stderr } = await startRun("runc", use(peers), [file, "--rootfs", rootfs]).ended;
  assert.equal(code, 1);
  assert.match(stdout, /not created: init container setup ended with code 3/);
  assert.doesNotMatch(stderr, /never/);
});

test("a container that ignores SIGTERM is killed after the grace", { skip }, async () => {
  using folder = new TestFolder();
  const file = folder.file(
    "pod.yaml",
    POD("deaf", shell("main", "trap '' TERM; echo up; while :; do sleep 0.1; done")),
  );
  await using started = startRun("runc", use(peers), [file, "--rootfs", rootfs, "--grace", "300ms"]);
  await until("the container", () => started.stderr().includes("main | up"));
  process.kill(started.pid, "SIGTERM");
  const { code, stdout } = await started.ended;
  assert.equal(code, 0);
  assert.match(stdout, /ended with code 137, as it was told to/);
});

test("an adjustment that the runtime refuses is told in its own words, with pod and container", { skip }, async () => {
  using folder = new TestFolder();
  const source = `import { adjustment, definePlugin } from "@nri/plugin";
    await definePlugin({ createContainer: () => ({ adjust: adjustment().args("/no/such/program") }) }).run();`;
  const file = folder.file("pod.yaml", POD("refused", shell("main", "exit 0")));
  const plugins = ["--plugin", `10-wrong=${folder.file("wrong.mjs", source)}`];
  const { code, stderr } = await startRun("runc", use(peers), [file, "--rootfs", rootfs, ...plugins]).ended;
  assert.equal(code, 1);
  assert.match(stderr, /^nri: default\/refused\/main: CreateContainer: .*\/no\/such\/program.*: container refused$/m);
  assert.deepEqual(leftovers([folder.dir]), []);
});

test("an OCI bundle is run as it is, with its own root filesystem", { skip }, async () => {
  using folder = new TestFolder();
  const bundle = join(folder.dir, "bundle");
  mkdirSync(join(bundle, "rootfs"), { recursive: true });
  await output("cp", ["-a", `${rootfs}/.`, join(bundle, "rootfs")]);
  const spec = {
    ociVersion: "1.2.0",
    process: {
      args: ["sh", "-c", "echo in $WHERE; echo made > /made"],
      env: ["PATH=/bin", "WHERE=bundle"],
      cwd: "/",
      user: { uid: 0, gid: 0 },
    },
    root: { path: "rootfs" },
    mounts: [{ destination: "/dev", type: "tmpfs", source: "tmpfs" }],
    linux: { namespaces: ["pid", "mount", "network"].map((type) => ({ type })) },
  };
  folder.file("bundle/config.json", spec);
  const { code, stderr } = await startRun("runc", use(peers), [bundle, ...plugin("00", "logger"), "-q"]).ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^bundle \| in bundle$/m);
  assert.equal(readFileSync(join(bundle, "rootfs/made"), "utf8"), "made\n");
  assert.deepEqual(leftovers([folder.dir]), []);
});

test("the folder that a root filesystem is made of stays as it is", { skip }, async () => {
  using folder = new TestFolder();
  const file = folder.file("pod.yaml", POD("writes", shell("main", "echo x > /written && rm /bin/ls && echo done")));
  const { code, stderr } = await startRun("runc", use(peers), [file, "--rootfs", rootfs]).ended;
  assert.equal(code, 0, stderr);
  assert.ok(!existsSync(join(rootfs, "written")) && readdirSync(join(rootfs, "bin")).includes("ls"));
});

const MIB = 1024 * 1024;
/** Kubelet would give it an oom_score_adj of -997. */
const GUARANTEED = ", resources: {limits: {memory: 32Mi, cpu: 500m}}";

/** The id that a container of a manifest has in every run. */
function idOf(manifest: string, name: string): string {
  const { pods } = manifestToPods(readDocuments(manifest, "pod.yaml"));
  const found = pods[0]?.containers.find(({ container }) => container.name === name);
  assert.ok(found !== undefined);
  return found.container.id;
}

/** The memory limit in the cgroup of a container; undefined when there is none. */
function memoryLimit(id: string): number | undefined {
  for (const [top, name] of [
    ["/sys/fs/cgroup/memory/nri-run", "memory.limit_in_bytes"],
    ["/sys/fs/cgroup/nri-run", "memory.max"],
  ] as const) {
    if (!existsSync(top)) continue;
    const path = readdirSync(top, { recursive: true, encoding: "utf8" }).find((each) => each.endsWith(`${id}/${name}`));
    if (path !== undefined) return Number(readFileSync(join(top, path), "utf8"));
  }
  return undefined;
}
