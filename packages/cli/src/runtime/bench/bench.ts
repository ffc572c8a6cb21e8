// nri runtime --bench: starts everything, measures, and prints one line with the names of the Go program's.
import { performance } from "node:perf_hooks";
import {
  type Adaptation,
  type AdaptationOptions,
  createAdaptation,
  type MetricsRecorder,
  type Observer,
  type PluginInfo,
} from "@nri/adaptation";
import { Container, CreateContainerRequest, type Init, type MessageType, PodSandbox } from "@nri/protocol";
import { toJson } from "@nri/protocol/json";
import { goJson, type LineValue } from "@nri/testing/stand-ins";
import { EXIT, type Host } from "../../host.js";
import { asStartProblem } from "../../start-problem.js";
import { adaptationOptions, spawnPlace } from "../adaptation.js";
import { type RuntimeFlags, readState } from "../options.js";
import { SpawnedPlugins } from "../spawned.js";
import { measureCodec } from "./codec.js";
import { measureJoining } from "./joining.js";
import { makeContainer, makeCreate, makePod } from "./objects.js";
import { collectGarbage, forgetPeak, memory } from "./process-facts.js";
import { measureRequests } from "./requests.js";

const KINDS = ["create", "event", "sync", "joining", "start", "codec", "dump"] as const;
type Measured = Exclude<(typeof KINDS)[number], "codec" | "dump">;

/** Measures what `--bench` names. */
export async function bench(flags: RuntimeFlags, host: Host): Promise<number> {
  const kind = flags.choice("bench", KINDS, "create");
  const size = { lean: flags.has("lean"), pad: flags.number("pad", 0) };
  const template = makeCreate(1, size);
  const print = (line: object): void =>
    host.stdout.write(`${goJson({ label: flags.text("label") ?? "", bench: kind, ...line } as LineValue)}\n`);
  if (kind === "codec") {
    print(measureCodec(template, Math.max(1, flags.number("k", 2000))));
    return EXIT.ok;
  }
  if (kind === "dump") {
    // the request that all creations and events are measured with
    const bytes = CreateContainerRequest.encode(template);
    const hex = Buffer.from(bytes).toString("hex");
    const json = toJson(CreateContainerRequest, template);
    host.stdout.write(`${goJson({ type: "CreateContainerRequest", bytes: bytes.length, hex, json })}\n`);
    return EXIT.ok;
  }
  const run = new BenchRun(flags, host, await adaptationOptions(flags, host));
  await run.prepare();
  try {
    print(await run.measure(kind, template));
  } finally {
    await run.end();
  }
  return EXIT.ok;
}

/** When a plugin reached its states, by `performance.now()`. */
interface Times {
  connecting?: number;
  registered?: number;
  configured?: number;
}

/** One adaptation with its plugins while it is measured. */
class BenchRun {
  readonly #flags: RuntimeFlags;
  readonly #host: Host;
  readonly #spawned = new SpawnedPlugins();
  readonly #adaptation: Adaptation;
  readonly #waitTimeoutMs: number;
  readonly #times = new Map<PluginInfo, Times>();
  readonly #pods: Init<PodSandbox>[] = [];
  readonly #containers: Init<Container>[] = [];
  readonly #syncMs: number[] = [];
  readonly #syncMessages: number[] = [];
  /** From the start of each spawned plugin until it was there. */
  readonly #spawnMs: number[] = [];
  #startMs = 0;
  /** Memory with the state that is synchronized, before anybody is. */
  #loadedKb = 0;

  constructor(flags: RuntimeFlags, host: Host, options: Awaited<ReturnType<typeof adaptationOptions>>) {
    this.#flags = flags;
    this.#host = host;
    this.#waitTimeoutMs = flags.duration("wait") ?? 10_000;
    this.#adaptation = createAdaptation({
      ...options,
      synchronize: async (sync) => {
        const start = performance.now();
        await sync(this.#pods, this.#containers);
        this.#syncMs.push(performance.now() - start);
      },
      updateContainers: async () => [],
      // Requests are measured without anybody watching.
      ...(["create", "event"].includes(flags.text("bench") ?? "") ? {} : this.#watch()),
    });
  }

  #watch(): Pick<AdaptationOptions, "observer" | "metrics"> {
    const observer: Observer = {
      pluginState: (plugin, state) => {
        const times = this.#times.get(plugin) ?? {};
        this.#times.set(plugin, times);
        if (state === "connecting" || state === "registered" || state === "configured")
          times[state] ??= performance.now();
      },
    };
    const metrics: MetricsRecorder = {
      recordPluginLatency: (_plugin, operation, latencyMs) => {
        if (operation === "Synchronize") this.#syncMessages.push(micros(latencyMs));
      },
      recordPluginInvocation: ignore,
      recordPluginAdjustments: ignore,
      updatePluginCount: ignore,
    };
    return { observer, metrics };
  }

  /** Makes what is synchronized. */
  async prepare(): Promise<void> {
    const { pods, containers } = await readState(this.#flags, this.#host);
    const size = { lean: this.#flags.has("lean"), pad: 0 };
    const podCount = this.#flags.number("sync-pods", 0);
    this.#pods.push(...pods);
    for (let i = 0; i < podCount; i++) this.#pods.push(read(PodSandbox, makePod(i, size)));
    this.#containers.push(...containers);
    for (let i = 0; i < this.#flags.number("sync-ctrs", 0); i++) {
      this.#containers.push(read(Container, makeContainer(i, i % Math.max(1, podCount), size)));
    }
    collectGarbage();
    forgetPeak();
    this.#loadedKb = memory(process.pid, "VmRSS");
  }

  async measure(kind: Measured, template: CreateContainerRequest): Promise<object> {
    await this.#start();
    const callers = Math.max(1, this.#flags.number("c", 1));
    const requests = Math.max(1, this.#flags.number("k", 2000));
    const head = {
      plugins: this.#adaptation.plugins.length,
      c: callers,
      k: requests,
      req_bytes: CreateContainerRequest.encode(template).length,
      node: process.version,
    };
    if (kind === "start") return { ...head, ...this.#startFacts(), ...this.#memory() };
    if (kind === "sync") return { ...head, ...this.#syncFacts(), ...this.#memory() };
    const warmUp = this.#flags.number("warm", 200);
    if (kind === "joining") {
      const rate = Math.max(1, this.#flags.number("rate", 200));
      const command = this.#flags.text("join-cmd") ?? "";
      const place = spawnPlace(this.#flags, this.#host);
      const options = { template, requests, warmUp, rate, command, place, waitTimeoutMs: this.#waitTimeoutMs };
      const before = this.#syncMs.length;
      const measured = await measureJoining(this.#adaptation, options);
      return { ...head, ...measured, ...this.#syncFacts(before), ...this.#memory() };
    }
    const profile = this.#flags.text("cpuprofile");
    const { pids } = this.#spawned;
    const paceMs = this.#flags.duration("pace") ?? 0;
    const restMs = this.#flags.duration("rest") ?? 0;
    const mark = this.#flags.number("mark", 0);
    const options = { kind, template, requests, warmUp, callers, paceMs, restMs, mark, pids, profile };
    const measured = await measureRequests(this.#adaptation, options);
    return { ...head, ...measured, ...this.#memory(), start_us: this.#spawnMs.map(micros) };
  }

  async end(): Promise<void> {
    await this.#adaptation.stop();
    await this.#spawned.end();
  }

  async #start(): Promise<void> {
    const begin = performance.now();
    await this.#adaptation.start().catch(asStartProblem);
    this.#startMs = performance.now() - begin;
    const before = this.#adaptation.plugins.length;
    const wait = (count: number) => this.#adaptation.waitForPlugins(count, { timeoutMs: this.#waitTimeoutMs });
    const count = this.#flags.number("spawn", 0);
    const command = this.#flags.text("spawn-cmd") ?? "";
    await this.#spawned.start(count, command, spawnPlace(this.#flags, this.#host), async (index) => {
      await wait(before + index + 1);
      this.#spawnMs.push(performance.now() - (this.#spawned.startedAt[index] ?? 0));
    });
    const wanted = this.#flags.number("plugins", 0);
    if (wanted > 0) await wait(wanted);
  }

  #startFacts(): object {
    const launched = [...this.#times].filter(([{ kind }]) => kind === "launched").map(([, times]) => times);
    const external = [...this.#times].filter(([{ kind }]) => kind === "external").map(([, times]) => times);
    const between = (times: Times, state: "registered" | "configured"): number[] =>
      times.connecting === undefined || times[state] === undefined ? [] : [micros(times[state] - times.connecting)];
    return {
      start_us: micros(this.#startMs),
      spawn_us: this.#spawnMs.map(micros),
      launch_to_registered_us: launched.flatMap((times) => between(times, "registered")),
      launch_to_configured_us: launched.flatMap((times) => between(times, "configured")),
      spawn_to_registered_us: external.flatMap(({ registered }, index) => {
        const start = this.#spawned.startedAt[index];
        return registered === undefined || start === undefined ? [] : [micros(registered - start)];
      }),
    };
  }

  #syncFacts(from = 0): object {
    return {
      sync_us: this.#syncMs.slice(from).map(micros),
      sync_msgs_us: this.#syncMessages,
      sync_msgs: this.#syncMessages.length,
      containers: this.#containers.length,
      pods: this.#pods.length,
      loaded_kb: this.#loadedKb,
      ctr_bytes: this.#containers.reduce((sum, each) => sum + Container.encode(each).length, 0),
    };
  }

  #memory(): object {
    const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
    const { pids } = this.#spawned;
    return {
      rss_kb: memory(process.pid, "VmRSS"),
      hwm_kb: memory(process.pid, "VmHWM"),
      plugin_rss_kb: median(pids.map((pid) => memory(pid, "VmRSS"))),
      plugin_hwm_kb: median(pids.map((pid) => memory(pid, "VmHWM"))),
    };
  }
}

function ignore(): void {
  // not measured
}

/** As a runtime has it, which has read it from somewhere: made-up strings are joined at their first use, and that costs. */
function read<T>(type: MessageType<T>, made: Init<T>): T {
  return type.decode(type.encode(made));
}

function micros(milliseconds: number): number {
  return milliseconds * 1000;
}
