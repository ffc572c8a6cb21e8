// Cases of the reference's own tests: which plugin gets which events, and in which order.
import assert from "node:assert/strict";
import { EVENT_NAMES, EVENTS, type EventName } from "@nri/protocol";
import { CONTAINER, type Engine, POD, testBoth } from "./engine.fixture.js";

type Told = Exclude<EventName, "validateContainerAdjustment">;
const LIFE = EVENT_NAMES.filter((name): name is Told => name !== "validateContainerAdjustment");

async function live({ adaptation }: Engine): Promise<void> {
  for (const name of LIFE) await adaptation[name]({ pod: POD, container: CONTAINER });
}

/** Handlers of these events, which note what they got. */
function noting(events: readonly Told[], note: (event: Told, subjects: readonly (string | undefined)[]) => unknown) {
  return Object.fromEntries(
    events.map((event) => [
      event,
      ({ pod, container }: { pod?: { id: string }; container?: { id: string } }) => {
        note(
          event,
          [pod?.id, container?.id].filter((id) => id !== undefined),
        );
      },
    ]),
  );
}

const CONTAINER_EVENTS = LIFE.filter((name) => EVENTS[name].subject === "container");

const SUBSCRIPTIONS: readonly (readonly [string, readonly Told[]])[] = [
  ["RunPodSandbox", ["runPodSandbox"]],
  ["UpdatePodSandbox", ["updatePodSandbox"]],
  ["PostUpdatePodSandbox", ["postUpdatePodSandbox"]],
  ["StopPodSandbox", ["stopPodSandbox"]],
  ["RemovePodSandbox", ["removePodSandbox"]],
  ["CreateContainer", ["createContainer"]],
  ["PostCreateContainer", ["postCreateContainer"]],
  ["StartContainer", ["startContainer"]],
  ["PostStartContainer", ["postStartContainer"]],
  ["UpdateContainer", ["updateContainer"]],
  ["PostUpdateContainer", ["postUpdateContainer"]],
  ["StopContainer", ["stopContainer"]],
  ["RemoveContainer", ["removeContainer"]],
  ["run, stop and remove of a pod", ["runPodSandbox", "stopPodSandbox", "removePodSandbox"]],
  ["create, update and stop of a container", ["createContainer", "updateContainer", "stopContainer"]],
  ["all events of a container", CONTAINER_EVENTS],
  ["all events", LIFE],
];
for (const [what, events] of SUBSCRIPTIONS) {
  testBoth(`a plugin that subscribed to ${what} gets that and nothing else`, async (engine) => {
    const seen: (readonly [Told, ...unknown[]])[] = [];
    await engine.connect(noting(events, (event, subjects) => seen.push([event, ...subjects])));
    await live(engine);
    const expected = LIFE.filter((name) => events.includes(name)).map((name) =>
      EVENTS[name].subject === "pod" ? [name, "pod0"] : [name, "pod0", "ctr0"],
    );
    assert.deepEqual(seen, expected);
  });
}

const ORDERED: readonly (readonly [string, readonly Told[]])[] = [
  ["StartContainer alone", ["startContainer"]],
  [
    "five events of a container",
    ["createContainer", "postCreateContainer", "startContainer", "updateContainer", "stopContainer"],
  ],
  ["every event of a container", CONTAINER_EVENTS],
  ["every event", LIFE],
];
for (const [what, events] of ORDERED) {
  testBoth(
    `plugins that registered as 20, 99 and 00 are called in the order of their index for ${what}`,
    async (engine) => {
      const seen: string[] = [];
      for (const index of ["20", "99", "00"])
        await engine.connect({ index, name: "test", ...noting(events, (event) => seen.push(`${index} ${event}`)) });
      await live(engine);
      assert.deepEqual(
        seen,
        LIFE.filter((name) => events.includes(name)).flatMap((name) =>
          ["00", "20", "99"].map((index) => `${index} ${name}`),
        ),
      );
    },
  );
}
