// What Docker does with containers beyond their first life, and what it makes of updates: on dockerd itself, with the wrapper as
// its runtime.
import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { adjustment, type PluginDefinition } from "@nri/plugin";
import type { Init, LinuxResources } from "@nri/protocol";
import { cgroupFile } from "../peers/cri.js";
import { type Docker, dockerFiles, startDocker } from "../peers/docker.js";
import { skipUnless, use } from "../requirements.js";
import { UNDISTURBED_LIFE } from "../undisturbed-life.js";
import { until } from "../waits.js";
import { makeBridge, type TestBridge } from "./bridge.js";
import { type Ear, listen } from "./ear.js";

const IMAGE = "localhost/peers/busybox:1";
/** Leaves with 7 on SIGTERM. */
const WAITS = [IMAGE, "sh", "-c", "trap 'exit 7' TERM; sleep 1000 & wait"];
/** How long an update may take that dockerd is too busy for. */
const DIRECT_MS = 5_000;

interface Place {
  readonly docker: Docker;
  readonly bridge: TestBridge;
  readonly ear: Ear;
}

/** `docker run --detach` without a network; gives the id. */
async function run({ docker }: Place, ...args: string[]): Promise<string> {
  return await docker.docker("run", "--detach", "--network", "none", ...args);
}

/** The `count`-th life of a container has come as far as this event. */
async function lives({ ear }: Place, id: string, event: string, count: number): Promise<void> {
  const enough = () => ear.of(id).filter((name) => name === event).length >= count;
  await until(`${event} of ${id}, ${count} times`, enough);
}

/** Events of a container and of its pod. */
function life({ ear }: Place, id: string): string[] {
  return ear.of(id).filter((name) => UNDISTURBED_LIFE.includes(name));
}

function exits({ ear }: Place, id: string): (number | undefined)[] {
  return ear.heard("stopContainer", id).map(({ container }) => container?.exitCode);
}

async function inspect({ docker }: Place, id: string, what: string): Promise<string> {
  return await docker.docker("inspect", "--format", `{{json ${what}}}`, id);
}

async function pidOf(place: Place, id: string): Promise<number> {
  return Number(await inspect(place, id, ".State.Pid"));
}

for (const line of ["28", "20.10"] as const) {
  const files = await dockerFiles(line);
  test(`dockerd ${line}: lives, names, updates and restarts`, { skip: skipUnless(files) }, async (t) => {
    const { dir } = use(files);
    await using bridge = await makeBridge({ runtime: `${dir}/bin/runc`, engine: "docker" });
    await using docker = await startDocker(use(files), { runtimes: { nri: bridge.wrapper } });
    await bridge.serve(docker.socket);
    await using ear = await listen(bridge.nriSocket, {
      createContainer: ({ container }) => {
        if (container.labels.refuse === "yes") throw new Error("a test says no");
        return { adjust: adjustment().env("FROM_NRI", "yes") };
      },
    });
    await shown(t, { docker, bridge, ear });
    await livesAgain(t, { docker, bridge, ear });
    await updates(t, { docker, bridge, ear });
    await restarts(t, { docker, bridge, ear });
  });
}

async function shown(t: TestContext, place: Place): Promise<void> {
  const { docker, ear } = place;
  await t.test("plugins know a container by Docker's names and labels; Docker shows what was asked for", async () => {
    const id = await run(place, "--runtime=nri", "--name=web", "--label=app=web", "--env=OWN=1", ...WAITS);
    const [created] = ear.heard("createContainer", id);
    assert.deepEqual([created?.pod.id, created?.pod.name, created?.container?.name], [id, "web", "web"]);
    assert.deepEqual([created?.pod.labels.app, created?.pod.annotations.app], ["web", "web"]);
    assert.deepEqual([created?.container?.labels.app, created?.container?.annotations.app], ["web", "web"]);
    assert.equal(created?.container?.image?.name, IMAGE);
    assert.match(created?.container?.image?.configDigest ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.equal(ear.heard("startContainer", id)[0]?.container?.pid, await pidOf(place, id));
    const variables = await docker.docker("exec", "web", "sh", "-c", "tr '\\0' '\\n' < /proc/1/environ; echo; env");
    // the first process has it; what is executed later has what Docker recorded
    assert.equal(variables.match(/^FROM_NRI=yes$/gm)?.length, 1);
    assert.equal(variables.match(/^OWN=1$/gm)?.length, 2);
    assert.doesNotMatch(await inspect(place, id, ".Config.Env"), /FROM_NRI/);
    await docker.docker("rm", "--force", "web");
    await lives(place, id, "RemovePodSandbox", 1);
    assert.deepEqual(life(place, id), UNDISTURBED_LIFE);
  });
  await t.test("what does not run with the wrapper, or was never started, is not told", async () => {
    const other = await run(place, "--runtime=runc", "--rm", ...WAITS);
    const never = await docker.docker("create", "--runtime=nri", IMAGE, "true");
    await docker.docker("rm", "--force", other, never);
    assert.deepEqual([ear.of(other), ear.of(never)], [[], []]);
  });
  await t.test("a refused creation fails docker run with the plugin's reason, and nothing is left of it", async () => {
    await assert.rejects(
      run(place, "--runtime=nri", "--name=refused", "--label=refuse=yes", ...WAITS),
      /a test says no/,
    );
    const id = await docker.docker("inspect", "--format", "{{.Id}}", "refused");
    await lives(place, id, "RemovePodSandbox", 1);
    await docker.docker("rm", id);
    assert.deepEqual(life(place, id), [
      "RunPodSandbox",
      "CreateContainer",
      "StopContainer",
      "RemoveContainer",
      "StopPodSandbox",
      "RemovePodSandbox",
    ]);
  });
}

async function livesAgain(t: TestContext, place: Place): Promise<void> {
  const { docker, ear } = place;
  await t.test(
    "docker restart, stop and start are lives of their own, each told whole, under the name of then",
    async () => {
      const id = await run(place, "--runtime=nri", "--name=again", ...WAITS);
      await docker.docker("rename", "again", "renamed");
      await docker.docker("restart", "renamed");
      await docker.docker("kill", "renamed");
      await docker.docker("start", "renamed");
      await docker.docker("stop", "renamed");
      await docker.docker("rm", "renamed");
      await lives(place, id, "RemovePodSandbox", 3);
      assert.deepEqual(life(place, id), [UNDISTURBED_LIFE, UNDISTURBED_LIFE, UNDISTURBED_LIFE].flat());
      assert.deepEqual(exits(place, id), [7, 137, 7]);
      assert.deepEqual(
        ear.heard("createContainer", id).map(({ container }) => container?.name),
        ["again", "renamed", "renamed"],
      );
    },
  );
  await t.test("a restart policy starts it again, --rm removes it", async () => {
    const id = await run(place, "--runtime=nri", "--restart=on-failure:2", IMAGE, "sh", "-c", "exit 4");
    await lives(place, id, "StopContainer", 3);
    await docker.docker("rm", id);
    await lives(place, id, "RemovePodSandbox", 3);
    assert.deepEqual(life(place, id), [UNDISTURBED_LIFE, UNDISTURBED_LIFE, UNDISTURBED_LIFE].flat());
    assert.deepEqual(exits(place, id), [4, 4, 4]);
    const gone = await run(place, "--runtime=nri", "--rm", IMAGE, "sh", "-c", "exit 5");
    await lives(place, gone, "RemovePodSandbox", 1);
    assert.deepEqual([life(place, gone), exits(place, gone)], [UNDISTURBED_LIFE, [5]]);
  });
  await t.test("an evicted container is not started again by its policy", async () => {
    const id = await run(place, "--runtime=nri", "--restart=always", ...WAITS);
    await ear.session.updateContainers([], { evict: [{ containerId: id, reason: "a test says so" }] });
    await lives(place, id, "StopContainer", 1);
    assert.equal(await inspect(place, id, ".State.Status"), '"exited"');
    await docker.docker("rm", id);
    await lives(place, id, "RemovePodSandbox", 1);
    assert.deepEqual([life(place, id), exits(place, id)], [UNDISTURBED_LIFE, [137]]);
  });
}

async function updates(t: TestContext, place: Place): Promise<void> {
  const { docker, bridge, ear } = place;
  const id = await run(place, "--runtime=nri", "--memory=64m", ...WAITS);
  const pid = await pidOf(place, id);
  const told = () => ear.heard("updateContainer", id).length;
  const ask = async (resources: Init<LinuxResources>): Promise<void> => {
    const failed = await ear.session.updateContainers([{ containerId: id, linux: { resources } }]);
    assert.deepEqual(failed, []);
  };
  await t.test("docker update is told as it was asked for, and known afterwards", async () => {
    await docker.docker("update", "--cpu-shares=333", "--pids-limit=44", id);
    await lives(place, id, "PostUpdateContainer", 1);
    const [{ resources } = {}] = ear.heard("updateContainer", id);
    assert.deepEqual(
      [resources?.cpu?.shares?.value, resources?.memory?.limit, resources?.cpu?.quota],
      [333n, undefined, undefined],
    );
    const after = ear.heard("postUpdateContainer", id)[0]?.container?.linux?.resources;
    assert.deepEqual([after?.cpu?.shares?.value, after?.memory?.limit?.value], [333n, 64n << 20n]);
    assert.equal(cgroupFile(pid, "pids", "pids.max", "pids.max"), "44");
  });
  await t.test("a plugin's update goes through dockerd, which shows it, and is no news for plugins", async () => {
    await ask({ cpu: { shares: { value: 444n } }, pids: { limit: 55n }, memory: { limit: { value: 32n << 20n } } });
    assert.equal(cgroupFile(pid, "pids", "pids.max", "pids.max"), "55");
    assert.equal(cgroupFile(pid, "memory", "memory.limit_in_bytes", "memory.max"), String(32 << 20));
    assert.equal(await inspect(place, id, ".HostConfig.CpuShares"), "444");
    assert.equal(await inspect(place, id, ".HostConfig.Memory"), String(32 << 20));
    await ask({ pids: { limit: -1n } });
    assert.equal(cgroupFile(pid, "pids", "pids.max", "pids.max"), "max");
    assert.equal(told(), 1);
  });
  await t.test("what dockerd refuses the OCI runtime does", async () => {
    await ask({ memory: { limit: { value: 5n << 20n } } });
    assert.equal(cgroupFile(pid, "memory", "memory.limit_in_bytes", "memory.max"), String(5 << 20));
    assert.equal(await inspect(place, id, ".HostConfig.Memory"), String(32 << 20));
    assert.equal(told(), 1);
  });
  await t.test("memory alone is given to a container that has no limit", async () => {
    const free = await run(place, "--runtime=nri", ...WAITS);
    const failed = await ear.session.updateContainers([
      { containerId: free, linux: { resources: { memory: { limit: { value: 48n << 20n } } } } },
    ]);
    assert.deepEqual(failed, []);
    assert.equal(
      cgroupFile(await pidOf(place, free), "memory", "memory.limit_in_bytes", "memory.max"),
      String(48 << 20),
    );
    assert.equal(await inspect(place, free, ".HostConfig.Memory"), String(48 << 20));
    await docker.docker("rm", "--force", free);
  });
  await t.test("while dockerd is busy with a container the OCI runtime does it", async () => {
    let took = 0;
    const whileItStarts = async (containerId: string): Promise<void> => {
      const begun = Date.now();
      await other.session.updateContainers([{ containerId, linux: { resources: { pids: { limit: 33n } } } }]);
      took = Date.now() - begun;
    };
    const startContainer: PluginDefinition["startContainer"] = ({ container }) => whileItStarts(container.id);
    await using other = await listen(bridge.nriSocket, { startContainer }, "other");
    const busy = await run(place, "--runtime=nri", ...WAITS);
    await until("the update", () => took > 0);
    assert.ok(took < DIRECT_MS, `${took} ms`);
    assert.equal(cgroupFile(await pidOf(place, busy), "pids", "pids.max", "pids.max"), "33");
    await docker.docker("rm", "--force", busy);
  });
  await docker.docker("rm", "--force", id);
}

async function restarts(t: TestContext, place: Place): Promise<void> {
  const { docker, bridge, ear } = place;
  const always = await run(place, "--runtime=nri", "--restart=always", "--name=always", "--label=app=a", ...WAITS);
  const once = await run(place, "--runtime=nri", "--name=once", ...WAITS);
  await t.test(
    "dockerd restarts: what ends is told once, what starts again is known by its name before dockerd answers",
    async () => {
      await docker.restart();
      await lives(place, always, "PostStartContainer", 2);
      await lives(place, once, "StopContainer", 1);
      assert.deepEqual(life(place, always), [...UNDISTURBED_LIFE, ...UNDISTURBED_LIFE.slice(0, 5)]);
      assert.equal(life(place, once).at(-1), "StopContainer");
      const again = ear.heard("createContainer", always)[1];
      assert.deepEqual([again?.pod.name, again?.pod.labels.app, again?.container?.image?.name], ["always", "a", IMAGE]);
    },
  );
  await t.test("dockerd is killed: the same", async () => {
    await docker.docker("start", "once");
    await lives(place, once, "PostStartContainer", 2);
    await docker.restart("SIGKILL");
    await lives(place, always, "PostStartContainer", 3);
    await lives(place, once, "StopContainer", 2);
    assert.equal(ear.heard("createContainer", always)[2]?.container?.name, "always");
  });
  await t.test("the daemon restarts while containers run, and while they end", async () => {
    await bridge.end();
    await docker.docker("exec", "always", "true");
    await bridge.restart();
    await using late = await listen(bridge.nriSocket);
    await docker.docker("rm", "--force", "always");
    await until("the end", () => late.of(always).includes("RemovePodSandbox"));
    assert.deepEqual(late.of(always), ["StopContainer", "RemoveContainer", "StopPodSandbox", "RemovePodSandbox"]);
    assert.deepEqual(late.of(once), []);
    await docker.docker("rm", "--force", "once");
  });
}

const newest = await dockerFiles("28");
test("dockerd 28 with live-restore: containers outlive it, and what ends meanwhile is told when it is back", {
  skip: skipUnless(newest),
}, async () => {
  await using bridge = await makeBridge({ runtime: `${use(newest).dir}/bin/runc`, engine: "docker" });
  await using docker = await startDocker(use(newest), {
    runtimes: { nri: bridge.wrapper },
    defaultRuntime: "nri",
    args: ["--live-restore"],
  });
  await bridge.serve(docker.socket);
  await using ear = await listen(bridge.nriSocket);
  const place = { docker, bridge, ear };
  const [stays, ends] = [await run(place, ...WAITS), await run(place, ...WAITS)];
  const pid = await pidOf(place, ends);
  await docker.stop();
  process.kill(pid, "SIGKILL");
  await docker.start();
  await lives(place, ends, "StopContainer", 1);
  assert.deepEqual(exits(place, ends), [Number(await inspect(place, ends, ".State.ExitCode"))]);
  assert.deepEqual(life(place, stays), UNDISTURBED_LIFE.slice(0, 5));
  await docker.docker("rm", "--force", stays, ends);
  for (const id of [stays, ends]) {
    await lives(place, id, "RemovePodSandbox", 1);
    assert.deepEqual(life(place, id), UNDISTURBED_LIFE);
  }
});
