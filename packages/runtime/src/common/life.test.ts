// A container and a pod behind the bridge, from their creation to their removal: what plugins hear, what the runtime gets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ContainerState } from "@nri/protocol";
import { removeLab, SPEC, startLab } from "./lab.fixture.js";

const adjuster = {
  index: "10",
  name: "adjuster",
  createContainer: () => ({
    adjust: { env: [{ key: "A", value: "1" }], annotations: { added: "yes" } },
  }),
};

test("a container without a pod lives with one made up for it, and each of its events is told once", async () => {
  const lab = await startLab();
  await lab.run("c1");
  lab.engine.exited("d", "c1", { code: 7, at: 5n });
  lab.engine.exited("d", "c1", { code: 7, at: 5n });
  lab.engine.removed("d", "c1");
  lab.engine.removed("d", "c1");
  await lab.settled();
  assert.deepEqual(lab.story(), [
    "RunPodSandbox c1",
    "CreateContainer c1",
    "PostCreateContainer c1",
    "StartContainer c1",
    "PostStartContainer c1",
    "StopContainer c1",
    "RemoveContainer c1",
    "StopPodSandbox c1",
    "RemovePodSandbox c1",
  ]);
  assert.deepEqual(lab.log, []);
  await removeLab(lab);
});

test("plugins are told the state, process, times and exit code as they are at each event", async () => {
  const lab = await startLab();
  await lab.run("c1");
  lab.engine.exited("d", "c1", { code: 7, at: 5n });
  lab.engine.removed("d", "c1");
  await lab.settled();
  const told = (event: Parameters<typeof lab.last>[0]) => {
    const { state, pid, createdAt, startedAt, finishedAt, exitCode } = lab.last(event);
    return [state, pid, createdAt > 0n, startedAt > 0n, finishedAt, exitCode];
  };
  assert.deepEqual(told("createContainer"), [ContainerState.CONTAINER_UNKNOWN, 0, false, false, 0n, 0]);
  assert.deepEqual(told("postCreateContainer"), [ContainerState.CONTAINER_CREATED, 41, true, false, 0n, 0]);
  assert.deepEqual(told("startContainer"), [ContainerState.CONTAINER_CREATED, 41, true, false, 0n, 0]);
  assert.deepEqual(told("postStartContainer"), [ContainerState.CONTAINER_RUNNING, 41, true, true, 0n, 0]);
  assert.deepEqual(told("stopContainer"), [ContainerState.CONTAINER_STOPPED, 41, true, true, 5n, 7]);
  assert.deepEqual(told("removeContainer"), [ContainerState.CONTAINER_STOPPED, 41, true, true, 5n, 7]);
  await removeLab(lab);
});

test("the runtime gets the adjusted spec, and plugins see it from then on", async () => {
  const lab = await startLab({ plugins: [adjuster] });
  const lease = await lab.call("create", "c1");
  assert.deepEqual(lease.spec.process?.env, ["PATH=/bin", "A=1"]);
  lease.done({ code: 0, pid: 41 });
  await lab.settled();
  assert.deepEqual(lab.last("createContainer").env, ["PATH=/bin"]);
  const after = lab.last("postCreateContainer");
  assert.deepEqual(after.env, ["PATH=/bin", "A=1"]);
  assert.deepEqual(after.annotations, { "of.spec": "1", added: "yes" });
  assert.deepEqual([after.name, after.labels], ["name-of-c1", { from: "engine" }]);
  await removeLab(lab);
});

test("the late news of the end of an earlier life of the same id is no news", async () => {
  const lab = await startLab();
  await lab.run("c1");
  lab.engine.exited("d", "c1", { code: 1, at: 1n, pid: 40 });
  await lab.settled();
  assert.equal(lab.story().at(-1), "PostStartContainer c1");
  lab.engine.exited("d", "c1", { code: 2, at: 2n, pid: 41 });
  await lab.settled();
  assert.equal(lab.last("stopContainer").exitCode, 2);
  await removeLab(lab);
});

test("a spec that nobody changes stays as it is, byte by byte", async () => {
  const lab = await startLab();
  assert.equal((await lab.call("create", "c1", `  ${JSON.stringify(SPEC)}\n`)).told?.kind, "follow");
  await removeLab(lab);
});

test("a sandbox is a pod: told when it starts, with its process, and no container", async () => {
  const lab = await startLab();
  lab.domain.sandboxes.set("p1", { name: "pod", namespace: "ns" });
  lab.domain.podOf.set("c1", "p1");
  const created = await lab.call("create", "p1");
  created.done({ code: 0, pid: 55 });
  await lab.settled();
  assert.deepEqual(lab.story(), []);
  lab.domain.pods.set("p1", { ...(await lab.domain.describe(created.call)).pod, pid: 55 } as never);
  (await lab.call("start", "p1")).done({ code: 0, pid: 0 });
  await lab.run("c1");
  assert.equal(lab.heard[0]?.pod?.pid, 55);
  assert.deepEqual([lab.last("createContainer").podSandboxId, lab.heard[1]?.pod?.name], ["p1", "pod"]);
  lab.engine.exited("d", "c1");
  lab.engine.removed("d", "c1");
  lab.engine.exited("d", "p1");
  lab.engine.removed("d", "p1");
  await lab.settled();
  assert.deepEqual(
    lab.story().filter((line) => !line.includes("Start") && !line.includes("Post")),
    [
      "RunPodSandbox p1",
      "CreateContainer c1",
      "StopContainer c1",
      "RemoveContainer c1",
      "StopPodSandbox p1",
      "RemovePodSandbox p1",
    ],
  );
  await removeLab(lab);
});

test("run is create and start in one, and does not wait for the end of the container", async () => {
  const lab = await startLab();
  const lease = await lab.call("run", "c1");
  assert.deepEqual(lab.story(), ["RunPodSandbox c1", "CreateContainer c1", "StartContainer c1"]);
  lab.domain.exists("c1", ContainerState.CONTAINER_RUNNING);
  while (lab.heard.length < 5) await new Promise((resolve) => setTimeout(resolve, 20));
  lab.engine.exited("d", "c1", { code: 3, at: 1n });
  await lab.settled();
  assert.deepEqual(lab.story(3), ["PostCreateContainer c1", "PostStartContainer c1", "StopContainer c1"]);
  lease.done({ code: 3, pid: 4000 });
  await lab.settled();
  assert.equal(lab.heard.length, 6);
  await removeLab(lab);
});

test("what no engine claims, what serves NRI itself, and what is no spec passes, and plugins hear nothing", async () => {
  const lab = await startLab();
  assert.equal((await lab.call("create", "c1", SPEC, "elsewhere")).told?.kind, "pass");
  assert.equal((await lab.call("create", "c1", "{ no json")).told?.kind, "pass");
  assert.equal((await lab.call("update", "c1", "[]")).told?.kind, "pass");
  lab.domain.servesNri = true;
  assert.equal((await lab.call("create", "c1")).told?.kind, "pass");
  assert.deepEqual(lab.story(), []);
  await removeLab(lab);
});

test("the same id in two domains is two containers", async () => {
  const { FakeEngine } = await import("./fake-engine.fixture.js");
  const engine = new FakeEngine("fake", "d", "e");
  const lab = await startLab({ engine });
  await lab.run("c1");
  const other = await lab.call("create", "c1", SPEC, "e");
  other.done({ code: 0, pid: 1 });
  engine.exited("e", "c1", { code: 9, at: 1n });
  await lab.settled();
  assert.equal(lab.story().filter((line) => line === "CreateContainer c1").length, 2);
  assert.deepEqual([lab.story().at(-1), lab.last("stopContainer").exitCode], ["StopContainer c1", 9]);
  engine.removed("d", "c1");
  await lab.settled();
  assert.ok(lab.story().includes("RemoveContainer c1"));
  await removeLab(lab);
});

test("an engine that updates pods asks plugins first, and tells them afterwards", async () => {
  const updatePodSandbox = ({ linuxResources }: { linuxResources?: unknown }): void => {
    if (linuxResources === undefined) throw new Error("not without resources");
  };
  const lab = await startLab({ plugins: [{ index: "10", name: "p", updatePodSandbox }] });
  lab.domain.sandboxes.set("p1", { name: "pod" });
  (await lab.call("create", "p1")).done({ code: 0, pid: 5 });
  let worked = 0;
  const works = async (): Promise<void> => void worked++;
  await assert.rejects(lab.bridge.updatePodSandbox("d", "p1", {}, works), /pod d\/p1 does not run here/);
  (await lab.call("start", "p1")).done({ code: 0, pid: 0 });
  await lab.bridge.updatePodSandbox("d", "p1", { resources: { cpu: { shares: { value: 3n } } } }, works);
  assert.deepEqual([worked, lab.story(1)], [1, ["UpdatePodSandbox p1", "PostUpdatePodSandbox p1"]]);
  await assert.rejects(lab.bridge.updatePodSandbox("d", "p1", {}, works), /not without resources/);
  assert.deepEqual([worked, lab.story(3)], [1, ["UpdatePodSandbox p1"]]);
  await removeLab(lab);
});
