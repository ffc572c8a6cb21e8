// Tests of the cache of pods and containers: alone, and as a plugin's `track`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, ContainerState, EVENTS, PodSandbox } from "@nri/protocol";
import { definePlugin } from "./define.js";
import { silentLogger } from "./log.js";
import { PodCache } from "./pod-cache.js";
import { RawRuntime } from "./raw-runtime.fixture.js";

const pod = (id: string, name = "") => PodSandbox.create({ id, name });
const container = (id: string, podSandboxId = "p1", state: number = ContainerState.CONTAINER_CREATED) =>
  Container.create({ id, podSandboxId, state });
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

test("what a runtime hands over replaces everything", () => {
  const cache = new PodCache();
  cache.replace([pod("p1"), pod("p2")], [container("c1"), container("c2"), container("c3", "p2")]);
  assert.deepEqual(
    [ids(cache.pods), ids(cache.containers)],
    [
      ["p1", "p2"],
      ["c1", "c2", "c3"],
    ],
  );
  assert.deepEqual(ids(cache.containersOf("p1")), ["c1", "c2"]);
  assert.equal(cache.podOf("c3")?.id, "p2");
  cache.replace([pod("p9")], []);
  assert.deepEqual([ids(cache.pods), ids(cache.containers), ids(cache.containersOf("p1"))], [["p9"], [], []]);
});

test("events add, replace and remove; the removal of a pod removes its containers", () => {
  const cache = new PodCache();
  cache.note("runPodSandbox", pod("p1", "old"), undefined);
  cache.note("postUpdatePodSandbox", pod("p1", "new"), undefined);
  cache.note("postCreateContainer", pod("p1", "new"), container("c1"));
  cache.note("postCreateContainer", pod("p1", "new"), container("c2"));
  assert.equal(cache.pod("p1")?.name, "new");
  cache.note("removeContainer", pod("p1"), container("c1"));
  assert.deepEqual(ids(cache.containersOf("p1")), ["c2"]);
  cache.note("removePodSandbox", pod("p1"), undefined);
  assert.deepEqual([cache.pods, cache.containers], [[], []]);
});

test("a container that may never come to be is not kept, its pod is", () => {
  const cache = new PodCache();
  cache.note("createContainer", pod("p1"), container("c1"));
  assert.deepEqual([ids(cache.pods), ids(cache.containers)], [["p1"], []]);
});

test("unknown ids are taken in or ignored, never an error", () => {
  const cache = new PodCache();
  cache.note("postStartContainer", pod("p1"), container("c1"));
  cache.note("removeContainer", pod("p2"), container("never seen", "p2"));
  cache.note("removePodSandbox", pod("p3"), undefined);
  cache.note("stopContainer", undefined, undefined);
  cache.note("stopContainer", PodSandbox.create(), Container.create());
  assert.deepEqual([ids(cache.pods), ids(cache.containers)], [["p1", "p2"], ["c1"]]);
  assert.equal(cache.container("nobody"), undefined);
  assert.equal(cache.podOf("nobody"), undefined);
});

test("what was removed does not come back with a late event, until the runtime hands it over again", () => {
  const cache = new PodCache();
  cache.replace([pod("p1")], [container("c1")]);
  cache.note("removeContainer", pod("p1"), container("c1"));
  cache.note("postStartContainer", pod("p1"), container("c1"));
  assert.deepEqual(cache.containers, []);
  cache.note("removePodSandbox", pod("p1"), undefined);
  cache.note("postCreateContainer", pod("p1"), container("c2"));
  assert.deepEqual([cache.pods, cache.containers], [[], []]);
  cache.replace([pod("p1")], [container("c1")]);
  assert.deepEqual(ids(cache.containersOf("p1")), ["c1"]);
});

test("a stopped container does not run again because an event came late", () => {
  const cache = new PodCache();
  cache.note("stopContainer", pod("p1"), container("c1", "p1", ContainerState.CONTAINER_STOPPED));
  cache.note("postStartContainer", pod("p1"), container("c1", "p1", ContainerState.CONTAINER_RUNNING));
  assert.equal(cache.container("c1")?.state, ContainerState.CONTAINER_STOPPED);
});

test("ids that objects inherit are ids like any other", () => {
  const cache = new PodCache();
  for (const id of ["__proto__", "constructor", "toString"]) {
    assert.equal(cache.pod(id), undefined);
    assert.deepEqual(cache.containersOf(id), []);
    cache.note("postCreateContainer", pod(id), container(id, id));
    assert.equal(cache.podOf(id)?.id, id);
    cache.note("removePodSandbox", pod(id), undefined);
    assert.equal(cache.container(id), undefined);
  }
});

test("the cache is bounded: the oldest go, with their containers, and are counted", () => {
  const cache = new PodCache({ maxPods: 2, maxContainers: 2, maxRemoved: 1 });
  for (const id of ["p1", "p2", "p3"]) cache.note("postCreateContainer", pod(id), container(`c-${id}`, id));
  assert.deepEqual([ids(cache.pods), ids(cache.containers), cache.dropped], [["p2", "p3"], ["c-p2", "c-p3"], 1]);
  cache.note("postCreateContainer", pod("p3"), container("c4", "p3"));
  assert.deepEqual([ids(cache.containers), cache.dropped], [["c-p3", "c4"], 2]);
  for (let i = 0; i < 50; i++) cache.note("removeContainer", pod("p3"), container(`gone-${i}`, "p3"));
  cache.note("postCreateContainer", pod("p3"), container("gone-0", "p3"));
  assert.equal(cache.container("gone-0")?.id, "gone-0");
  assert.throws(() => new PodCache({ maxPods: 0 }), { code: "invalid-argument", message: /^maxPods must be/ });
});

test("a plugin that tracks a cache is subscribed to what that takes, beside its own handlers", async () => {
  const track = new PodCache();
  const seen: string[] = [];
  const plugin = definePlugin({
    index: "10",
    name: "test",
    track,
    configure: () => ["createContainer"],
    createContainer: ({ pod: { id } }) => void seen.push(`create in ${id}, pods ${ids(track.pods).join()}`),
    synchronize: () => void seen.push(`synchronize, containers ${ids(track.containers).join()}`),
    removeContainer: ({ container: { id } }) => void seen.push(`remove ${id} of ${track.podOf(id)?.id}`),
  });
  const runtime = new RawRuntime();
  const starting = plugin.start({ connection: runtime.connection, environment: {}, log: silentLogger });
  const { events } = await runtime.configure({ NRIVersion: "v0.12.2" });
  const wanted = plugin.events.reduce((mask, name) => mask | EVENTS[name].mask, 0);
  assert.equal(events, wanted);
  const session = await starting;
  await runtime.synchronize({ pods: [{ id: "p1" }], containers: [{ id: "c1", podSandboxId: "p1" }] });
  const second = { pod: { id: "p2" }, container: { id: "c2", podSandboxId: "p2" } };
  await runtime.call("CreateContainer", EVENTS.createContainer, second);
  await runtime.call("PostCreateContainer", EVENTS.postCreateContainer, second);
  assert.equal(track.podOf("c2")?.id, "p2");
  const first = { pod: { id: "p1" }, container: { id: "c1", podSandboxId: "p1" } };
  await runtime.call("RemoveContainer", EVENTS.removeContainer, first);
  assert.deepEqual(ids(track.containers), ["c2"]);
  assert.deepEqual(seen, ["synchronize, containers c1", "create in p2, pods p1,p2", "remove c1 of p1"]);
  await session.close();
});

test("a plugin that only tracks is a plugin", () => {
  assert.equal(definePlugin({ track: new PodCache() }).events.length, 8);
  assert.throws(() => definePlugin({ track: {} } as never), { code: "invalid-definition" });
});
