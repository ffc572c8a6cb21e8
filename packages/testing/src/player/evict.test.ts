// Evictions that plugins ask for: the container is stopped at once, once, and nothing else changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Container } from "@nri/protocol";
import { readDocuments } from "../input/read.js";
import { manifestToPods } from "../manifest/manifest.js";
import type { PodPlan } from "../plan.js";
import { startLab } from "./lab.fixture.js";
import { type PlayOptions, playPod } from "./play.js";
import { FULL_MANIFEST, recordingPlugin, type Seen, storyOf } from "./recording.fixture.js";

function fullPod(): PodPlan {
  const [plan] = manifestToPods(readDocuments(FULL_MANIFEST, "full.yaml")).pods;
  assert.ok(plan !== undefined);
  return plan;
}

/** Plays the full pod while a plugin has the sidecar evicted with the answer to `event` of the container main. */
async function play(event: "createContainer" | "updateContainer", options: PlayOptions = {}) {
  const plan = fullPod();
  const proxy = plan.containers.find(({ container }) => container.name === "proxy")?.container.id ?? "";
  const seen: Seen[] = [];
  const evicts = (call: { container: Container }) =>
    call.container.name === "main"
      ? { evict: [{ containerId: proxy, reason: "no room" }, { containerId: "unknown" }] }
      : undefined;
  await using lab = await startLab(recordingPlugin(seen), { index: "10", name: "evicts", [event]: evicts });
  const { containers, problems } = await playPod(lab.adaptation, plan, { node: lab.node, ...options });
  assert.deepEqual(problems, []);
  const exitCodes = seen.flatMap(({ event: at, request }) => {
    const container = request.container as Container | undefined;
    return at === "removeContainer" && container?.name === "proxy" ? [container.exitCode] : [];
  });
  const evicted = containers.map(({ plan: { container }, evicted: why }) => [container.name, why]);
  return { story: storyOf(seen), exitCodes, evicted };
}

test("a container that is evicted by the answer to another one's creation is stopped when that one has started", async () => {
  const { story, exitCodes, evicted } = await play("createContainer");
  const from = story.indexOf("PostStartContainer main");
  assert.deepEqual(story.slice(from, from + 4), [
    "PostStartContainer main",
    "StopContainer proxy",
    "StopContainer main",
    "RemoveContainer setup",
  ]);
  assert.equal(story.filter((line) => line === "StopContainer proxy").length, 1);
  assert.deepEqual(exitCodes, [137]);
  assert.deepEqual(evicted, [
    ["setup", undefined],
    ["proxy", "no room"],
    ["main", undefined],
  ]);
});

test("a container that is evicted by the answer to an update is stopped after it", async () => {
  const { story, evicted } = await play("updateContainer", { update: { cpu: { shares: { value: 5n } } } });
  const from = story.indexOf("PostUpdateContainer main");
  assert.deepEqual(story.slice(from, from + 3), [
    "PostUpdateContainer main",
    "StopContainer proxy",
    "StopContainer main",
  ]);
  assert.deepEqual(evicted[1], ["proxy", "no room"]);
});

test("nothing is evicted when the life ends before containers stop", async () => {
  const { story, evicted } = await play("createContainer", { until: "postStartContainer" });
  assert.equal(story.at(-1), "PostStartContainer main");
  assert.deepEqual(evicted[1], ["proxy", undefined]);
});
