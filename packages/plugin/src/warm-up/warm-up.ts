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
import { compileSooner, runInSlices, SAMPLE_CONTAINER, SAMPLE_POD, type WarmUp } from "@nri/protocol/warm-up";
import { streamPair, TtrpcClient, TtrpcServer } from "@nri/ttrpc";
import type { PluginDefinition } from "../handlers.js";
import { WARM_UP_ROUNDS } from "../limits.js";
import type { Logger } from "../log.js";
import { pluginMethods } from "../methods.js";
import { NO_SESSION, standInFor } from "./stand-in.js";

/** Compiled code is of the whole process: once is enough. */
let begun = false;

/**
 * Begins, unless that has happened before. Never keeps the process. With `isProgram` the process is the plugin's own, and V8
 * is told to compile sooner, which holds for all of it.
 */
export function beginWarmUp(definition: PluginDefinition, log: Logger, isProgram: boolean): WarmUp | undefined {
  if (begun) return undefined;
  begun = true;
  log.debug("Warming up...");
  if (isProgram) void compileSooner();
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
