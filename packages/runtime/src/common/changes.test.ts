// Updates and evictions: of the container that is updated, of others, and the daemon's own on their way back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LinuxResources, LinuxResources as Resources } from "@nri/protocol";
import { removeLab, SPEC, startLab } from "./lab.fixture.js";

const shares = (value: bigint) => ({ linux: { resources: Resources.create({ cpu: { shares: { value } } }) } });

test("an update goes to the runtime as it came when no plugin changes it, and is known afterwards", async () => {
  const lab = await startLab();
  await lab.run("c1");
  const lease = await lab.call("update", "c1", { cpu: { shares: 512 }, blockIO: { weight: 10 }, memory: {} });
  assert.equal(lease.told?.kind, "follow");
  lease.done({ code: 0, pid: 0 });
  await lab.settled();
  assert.deepEqual(lab.story(5), ["UpdateContainer c1", "PostUpdateContainer c1"]);
  const { resources } = lab.last("postUpdateContainer").linux ?? {};
  assert.deepEqual([resources?.cpu?.shares?.value, resources?.memory?.limit?.value], [512n, 4096n]);
  await removeLab(lab);
});

test("what a plugin changes in an update reaches the runtime beside what NRI does not know", async () => {
  const updateContainer = () => ({
    update: [{ containerId: "c1", linux: { resources: { memory: { limit: { value: 8192n } } } } }],
  });
  const lab = await startLab({ plugins: [{ index: "10", name: "p", updateContainer }] });
  await lab.run("c1");
  const lease = await lab.call("update", "c1", '{"cpu":{"shares":512},"blockIO":{"weight":10}}');
  assert.ok(lease.told?.kind === "replace");
  assert.deepEqual(JSON.parse(Buffer.from(lease.told.payload).toString()), {
    cpu: { shares: 512 },
    blockIO: { weight: 10 },
    memory: { limit: 8192, swap: 8192 },
  });
  lease.done({ code: 0, pid: 0 });
  await lab.settled();
  const { memory, cpu } = lab.last("postUpdateContainer").linux?.resources ?? {};
  assert.deepEqual([memory?.limit?.value, memory?.swap?.value, cpu?.shares?.value], [8192n, 8192n, 512n]);
  await removeLab(lab);
});

test("an update that the runtime fails to make changes nothing that is known", async () => {
  const lab = await startLab();
  await lab.run("c1");
  (await lab.call("update", "c1", { cpu: { shares: 7 } })).done({ code: 1, pid: 0 });
  await lab.settled();
  assert.deepEqual(lab.story(5), ["UpdateContainer c1"]);
  (await lab.call("update", "c1", { pids: { limit: 7 } })).done({ code: 0, pid: 0 });
  await lab.settled();
  assert.equal(lab.last("postUpdateContainer").linux?.resources?.cpu, undefined);
  await removeLab(lab);
});

test("updates of others and evictions that come with an answer are done before the wrapper is told", async () => {
  const createContainer = ({ container }: { container?: { id: string } | undefined }) =>
    container?.id !== "c2"
      ? undefined
      : {
          update: [
            { containerId: "c1", ...shares(3n) },
            { containerId: "nobody", ...shares(4n) },
          ],
          evict: [{ containerId: "c1", reason: "no room" }, { containerId: "nobody" }],
        };
  const lab = await startLab({ plugins: [{ index: "10", name: "p", createContainer }] });
  await lab.run("c1");
  const lease = await lab.call("create", "c2");
  assert.equal(lease.told?.kind, "follow");
  assert.deepEqual(
    lab.domain.updates.map(({ id, resources }) => [id, resources.cpu?.shares?.value]),
    [["c1", 3n]],
  );
  assert.deepEqual(lab.domain.evictions, [{ id: "c1", reason: "no room" }]);
  lease.done({ code: 0, pid: 1 });
  lab.engine.exited("d", "c1");
  await lab.settled();
  assert.equal(lab.last("stopContainer").linux?.resources?.cpu?.shares?.value, 3n);
  await removeLab(lab);
});

test("a limit of memory and swap follows a new memory limit, where the container has one", async () => {
  const lab = await startLab();
  await lab.run("c1");
  const limited = await lab.call("create", "c2", {
    ...SPEC,
    linux: { resources: { memory: { limit: 4096, swap: 4096 } } },
  });
  limited.done({ code: 0, pid: 2 });
  const session = await lab.join({ index: "10", name: "p", stopContainer: () => undefined });
  const resources = Resources.create({ memory: { limit: { value: 9000n } } });
  const updates = ["c1", "c2"].map((containerId) => ({ containerId, linux: { resources } }));
  assert.deepEqual(await session.updateContainers(updates), []);
  const swaps = lab.domain.updates.map((update) => update.resources.memory?.swap?.value);
  assert.deepEqual(swaps, [undefined, 9000n]);
  await removeLab(lab);
});

test("the daemon's own update comes back through the wrapper, and passes without an event", async () => {
  const stopContainer = () => ({ update: [{ containerId: "c1", ...shares(3n) }] });
  const lab = await startLab({ plugins: [{ index: "10", name: "p", stopContainer }] });
  await lab.run("c1");
  await lab.run("c2");
  const answers: (string | undefined)[] = [];
  lab.domain.onUpdate = async (id: string, resources: LinuxResources) => {
    const same = { cpu: { shares: Number(resources.cpu?.shares?.value) }, memory: {} };
    answers.push((await lab.call("update", id, same)).told?.kind);
    const other = lab.begin("update", id, { cpu: { shares: 9 } });
    await other.answered;
    answers.push(other.told?.kind);
    other.done({ code: 0, pid: 0 });
  };
  lab.engine.exited("d", "c2");
  while (lab.domain.updates.length === 0) await lab.settled();
  assert.deepEqual(answers, ["pass", "follow"]);
  assert.deepEqual(
    lab.story().filter((line) => line.startsWith("UpdateContainer")),
    ["UpdateContainer c1"],
  );
  await removeLab(lab);
});

test("an update that fails is in the list of the failed, unless failure is ignored; the others are made", async () => {
  const lab = await startLab();
  await lab.run("c1");
  await lab.run("c2");
  lab.domain.onUpdate = async (id) => {
    if (id === "c1") throw new Error("no such cgroup");
  };
  const session = await lab.join({ index: "10", name: "p", stopContainer: () => undefined });
  const failed = await session.updateContainers([
    { containerId: "c1", ...shares(1n) },
    { containerId: "c2", ...shares(2n) },
    { containerId: "nobody", ...shares(2n) },
  ]);
  const ids = (updates: readonly { readonly containerId: string }[]) => updates.map(({ containerId }) => containerId);
  assert.deepEqual([ids(failed), lab.domain.updates.map(({ id }) => id)], [["c1"], ["c2"]]);
  assert.ok(lab.log.some((line) => line.includes("d/c1") && line.includes("no such cgroup")));
  assert.deepEqual(await session.updateContainers([{ containerId: "c1", ...shares(1n), ignoreFailure: true }]), []);
  await removeLab(lab);
});

test("a plugin may ask for an update from inside a handler, of the container that it is asked about too", async () => {
  const lab = await startLab();
  await lab.run("c1");
  const session = await lab.join({
    index: "10",
    name: "p",
    updateContainer: async () => {
      await session.updateContainers([{ containerId: "c1", ...shares(5n) }]);
    },
  });
  const lease = await lab.call("update", "c1", { pids: { limit: 7 } });
  assert.equal(lease.told?.kind, "follow");
  assert.deepEqual(
    lab.domain.updates.map(({ resources }) => resources.cpu?.shares?.value),
    [5n],
  );
  lease.done({ code: 0, pid: 0 });
  await lab.settled();
  const { resources } = lab.last("postUpdateContainer").linux ?? {};
  assert.deepEqual([resources?.cpu?.shares?.value, resources?.pids?.limit], [5n, 7n]);
  await removeLab(lab);
});
