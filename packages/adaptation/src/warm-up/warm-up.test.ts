// Tests of the warm-up: that it takes the road of requests, once per process, and that nobody notices it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { streamPair } from "@nri/ttrpc";
import { createAdaptation } from "../adaptation.js";
import type { AdaptationOptions } from "../options.js";
import { connectSamplePlugin } from "./sample-plugin.js";
import { warmUpSteps } from "./warm-up.js";

const OPTIONS: AdaptationOptions = {
  runtime: { name: "test", version: "" },
  synchronize: async (sync) => void (await sync([], [])),
  updateContainers: async () => [],
};

/** An adaptation that has been started, and why its warm-up has ended. */
async function started(options: Partial<AdaptationOptions> = {}) {
  const ended: string[] = [];
  const note = (text: string): void => void (text.startsWith("warm-up ended") && ended.push(text));
  const log = { debug: note, info: note, warn: note, error: note };
  const adaptation = createAdaptation({ ...OPTIONS, log, ...options });
  await adaptation.start();
  return { adaptation, ended };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// The first two rely on their order: there is one warm-up in a process.

test("nothing is warmed up with warmUp: false, and anything but true and false is refused", async () => {
  const { adaptation, ended } = await started({ warmUp: false });
  await adaptation.runPodSandbox({});
  await adaptation.stop();
  assert.deepEqual(ended, []);
  assert.throws(() => createAdaptation({ ...OPTIONS, warmUp: 1 as never }), {
    code: "invalid-option",
    message: "warmUp: 1 is neither true nor false",
  });
});

test("it begins after the start, shows nowhere, ends with the first request, and is not begun again", async () => {
  const seen: unknown[] = [];
  const note = (fact: unknown): void => void seen.push(fact);
  const { adaptation, ended } = await started({ observer: { call: note, pluginState: note, warning: note } });
  await wait(60); // several slices
  assert.deepEqual([ended, seen, adaptation.plugins], [[], [], []]);
  await adaptation.runPodSandbox({});
  assert.deepEqual(ended, ["warm-up ended: stopped"]);
  await adaptation.stop();
  const second = await started();
  await second.adaptation.stop();
  assert.deepEqual(second.ended, []);
});

test("its steps ask plugins about creations and every event, to the end, and leave nothing", async () => {
  const made: AdaptationOptions[] = [];
  const make = (options: AdaptationOptions) => {
    made.push(options);
    return createAdaptation(options);
  };
  const answers: unknown[] = [];
  for (const step of warmUpSteps(make, 13)) answers.push(await step);
  assert.deepEqual(
    made.map(({ warmUp }) => warmUp),
    [false],
  );
  const creations = answers.filter(
    (answer): answer is { adjust: { env: object[] } } =>
      typeof answer === "object" && answer !== null && "adjust" in answer,
  );
  assert.equal(creations.length, 14);
  assert.deepEqual(new Set(creations.map(({ adjust }) => adjust.env.length)), new Set([0, 1]));
});

test("its plugin is one that any adaptation takes in", async () => {
  const { adaptation } = await started({ warmUp: false });
  const [pluginEnd, runtimeEnd] = streamPair();
  const [info] = await Promise.all([adaptation.accept(runtimeEnd), connectSamplePlugin(pluginEnd, "07", true)]);
  assert.equal(info.name, "07-warm-up");
  await adaptation.createContainer({ container: { id: "c" } });
  const { adjust } = await adaptation.createContainer({ container: { id: "c" } });
  assert.equal(adjust?.mounts.length, 1);
  await adaptation.stop();
});
