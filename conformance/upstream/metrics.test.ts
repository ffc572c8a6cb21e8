// Cases of the reference's own tests of its metrics: every call of a plugin is recorded once.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MetricsRecorder } from "@nri/adaptation";
import type { PluginDefinition } from "@nri/plugin";
import { EVENTS, type EventName } from "@nri/protocol";
import { CONTAINER, type Engine, MODES, POD, startEngine } from "./engine.fixture.js";

interface Recorded {
  readonly recorder: MetricsRecorder;
  readonly invocations: (readonly [plugin: string, operation: string, error: Error | undefined])[];
  readonly latencies: (readonly [plugin: string, operation: string])[];
  readonly adjustments: (readonly [
    plugin: string,
    operation: string,
    adjusted: boolean,
    updates: number,
    evictions: number,
  ])[];
  readonly counts: number[];
}

function recorder(): Recorded {
  const recorded: Omit<Recorded, "recorder"> = { invocations: [], latencies: [], adjustments: [], counts: [] };
  return {
    ...recorded,
    recorder: {
      recordPluginInvocation: (...args) => recorded.invocations.push(args),
      recordPluginLatency: (plugin, operation, latencyMs) => {
        assert.ok(latencyMs >= 0);
        recorded.latencies.push([plugin, operation]);
      },
      recordPluginAdjustments: (plugin, operation, adjust, updates, evictions) =>
        recorded.adjustments.push([plugin, operation, adjust !== undefined, updates, evictions]),
      updatePluginCount: (count) => recorded.counts.push(count),
    },
  };
}

const update = [{ containerId: "ctr1", linux: { resources: { cpu: { shares: { value: 1n } } } } }];
const evict = [{ containerId: "ctr1", reason: "in the way" }];

/** Runs a plugin, then what `ask` does, and checks what was recorded for that plugin and operation. */
async function check(
  definition: PluginDefinition,
  operation: string,
  ask: (engine: Engine) => Promise<unknown>,
  adjustments?: readonly [adjusted: boolean, updates: number, evictions: number],
): Promise<void> {
  for (const compat of MODES) {
    const recorded = recorder();
    await using engine = await startEngine({ compat, metrics: recorded.recorder });
    await engine.connect({ index: "07", name: "metric", ...definition });
    await ask(engine);
    const name = "07-metric";
    const of = <T extends readonly [string, string, ...unknown[]]>(list: readonly T[]): readonly T[] =>
      list.filter(([, one]) => one === operation);
    assert.deepEqual(of(recorded.invocations), [[name, operation, undefined]]);
    assert.deepEqual(of(recorded.latencies), [[name, operation]]);
    assert.deepEqual(of(recorded.adjustments), adjustments === undefined ? [] : [[name, operation, ...adjustments]]);
    assert.equal(recorded.counts.at(-1), 1);
  }
}

test("metrics: Synchronize is recorded, with its updates", async () => {
  const definition = { synchronize: () => ({ updates: update }), runPodSandbox: () => undefined };
  await check(definition, "Synchronize", async () => undefined, [false, 1, 0]);
});

const NOTIFICATIONS = [
  "runPodSandbox",
  "postUpdatePodSandbox",
  "stopPodSandbox",
  "removePodSandbox",
  "updatePodSandbox",
  "postCreateContainer",
  "startContainer",
  "postStartContainer",
  "postUpdateContainer",
  "removeContainer",
] as const satisfies readonly EventName[];
for (const event of NOTIFICATIONS) {
  test(`metrics: ${event} is recorded`, async () => {
    const request = { pod: POD, container: CONTAINER };
    await check({ [event]: () => undefined }, EVENTS[event].name, (engine) => engine.adaptation[event](request));
  });
}

test("metrics: createContainer is recorded, with its adjustment, updates and evictions", async () => {
  const createContainer = () => ({ adjust: { env: [{ key: "A", value: "1" }] }, updates: update, evict });
  await check(
    { createContainer },
    "CreateContainer",
    ({ adaptation }) => adaptation.createContainer({ pod: POD, container: CONTAINER }),
    [true, 1, 1],
  );
});

test("metrics: updateContainer is recorded, with its updates and evictions", async () => {
  await check(
    { updateContainer: () => ({ updates: update, evict }) },
    "UpdateContainer",
    ({ adaptation }) => adaptation.updateContainer({ pod: POD, container: CONTAINER }),
    [false, 1, 1],
  );
});

test("metrics: stopContainer is recorded, with its updates", async () => {
  await check(
    { stopContainer: () => ({ updates: update }) },
    "StopContainer",
    ({ adaptation }) => adaptation.stopContainer({ pod: POD, container: CONTAINER }),
    [false, 1, 0],
  );
});

test("metrics: validation is recorded", async () => {
  await check({ validateContainerAdjustment: () => undefined }, "ValidateContainerAdjustment", ({ adaptation }) =>
    adaptation.createContainer({ pod: POD, container: CONTAINER }),
  );
});
