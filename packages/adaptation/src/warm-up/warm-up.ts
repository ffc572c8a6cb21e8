// Runs what a request runs before the first request comes, so that V8 has it compiled then: an adaptation of its own with
// plugins in memory, asked about a made-up container. After the start, a little at a time, and not while requests come.
import { Container, type CreateContainerRequest, EVENT_NAMES, type Init, PodSandbox } from "@nri/protocol";
import { runInSlices, SAMPLE_CONTAINER, SAMPLE_POD, type WarmUp } from "@nri/protocol/warm-up";
import { streamPair } from "@nri/ttrpc";
import type { Adaptation } from "../adaptation.js";
import { WARM_UP_ROUNDS } from "../limits.js";
import type { AdaptationOptions } from "../options.js";
import { connectSamplePlugin } from "./sample-plugin.js";

/** Compiled code is of the whole process: once is enough. */
let begun = false;

/** Begins, unless that has happened before. Never keeps the process. `ended` hears why it has ended. */
export function beginWarmUp(
  make: (options: AdaptationOptions) => Adaptation,
  ended: (why: string) => void,
): WarmUp | undefined {
  if (begun) return undefined;
  begun = true;
  return runInSlices(warmUpSteps(make), ended);
}

/** The steps of a warm-up, each short: the first ones, which find nothing compiled, have less to do. */
export function* warmUpSteps(
  make: (options: AdaptationOptions) => Adaptation,
  rounds: number = WARM_UP_ROUNDS,
): Generator<unknown> {
  yield PodSandbox.encode(SAMPLE_POD);
  yield Container.encode(SAMPLE_CONTAINER);
  const pod = PodSandbox.create(SAMPLE_POD);
  yield;
  const adaptation = make({
    runtime: { name: "warm-up", version: "" },
    synchronize: async (sync) => void (await sync([], [])),
    updateContainers: async () => [],
    warmUp: false,
  });
  try {
    yield adaptation.start();
    // Two, so that one sees a container that the other has changed.
    for (const index of ["00", "01"]) {
      const [pluginEnd, runtimeEnd] = streamPair();
      yield Promise.all([adaptation.accept(runtimeEnd), connectSamplePlugin(pluginEnd, index, index === "00")]);
    }
    const events = EVENT_NAMES.filter((name) => name !== "validateContainerAdjustment");
    for (let round = 0; round < rounds; round++) {
      const request: Init<CreateContainerRequest> = { pod, container: Container.create(SAMPLE_CONTAINER) };
      const name = events[round % events.length] ?? "createContainer";
      yield adaptation.createContainer(request);
      yield adaptation[name](request);
    }
  } finally {
    void adaptation.stop();
  }
}
