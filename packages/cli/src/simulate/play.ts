// Starts the plugins, plays the pods through them, and ends the plugins: what `nri simulate` and `nri run` have in common.
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { LaunchSpec } from "@nri/adaptation";
import { type Adaptation, AdaptationError, createAdaptation } from "@nri/adaptation";
import type { ApplyOptions } from "@nri/oci";
import { cdiDevices, cdiInjector } from "@nri/oci/node";
import { EVENTS } from "@nri/protocol";
import {
  LIFE,
  lifeRank,
  notPlayed,
  type PlayedPod,
  type PodEngine,
  type PodPlan,
  playPod,
  Recorder,
  type Runtime,
  SimulatedNode,
} from "@nri/testing";
import { readPolicies, readValidator } from "../config-file.js";
import { errorText } from "../error-text.js";
import { type Host, UsageError } from "../host.js";
import { LIMITS } from "../limits.js";
import { printable } from "../printable.js";
import { asStartProblem } from "../start-problem.js";
import { version } from "../version.js";
import type { Input } from "./input.js";
import type { SimulateOptions } from "./options.js";
import type { Progress } from "./progress.js";
import { evictionNote, resultOf, type SimulationResult } from "./result.js";

/** Real containers behind the player. */
export interface RealPods {
  /** Runs the sandbox of a pod. Rejects with the reason, and the pod's name. */
  pod(plan: PodPlan): Promise<{ readonly plan: PodPlan; readonly engine: PodEngine }>;
}

/** What is played, and with whom. */
export interface Play {
  readonly options: SimulateOptions;
  readonly input: Input;
  readonly plugins: readonly LaunchSpec[];
  readonly host: Host;
  readonly progress: Progress;
  /** Undefined: containers are simulated. */
  readonly real: RealPods | undefined;
}

/** What came of it. */
export interface Played {
  readonly result: SimulationResult;
  /** What could not be put into specs, in sentences for people. */
  readonly notes: readonly string[];
}

/** Plays the pods: simulated ones one after the other, real ones side by side. */
export async function play({ options, input, plugins, host, progress, real }: Play): Promise<Played> {
  let hidden = false;
  const recorder = new Recorder({
    output: ({ plugin, line }) => {
      if (options.quiet) hidden = true;
      else progress.line(`[${plugin.name}] ${printable(line)}`);
    },
    warning: (text) => progress.line(`nri: ${printable(text)}`),
  });
  const notes = new Set<string>();
  const apply: ApplyOptions = {
    compat: options.compat,
    injectCdiDevices: real === undefined ? knownCdiDevices(notes) : cdiInjector(),
  };
  const node = new SimulatedNode({
    apply,
    onUpdate: ({ update, container, error }) => {
      if (error === undefined) return;
      const name = container?.name ?? update.containerId;
      progress.line(`nri: update of ${printable(name)}: ${printable(error.message)}`);
    },
  });
  const name = real === undefined ? "nri-simulate" : "nri-run";
  const adaptation = await prepare(name, options, plugins, node, recorder, host, input, (text) => notes.add(text));
  let killTimer: NodeJS.Timeout | undefined;
  // The user's end does not wait for request time-outs: plugins that are still there after a moment are killed.
  const stop = (): void => {
    killTimer = setTimeout(killAll, LIMITS.endGraceMs);
    void adaptation.stop();
  };
  // Real containers are ended in order, and plugins are told.
  if (real === undefined) host.signal.addEventListener("abort", stop, { once: true });
  // Whoever ends us at once (a second Ctrl-C) leaves nobody behind.
  const killAll = (): void => recorder.killAll();
  process.once("exit", killAll);
  const playOne = async (plan: PodPlan): Promise<PlayedPod> => {
    const ready = real === undefined ? { plan, engine: undefined } : await real.pod(plan).catch(asError);
    if (ready instanceof Error) return notPlayed(plan, ready);
    return await playPod(real === undefined ? abortable(adaptation, host.signal) : adaptation, ready.plan, {
      until: options.until,
      update: options.update,
      apply,
      node,
      engine: ready.engine,
      signal: real === undefined ? host.signal : undefined,
      onEvent: (event, container) => {
        recorder.begin();
        // Between two events of real containers nobody waits for a plugin.
        if (real !== undefined) return;
        const subject = container === undefined ? plan.pod.name : container.container.name;
        progress.begin(`${EVENTS[event].name} of ${subject}`, () =>
          waitingFor(adaptation, recorder, EVENTS[event].mask),
        );
      },
    });
  };
  const played: PlayedPod[] = [];
  const failures: string[] = [];
  try {
    progress.begin("starting plugins");
    failures.push(...(await start(adaptation, options, progress, host)));
    progress.end();
    if (real === undefined) for (const plan of input.pods) played.push(await playOne(plan));
    else played.push(...(await Promise.all(input.pods.map(playOne))));
  } catch (error) {
    if (!host.signal.aborted) asStartProblem(error);
    throw host.signal.reason;
  } finally {
    recorder.ending();
    progress.begin("ending plugins");
    await adaptation.stop();
    progress.end();
    host.signal.removeEventListener("abort", stop);
    process.off("exit", killAll);
    clearTimeout(killTimer);
  }
  if (recorder.plugins.length === 0) notes.add(nobody(options));
  if (options.update !== undefined && options.until !== undefined && UPDATE > lifeRank(options.until))
    notes.add(`--update is not played: --until ${EVENTS[options.until].name} ends before it`);
  if (hidden) notes.add("what plugins print is not shown; leave out -q to see it");
  return { result: resultOf(played, recorder, failures, options.compat), notes: [...notes] };
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

const UPDATE = lifeRank("updatePodSandbox");

/** Why nothing changed when there was no plugin. */
function nobody({ pluginDir, socket }: SimulateOptions): string {
  const where = pluginDir === undefined ? "" : ` in ${pluginDir} (executables called NN-name)`;
  return `no plugins${where}${socket === undefined ? "" : " connected"}; add some with --plugin FILE`;
}

/** The adaptation, with every request given up when the user ends the program. */
function abortable(adaptation: Adaptation, signal: AbortSignal): Runtime {
  const requests = LIFE.map((event) => {
    const ask = adaptation[event] as (request: unknown, options: { signal: AbortSignal }) => Promise<unknown>;
    return [event, (request: unknown) => ask(request, { signal })];
  });
  return Object.fromEntries(requests) as Runtime;
}

async function prepare(
  name: string,
  options: SimulateOptions,
  plugins: readonly LaunchSpec[],
  node: SimulatedNode,
  recorder: Recorder,
  host: Host,
  { pods }: Input,
  note: (text: string) => void,
): Promise<Adaptation> {
  const names = new Map(
    pods.flatMap(({ containers }) => containers.map(({ container }) => [container.id, container.name])),
  );
  const nameOf = (id: string) => names.get(id) ?? id;
  const path = (given: string | undefined) => (given === undefined ? undefined : resolve(host.cwd, given));
  const socketPath = path(options.socket);
  if (socketPath !== undefined)
    await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 }).catch(asSocketProblem(socketPath));
  const validator = await readValidator(options.validator, host);
  if (validator?.disabled !== undefined)
    note(`${options.validator}: the validator is not enabled: it says no "enable: true"`);
  return createAdaptation({
    runtime: { name, version: version() },
    synchronize: async (sync) => {
      const { pods, containers } = node.snapshot();
      await node.update(await sync(pods, containers));
    },
    updateContainers: async (updates, { plugin, evictions }) => {
      // Under --compat reference a plugin may ask before it has a name.
      const who = plugin.name === "" ? "a plugin that has not registered" : plugin.name;
      for (const { containerId } of updates) note(`${who} updated ${nameOf(containerId)} on its own`);
      for (const { containerId, reason } of evictions) note(evictionNote(who, nameOf(containerId), reason));
      node.evict(evictions);
      return node.update(updates);
    },
    pluginDir: path(options.pluginDir),
    pluginConfigDir: path(options.pluginConfigDir),
    socketPath,
    plugins,
    requestTimeoutMs: options.requestTimeoutMs,
    registrationTimeoutMs: options.registrationTimeoutMs,
    warmUp: false, // a few requests, and over
    compat: options.compat,
    policies: await readPolicies(options.policies, host),
    builtins: validator === undefined ? [] : [validator],
    observer: recorder,
  });
}

function asSocketProblem(path: string): (error: unknown) => never {
  return (error) => {
    throw new UsageError(`--socket ${path}: ${errorText(error)}`);
  };
}

/** Starts, waits for plugins from outside, and tells what went wrong with those. */
async function start(
  adaptation: Adaptation,
  options: SimulateOptions,
  progress: Progress,
  host: Host,
): Promise<readonly string[]> {
  await adaptation.start();
  if (options.socket === undefined) return [];
  progress.begin(`waiting for ${options.wait} plugin${options.wait === 1 ? "" : "s"} at ${options.socket}`);
  try {
    const wait = { kind: "external", timeoutMs: options.waitTimeoutMs, signal: host.signal } as const;
    await adaptation.waitForPlugins(options.wait, wait);
    return [];
  } catch (error) {
    if (host.signal.aborted || !(error instanceof AdaptationError)) throw error;
    return [`${options.socket}: ${error.message}`];
  }
}

/** The plugin whose answer is awaited: the first subscribed one that was not asked yet. */
function waitingFor(adaptation: Adaptation, recorder: Recorder, mask: number): string {
  const asked = recorder.askedSinceBegin;
  return adaptation.plugins.find(({ name, events }) => (events & mask) !== 0 && !asked.has(name))?.name ?? "";
}

/**
 * CDI devices that this machine knows are put into specs. On a real node an unknown one fails the creation; here it is
 * most likely that the node is meant, not this machine, so it is left out and said.
 */
function knownCdiDevices(notes: Set<string>): NonNullable<ApplyOptions["injectCdiDevices"]> {
  return (spec, names) => {
    const here = new Set(cdiDevices());
    const known = names.filter((name) => here.has(name));
    if (known.length > 0) cdiInjector()(spec, known);
    for (const name of names) {
      if (!here.has(name))
        notes.add(`CDI device ${name} is not known on this machine; what it adds is not in the spec`);
    }
  };
}
