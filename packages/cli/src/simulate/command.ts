// nri simulate: reads the input, starts the plugins, plays the pods, prints what came of it.
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { LaunchSpec } from "@nri/adaptation";
import { type Adaptation, AdaptationError, createAdaptation } from "@nri/adaptation";
import type { ApplyOptions } from "@nri/oci";
import { cdiDevices, cdiInjector } from "@nri/oci/node";
import { EVENTS } from "@nri/protocol";
import { LIFE, lifeRank, type PlayedPod, playPod, Recorder, type Runtime, SimulatedNode } from "@nri/testing";
import { readPolicies, readValidator } from "../config-file.js";
import { errorText } from "../error-text.js";
import { EXIT, type Host, UsageError } from "../host.js";
import { LIMITS } from "../limits.js";
import { printable } from "../printable.js";
import { Scratch } from "../scratch.js";
import { asStartProblem } from "../start-problem.js";
import { version } from "../version.js";
import { type Input, readInputs } from "./input.js";
import { HELP, readOptions, type SimulateOptions } from "./options.js";
import { checkFolders } from "./plugin-folders.js";
import { findPlugins } from "./plugins.js";
import { Progress } from "./progress.js";
import { containerLabel, evictionNote, podLabel, resultOf, type SimulationResult } from "./result.js";

/** Runs the command. Throws UsageError for wrong use; everything else is an exit code. */
export async function simulate(args: readonly string[], host: Host): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    host.stdout.write(HELP);
    return EXIT.ok;
  }
  const input = await readInputs(options.inputs, host);
  checkContainer(options, input);
  await using scratch = new Scratch();
  const plugins = await findPlugins(options, host, scratch);
  for (const line of await checkFolders(options, host)) host.stderr.write(`nri: ${printable(line)}\n`);
  const { result, notes } = await play(options, input, plugins, host);
  for (const line of problemLines(result)) host.stderr.write(`nri: ${printable(line)}\n`);
  const { print } = await import("./print.js");
  host.stdout.write(await print(result, options, { input: input.notes, play: notes }, host));
  return result.ok ? EXIT.ok : EXIT.failed;
}

function checkContainer({ container }: SimulateOptions, { pods }: Input): void {
  if (container === undefined) return;
  const names = pods.flatMap(({ containers }) => containers.map(({ container: { name } }) => name));
  if (!names.includes(container)) {
    throw new UsageError(`--container "${container}": no such container in the input; there are ${names.join(", ")}`);
  }
}

interface Played {
  readonly result: SimulationResult;
  /** What could not be put into specs, in sentences for people. */
  readonly notes: readonly string[];
}

async function play(
  options: SimulateOptions,
  input: Input,
  plugins: readonly LaunchSpec[],
  host: Host,
): Promise<Played> {
  const progress = new Progress(host.stderr);
  let hidden = false;
  const recorder = new Recorder({
    output: ({ plugin, line }) => {
      if (options.quiet) hidden = true;
      else progress.line(`[${plugin.name}] ${printable(line)}`);
    },
    warning: (text) => progress.line(`nri: ${printable(text)}`),
  });
  const notes = new Set<string>();
  const apply: ApplyOptions = { compat: options.compat, injectCdiDevices: knownCdiDevices(notes) };
  const node = new SimulatedNode({ apply });
  const adaptation = await prepare(options, plugins, node, recorder, host, input, (text) => notes.add(text));
  let killTimer: NodeJS.Timeout | undefined;
  // The user's end does not wait for request time-outs: plugins that are still there after a moment are killed.
  const stop = (): void => {
    killTimer = setTimeout(killAll, LIMITS.endGraceMs);
    void adaptation.stop();
  };
  host.signal.addEventListener("abort", stop, { once: true });
  // Whoever ends us at once (a second Ctrl-C) leaves nobody behind.
  const killAll = (): void => recorder.killAll();
  process.once("exit", killAll);
  const played: PlayedPod[] = [];
  const failures: string[] = [];
  try {
    progress.begin("starting plugins");
    failures.push(...(await start(adaptation, options, progress, host)));
    for (const plan of input.pods) {
      played.push(
        await playPod(abortable(adaptation, host.signal), plan, {
          until: options.until,
          update: options.update,
          apply,
          node,
          signal: host.signal,
          onEvent: (event, container) => {
            const subject = container === undefined ? plan.pod.name : container.container.name;
            progress.begin(`${EVENTS[event].name} of ${subject}`, () =>
              waitingFor(adaptation, recorder, EVENTS[event].mask),
            );
            recorder.begin();
          },
        }),
      );
    }
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
    runtime: { name: "nri-simulate", version: version() },
    synchronize: async (sync) => {
      const { pods, containers } = node.snapshot();
      node.update(await sync(pods, containers));
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

/** One line for everything that failed, for stderr. */
function problemLines(result: SimulationResult): string[] {
  const lines = [...result.pluginFailures];
  const told = new Set<string>();
  for (const { played } of result.pods) {
    for (const { event, container, error, refused } of played.problems) {
      const plugin = "plugin" in error && typeof error.plugin === "string" ? error.plugin : "";
      const who = plugin === "" || error.message.includes(plugin) ? "" : `plugin "${plugin}": `;
      const end = refused ? `: ${container === undefined ? "pod" : "container"} refused` : "";
      lines.push(`${containerLabel(played, container)}: ${EVENTS[event].name}: ${who}${error.message.trim()}${end}`);
      told.add(error.message);
    }
  }
  // A plugin that was lost on the way does not fail the request, so no problem of the pod tells of it.
  for (const pod of result.pods) {
    for (const step of [...pod.steps, ...pod.containers.flatMap(({ steps }) => steps)]) {
      if (step.error === undefined || told.has(step.error.message)) continue;
      told.add(step.error.message);
      if (lines.some((line) => line.includes(step.error?.message ?? ""))) continue;
      lines.push(`${podLabel(pod.played)}: ${EVENTS[step.event].name}: plugin "${step.plugin}": ${step.error.message}`);
    }
  }
  return lines;
}
