// The player: the order of a life, what is told at each event, and what happens when plugins say no.
import assert from "node:assert/strict";
import { test } from "node:test";
import { adjustment, update } from "@nri/plugin";
import { ContainerState } from "@nri/protocol";
import { pod } from "../builder.js";
import { readDocuments } from "../input/read.js";
import { manifestToPods } from "../manifest/manifest.js";
import type { PodPlan } from "../plan.js";
import { startLab } from "./lab.fixture.js";
import { LIFE, type LifeEvent, parseLifeEvent } from "./life.js";
import { playPod } from "./play.js";
import { FULL_MANIFEST, recordingPlugin, type Seen, storyOf } from "./recording.fixture.js";

function fullPod(): PodPlan {
  const [plan] = manifestToPods(readDocuments(FULL_MANIFEST, "full.yaml")).pods;
  assert.ok(plan !== undefined);
  return plan;
}

test("a pod lives from RunPodSandbox to RemovePodSandbox, init containers one after the other", async () => {
  const seen: Seen[] = [];
  await using lab = await startLab(recordingPlugin(seen));
  const played = await playPod(lab.adaptation, fullPod(), { node: lab.node });
  assert.deepEqual(played.problems, []);
  const start = (name: string) =>
    ["Create", "PostCreate", "Start", "PostStart"].map((step) => `${step}Container ${name}`);
  assert.deepEqual(storyOf(seen), [
    "RunPodSandbox",
    ...start("setup"),
    "StopContainer setup",
    ...start("proxy"),
    ...start("main"),
    "StopContainer main",
    "StopContainer proxy",
    "RemoveContainer setup",
    "RemoveContainer proxy",
    "RemoveContainer main",
    "StopPodSandbox",
    "RemovePodSandbox",
  ]);
  assert.deepEqual(lab.node.snapshot(), { pods: [], containers: [] });
});

test("with an update pod and running containers are updated between start and stop", async () => {
  const seen: Seen[] = [];
  await using lab = await startLab(recordingPlugin(seen));
  const plan = pod("p")
    .initContainer("init", { command: ["i"] })
    .container("c")
    .build();
  const played = await playPod(lab.adaptation, plan, { update: { memory: { limit: { value: 2n ** 63n - 1n } } } });
  const story = storyOf(seen);
  assert.deepEqual(story.slice(story.indexOf("PostStartContainer c") + 1, story.indexOf("StopContainer c")), [
    "UpdatePodSandbox",
    "PostUpdatePodSandbox",
    "UpdateContainer c",
    "PostUpdateContainer c",
  ]);
  assert.equal(played.containers[1]?.spec?.linux?.resources?.memory?.limit, 2n ** 63n - 1n);
  assert.notEqual(played.containers[1]?.createdSpec?.linux?.resources?.memory?.limit, 2n ** 63n - 1n);
});

test("a life ends with the event that was named, for every container", async () => {
  for (const until of LIFE) {
    const seen: Seen[] = [];
    await using lab = await startLab(recordingPlugin(seen));
    const plan = pod("p").initContainer("init").container("c").build();
    await playPod(lab.adaptation, plan, { until, update: { cpu: { shares: { value: 2n } } } });
    const events = seen.map(({ event }) => event);
    assert.equal(events.at(-1), until);
    assert.ok(
      events.every((event) => LIFE.indexOf(event) <= LIFE.indexOf(until) || event === "stopContainer"),
      until,
    );
  }
});

test("plugins are told the state, pid and times that containerd would tell", async () => {
  const seen: Seen[] = [];
  await using lab = await startLab(recordingPlugin(seen));
  await playPod(lab.adaptation, pod("p").container("c").build(), { update: { cpu: { shares: { value: 2n } } } });
  const told = (event: LifeEvent) => {
    const { container } = seen.find((each) => each.event === event)?.request ?? {};
    const { state, pid, createdAt, startedAt, finishedAt, exitCode } = container as unknown as {
      [key: string]: number | bigint;
    };
    return [state, Boolean(pid), Boolean(createdAt), Boolean(startedAt), Boolean(finishedAt), exitCode];
  };
  assert.deepEqual(told("createContainer"), [ContainerState.CONTAINER_UNKNOWN, false, false, false, false, 0]);
  assert.deepEqual(told("postCreateContainer"), [ContainerState.CONTAINER_CREATED, false, true, false, false, 0]);
  assert.deepEqual(told("startContainer"), [ContainerState.CONTAINER_CREATED, true, true, false, false, 0]);
  assert.deepEqual(told("postStartContainer"), [ContainerState.CONTAINER_RUNNING, true, true, true, false, 0]);
  assert.deepEqual(told("updateContainer"), [ContainerState.CONTAINER_RUNNING, true, true, true, false, 0]);
  assert.deepEqual(told("stopContainer"), [ContainerState.CONTAINER_STOPPED, true, true, true, true, 143]);
  assert.deepEqual(told("removeContainer"), [ContainerState.CONTAINER_UNKNOWN, true, true, true, true, 143]);
});

test("an adjustment is in the spec and in what plugins see afterwards", async () => {
  const seen: Seen[] = [];
  await using lab = await startLab(recordingPlugin(seen), {
    index: "10",
    name: "adjuster",
    createContainer: () => ({ adjust: adjustment().env("A", "1").annotation("k", "v") }),
  });
  const { containers } = await playPod(lab.adaptation, pod("p").container("c").build());
  assert.equal(containers[0]?.outcome, "created");
  assert.ok(containers[0]?.spec?.process?.env?.includes("A=1"));
  const later = seen.find(({ event }) => event === "postCreateContainer")?.request.container as unknown as {
    env: string[];
    annotations: { [key: string]: string };
  };
  assert.ok(later.env.includes("A=1"));
  assert.equal(later.annotations.k, "v");
  assert.equal(later.annotations["io.kubernetes.container.restartCount"], "0");
});

test("a refused container is undone with its unchanged spec, and the others live on", async () => {
  const seen: Seen[] = [];
  await using lab = await startLab(
    recordingPlugin(seen),
    {
      index: "10",
      name: "first",
      createContainer: () => ({ adjust: adjustment().env("A", "1") }),
    },
    {
      index: "20",
      name: "no",
      createContainer: ({ container }) => {
        if (container.name === "bad") throw new Error("not this one");
        return undefined;
      },
    },
  );
  const { containers, problems } = await playPod(lab.adaptation, pod("p").container("bad").container("good").build());
  assert.deepEqual(
    containers.map(({ outcome }) => outcome),
    ["refused", "created"],
  );
  assert.equal(containers[0]?.spec, undefined);
  assert.equal(containers[0]?.adjustment, undefined);
  assert.deepEqual(
    problems.map(({ event, refused, error }) => [event, refused, error.message]),
    [["createContainer", true, "rpc error: code = Unknown desc = not this one"]],
  );
  assert.deepEqual(
    storyOf(seen).filter((line) => line.endsWith(" bad")),
    ["CreateContainer bad", "StopContainer bad", "RemoveContainer bad"],
  );
  const undone = seen.find(({ event }) => event === "removeContainer")?.request.container as unknown as {
    env: string[];
  };
  assert.ok(!undone.env.includes("A=1"));
});

test("when an init container is refused, those after it are never created", async () => {
  await using lab = await startLab({
    index: "20",
    name: "no",
    createContainer: ({ container }) => {
      if (container.name === "second") throw new Error("no");
      return undefined;
    },
  });
  const plan = pod("p").initContainer("first").initContainer("second").container("main").build();
  const { containers } = await playPod(lab.adaptation, plan);
  assert.deepEqual(
    containers.map(({ outcome, reason }) => [outcome, reason]),
    [
      ["created", undefined],
      ["refused", "rpc error: code = Unknown desc = no"],
      ["skipped", "init container second was refused"],
    ],
  );
});

test("a refused pod is stopped and removed, and has no containers", async () => {
  const seen: Seen[] = [];
  await using lab = await startLab(recordingPlugin(seen), {
    index: "20",
    name: "no",
    runPodSandbox: () => {
      throw new Error("no pods today");
    },
  });
  const { containers, problems } = await playPod(lab.adaptation, pod("p").container("c").build(), { node: lab.node });
  assert.deepEqual(storyOf(seen), ["RunPodSandbox", "StopPodSandbox", "RemovePodSandbox"]);
  assert.deepEqual(
    containers.map(({ outcome, reason }) => [outcome, reason]),
    [["skipped", "its pod was refused"]],
  );
  assert.equal(problems[0]?.refused, true);
  assert.deepEqual(lab.node.snapshot().pods, []);
});

test("a start that is refused stops the container, and errors after the fact are only noted", async () => {
  const seen: Seen[] = [];
  await using lab = await startLab(recordingPlugin(seen), {
    index: "20",
    name: "no",
    startContainer: () => {
      throw new Error("not started");
    },
    removeContainer: () => {
      throw new Error("too late");
    },
  });
  const { containers, problems } = await playPod(lab.adaptation, pod("p").container("c").build());
  assert.deepEqual(storyOf(seen), [
    "RunPodSandbox",
    "CreateContainer c",
    "PostCreateContainer c",
    "StartContainer c",
    "StopContainer c",
    "RemoveContainer c",
    "StopPodSandbox",
    "RemovePodSandbox",
  ]);
  assert.equal(containers[0]?.outcome, "created");
  assert.deepEqual(
    problems.map(({ event, refused }) => [event, refused]),
    [
      ["startContainer", true],
      ["removeContainer", false],
    ],
  );
});

test("updates of other containers that plugins ask for reach their specs", async () => {
  let firstId = "";
  await using lab = await startLab({
    index: "10",
    name: "shrinker",
    createContainer: ({ container }) => {
      if (firstId === "") {
        firstId = container.id;
        return undefined;
      }
      return { updates: [update(firstId).memory({ limit: 4096n })] };
    },
  });
  const plan = pod("p").container("a").container("b").build();
  const { containers } = await playPod(lab.adaptation, plan, { node: lab.node });
  assert.equal(containers[0]?.spec?.linux?.resources?.memory?.limit, 4096n);
});

test("the answer to an update is what the container gets", async () => {
  await using lab = await startLab({
    index: "10",
    name: "cap",
    updateContainer: ({ container }) => ({ updates: [update(container.id).memory({ limit: 1n << 30n })] }),
  });
  const asked = { memory: { limit: { value: 1n << 40n } } };
  const { containers } = await playPod(lab.adaptation, pod("p").container("a").build(), { update: asked });
  assert.equal(containers[0]?.spec?.linux?.resources?.memory?.limit, 1n << 30n);
});

test("an aborted play ends between two events", async () => {
  await using lab = await startLab();
  const controller = new AbortController();
  const play = playPod(lab.adaptation, pod("p").container("c").build(), {
    signal: controller.signal,
    onEvent: (event) => {
      if (event === "startContainer") controller.abort(new Error("enough"));
    },
  });
  await assert.rejects(play, /enough/);
});

test("events are named as in RPCs, handlers and the enum, in any case; other names are refused", () => {
  for (const text of ["CreateContainer", "createContainer", "CREATE_CONTAINER", "createcontainer"]) {
    assert.equal(parseLifeEvent(text), "createContainer");
  }
  assert.throws(() => parseLifeEvent("ValidateContainerAdjustment"), { code: "invalid-option" });
  assert.throws(() => parseLifeEvent(""), /unknown event ""; known are RunPodSandbox/);
});
