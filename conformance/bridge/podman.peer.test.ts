// What podman does with containers and pods, with its API service and without, and what becomes of it while no daemon is there: on
// podman itself, with the wrapper as its runtime.
import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { adjustment } from "@nri/plugin";
import { dockerFiles } from "../peers/docker.js";
import { PODMAN_LINES, type Podman, type PodmanLine, podmanFiles, startPodman } from "../peers/podman.js";
import { skipUnless, use } from "../requirements.js";
import { UNDISTURBED_LIFE } from "../undisturbed-life.js";
import { until } from "../waits.js";
import { makeBridge, type TestBridge } from "./bridge.js";
import { type Ear, listen } from "./ear.js";
import { realRuntimes } from "./real-runtimes.js";

const IMAGE = "localhost/peers/busybox:1";
const PAUSE = "localhost/peers/pause:1";
/** Leaves with 7 on SIGTERM. */
const WAITS = [IMAGE, "sh", "-c", "trap 'exit 7' TERM; sleep 1000 & wait"];
const forky = await dockerFiles("28");

interface Place {
  readonly podman: Podman["podman"];
  readonly bridge: TestBridge;
  readonly ear: Ear;
}

/** `podman run --detach` without a network; gives the id. */
async function run({ podman }: Pick<Place, "podman">, ...args: string[]): Promise<string> {
  return await podman("run", "--detach", "--network", "none", ...args);
}

/** The `count`-th life of a container or pod has come as far as this event. */
async function lives({ ear }: Pick<Place, "ear">, id: string, event: string, count = 1): Promise<void> {
  const enough = () => ear.of(id).filter((name) => name === event).length >= count;
  await until(`${event} of ${id}, ${count} times`, enough);
}

/** What was told of a container or pod, but for the validations. */
function story({ ear }: Pick<Place, "ear">, id: string): string[] {
  return ear.of(id).filter((name) => name !== "ValidateContainerAdjustment");
}

function exits({ ear }: Place, id: string): (number | undefined)[] {
  return ear.heard("stopContainer", id).map(({ container }) => container?.exitCode);
}

function refused(text: string): never {
  throw new Error(text);
}

async function ear(bridge: TestBridge): Promise<Ear> {
  return await listen(bridge.nriSocket, {
    createContainer: ({ container }) => {
      if (container.labels.refuse === "yes") refused("a test says no");
      return { adjust: adjustment().env("FROM_NRI", "yes") };
    },
  });
}

for (const line of Object.keys(PODMAN_LINES) as PodmanLine[]) {
  const files = await podmanFiles(line);

  test(`podman ${line}: containers and pods, with its API and without`, {
    skip: skipUnless(files, forky),
  }, async (t) => {
    await using bridge = await makeBridge({ engine: "podman", runtime: `${use(forky).dir}/bin/runc` });
    await using podman = await startPodman(use(files), { runtime: bridge.wrapper });
    await podman.startService();
    await bridge.serve(podman.socket);
    {
      await using listening = await ear(bridge);
      const place = { podman: podman.podman, bridge, ear: listening };
      await t.test("with", async (one) => await containersAndPods(one, place));
      await t.test("an eviction ends a container for good", async () => await evicted(place));
      await podman.stopService();
      await t.test("without", async (one) => await containersAndPods(one, place));
      await t.test("many at once", async () => await many(place));
      await t.test("a restart policy", async () => await startedAgain(place));
    }
    await t.test("the daemon is killed and started again", async () => await daemonAway(podman, bridge));
  });
}

async function containersAndPods(t: TestContext, place: Place): Promise<void> {
  const { podman, ear } = place;

  await t.test("a container that ends by itself", async () => {
    const id = await run(
      place,
      ...["--name", "one", "--label", "a=b", "--annotation", "x=y", IMAGE],
      ...["sh", "-c", 'test "$FROM_NRI" = yes && exit 7'],
    );
    await lives(place, id, "StopContainer");
    const [stopped] = ear.heard("stopContainer", id);
    assert.deepEqual(exits(place, id), [7]);
    assert.deepEqual([stopped?.container?.name, stopped?.pod.name, stopped?.pod.id], ["one", "one", id]);
    assert.deepEqual([stopped?.container?.image?.name, stopped?.container?.annotations.x], [IMAGE, "y"]);
    assert.match(stopped?.container?.image?.configDigest ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual({ ...stopped?.container?.labels }, { a: "b" });
    await podman("rm", "one");
    await lives(place, id, "RemovePodSandbox");
    assert.deepEqual(story(place, id), UNDISTURBED_LIFE);
  });

  await t.test("stop, start, restart, update and a forced removal", async () => {
    const id = await run(place, "--name", "two", IMAGE, "sleep", "1000");
    await podman("update", "--memory", "64m", "two");
    await lives(place, id, "PostUpdateContainer");
    // the first process has it; what is executed later has what podman recorded
    const variables = await podman("exec", "two", "sh", "-c", "tr '\\0' '\\n' < /proc/1/environ; echo; env");
    assert.equal(variables.match(/^FROM_NRI=yes$/gm)?.length, 1);
    for (const step of [["stop", "-t", "0"], ["start"], ["restart", "-t", "0"]]) await podman(...step, "two");
    await podman("rm", "-f", "-t", "0", "two");
    await lives(place, id, "RemovePodSandbox", 3);
    const life = UNDISTURBED_LIFE;
    const withUpdate = [...life.slice(0, 5), "UpdateContainer", "PostUpdateContainer", ...life.slice(5)];
    assert.deepEqual(story(place, id), [...withUpdate, ...life, ...life]);
    assert.deepEqual(exits(place, id), [137, 137, 137]);
  });

  await t.test("a refused creation fails podman run with the plugin's reason, and nothing is left of it", async () => {
    await assert.rejects(run(place, "--name", "no", "--label", "refuse=yes", ...WAITS), /a test says no/);
    const id = await podman("inspect", "--format", "{{.Id}}", "no");
    await podman("rm", "no");
    await lives(place, id, "RemovePodSandbox");
    const without = ["PostCreateContainer", "StartContainer", "PostStartContainer"];
    assert.deepEqual(
      story(place, id),
      UNDISTURBED_LIFE.filter((event) => !without.includes(event)),
    );
  });

  await t.test("a pod: its infra container is the sandbox, and ends last", async () => {
    const podId = await podman(
      ...["pod", "create", "--name", "web", "--label", "of=pod", "--network", "none", "--infra-image", PAUSE],
    );
    const id = await podman("run", "--detach", "--pod", "web", "--name", "member", ...WAITS);
    await lives(place, id, "PostStartContainer");
    const [started] = ear.heard("postStartContainer", id);
    const infra = started?.container?.podSandboxId ?? "";
    assert.notEqual(infra, id);
    assert.deepEqual([started?.pod.id, started?.pod.name, started?.pod.uid], [infra, "web", podId]);
    assert.deepEqual([started?.pod.labels.of, started?.pod.annotations.of], ["pod", "pod"]);
    await podman("pod", "stop", "-t", "5", "web");
    await lives(place, infra, "StopPodSandbox");
    assert.deepEqual(exits(place, id), [7]);
    await podman("pod", "start", "web");
    await podman("pod", "rm", "-f", "-t", "0", "web");
    await lives(place, infra, "RemovePodSandbox", 2);
    const pod = ["RunPodSandbox", "StopPodSandbox", "RemovePodSandbox"];
    const life = UNDISTURBED_LIFE.slice(1, -2);
    assert.deepEqual(
      [story(place, infra), story(place, id)],
      [
        [...pod, ...pod],
        [...life, ...life],
      ],
    );
    const [ended, over] = [ear.heard("stopContainer", id), ear.heard("stopPodSandbox", infra)];
    for (const [at, { at: stopped }] of ended.entries()) assert.ok(stopped <= (over[at]?.at ?? 0), "the pod ends last");
  });

  await t.test("a pod without an infra container: each container has its own", async () => {
    await podman("pod", "create", "--name", "bare", "--infra=false");
    const id = await run(place, "--pod", "bare", IMAGE, "true");
    await lives(place, id, "StopContainer");
    await podman("pod", "rm", "-f", "bare");
    await lives(place, id, "RemovePodSandbox");
    assert.deepEqual(story(place, id), UNDISTURBED_LIFE);
  });
}

async function evicted(place: Place): Promise<void> {
  const { podman, ear } = place;
  const id = await run(place, "--name", "evicted", "--restart=always", IMAGE, "sleep", "1000");
  await ear.session.updateContainers([], { evict: [{ containerId: id, reason: "no room" }] });
  await lives(place, id, "StopContainer");
  await podman("wait", "evicted");
  assert.equal(await podman("inspect", "--format", "{{.State.Status}}", "evicted"), "exited");
  await podman("rm", "evicted");
  await lives(place, id, "RemovePodSandbox");
  assert.deepEqual(story(place, id), UNDISTURBED_LIFE);
}

async function many(place: Place): Promise<void> {
  const codes = Array.from({ length: 12 }, (_, at) => at + 1);
  const ids = await Promise.all(codes.map((code) => run(place, "--rm", IMAGE, "sh", "-c", `exit ${code}`)));
  for (const id of ids) await lives(place, id, "RemovePodSandbox");
  for (const id of ids) assert.deepEqual(story(place, id), UNDISTURBED_LIFE);
  assert.deepEqual(
    ids.map((id) => exits(place, id)),
    codes.map((code) => [code]),
  );
}

async function startedAgain(place: Place): Promise<void> {
  const { podman } = place;
  const id = await run(place, "--name", "again", "--restart=on-failure:2", IMAGE, "sh", "-c", "exit 3");
  await lives(place, id, "StopContainer", 3);
  await podman("rm", "-f", "-t", "0", "again");
  await lives(place, id, "RemovePodSandbox", 3);
  assert.deepEqual(story(place, id), [...UNDISTURBED_LIFE, ...UNDISTURBED_LIFE, ...UNDISTURBED_LIFE]);
  assert.deepEqual(exits(place, id), [3, 3, 3]);
}

async function daemonAway({ podman }: Podman, bridge: TestBridge): Promise<void> {
  const [stays, ends] = [
    await run({ podman }, "--name", "stays", "--label", "a=b", ...WAITS),
    await run({ podman }, "--name", "ends", ...WAITS),
  ];
  await podman("pod", "create", "--name", "pod", "--network", "none", "--infra-image", PAUSE);
  const member = await podman("run", "--detach", "--pod", "pod", ...WAITS);
  const infra = await podman("pod", "inspect", "--format", "{{.InfraContainerID}}", "pod");
  await bridge.kill();
  await podman("rm", "-f", "-t", "0", "ends");
  await bridge.restart();
  await using listening = await ear(bridge);
  const place = { podman, bridge, ear: listening };
  await podman("stop", "stays");
  await lives(place, stays, "StopContainer");
  assert.deepEqual(exits(place, stays), [7]);
  assert.deepEqual({ ...listening.heard("stopContainer", stays)[0]?.container?.labels }, { a: "b" });
  await podman("start", "stays");
  await podman("pod", "rm", "-f", "-t", "5", "pod");
  await podman("rm", "-f", "-t", "0", "stays");
  await lives(place, stays, "RemovePodSandbox", 2);
  await lives(place, infra, "RemovePodSandbox");
  assert.deepEqual(story(place, stays), [...UNDISTURBED_LIFE.slice(5), ...UNDISTURBED_LIFE]);
  assert.deepEqual(story(place, ends), []);
  assert.deepEqual(story(place, member), ["StopContainer", "RemoveContainer"]);
  assert.deepEqual(story(place, infra), ["StopPodSandbox", "RemovePodSandbox"]);
}

const crun = (await realRuntimes()).find((one) => !("here" in one) || one.here.flavour === "crun") ?? {
  missing: "crun",
};
const newest = await podmanFiles("5");

test("podman on crun, as it is by default", { skip: skipUnless(newest, crun) }, async () => {
  await using bridge = await makeBridge({ engine: "podman", runtime: use(crun).path });
  await using podman = await startPodman(use(newest), { runtime: bridge.wrapper });
  await bridge.serve(podman.socket);
  await using listening = await ear(bridge);
  const place = { podman: podman.podman, bridge, ear: listening };
  const id = await run(place, "--name", "one", ...WAITS);
  await podman.podman("update", "--cpu-shares", "300", "one");
  await assert.rejects(run(place, "--label", "refuse=yes", ...WAITS), /a test says no/);
  await podman.podman("restart", "one");
  await podman.podman("rm", "-f", "-t", "0", "one");
  await lives(place, id, "RemovePodSandbox", 2);
  assert.deepEqual(exits(place, id), [7, 137]);
});
