// What is kept of what happens behind a bridge, and what is said of it to whoever asks.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { BuiltinPlugin } from "@nri/adaptation";
import { adjustment } from "@nri/plugin";
import type { ContainerUpdate } from "@nri/protocol";
import { type Lab, removeLab, startLab } from "../common/lab.fixture.js";
import { jsonText } from "../json-text.js";
import { explained } from "../serve/look.js";
import type { JournalEvent } from "./event.js";
import { Journal } from "./journal.js";

interface Explanation {
  readonly state: string;
  readonly creation: {
    readonly outcome: string;
    readonly reason?: string;
    readonly steps: readonly { readonly plugin: string; readonly error?: string }[];
    readonly changes: readonly { plugin: string; field: string; key: string; from?: string; to?: string }[];
    readonly owners: readonly { field: string; key?: string; plugins: string[]; removed?: true }[];
    readonly conflicts: readonly object[];
    readonly verdicts: readonly object[];
    readonly notApplied: readonly object[];
    readonly original: { readonly process: { readonly env: string[] } };
    readonly spec: { readonly process: { readonly env: string[] } } | null;
  } | null;
  readonly updates: readonly {
    readonly request: string;
    readonly by: readonly string[];
    readonly outcome: string;
    readonly error?: string;
    readonly changes: readonly { field: string; from?: string; to?: string }[];
  }[];
}

async function lab(
  t: TestContext,
  plugins: readonly BuiltinPlugin[],
): Promise<{
  lab: Lab;
  journal: Journal;
  folder: string;
  explain: (id: string) => Explanation;
  events: () => JournalEvent[];
}> {
  const folder = await mkdtemp(join(tmpdir(), "nri-stories-"));
  const journal = new Journal({ folder });
  const made = await startLab({ plugins, journal });
  t.after(async () => {
    await removeLab(made);
    await rm(folder, { recursive: true });
  });
  const explain = (id: string) => JSON.parse(jsonText(explained(id, made.bridge, journal))) as Explanation;
  const events = () => journal.events.since(0).lines.map((line) => JSON.parse(line) as JournalEvent);
  return { lab: made, journal, folder, explain, events };
}

const sets = (index: string, adjust: () => ReturnType<ReturnType<typeof adjustment>["draft"]>): BuiltinPlugin => ({
  index,
  name: `sets-${index}`,
  createContainer: () => ({ adjust: adjust() as never }),
});

test("who set what, from what to what, is told of a container that lives", async (t) => {
  const {
    lab: it,
    journal,
    explain,
  } = await lab(t, [
    sets("10", () => adjustment().env("A", "1").memory({ limit: 8192n }).draft()),
    sets("20", () => adjustment().removeEnv("A").env("A", "2").draft()),
    { index: "30", name: "looks", createContainer: () => undefined },
    { index: "90", name: "judges", validateContainerAdjustment: () => undefined },
  ]);
  await it.run("c1");
  const { creation, state } = explain("c1");
  assert.equal(state, "running");
  assert.ok(creation);
  assert.equal(creation.outcome, "adjusted");
  const told = creation.changes.map(({ plugin, field, key, from, to }) => [plugin, field, key, from, to]);
  assert.deepEqual(told, [
    ["10-sets-10", "Env", "A", undefined, "1"],
    ["10-sets-10", "MemLimit", "limit", "4 KiB", "8 KiB"],
    ["20-sets-20", "Env", "A", "1", "2"],
  ]);
  assert.deepEqual(creation.owners, [
    { field: "Env", key: "A", plugins: ["20-sets-20"] },
    { field: "MemLimit", plugins: ["10-sets-10"] },
  ]);
  assert.deepEqual(creation.verdicts, [{ validator: "90-judges", rejected: false, reason: "" }]);
  assert.deepEqual(creation.original.process.env, ["PATH=/bin"]);
  assert.deepEqual(creation.spec?.process.env, ["PATH=/bin", "A=2"]);
  assert.deepEqual(journal.adjustersOf("d", "c1"), ["10-sets-10", "20-sets-20"]);
});

test("a conflict is told with both plugins, and nothing as applied", async (t) => {
  const {
    lab: it,
    explain,
    events,
  } = await lab(t, [
    sets("10", () => adjustment().env("A", "1").draft()),
    sets("20", () => adjustment().env("A", "2").draft()),
  ]);
  const lease = await it.call("create", "c1");
  assert.ok(lease.refusal);
  const { state, creation } = explain("c1");
  assert.equal(state, "refused");
  assert.deepEqual(creation?.conflicts, [{ field: "Env", key: "A", plugins: ["20-sets-20", "10-sets-10"] }]);
  assert.deepEqual(creation?.owners, [{ field: "Env", key: "A", plugins: ["10-sets-10"] }]);
  assert.equal(creation?.spec, null);
  const refusal = events().find(({ kind }) => kind === "refusal");
  assert.match(refusal?.text ?? "", /both tried to set Env A/);
  const request = events().find(({ request: of, kind }) => kind === "request" && of === "CreateContainer");
  assert.deepEqual(
    request?.plugins?.map(({ name, outcome }) => [name, outcome]),
    [
      ["00-recorder", "answered"],
      ["10-sets-10", "answered"],
      ["20-sets-20", "failed"],
    ],
  );
});

test("a verdict is told with its reason", async (t) => {
  const { lab: it, explain } = await lab(t, [
    {
      index: "90",
      name: "judges",
      validateContainerAdjustment: () => {
        throw new Error("no such thing here");
      },
    },
  ]);
  await it.call("create", "c1");
  const { creation } = explain("c1");
  assert.deepEqual(creation?.verdicts, [{ validator: "90-judges", rejected: true, reason: "no such thing here" }]);
  assert.match(creation?.reason ?? "", /validator "90-judges" rejected/);
});

test("what nothing here applies is told, with the reason", async (t) => {
  const { lab: it, explain } = await lab(t, [
    sets("10", () => ({ linux: { resources: { blockioClass: { value: "slow" } } } })),
  ]);
  await it.run("c1");
  const reason = "no class is known: bridge.blockio_config_file names no file";
  assert.deepEqual(explain("c1").creation?.notApplied, [{ field: "BlockioClass", reason }]);
});

test("updates say who wanted them, and what came of them", async (t) => {
  const update = (limit: bigint): ContainerUpdate =>
    ({ containerId: "c1", linux: { resources: { memory: { limit: { value: limit } } } } }) as ContainerUpdate;
  let failing = false;
  const {
    lab: it,
    explain,
    events,
  } = await lab(t, [
    {
      index: "10",
      name: "shrinks",
      stopContainer: () => ({ update: [update(1024n)] }),
      updateContainer: ({ container }) => ({
        update: [
          { containerId: container?.id ?? "", linux: { resources: { cpu: { shares: { value: 7n } } } } },
        ] as never,
      }),
    },
  ]);
  await it.run("c1");
  await it.run("c2");
  it.engine.exited("d", "c2");
  await it.settled();
  it.domain.onUpdate = async () => {
    if (failing) throw new Error("the engine does not");
  };
  failing = true;
  const session = await it.join({ index: "20", name: "asks", removePodSandbox: () => undefined });
  await session.updateContainers([update(2048n)]);
  const lease = await it.call("update", "c1", { cpu: { shares: 5 } });
  lease.done({ code: 0, pid: 0 });
  await it.settled();
  const told = explain("c1").updates.map(({ request, by, outcome, error, changes }) => [
    request,
    by.join(),
    outcome,
    error,
    changes.map(({ field, from, to }) => `${field} ${from}->${to}`).join(),
  ]);
  assert.deepEqual(told, [
    ["StopContainer", "10-shrinks", "done", undefined, "MemLimit 4 KiB->1 KiB"],
    ["unsolicited", "20-asks", "failed", "the engine does not", "MemLimit 1 KiB->2 KiB"],
    ["UpdateContainer", "", "done", undefined, "CPUShares 5->7"],
  ]);
  const changes = events().filter(({ kind }) => kind === "update");
  assert.deepEqual(
    changes.map(({ container, outcome, plugins }) => [container, outcome, plugins?.[0]?.name]),
    [
      ["c1", "done", "10-shrinks"],
      ["c1", "failed", "20-asks"],
    ],
  );
});

test("what a plugin wants when it is synchronised is told as such", async (t) => {
  const { lab: it, explain } = await lab(t, []);
  await it.run("c1");
  await it.join({
    index: "20",
    name: "asks",
    removePodSandbox: () => undefined,
    synchronize: () => ({ updates: [{ containerId: "c1", linux: { resources: { cpu: { shares: { value: 3n } } } } }] }),
  });
  await it.settled();
  assert.deepEqual(
    explain("c1").updates.map(({ request, by }) => [request, by]),
    [["Synchronize", ["20-asks"]]],
  );
});

test("a story outlives the daemon, ends with its container, and is known for a while then", async (t) => {
  const plugin = sets("10", () => adjustment().env("A", "1").draft());
  const { lab: first, folder, explain } = await lab(t, [plugin]);
  await first.run("c1");
  const before = explain("c1");
  await first.stop();
  const journal = new Journal({ folder });
  const second = await startLab({ journal, engine: first.engine, stateDir: first.stateDir });
  t.after(() => second.stop());
  const read = (id: string) => JSON.parse(jsonText(explained(id, second.bridge, journal))) as Explanation;
  assert.deepEqual(read("c1").creation, before.creation);
  assert.deepEqual(journal.adjustersOf("d", "c1"), ["10-sets-10"]);
  second.engine.exited("d", "c1");
  second.engine.removed("d", "c1");
  await second.settled();
  assert.deepEqual(await readdir(folder), []);
  assert.deepEqual({ ...read("c1"), state: "" }, { ...before, pod: read("c1")["pod" as never], state: "" });
  assert.equal(read("c1").state, "removed");
});

test("a container is found by its id, its name and a beginning that fits no other", async (t) => {
  const { lab: it, explain } = await lab(t, []);
  for (const id of ["abc1", "abd2"]) await it.run(id);
  for (const wanted of ["abc1", "d/abc1", "abc", "d/abc", "name-of-abc1"]) {
    assert.equal(explain(wanted).state, "running", wanted);
  }
  assert.throws(() => explain("ab"), {
    status: 409,
    message: /"ab" fits several containers: d\/abc1 \(name-of-abc1\), d\/abd2/,
  });
  assert.throws(() => explain("zz"), { status: 404, message: /no container "zz" is known/ });
});

test("a container that did not come to be is told with the reason", async (t) => {
  const { lab: it, explain, events } = await lab(t, [sets("10", () => adjustment().env("A", "1").draft())]);
  const lease = await it.call("create", "c1");
  lease.done({ code: 1, pid: 0 });
  await it.settled();
  const { state, creation } = explain("c1");
  assert.deepEqual([state, creation?.outcome, creation?.reason], ["failed", "failed", "the OCI runtime ended with 1"]);
  assert.equal(events().find(({ kind }) => kind === "failure")?.container, "c1");
});

test("specs keep the digits of their numbers", async (t) => {
  const { lab: it, journal } = await lab(t, []);
  await it.call("create", "c1", '{"ociVersion":"1.0.2","linux":{"resources":{"pids":{"limit":9007199254740993}}}}');
  await it.settled();
  const text = jsonText(explained("c1", it.bridge, journal));
  assert.equal(text.match(/"limit": 9007199254740993\n/g)?.length, 2);
});
