// Runs what a request runs before the first request comes, so that V8 has it compiled then: the SDK's own code, on made-up
// requests, over a connection in memory. Off the critical path: after the plugin has become active, a little at a time, and
// not while requests come.
import {
  Container,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type EventRow,
  Mux,
  PLUGIN_CONNECTION,
  PLUGIN_SERVICE,
  PodSandbox,
} from "@nri/protocol";
import { streamPair, TtrpcClient, TtrpcServer } from "@nri/ttrpc";
import { errorText } from "../errors.js";
import type { PluginDefinition } from "../handlers.js";
import { WARM_UP_PAUSE_MS, WARM_UP_ROUNDS, WARM_UP_SLICE_MS, WARM_UP_START_MS } from "../limits.js";
import type { Logger } from "../log.js";
import { pluginMethods } from "../methods.js";
import { SAMPLE_CONTAINER, SAMPLE_POD } from "./sample.js";
import { NO_SESSION, standInFor } from "./stand-in.js";

/** A warm-up that has begun. */
export interface WarmUp {
  /** Ends it: a request has come, or the session has gone. */
  stop(): void;
}

/** Compiled code is of the whole process: once is enough. */
let begun = false;

/** Begins, unless that has happened before. Never keeps the process. */
export function beginWarmUp(definition: PluginDefinition, log: Logger): WarmUp | undefined {
  if (begun) return undefined;
  begun = true;
  log.debug("Warming up...");
  return runInSlices(warmUpSteps(definition), (why) => log.debug(`Warm-up ended: ${why}`));
}

/**
 * The steps of a warm-up, each short: the first ones, which find nothing compiled, have less to do. An event without
 * handler needs none.
 */
export function* warmUpSteps(definition: PluginDefinition, rounds: number = WARM_UP_ROUNDS): Generator<unknown> {
  const standIn = standInFor(definition);
  const handled = EVENT_NAMES.filter((name) => standIn[name] !== undefined);
  if (handled.length === 0) return;
  const pod = PodSandbox.encode(SAMPLE_POD);
  yield;
  PodSandbox.decode(pod);
  yield;
  const container = Container.encode(SAMPLE_CONTAINER);
  yield;
  Container.decode(container);
  yield;
  const requests: [method: string, payload: Uint8Array][] = [];
  for (const name of handled) {
    requests.push([EVENTS[name].name, requestOf(name)]);
    yield;
  }
  const [pluginEnd, runtimeEnd] = streamPair();
  const pluginMux = new Mux(pluginEnd, { blockedRead: true });
  const runtimeMux = new Mux(runtimeEnd);
  new TtrpcServer()
    .register(PLUGIN_SERVICE, pluginMethods(standIn, NO_SESSION))
    .serve(pluginMux.open(PLUGIN_CONNECTION));
  const client = new TtrpcClient(runtimeMux.open(PLUGIN_CONNECTION));
  pluginMux.unblock();
  yield;
  try {
    // From empty to full, so that no step finds much that is not compiled.
    for (const method of ["Shutdown", ...requests.map(([name]) => name)]) {
      yield client.call(PLUGIN_SERVICE, method, new Uint8Array(0));
    }
    for (let round = 0; round < rounds; round++) {
      const [method, payload] = requests[round % requests.length] as [string, Uint8Array];
      yield client.call(PLUGIN_SERVICE, method, payload);
    }
  } finally {
    runtimeMux.close();
  }
}

/** Bytes of a request. */
function requestOf(name: EventName): Uint8Array {
  const { request }: EventRow<object> = EVENTS[name];
  const fields =
    EVENTS[name].subject === "pod" ? { pod: SAMPLE_POD } : { pod: SAMPLE_POD, container: SAMPLE_CONTAINER };
  return request.encode(fields);
}

/**
 * Takes steps, as many as fit into a slice, then lets everything else run. What a step gives is waited for; one that throws
 * is the last. `ended` hears once why it has ended; `now` is a clock in milliseconds.
 */
export function runInSlices(
  steps: Iterator<unknown, unknown, undefined>,
  ended: (why: string) => void,
  now: () => number = () => performance.now(),
): WarmUp {
  let over = false;
  let timer: NodeJS.Timeout;
  const slice = async (): Promise<void> => {
    // The last step of a slice begins in its first quarter: of those that find nothing compiled each has a slice of its own.
    const until = now() + WARM_UP_SLICE_MS / 4;
    do {
      const { done, value } = steps.next();
      if (done === true) return end("done");
      await value;
    } while (now() < until && !over);
    if (!over) later(WARM_UP_PAUSE_MS);
  };
  const later = (ms: number): void => {
    timer = setTimeout(() => void slice().catch((error: unknown) => end(errorText(error))), ms);
    timer.unref();
  };
  const end = (why: string): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    steps.return?.();
    ended(why);
  };
  later(WARM_UP_START_MS);
  return { stop: () => end("stopped") };
}
