// The domain `embedded`: whoever calls the OCI runtime's wrapper by hand gets NRI; exits and removals are seen without an engine.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { promisify } from "node:util";
import { definePlugin, silentLogger } from "@nri/plugin";
import type { Container, PodSandbox } from "@nri/protocol";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { UNDISTURBED_LIFE } from "../undisturbed-life.js";
import { until } from "../waits.js";
import { makeBridge, type TestBridge } from "./bridge.js";
import { busyboxFolder, RUNTIMES, type RuntimeName, runPeers } from "./run-place.js";

const place = new TestFolder();
after(() => place[Symbol.dispose]());
const peers = await runPeers(place.dir);
const skip = skipUnless(peers);
const rootfs = "here" in peers ? await busyboxFolder(peers.here, place.dir) : "";
const execute = promisify(execFile);

interface Seen {
  readonly event: string;
  readonly container: Container | undefined;
  readonly pod: PodSandbox | undefined;
  readonly at: number;
}

/** A plugin of ours at the daemon's socket that sets a variable, and keeps what it sees. */
async function observe(bridge: TestBridge, seen: Seen[], evict: { id: string } = { id: "" }) {
  const note = (event: string) => (request: { pod?: PodSandbox; container?: Container }) => {
    seen.push({ event, container: request.container, pod: request.pod, at: Date.now() });
    return undefined;
  };
  return await definePlugin({
    index: "10",
    name: "observer",
    runPodSandbox: note("RunPodSandbox"),
    createContainer: (request) => {
      note("CreateContainer")(request);
      const adjust = { env: [{ key: "ADDED", value: "yes" }] };
      return evict.id === "" ? { adjust } : { adjust, evict: [{ containerId: evict.id, reason: "no room" }] };
    },
    postCreateContainer: note("PostCreateContainer"),
    startContainer: note("StartContainer"),
    postStartContainer: note("PostStartContainer"),
    stopContainer: note("StopContainer"),
    removeContainer: note("RemoveContainer"),
    stopPodSandbox: note("StopPodSandbox"),
    removePodSandbox: note("RemovePodSandbox"),
  }).start({ socketPath: bridge.nriSocket, log: silentLogger, environment: {} });
}

/** A bundle whose process is this script. */
function bundle(dir: string, name: string, script: string): string {
  const folder = join(dir, name);
  mkdirSync(folder);
  const spec = {
    ociVersion: "1.2.0",
    process: { args: ["sh", "-c", script], env: ["PATH=/bin"], cwd: "/", user: { uid: 0, gid: 0 } },
    root: { path: rootfs },
    annotations: { "example.org/of": name },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs" },
    ],
    linux: {
      cgroupsPath: `/nri-by-hand-${name}`,
      namespaces: ["pid", "mount", "ipc", "uts", "network"].map((type) => ({ type })),
    },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(spec));
  return folder;
}

for (const runtime of RUNTIMES) {
  test(`${runtime} by hand behind the bridge: create, start, exit and removal are seen, adjustments are so`, {
    skip,
  }, async () => {
    await using bridge = await startBridge(runtime);
    const seen: Seen[] = [];
    await using _observer = await observe(bridge, seen);
    const call = async (...args: string[]) =>
      await execute(bridge.wrapper, ["--root", root, ...args], { maxBuffer: 1e6 });
    const id = `by-hand-${runtime}`;
    const folder = bundle(
      bridge.dir,
      id,
      "echo $ADDED > /out 2>/dev/null; trap 'exit 5' TERM; while :; do sleep 0.1; done",
    );
    // Its standard output must not keep us waiting.
    await detached(bridge.wrapper, [
      "--root",
      root,
      "create",
      "--bundle",
      folder,
      "--pid-file",
      join(folder, "pid"),
      id,
    ]);
    await call("start", id);
    const { stdout: env } = await call("exec", id, "sh", "-c", "tr '\\0' '\\n' < /proc/1/environ");
    assert.match(env, /^ADDED=yes$/m);
    await call("kill", id, "TERM");
    const killedAt = Date.now();
    const stop = await until("StopContainer", () => seen.find(({ event }) => event === "StopContainer"));
    assert.ok(stop.at - killedAt < 1000, `told after ${stop.at - killedAt} ms`);
    assert.ok(!seen.some(({ event }) => event === "RemoveContainer"));
    await call("delete", id);
    await until("RemovePodSandbox", () => seen.find(({ event }) => event === "RemovePodSandbox"));
    assert.deepEqual(
      seen.map(({ event }) => event),
      UNDISTURBED_LIFE,
    );
    const { container, pod } = seen[4] ?? {};
    assert.deepEqual(
      [container?.id, container?.name, container?.podSandboxId, pod?.id, pod?.name, pod?.annotations],
      [id, id, id, id, id, { "example.org/of": id }],
    );
    assert.ok((container?.pid ?? 0) > 1);
    assert.equal(stop.container?.exitCode, 0, "nobody but a parent learns it");
  });
}

test("a container in the foreground that comes and goes at once leaves nothing known", { skip }, async () => {
  await using bridge = await startBridge();
  const seen: Seen[] = [];
  await using _observer = await observe(bridge, seen);
  const folder = bundle(bridge.dir, "quick", "exit 3");
  await assert.rejects(
    execute(bridge.wrapper, ["--root", root, "run", "--bundle", folder, "quick"]),
    (error: { code?: number }) => error.code === 3,
  );
  await until("RemovePodSandbox", () => seen.find(({ event }) => event === "RemovePodSandbox"), 10_000);
  const events = seen.map(({ event }) => event);
  assert.equal(events.filter((event) => event === "StopContainer").length, 1, events.join());
  assert.equal(events.filter((event) => event === "RemoveContainer").length, 1, events.join());
});

test("an eviction kills it, and after a restart of the daemon what exists is known again", { skip }, async () => {
  await using bridge = await startBridge();
  const before = bundle(bridge.dir, "before", "exec sleep 1000");
  await detached(bridge.wrapper, ["--root", root, "run", "--detach", "--bundle", before, "before"]);
  await bridge.restart();
  const seen: Seen[] = [];
  await using _observer = await observe(bridge, seen, { id: "before" });
  const next = bundle(bridge.dir, "next", "exec sleep 1000");
  await detached(bridge.wrapper, ["--root", root, "run", "--detach", "--bundle", next, "next"]);
  const stop = await until("StopContainer", () => seen.find(({ event }) => event === "StopContainer"));
  assert.equal(stop.container?.id, "before");
  for (const id of ["before", "next"]) await execute(bridge.wrapper, ["--root", root, "delete", "--force", id]);
  await until("two removals", () => seen.filter(({ event }) => event === "RemoveContainer").length === 2);
});

/** crun refuses cgroup v1 beside v2: it gets a mount namespace without the latter. */
const WITHOUT_CGROUP2 = `#!/bin/sh
exec unshare -m sh -c '! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified; exec CRUN "$@"' crun "$@"
`;

/** A root of the runtime that is this test's alone. */
const root = place.dir.replace("/tmp/", "/run/");
after(() => rmSync(root, { recursive: true, force: true }));

async function startBridge(name: RuntimeName = "runc"): Promise<TestBridge> {
  const real = join(use(peers).bin, name);
  const runtime = name === "crun" ? place.file("crun", WITHOUT_CGROUP2.replace("CRUN", real), 0o755) : real;
  const bridge = await makeBridge({ runtime, engine: "oci", config: `runtime = "${runtime}"\nroot = "${root}"\n` });
  await bridge.serve();
  return bridge;
}

async function detached(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: "ignore" });
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0, `${args.join(" ")}`);
}
