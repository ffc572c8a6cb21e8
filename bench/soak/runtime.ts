// The process that is watched: our adaptation, the requests, and what Node.js and Linux tell about it.
import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createAdaptation, type PluginInfo } from "@nri/adaptation";
import { CreateContainerRequest } from "@nri/protocol";
import { Load, type LoadFacts } from "./load.js";

/** What the program is told, as JSON in its only argument. */
export interface SoakRuntimeOptions {
  readonly socketPath: string;
  /** The creation that all requests are made of, encoded, in hexadecimal digits. */
  readonly templateHex: string;
  /** Indices of the plugins that stay. */
  readonly steady: readonly string[];
  readonly rate: number;
  readonly sampleMs: number;
  /** One collection of all garbage in so many samples. */
  readonly samplesPerHeap: number;
  /** The plugin that the adaptation starts, and starts again. */
  readonly launched: {
    readonly index: string;
    readonly name: string;
    readonly command: string;
    readonly args: string[];
  };
}

/** One sample. */
export interface RuntimeSample extends LoadFacts {
  readonly rssKb: number;
  /** After a collection of all garbage; undefined in samples without one. */
  readonly heapKb: number | undefined;
  /** The same for what is outside of the heap, such as buffers. */
  readonly externalKb: number | undefined;
  readonly descriptors: number;
  /** What keeps the process running, such as timers and sockets, by its kind. */
  readonly resources: Readonly<Record<string, number>>;
  readonly loopP50Ms: number;
  readonly loopP99Ms: number;
  readonly plugins: number;
  /** Process of the launched plugin. */
  readonly launchedPid: number | undefined;
}

/** What this program sends to the one that started it. */
export type SoakMessage =
  | { readonly kind: "listening" }
  | { readonly kind: "sample"; readonly sample: RuntimeSample }
  | {
      readonly kind: "ended";
      readonly failures: readonly (readonly [string, number])[];
      readonly states: Readonly<Record<string, number>>;
      readonly restarts: number;
    };

/** For the plugins that stay, until the first request. */
const JOIN_MS = 30_000;

const options = JSON.parse(process.argv[2] ?? "") as SoakRuntimeOptions;
const send = (message: SoakMessage): Promise<void> =>
  new Promise((resolve, reject) =>
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve())),
  );
const template = CreateContainerRequest.decode(Buffer.from(options.templateHex, "hex"));
const load = new Load(template, options.steady, options.rate);
const states: Record<string, number> = {};
let restarts = 0;
const adaptation = createAdaptation({
  runtime: { name: "soak", version: "v0.0.1" },
  socketPath: options.socketPath,
  plugins: [options.launched],
  // The launched plugin is killed on purpose, again and again: that must not count as a plugin which always crashes.
  restart: { delayMs: 500, maxDelayMs: 500, healthyMs: 1000 },
  synchronize: async (sync) => {
    const { pods, containers } = load.state();
    await sync(pods, containers);
  },
  updateContainers: async () => [],
  observer: {
    pluginState: (plugin: PluginInfo, state) => {
      states[state] = (states[state] ?? 0) + 1;
      if (state === "active" && plugin.restarts > 0) restarts++;
    },
  },
});
const loop = monitorEventLoopDelay({ resolution: 10 });
let samples = 0;

function sample(): RuntimeSample {
  const collected = samples++ % options.samplesPerHeap === 0;
  const ms = (ns: number): number => Number((ns / 1e6).toFixed(2));
  const loopFacts = { loopP50Ms: ms(loop.percentile(50)), loopP99Ms: ms(loop.percentile(99)) };
  const facts = load.take();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const rssKb = Math.round(process.memoryUsage.rss() / 1024);
  // What buffers held is given back by the collection after the one that finds them.
  for (let i = 0; collected && i < 2; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  // What the collection has held up is no part of the next sample.
  loop.reset();
  return {
    ...facts,
    ...loopFacts,
    rssKb,
    heapKb: collected ? Math.round(heapUsed / 1024) : undefined,
    externalKb: collected ? Math.round(external / 1024) : undefined,
    // Reading the folder takes one itself.
    descriptors: readdirSync("/proc/self/fd").length - 1,
    resources,
    plugins: adaptation.plugins.length,
    launchedPid: adaptation.plugins.find(({ kind }) => kind === "launched")?.pid,
  };
}

async function begin(): Promise<void> {
  await adaptation.waitForPlugins(options.steady.length + 1, { timeoutMs: JOIN_MS });
  load.play(adaptation);
  loop.enable();
  const timer = setInterval(() => void send({ kind: "sample", sample: sample() }), options.sampleMs);
  process.once("message", () => void end(timer));
}

async function end(timer: NodeJS.Timeout): Promise<void> {
  clearInterval(timer);
  await load.end();
  await adaptation.stop();
  await send({ kind: "ended", failures: [...load.failures], states, restarts });
  process.disconnect();
}

// Nothing outlives the one that started it.
process.once("disconnect", () => process.exit());
await adaptation.start();
await send({ kind: "listening" });
// The first word of the other side says that the plugins that stay are started, the second that it is enough.
process.once("message", () => {
  void begin();
});
