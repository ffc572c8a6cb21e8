// What plugins refuse, and what fails on the way: the runtime is not called or the call is undone, and its user reads why.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinPlugin } from "@nri/adaptation";
import { ContainerState } from "@nri/protocol";
import { removeLab, startLab } from "./lab.fixture.js";

/** A plugin that says no to one event. */
function refusing(event: "runPodSandbox" | "createContainer" | "startContainer" | "updateContainer"): BuiltinPlugin {
  const refuse = (): never => {
    throw new Error("not this one");
  };
  return { index: "10", name: "no", [event]: refuse };
}

test("a refused creation is undone once, and its user reads domain, container, plugin and reason", async () => {
  const lab = await startLab({ plugins: [refusing("createContainer")] });
  const lease = await lab.call("create", "c1");
  assert.equal(lease.refusal, 'NRI CreateContainer of "name-of-c1" (d/c1): plugin "10-no": not this one');
  assert.deepEqual(lab.story(), [
    "RunPodSandbox c1",
    "CreateContainer c1",
    "StopContainer c1",
    "RemoveContainer c1",
    "StopPodSandbox c1",
    "RemovePodSandbox c1",
  ]);
  assert.equal(lab.last("stopContainer").state, ContainerState.CONTAINER_UNKNOWN);
  lab.engine.exited("d", "c1");
  lab.engine.removed("d", "c1");
  await lab.settled();
  assert.equal(lab.story().length, 6);
  assert.ok(lab.log.some((line) => line.includes('"10-no"')));
  await removeLab(lab);
});

test("a pod that is refused never starts, and is stopped and removed", async () => {
  const lab = await startLab({ plugins: [refusing("runPodSandbox")] });
  lab.domain.sandboxes.set("p1", { name: "pod", namespace: "ns" });
  (await lab.call("create", "p1")).done({ code: 0, pid: 5 });
  const lease = await lab.call("start", "p1");
  assert.equal(lease.refusal, 'NRI RunPodSandbox of "ns/pod" (d/p1): plugin "10-no": not this one');
  assert.deepEqual(lab.story(), ["RunPodSandbox p1", "StopPodSandbox p1", "RemovePodSandbox p1"]);
  await removeLab(lab);
});

test("a container whose made-up pod is refused is refused", async () => {
  const lab = await startLab({ plugins: [refusing("runPodSandbox")] });
  assert.match((await lab.call("create", "c1")).refusal ?? "", /^NRI RunPodSandbox of .*not this one$/);
  assert.deepEqual(lab.story(), ["RunPodSandbox c1", "StopPodSandbox c1", "RemovePodSandbox c1"]);
  await removeLab(lab);
});

test("a refused start stops the container, which its engine then removes", async () => {
  const lab = await startLab({ plugins: [refusing("startContainer")] });
  (await lab.call("create", "c1")).done({ code: 0, pid: 41 });
  const lease = await lab.call("start", "c1");
  assert.match(lease.refusal ?? "", /^NRI StartContainer of .*plugin "10-no": not this one$/);
  assert.deepEqual(lab.story(3), ["StartContainer c1", "StopContainer c1"]);
  assert.equal(lab.last("stopContainer").state, ContainerState.CONTAINER_CREATED);
  lab.engine.removed("d", "c1");
  await lab.settled();
  assert.deepEqual(lab.story(5), ["RemoveContainer c1", "StopPodSandbox c1", "RemovePodSandbox c1"]);
  await removeLab(lab);
});

test("an update that is refused is not made", async () => {
  const lab = await startLab({ plugins: [refusing("updateContainer")] });
  await lab.run("c1");
  const lease = await lab.call("update", "c1", { cpu: { shares: 7 } });
  assert.match(lease.refusal ?? "", /^NRI UpdateContainer of .*plugin "10-no": not this one$/);
  await removeLab(lab);
});

test("an adjustment that cannot be applied refuses the container", async () => {
  const createContainer = () => ({ adjust: { linux: { namespaces: [{ type: "nonsense", path: "" }] } } });
  const lab = await startLab({ plugins: [{ index: "10", name: "wrong", createContainer }] });
  const lease = await lab.call("create", "c1");
  assert.match(lease.refusal ?? "", /^NRI CreateContainer of .*unrecognized namespace "nonsense"/);
  assert.match(lab.log.join("\n"), /c1 was adjusted by 10-wrong \(namespace\): unrecognized namespace "nonsense"/);
  assert.deepEqual(lab.story(2).slice(0, 2), ["StopContainer c1", "RemoveContainer c1"]);
  await removeLab(lab);
});

test("what the real runtime fails to create is undone, as it was asked for", async () => {
  const createContainer = () => ({ adjust: { env: [{ key: "A", value: "1" }] } });
  const lab = await startLab({ plugins: [{ index: "10", name: "adjuster", createContainer }] });
  (await lab.call("create", "c1")).done({ code: 1, pid: 0 });
  await lab.settled();
  assert.deepEqual(lab.story(2), [
    "StopContainer c1",
    "RemoveContainer c1",
    "StopPodSandbox c1",
    "RemovePodSandbox c1",
  ]);
  assert.deepEqual(lab.last("removeContainer").env, ["PATH=/bin"]);
  assert.match(
    lab.log.join("\n"),
    /c1 was not created: the OCI runtime ended with 1; it was adjusted by 10-adjuster \(env\)/,
  );
  await removeLab(lab);
});

test("what the real runtime fails to start is stopped", async () => {
  const lab = await startLab();
  (await lab.call("create", "c1")).done({ code: 0, pid: 41 });
  (await lab.call("start", "c1")).done({ code: 1, pid: 0 });
  await lab.settled();
  assert.deepEqual(lab.story(3), ["StartContainer c1", "StopContainer c1"]);
  await removeLab(lab);
});

test("a sandbox that the real runtime fails to start is stopped and removed", async () => {
  const lab = await startLab();
  lab.domain.sandboxes.set("p1", {});
  (await lab.call("create", "p1")).done({ code: 0, pid: 5 });
  (await lab.call("start", "p1")).done({ code: 1, pid: 0 });
  await lab.settled();
  assert.deepEqual(lab.story(), ["RunPodSandbox p1", "StopPodSandbox p1", "RemovePodSandbox p1"]);
  await removeLab(lab);
});

test("a creation whose wrapper is lost before the answer is undone", async () => {
  let proceed = (): void => undefined;
  const createContainer = () =>
    new Promise<undefined>((resolve) => {
      proceed = () => resolve(undefined);
    });
  const lab = await startLab({ plugins: [{ index: "10", name: "slow", createContainer }] });
  const lease = lab.begin("create", "c1");
  while (lab.heard.length < 2) await lab.settled();
  lease.drop();
  await lab.settled();
  proceed();
  await lab.settled();
  assert.deepEqual(lab.story(2).slice(0, 2), ["StopContainer c1", "RemoveContainer c1"]);
  await removeLab(lab);
});

test("a creation whose wrapper is lost after the answer is undone, unless the container exists after all", async () => {
  const lab = await startLab();
  (await lab.call("create", "gone")).drop();
  (await lab.call("create", "there")).drop();
  lab.domain.exists("there", ContainerState.CONTAINER_CREATED);
  while (!lab.story().includes("RemovePodSandbox gone")) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(
    lab.story().filter((line) => line.startsWith("PostCreate") || line.startsWith("Remove")),
    ["PostCreateContainer there", "RemoveContainer gone", "RemovePodSandbox gone"],
  );
  await removeLab(lab);
});
