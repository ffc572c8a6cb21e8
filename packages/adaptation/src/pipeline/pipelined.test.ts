// Several requests under way give what the same requests give one after the other, whatever the order of the plugins' answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENTS } from "@nri/protocol";
import fc from "fast-check";
import { AdaptationError, errorText } from "../errors.js";
import type { RelayedRequest } from "../peer.js";
import { type Plugins, relayOf } from "../relay.fixture.js";
import { Pipeline } from "./pipeline.js";

const NAMES = ["runPodSandbox", "createContainer", "startContainer", "postStartContainer"] as const;
const ALL = NAMES.reduce((mask, name) => mask | EVENTS[name].mask, 0);
const TOLD = ALL & ~EVENTS.createContainer.mask;
const VERDICT = EVENTS.validateContainerAdjustment.mask;

/** A request of the runtime. */
interface Asked {
  readonly name: (typeof NAMES)[number];
  readonly pod: number;
  readonly container: number;
  /** With limits of the caller's own, which takes the promise through more steps. */
  readonly limited: boolean;
}

type Behaviour = "nothing" | "content" | "error" | "lost";

/** What is to be relayed, and what the plugins make of it: a row for each request, a column for each plugin. */
interface Scene {
  readonly requests: readonly Asked[];
  readonly masks: readonly number[];
  readonly behaviours: readonly (readonly Behaviour[])[];
}

const PLUGINS = 3;
const MOST = 8;

function scenes(behaviour: fc.Arbitrary<Behaviour>, validator: number): fc.Arbitrary<Scene> {
  const asked = fc.record({
    name: fc.constantFrom(...NAMES),
    pod: fc.nat({ max: 2 }),
    container: fc.nat({ max: 1 }),
    limited: fc.boolean(),
  });
  const mask = fc.constantFrom(ALL, TOLD);
  // Of several validators the first to object is the one whose words count: there is but one here.
  const masks = fc.tuple(mask, mask, fc.constantFrom(ALL, TOLD, ALL | validator, validator));
  return fc.record({
    requests: fc.array(asked, { minLength: 2, maxLength: MOST }),
    masks,
    behaviours: fc.array(fc.array(behaviour, { minLength: PLUGINS, maxLength: PLUGINS }), {
      minLength: MOST,
      maxLength: MOST,
    }),
  });
}

/** What happened: a plugin got a request, has answered it, the caller has its result. */
type Step = readonly [what: "asked" | "answered" | "over", request: number, plugin: number];

/** Relays the scene; `answered` holds an answer back. */
async function play(
  { requests, masks, behaviours }: Scene,
  options: Parameters<typeof relayOf>[1],
  answered: <T>(answer: () => Promise<T>) => Promise<T>,
): Promise<{ readonly results: readonly unknown[]; readonly steps: readonly Step[] }> {
  const steps: Step[] = [];
  const plugins = masks.map((mask, plugin): [string, Plugins[string]] => {
    const request = async ({ sequence, row, message }: RelayedRequest): Promise<object | undefined> => {
      steps.push(["asked", sequence, plugin]);
      try {
        return await answered(async () => answerTo(behaviours[sequence - 1]?.[plugin], plugin, row.name, message));
      } finally {
        steps.push(["answered", sequence, plugin]);
      }
    };
    return [`p${plugin}`, [mask, { request }]];
  });
  const relay = relayOf(Object.fromEntries(plugins), options);
  const results = requests.map(async ({ name, pod, container, limited }, i) => {
    const message = {
      pod: { id: `pod${pod}` },
      ...(EVENTS[name].subject === "pod" ? {} : { container: { id: `c${pod}.${container}`, env: ["A=1"] } }),
    };
    try {
      return await relay.relay(name, message, limited ? { timeoutMs: 60_000 } : undefined);
    } catch (error) {
      return errorText(error);
    } finally {
      steps.push(["over", i + 1, -1]);
    }
  });
  return { results: await Promise.all(results), steps };
}

function answerTo(
  behaviour: Behaviour | undefined,
  plugin: number,
  method: string,
  message: unknown,
): object | undefined {
  const { env = [] } = (message as { container?: { env?: string[] } }).container ?? {};
  switch (behaviour) {
    case "content":
      return method === "CreateContainer"
        ? { adjust: { env: [{ key: `P${plugin}`, value: env.join(" ") }] } }
        : method === "ValidateContainerAdjustment"
          ? { reject: true, reason: `not with ${env.length}` }
          : undefined;
    case "error":
      throw new AdaptationError("request-failed", `p${plugin} fails ${method}`);
    case "lost":
      throw new AdaptationError("request-timeout", `p${plugin} is too late for ${method}`);
    default:
      return undefined;
  }
}

const serial = (scene: Scene) => play(scene, {}, (answer) => answer());

/** The same, with answers in an order that the scheduler chooses. */
async function pipelined(scene: Scene, scheduler: fc.Scheduler, atOnce: number, fanOut: boolean) {
  const played = play(scene, { pipeline: new Pipeline(5, () => atOnce), fanOut }, (answer) =>
    scheduler.schedule(Promise.resolve()).then(answer),
  );
  return await scheduler.waitFor(played);
}

function at(steps: readonly Step[], what: Step[0], request: number): number[] {
  return steps.flatMap((step, i) => (step[0] === what && step[1] === request ? [i] : []));
}

/** What holds in whatever order plugins answer. */
function checkOrder({ requests }: Scene, steps: readonly Step[], atOnce: number): void {
  for (let plugin = 0; plugin < PLUGINS; plugin++) {
    let unanswered = 0;
    let last = 0;
    for (const [what, request, which] of steps) {
      if (which === plugin) {
        unanswered += what === "asked" ? 1 : -1;
        assert.ok(unanswered <= atOnce, `plugin ${plugin} has at most ${atOnce} requests at once`);
        assert.ok(what !== "asked" || request >= last, `plugin ${plugin} gets ${request} after ${last}`);
        last = what === "asked" ? request : last;
      }
    }
  }
  const over = steps.filter(([what]) => what === "over").map(([, request]) => request);
  assert.deepEqual(
    over,
    requests.map((_, i) => i + 1),
    "results in the order of arrival",
  );
  for (const [i, one] of requests.entries()) {
    for (const [j, other] of requests.slice(0, i).entries()) {
      const ofPod = [one, other].some(({ name }) => EVENTS[name].subject === "pod");
      if (one.pod === other.pod && (ofPod || one.container === other.container)) {
        const ended = Math.max(-1, ...at(steps, "answered", j + 1));
        const begun = Math.min(steps.length, ...at(steps, "asked", i + 1));
        assert.ok(ended < begun, `request ${i + 1} begins after ${j + 1}: both are about pod ${one.pod}`);
      }
    }
  }
}

const answers = fc.constantFrom<Behaviour>("nothing", "nothing", "content", "content", "error");

test("requests under way together have the results that they have one after the other, in the same order", async () => {
  const atOnce = fc.integer({ min: 1, max: 3 });
  await fc.assert(
    fc.asyncProperty(
      scenes(answers, VERDICT),
      atOnce,
      fc.boolean(),
      fc.scheduler(),
      async (scene, most, fanOut, scheduler) => {
        const { results, steps } = await pipelined(scene, scheduler, most, fanOut);
        assert.deepEqual(results, (await serial(scene)).results);
        checkOrder(scene, steps, most);
      },
    ),
    { numRuns: 100, seed: 20261128 },
  );
});

// A validator that is lost fails all creations that are under way, and then is gone: how many those are is another matter.
test("so they have when plugins are lost on the way, as long as each has one request at a time", async () => {
  const mayBeLost = fc.constantFrom<Behaviour>("nothing", "content", "content", "error", "lost");
  await fc.assert(
    fc.asyncProperty(scenes(mayBeLost, ALL), fc.scheduler(), async (scene, scheduler) => {
      const { results, steps } = await pipelined(scene, scheduler, 1, false);
      assert.deepEqual(results, (await serial(scene)).results);
      checkOrder(scene, steps, 1);
    }),
    { numRuns: 100, seed: 20261128 },
  );
});
