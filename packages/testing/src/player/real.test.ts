// The player with an engine behind it: what is asked of the engine, when, and what plugins are told of what really happened.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Container } from "@nri/protocol";
import { readDocuments } from "../input/read.js";
import { manifestToPods } from "../manifest/manifest.js";
import type { PodPlan } from "../plan.js";
import type { ContainerExit, PodEngine } from "./engine.js";
import { startLab } from "./lab.fixture.js";
import { type PlayOptions, playPod } from "./play.js";
import { recordingPlugin, type Seen, storyOf } from "./recording.fixture.js";

const MANIFEST = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  initContainers:
  - {name: setup, image: busybox, command: [a]}
  - {name: proxy, image: busybox, command: [a], restartPolicy: Always}
  containers:
  - {name: main, image: busybox, command: [a]}
  - {name: other, image: busybox, command: [a]}
`;

function webPod(): PodPlan {
  const [plan] = manifestToPods(readDocuments(MANIFEST, "web.yaml")).pods;
  assert.ok(plan !== undefined);
  return plan;
}

/** An engine without processes: containers end when the test, or the player, says so. */
class FakeEngine implements PodEngine {
  readonly calls: string[] = [];
  readonly #ends = new Map<string, (exit: ContainerExit) => void>();
  readonly #exits = new Map<string, Promise<ContainerExit>>();
  readonly #abort = new AbortController();
  readonly #names: Map<string, string>;
  readonly ending = this.#abort.signal;
  /** Calls that fail: `start main`. */
  readonly failing = new Set<string>();
  /** Exit codes of containers that end when they have started. */
  readonly codes = new Map<string, number>();
  /** Called when all has started. */
  onStart: (name: string) => void = () => undefined;

  constructor(plan: PodPlan) {
    this.#names = new Map(plan.containers.map(({ container }) => [container.id, container.name]));
  }

  #note(call: string, id: string): string {
    const name = this.#names.get(id) ?? id;
    this.calls.push(`${call} ${name}`);
    if (this.failing.has(`${call} ${name}`)) throw new Error(`no ${call} today`);
    return name;
  }

  async create(id: string) {
    this.#note("create", id);
    this.#exits.set(id, new Promise((resolve) => this.#ends.set(id, resolve)));
    return { pid: 77, at: 1000n };
  }

  async start(id: string) {
    const name = this.#note("start", id);
    const code = this.codes.get(name);
    if (code !== undefined) this.finish(name, code);
    setImmediate(() => this.onStart(name));
    return { at: 2000n };
  }

  finish(name: string, code: number): void {
    for (const [id, known] of this.#names) if (known === name) this.#ends.get(id)?.({ code, at: 3000n });
  }

  endAll(): void {
    this.#abort.abort();
  }

  exited(id: string) {
    return this.#exits.get(id) ?? Promise.resolve({ code: 0, at: 0n });
  }

  async update(id: string) {
    this.#note("update", id);
  }

  async end(id: string, how: "terminated" | "killed") {
    const name = this.#note(how, id);
    this.finish(name, how === "killed" ? 137 : 143);
  }

  async remove(id: string) {
    this.#note("remove", id);
  }

  async stopSandbox() {
    this.calls.push("stop sandbox");
  }
}

async function play(set: (engine: FakeEngine) => void, options: PlayOptions = {}, plugin?: object) {
  const plan = webPod();
  const engine = new FakeEngine(plan);
  set(engine);
  const seen: Seen[] = [];
  const plugins = plugin === undefined ? [] : [{ index: "10", name: "more", ...plugin }];
  await using lab = await startLab(recordingPlugin(seen), ...plugins);
  const result = await playPod(lab.adaptation, plan, { node: lab.node, engine, ...options });
  const ends = Object.fromEntries(result.containers.map(({ plan: { container }, exit }) => [container.name, exit]));
  return { ...result, engine, seen, story: storyOf(seen), ends };
}

const after = (story: readonly string[], line: string) => story.slice(story.indexOf(line) + 1);

test("init containers run to their end, the others until they end, sidecars are ended after them", async () => {
  const { engine, story, ends, problems } = await play((fake) => {
    fake.codes.set("setup", 0);
    fake.onStart = (name) => {
      if (name !== "other") return;
      fake.finish("main", 0);
      setTimeout(() => fake.finish("other", 3), 20);
    };
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(engine.calls, [
    "create setup",
    "start setup",
    "create proxy",
    "start proxy",
    "create main",
    "start main",
    "create other",
    "start other",
    "terminated proxy",
    "remove setup",
    "remove proxy",
    "remove main",
    "remove other",
    "stop sandbox",
  ]);
  assert.deepEqual(after(story, "PostStartContainer other"), [
    "StopContainer main",
    "StopContainer other",
    "StopContainer proxy",
    "RemoveContainer setup",
    "RemoveContainer proxy",
    "RemoveContainer main",
    "RemoveContainer other",
    "StopPodSandbox",
    "RemovePodSandbox",
  ]);
  assert.deepEqual(ends, {
    setup: { code: 0, told: false },
    proxy: { code: 143, told: true },
    main: { code: 0, told: false },
    other: { code: 3, told: false },
  });
});

test("plugins are told the real process, times and exit code", async () => {
  const { seen } = await play((fake) => {
    fake.codes.set("setup", 0);
    fake.codes.set("main", 5);
    fake.codes.set("other", 0);
  });
  const facts = seen.flatMap(({ event, request }) => {
    const container = request.container as Container | undefined;
    if (container?.name !== "main") return [];
    const { pid, createdAt, startedAt, finishedAt, exitCode } = container;
    return [[event, pid, createdAt, startedAt, finishedAt, exitCode]];
  });
  assert.deepEqual(facts, [
    ["createContainer", 0, 0n, 0n, 0n, 0],
    ["postCreateContainer", 77, 1000n, 0n, 0n, 0],
    ["startContainer", 77, 1000n, 0n, 0n, 0],
    ["postStartContainer", 77, 1000n, 2000n, 0n, 0],
    ["stopContainer", 77, 1000n, 2000n, 3000n, 5],
    ["removeContainer", 77, 1000n, 2000n, 3000n, 5],
  ]);
});

test("after an init container that fails nothing more is created, and what runs is ended", async () => {
  const { containers, engine } = await play((fake) => fake.codes.set("setup", 4));
  assert.deepEqual(
    containers.map(({ reason }) => reason),
    [undefined, ...Array(3).fill("init container setup ended with code 4")],
  );
  assert.deepEqual(engine.calls, ["create setup", "start setup", "remove setup", "stop sandbox"]);
});

test("a container that the runtime cannot create is refused and undone, the others live on", async () => {
  const { problems, story, containers } = await play((fake) => {
    fake.failing.add("create main");
    for (const name of ["setup", "other"]) fake.codes.set(name, 0);
  });
  assert.deepEqual(
    problems.map(({ event, container, error, refused }) => [event, container?.container.name, error.message, refused]),
    [["createContainer", "main", "no create today", true]],
  );
  const from = story.indexOf("CreateContainer main");
  assert.deepEqual(story.slice(from, from + 4), [
    "CreateContainer main",
    "StopContainer main",
    "RemoveContainer main",
    "CreateContainer other",
  ]);
  assert.deepEqual(
    containers.map(({ outcome }) => outcome),
    ["created", "created", "refused", "created"],
  );
});

test("a container that the runtime cannot start is stopped and killed", async () => {
  const { problems, story, engine } = await play((fake) => {
    fake.failing.add("start main");
    for (const name of ["setup", "other"]) fake.codes.set(name, 0);
  });
  assert.deepEqual(
    problems.map(({ event, error }) => [event, error.message]),
    [["startContainer", "no start today"]],
  );
  assert.ok(!story.includes("PostStartContainer main"));
  assert.equal(story.filter((line) => line === "StopContainer main").length, 1);
  assert.deepEqual(
    engine.calls.filter((call) => call.endsWith(" main")),
    ["create main", "start main", "killed main", "remove main"],
  );
});

test("when the user ends all, what runs gets SIGTERM, nothing more begins, and plugins see the whole life", async () => {
  const { engine, story, containers } = await play((fake) => {
    fake.onStart = (name) => name === "setup" && fake.endAll();
  });
  assert.deepEqual(engine.calls, ["create setup", "start setup", "terminated setup", "remove setup", "stop sandbox"]);
  assert.deepEqual(story.slice(-4), [
    "StopContainer setup",
    "RemoveContainer setup",
    "StopPodSandbox",
    "RemovePodSandbox",
  ]);
  assert.deepEqual(
    containers.map(({ reason }) => reason),
    [undefined, ...Array(3).fill("init container setup ended with code 143")],
  );
});

test("updates reach the containers, and one that the runtime refuses leaves the spec as it was", async () => {
  const update = { memory: { limit: { value: 4096n } } };
  const { engine, containers } = await play(
    (fake) => {
      fake.codes.set("setup", 0);
      fake.failing.add("update main");
      let started = 0;
      fake.onStart = () => {
        started += 1;
        if (started === 4) setTimeout(() => ["main", "other"].map((name) => fake.finish(name, 0)), 200);
      };
    },
    { update },
  );
  assert.deepEqual(
    engine.calls.filter((call) => call.startsWith("update")),
    ["update proxy", "update main", "update other"],
  );
  assert.deepEqual(
    containers.map(({ spec }) => spec?.linux?.resources?.memory?.limit),
    [undefined, 4096n, undefined, 4096n],
  );
});

test("a container that a plugin wants evicted is killed at once", async () => {
  const ids = new Map(webPod().containers.map(({ container }) => [container.name, container.id]));
  const evicts = ({ container }: { container: Container }) =>
    container.name === "other" ? { evict: [{ containerId: ids.get("main") ?? "", reason: "no room" }] } : undefined;
  const { engine, containers, ends } = await play(
    (fake) => {
      fake.codes.set("setup", 0);
      fake.codes.set("other", 0);
    },
    {},
    { createContainer: evicts },
  );
  assert.ok(engine.calls.indexOf("killed main") < engine.calls.indexOf("start other"), engine.calls.join());
  assert.equal(containers[2]?.evicted, "no room");
  assert.deepEqual(ends.main, { code: 137, told: true });
});

test("after the last event that is played no plugin is told of an end", async () => {
  const { story, engine } = await play((fake) => fake.codes.set("setup", 0), { until: "postStartContainer" });
  assert.equal(story.at(-1), "PostStartContainer other");
  assert.ok(!story.includes("StopContainer setup"));
  assert.deepEqual(engine.calls.slice(-2), ["create other", "start other"]);
});
