// podman behind the bridge, with its API service and without: what plugins are told of containers and pods, and what becomes of them.
import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { definePlugin, silentLogger } from "@nri/plugin";
import type { Container, PodSandbox } from "@nri/protocol";
import { dockerFiles } from "../peers/docker.js";
import { PODMAN_LINES, type Podman, type PodmanLine, podmanFiles, startPodman } from "../peers/podman.js";
import { skipUnless, use } from "../requirements.js";
import { UNDISTURBED_LIFE } from "../undisturbed-life.js";
import { until } from "../waits.js";
import { makeBridge, type TestBridge } from "./bridge.js";

const IMAGE = "localhost/peers/busybox:1";
const PAUSE = "localhost/peers/pause:1";
const forky = await dockerFiles("28");

interface Seen {
  readonly event: string;
  readonly container: Container | undefined;
  readonly pod: PodSandbox | undefined;
}

/** A plugin of ours at the daemon's socket that sets a variable in every container, and keeps what it sees. */
async function observe(bridge: TestBridge, seen: Seen[]) {
  const note = (event: string) => (request: { pod?: PodSandbox; container?: Container }) => {
    seen.push({ event, container: request.container, pod: request.pod });
    return undefined;
  };
  return await definePlugin({
    index: "10",
    name: "observer",
    runPodSandbox: note("RunPodSandbox"),
    createContainer: (request) => {
      note("CreateContainer")(request);
      return { adjust: { env: [{ key: "ADDED", value: "yes" }] } };
    },
    postCreateContainer: note("PostCreateContainer"),
    startContainer: note("StartContainer"),
    postStartContainer: note("PostStartContainer"),
    updateContainer: note("UpdateContainer"),
    postUpdateContainer: note("PostUpdateContainer"),
    stopContainer: note("StopContainer"),
    removeContainer: note("RemoveContainer"),
    stopPodSandbox: note("StopPodSandbox"),
    removePodSandbox: note("RemovePodSandbox"),
  }).start({ socketPath: bridge.nriSocket, log: silentLogger, environment: {} });
}

for (const line of Object.keys(PODMAN_LINES) as PodmanLine[]) {
  const files = await podmanFiles(line);

  test(`podman ${line}, with its API and without: containers and pods`, {
    skip: skipUnless(files, forky),
  }, async (t) => {
    const runtime = `${use(forky).dir}/bin/runc`;
    await using bridge = await makeBridge({ engine: "podman", runtime });
    await using podman = await startPodman(use(files), { runtime: bridge.wrapper });
    await podman.startService();
    await bridge.serve(podman.socket);
    const seen: Seen[] = [];
    await using _plugin = await observe(bridge, seen);
    await t.test("with", async (one) => await containersAndPods(one, podman, seen));
    await podman.stopService();
    await t.test("without", async (one) => await containersAndPods(one, podman, seen));
  });
}

async function containersAndPods(t: TestContext, { podman }: Podman, seen: readonly Seen[]) {
  const eventsOf = (id: string) =>
    seen.filter(({ container, pod }) => (container?.id ?? pod?.id) === id).map(({ event }) => event);
  const told = async (id: string, event: string, times = 1) =>
    await until(`${event} of ${id} ${times} times`, () => {
      const found = seen.filter((one) => one.event === event && (one.container?.id ?? one.pod?.id) === id);
      return found.length >= times && found[times - 1];
    });

  await t.test("a container that ends by itself", async () => {
    const id = await podman(
      ...["run", "-d", "--name", "one", "--label", "a=b", "--annotation", "x=y", "--network", "none"],
      ...[IMAGE, "sh", "-c", 'test "$ADDED" = yes && exit 7'],
    );
    const stopped = await told(id, "StopContainer");
    assert.equal(stopped.container?.exitCode, 7);
    assert.equal(stopped.container?.name, "one");
    assert.equal(stopped.container?.image?.name, IMAGE);
    assert.match(stopped.container?.image?.configDigest ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.equal(stopped.container?.annotations.x, "y");
    assert.deepEqual({ ...stopped.container?.labels }, { a: "b" });
    assert.equal(stopped.pod?.id, id);
    assert.equal(stopped.pod?.name, "one");
    await podman("rm", "one");
    await told(id, "RemovePodSandbox");
    assert.deepEqual(eventsOf(id), UNDISTURBED_LIFE);
  });

  await t.test("stop, start, restart, pause, update and a forced removal", async () => {
    const id = await podman("run", "-d", "--name", "two", "--network", "none", IMAGE, "sleep", "1000");
    await podman("pause", "two");
    await podman("unpause", "two");
    await podman("update", "--memory", "64m", "two");
    await told(id, "PostUpdateContainer");
    assert.match(await podman("exec", "two", "cat", "/proc/1/environ"), /\bADDED=yes\b/);
    for (const step of [["stop", "-t", "0"], ["start"], ["restart", "-t", "0"]]) await podman(...step, "two");
    assert.equal((await told(id, "StopContainer", 2)).container?.exitCode, 137);
    await podman("rm", "-f", "-t", "0", "two");
    await told(id, "RemovePodSandbox", 3);
    const life = UNDISTURBED_LIFE;
    const withUpdate = [...life.slice(0, 5), "UpdateContainer", "PostUpdateContainer", ...life.slice(5)];
    assert.deepEqual(eventsOf(id), [...withUpdate, ...life, ...life]);
    const ends = seen.filter((one) => one.event === "StopContainer" && one.container?.id === id);
    assert.deepEqual(
      ends.map(({ container }) => container?.exitCode),
      [137, 137, 137],
    );
  });

  await t.test("a pod", async () => {
    const podId = await podman(
      ...["pod", "create", "--name", "web", "--label", "of=pod", "--network", "none", "--infra-image", PAUSE],
    );
    const id = await podman("run", "-d", "--pod", "web", "--name", "member", IMAGE, "sleep", "1000");
    const created = await told(id, "PostStartContainer");
    const infra = created.container?.podSandboxId ?? "";
    assert.equal(created.pod?.id, infra);
    assert.notEqual(infra, id);
    assert.equal(created.pod?.name, "web");
    assert.equal(created.pod?.uid, podId);
    assert.equal(created.pod?.labels.of, "pod");
    assert.equal(created.pod?.annotations.of, "pod");
    await podman("pod", "stop", "-t", "0", "web");
    await told(infra, "StopPodSandbox");
    await podman("pod", "rm", "-f", "-t", "0", "web");
    await told(infra, "RemovePodSandbox");
    assert.deepEqual(eventsOf(infra), ["RunPodSandbox", "StopPodSandbox", "RemovePodSandbox"]);
    assert.deepEqual(eventsOf(id), UNDISTURBED_LIFE.slice(1, -2));
    const order = seen.map(({ event, pod, container }) => `${event} ${(container?.id ?? pod?.id ?? "").slice(0, 12)}`);
    assert.ok(
      order.indexOf(`StopContainer ${id.slice(0, 12)}`) < order.indexOf(`StopPodSandbox ${infra.slice(0, 12)}`),
    );
    assert.ok(
      order.indexOf(`RemoveContainer ${id.slice(0, 12)}`) < order.indexOf(`RemovePodSandbox ${infra.slice(0, 12)}`),
    );
  });

  await t.test("a pod without an infra container", async () => {
    await podman("pod", "create", "--name", "bare", "--infra=false");
    const id = await podman("run", "-d", "--pod", "bare", "--network", "none", IMAGE, "true");
    await told(id, "StopContainer");
    await podman("pod", "rm", "-f", "bare");
    await told(id, "RemovePodSandbox");
    assert.deepEqual(eventsOf(id), UNDISTURBED_LIFE);
  });
}
