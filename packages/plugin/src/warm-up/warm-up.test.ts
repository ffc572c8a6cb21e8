// Tests of the warm-up: when it begins and ends, that its slices are short, and that nobody notices it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import { definePlugin } from "../define.js";
import type { PluginDefinition } from "../handlers.js";
import { lineLogger } from "../log.js";
import type { StartOptions } from "../preparation.js";
import { RawRuntime } from "../raw-runtime.fixture.js";
import { beginWarmUp, warmUpSteps } from "./warm-up.js";

const never = () => assert.fail("must not happen");

/** A plugin that a raw runtime has configured, and its log with everything in it. */
async function configured(definition: PluginDefinition, options: StartOptions = {}) {
  const runtime = new RawRuntime();
  const lines: string[] = [];
  const log = lineLogger((line) => lines.push(line), "debug");
  const service = definePlugin({ index: "10", name: "test", ...definition });
  const starting = service.serve({ connection: runtime.connection, environment: {}, log, ...options });
  await runtime.configure();
  return { runtime, service: starting, lines, warm: () => lines.some((line) => line.includes("Warming up")) };
}

// The tests up to the first that begins a warm-up rely on their order: there is one in a process.

test("nothing is warmed up with warmUp: false", async () => {
  const { runtime, service, warm } = await configured({ createContainer: never }, { warmUp: false });
  await runtime.synchronize();
  assert.equal(warm(), false);
  await service.close();
});

test("it begins when the plugin is active, calls no handler, is counted nowhere, ends with the first request, and is not begun again", async () => {
  const first = await configured({ createContainer: never, removeContainer: () => undefined });
  assert.equal(first.warm(), false);
  await first.runtime.synchronize();
  assert.equal(first.warm(), true);
  const { state } = first.service;
  // Several slices.
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.deepEqual(first.service.state, state);
  assert.deepEqual([state.calls, state.errors], [2, 0]);
  const ended = () => first.lines.filter((line) => line.includes("Warm-up ended"));
  assert.deepEqual(ended(), []);
  await first.runtime.call("RemoveContainer", EVENTS.removeContainer, {});
  await first.service.close();
  assert.deepEqual(ended(), ["DEBUG Warm-up ended: stopped"], "by the request");
  const second = await configured({ createContainer: never });
  await second.runtime.synchronize();
  assert.equal(second.warm(), false);
  await second.service.close();
  assert.equal(beginWarmUp({}, lineLogger(never), false), undefined);
});

test("its steps answer made-up requests of every event that is handled, to the end", async () => {
  const definition = Object.fromEntries(EVENT_NAMES.map((name) => [name, never]));
  const answers: Uint8Array[] = [];
  for (const step of warmUpSteps(definition, EVENT_NAMES.length * 7)) {
    const answer = await step;
    if (answer instanceof Uint8Array) answers.push(answer);
  }
  assert.equal(answers.length, 1 + EVENT_NAMES.length * 8);
  const { adjust } = EVENTS.createContainer.response.decode(
    answers[answers.length - EVENT_NAMES.length + EVENT_NAMES.indexOf("createContainer")] ?? never(),
  );
  assert.deepEqual(
    [adjust?.env.length, adjust?.mounts.length, adjust?.linux?.devices.length, adjust?.linux?.resources?.cpu?.cpus],
    [1, 1, 1, "0"],
  );
  assert.deepEqual([...warmUpSteps({ synchronize: never })], [], "without events there is nothing to do");
});
