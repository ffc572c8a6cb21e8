// The daemon ends and starts again, and engines are away for a while: what is known is what exists, and nothing is told twice.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ContainerState } from "@nri/protocol";
import { FakeEngine } from "./fake-engine.fixture.js";
import { removeLab, startLab } from "./lab.fixture.js";

const adjuster = {
  index: "10",
  name: "adjuster",
  createContainer: () => ({ adjust: { env: [{ key: "A", value: "1" }] } }),
};

test("after a restart plugins are handed what exists, as it was adjusted, and hear of its end once", async () => {
  const engine = new FakeEngine("fake", "d");
  const before = await startLab({ engine, plugins: [adjuster] });
  await before.run("c1");
  await before.run("ended");
  engine.exited("d", "ended");
  await before.run("gone");
  await before.settled();
  await before.stop();
  before.domain.containers.delete("gone");
  const { stateDir } = before;
  const lab = await startLab({ engine, stateDir });
  assert.deepEqual(lab.synchronized.pods, ["c1"]);
  const [container, ...others] = lab.synchronized.containers;
  assert.deepEqual([container?.id, container?.env, others.length], ["c1", ["PATH=/bin", "A=1"], 0]);
  assert.deepEqual([container?.state, container?.pid], [ContainerState.CONTAINER_RUNNING, 41]);
  assert.deepEqual(lab.story(), []);
  for (const id of ["c1", "ended", "gone"]) {
    engine.exited("d", id);
    engine.removed("d", id);
  }
  await lab.settled();
  assert.deepEqual(lab.story(), ["StopContainer c1", "RemoveContainer c1", "StopPodSandbox c1", "RemovePodSandbox c1"]);
  assert.deepEqual(await readdir(stateDir), []);
  await removeLab(lab);
});

test("what was there before the bridge is taken in as it is", async () => {
  const engine = new FakeEngine("fake", "d");
  engine.domains[0]?.exists("old", ContainerState.CONTAINER_RUNNING, { env: ["OLD=1"] });
  const lab = await startLab({ engine });
  assert.deepEqual(lab.synchronized.pods, ["old"]);
  assert.deepEqual(lab.synchronized.containers[0]?.env, ["OLD=1"]);
  engine.exited("d", "old");
  engine.removed("d", "old");
  await lab.settled();
  assert.equal(lab.story()[0], "StopContainer old");
  await removeLab(lab);
});

test("a container that had ended before the bridge came, or never ran, is not taken in", async () => {
  const engine = new FakeEngine("fake", "d");
  engine.domains[0]?.exists("ended", ContainerState.CONTAINER_STOPPED);
  engine.domains[0]?.exists("old", ContainerState.CONTAINER_RUNNING);
  const lab = await startLab({ engine });
  assert.deepEqual(lab.synchronized.pods, ["old"]);
  engine.removed("d", "ended");
  await lab.settled();
  assert.deepEqual(lab.story(), []);
  await removeLab(lab);
});

test("what ended while an engine was away is told when it is back, once, with its code", async () => {
  const lab = await startLab();
  await lab.run("c1");
  await lab.run("c2");
  const from = lab.heard.length;
  const c1 = lab.domain.containers.get("c1");
  assert.ok(c1 !== undefined);
  Object.assign(c1, { state: ContainerState.CONTAINER_STOPPED, exitCode: 9, finishedAt: 77n });
  lab.domain.containers.delete("c2");
  lab.domain.isAway = true;
  lab.engine.lost();
  await lab.settled();
  assert.deepEqual(lab.story(from), []);
  lab.domain.isAway = false;
  lab.engine.lost();
  lab.engine.lost();
  await lab.settled();
  assert.deepEqual(lab.story(from).sort(), [
    "RemoveContainer c2",
    "RemovePodSandbox c2",
    "StopContainer c1",
    "StopContainer c2",
    "StopPodSandbox c2",
  ]);
  const stopped = lab.heard.find(({ event, container }) => event === "stopContainer" && container?.id === "c1");
  assert.deepEqual([stopped?.container?.exitCode, stopped?.container?.finishedAt], [9, 77n]);
  await removeLab(lab);
});

test("records are kept when an engine is away at the start", async () => {
  const engine = new FakeEngine("fake", "d");
  const before = await startLab({ engine });
  await before.run("c1");
  await before.stop();
  before.domain.isAway = true;
  const lab = await startLab({ engine, stateDir: before.stateDir });
  assert.deepEqual(lab.synchronized.pods, ["c1"]);
  assert.ok(lab.log.some((line) => line.includes("the engine is away")));
  lab.domain.isAway = false;
  lab.domain.containers.clear();
  engine.lost();
  await lab.settled();
  assert.equal(lab.story()[0], "StopContainer c1");
  await removeLab(lab);
});

test("a creation that the daemon did not see the end of is complete when the container exists, and absent when not", async () => {
  const engine = new FakeEngine("fake", "d");
  const before = await startLab({ engine, plugins: [adjuster] });
  for (const id of ["listed", "late", "never"]) await before.call("create", id);
  await before.stop();
  before.domain.exists("listed", ContainerState.CONTAINER_RUNNING);
  const lab = await startLab({ engine, stateDir: before.stateDir });
  const seen = lab.synchronized.containers.map(({ id, env, state }) => [id, env[1], state]);
  assert.deepEqual(seen, [["listed", "A=1", ContainerState.CONTAINER_RUNNING]]);
  lab.domain.exists("late", ContainerState.CONTAINER_CREATED);
  (await lab.call("start", "late")).done({ code: 0, pid: 0 });
  await lab.settled();
  assert.deepEqual(lab.story(), ["PostCreateContainer late", "StartContainer late", "PostStartContainer late"]);
  assert.deepEqual(lab.last("postCreateContainer").env, ["PATH=/bin", "A=1"]);
  // Its user tries again.
  await lab.call("create", "never");
  assert.deepEqual(lab.story(3), ["RunPodSandbox never", "CreateContainer never"]);
  await removeLab(lab);
});

test("a creation whose wrapper and engine are away at once is completed when the container starts", async () => {
  const lab = await startLab();
  const lease = await lab.call("create", "c1");
  lab.domain.isAway = true;
  lease.drop();
  await lab.settled();
  lab.domain.isAway = false;
  lab.domain.exists("c1", ContainerState.CONTAINER_CREATED);
  (await lab.call("start", "c1")).done({ code: 0, pid: 0 });
  await lab.settled();
  assert.deepEqual(lab.story(2), ["PostCreateContainer c1", "StartContainer c1", "PostStartContainer c1"]);
  await removeLab(lab);
});

test("a container that is created anew under the same id is a new life, and the end of the one before it is told first", async () => {
  const lab = await startLab();
  await lab.run("c1");
  lab.domain.containers.clear(); // nobody has told of it
  await lab.call("create", "c1");
  assert.deepEqual(lab.story(5), [
    "StopContainer c1",
    "RemoveContainer c1",
    "StopPodSandbox c1",
    "RemovePodSandbox c1",
    "RunPodSandbox c1",
    "CreateContainer c1",
  ]);
  await removeLab(lab);
});

test("the creation of what is there already is for the real runtime to refuse, and ends nothing", async () => {
  const lab = await startLab();
  await lab.run("c1");
  assert.equal((await lab.call("create", "c1")).told?.kind, "pass");
  await lab.settled();
  assert.equal(lab.story().at(-1), "PostStartContainer c1");
  lab.engine.exited("d", "c1");
  await lab.settled();
  assert.equal(lab.story().at(-1), "StopContainer c1");
  await removeLab(lab);
});

test("a container whose creation went past the daemon is taken in when it starts", async () => {
  const lab = await startLab();
  lab.domain.exists("c1", ContainerState.CONTAINER_CREATED);
  (await lab.call("start", "c1")).done({ code: 0, pid: 0 });
  assert.equal((await lab.call("start", "nobody")).told?.kind, "pass");
  await lab.settled();
  assert.deepEqual(lab.story(), ["StartContainer c1", "PostStartContainer c1"]);
  await removeLab(lab);
});

test("the pod of a container that is not known comes from the engine, and is told first", async () => {
  const engine = new FakeEngine("fake", "d");
  const lab = await startLab({ engine });
  lab.domain.podOf.set("c1", "p1");
  lab.domain.pods.set("p1", {
    ...(await import("@nri/protocol")).PodSandbox.create({ id: "p1", name: "pod" }),
    pid: 8,
  });
  await lab.call("create", "c1");
  assert.deepEqual(lab.story(), ["RunPodSandbox p1", "CreateContainer c1"]);
  assert.deepEqual([lab.heard[1]?.pod?.name, lab.heard[1]?.pod?.pid], ["pod", 8]);
  await removeLab(lab);
});

test("records that cannot be read are set aside, with their path in the log, and the bridge starts", async () => {
  const engine = new FakeEngine("fake", "d");
  const before = await startLab({ engine });
  await before.run("c1");
  await before.stop();
  const { stateDir } = before;
  const [name = ""] = await readdir(stateDir);
  const good = await readFile(join(stateDir, name), "utf8");
  const wrong = {
    "cut.json": good.slice(0, 40),
    "other.json": good,
    "empty.json": "",
    "list.json": "[]",
    "future.json": good.replace('"version":1', '"version":2'),
    "message.json": good.replace(/"message":"[^"]*"/, '"message":"////"'),
    "proto.json": '{"__proto__":{"version":1}}',
  };
  for (const [file, text] of Object.entries(wrong)) await writeFile(join(stateDir, file), text);
  await writeFile(join(stateDir, `${name}.tmp`), "half");
  const lab = await startLab({ engine, stateDir });
  assert.deepEqual(lab.synchronized.pods, ["c1"]);
  assert.deepEqual((await readdir(stateDir)).sort(), ["bad", name].sort());
  assert.equal((await readdir(join(stateDir, "bad"))).length, Object.keys(wrong).length);
  for (const file of Object.keys(wrong))
    assert.ok(
      lab.log.some((line) => line.includes(join(stateDir, file))),
      file,
    );
  await removeLab(lab);
});

test("records are for nobody else, and ids cannot lead out of their folder", async () => {
  const dir = await mkdtemp(join(tmpdir(), "nri-bridge-"));
  const stateDir = join(dir, "deep", "state");
  const engine = new FakeEngine("fake", "../d");
  const lab = await startLab({ engine, stateDir });
  for (const id of ["../../up", "a/b", "x".repeat(5000), "\uD800", "."]) await lab.call("create", id);
  assert.deepEqual(await readdir(dir), ["deep"]);
  assert.equal((await stat(stateDir)).mode & 0o777, 0o700);
  const names = await readdir(stateDir);
  assert.equal(names.length, 5);
  for (const name of names) assert.equal((await stat(join(stateDir, name))).mode & 0o777, 0o600);
  await lab.stop();
  for (const { told } of lab.leases) assert.equal(told?.kind, "follow");
  await rm(dir, { recursive: true });
});
