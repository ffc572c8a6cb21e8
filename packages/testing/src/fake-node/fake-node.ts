// A node without an engine, for tests of plugins: the real runtime side, plugins in process or as programs, a life that the test drives.
import { type Adaptation, createAdaptation } from "@nri/adaptation";
import { defaultValidator } from "@nri/adaptation/validator";
import type { ApplyOptions } from "@nri/oci";
import type { Plugin } from "@nri/plugin";
import type { ContainerEviction, ContainerUpdate, Init } from "@nri/protocol";
import { parse } from "yaml";
import { TestingError } from "../errors.js";
import { LIMITS } from "../limits.js";
import type { PodPlan } from "../plan.js";
import { SimulatedNode } from "../player/node.js";
import type { PlayRange } from "../player/play.js";
import { PodLife } from "../player/pod-life.js";
import { Recorder } from "../player/recorder.js";
import { FakePlugin, nameOf } from "./fake-plugin.js";
import { FakePod } from "./fake-pod.js";
import { Identities, type NamedPlugin } from "./identities.js";
import { checkOptions, checkPlugin, type FakeNodeOptions, type InProcessPlugin } from "./options.js";
import { onePodOf, type PodInput, podsOf } from "./pods.js";
import { type ResourcesInput, resourcesOf } from "./resources.js";
import { type UnsolicitedUpdate, UnsolicitedUpdates } from "./unsolicited.js";

/** How much of a life is played, and what is asked for on the way. */
export interface PlaySettings extends Pick<PlayRange, "until"> {
  /** Resources asked for while the containers run. Without it no update is played. */
  readonly update?: ResourcesInput | undefined;
}

/**
 * Starts a node without an engine: the runtime side of NRI with `plugins`, and nothing else. Close it: `await using`, or
 * `close()`. Rejects with `TestingError` code "plugin-failed" when a plugin does not join (nothing is left then), and
 * "invalid-option" for options that cannot be meant.
 *
 * ```ts
 * await using node = await fakeNode({ plugins: [pinner] });
 * const web = await node.play(pod("web").annotation("pin.example.com", "0-1").container("app"));
 * assertAdjustment(web.container("app"), adjustment().cpus("0-1"));
 * ```
 */
export async function fakeNode(options: FakeNodeOptions = {}): Promise<FakeNode> {
  checkOptions(options);
  const identities = new Identities();
  const named = (options.plugins ?? []).map((input) => identities.name(input));
  const names = named.map(nameOf);
  const twin = names.find((name, place) => names.indexOf(name) !== place);
  if (twin !== undefined) throw new TestingError("invalid-option", `fakeNode: two plugins are called ${twin}`);
  const node = new FakeNode(options, named, identities);
  try {
    await node.start(named);
    return node;
  } catch (error) {
    await node.close();
    throw error;
  }
}

/** Which of all calls can be a pod's. */
interface Span {
  readonly begin: number;
  end: number | undefined;
}

/** A node without an engine; `fakeNode` makes one. */
export class FakeNode implements AsyncDisposable {
  /** The runtime side itself, for what the methods here do not do. */
  readonly adaptation: Adaptation;
  readonly #apply: ApplyOptions;
  readonly #identities: Identities;
  readonly #observer: Recorder;
  readonly #exists: SimulatedNode;
  readonly #plugins: FakePlugin[] = [];
  readonly #pods: FakePod[] = [];
  readonly #lives: PodLife[] = [];
  readonly #spans = new Map<string, Span>();
  readonly #unsolicited = new UnsolicitedUpdates();
  readonly #background = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(options: FakeNodeOptions, named: readonly NamedPlugin[], identities: Identities) {
    const { plugins: _, validator, apply, builtins = [], runtime, ...rest } = options;
    this.#identities = identities;
    this.#apply = { ...apply, compat: options.compat ?? "default" };
    this.#exists = new SimulatedNode({ apply: this.#apply });
    this.#observer = new Recorder({
      output: ({ plugin, line }) => this.#find(plugin.name)?.print(line),
      // Warnings that are no plugin's failure say nothing about the plugins under test.
      warning: () => undefined,
    });
    this.adaptation = createAdaptation({
      warmUp: false, // tests are short
      ...rest,
      runtime: runtime ?? { name: "fake-node", version: "v1" },
      synchronize: async (sync) => {
        const { pods, containers } = this.#exists.snapshot();
        await this.#exists.update(await sync(pods, containers));
      },
      updateContainers: async (updates, { plugin, evictions }) => this.#update(plugin.name, updates, evictions),
      plugins: named.flatMap((plugin) => ("command" in plugin ? [plugin] : [])),
      builtins: [
        ...(validator === undefined
          ? []
          : [defaultValidator({ ...validator, parseYaml: (text) => parse(text) as unknown })]),
        ...builtins,
      ],
      observer: this.#observer,
    });
  }

  /** @internal */
  async start(named: readonly NamedPlugin[]): Promise<void> {
    // Before the start: what programs print is kept from their first line on.
    this.#plugins.push(...named.map((plugin) => new FakePlugin(nameOf(plugin), this.#observer)));
    await this.adaptation.start();
    for (const plugin of named) await this.#join(plugin);
  }

  /** The plugins in the order in which they are asked, those that are gone included. */
  get plugins(): readonly FakePlugin[] {
    const index = ({ name }: FakePlugin) => Number(name.slice(0, 2));
    return [...this.#plugins].sort((a, b) => index(a) - index(b));
  }

  /** The pods, in the order in which they were run. */
  get pods(): readonly FakePod[] {
    return this.#pods;
  }

  /** Updates that plugins asked for on their own, in order. */
  get unsolicited(): readonly UnsolicitedUpdate[] {
    return this.#unsolicited.all;
  }

  /** A plugin by its name, with or without index. Throws `invalid-option` when there is none, or more than one. */
  plugin(name: string): FakePlugin {
    const found = this.#plugins.filter((plugin) => plugin.name === name || plugin.name.slice(3) === name);
    const exact = found.find((plugin) => plugin.name === name) ?? (found.length === 1 ? found[0] : undefined);
    if (exact !== undefined) return exact;
    const names = this.plugins.map((plugin) => plugin.name).join(", ");
    throw new TestingError("invalid-option", `no plugin "${name}" on this node; there are ${names || "none"}`);
  }

  /** One more plugin, which is told of what exists: for tests of `synchronize`. Rejects with "plugin-failed" when it does not join. */
  async add(input: Plugin | InProcessPlugin): Promise<FakePlugin> {
    checkPlugin(input, "the plugin to add");
    return this.#join(this.#identities.name(input));
  }

  /** Runs a pod (RunPodSandbox), and nothing more: the test takes its containers from there. */
  async runPod(input: PodInput): Promise<FakePod> {
    return this.#newPod(onePodOf(input)).run();
  }

  /** Plays the whole life of a pod, or as much as `settings` say. Refusals and errors are results. */
  async play(input: PodInput, settings: PlaySettings = {}): Promise<FakePod> {
    return this.#play(onePodOf(input), settings);
  }

  /** Plays the lives of all pods of a manifest, one after the other. */
  async playAll(input: PodInput, settings: PlaySettings = {}): Promise<FakePod[]> {
    const played: FakePod[] = [];
    for (const plan of podsOf(input)) played.push(await this.#play(plan, settings));
    return played;
  }

  /**
   * The next update that a plugin asks for on its own, each one once. Rejects with `TestingError` code "timeout" when none
   * comes within `timeoutMs`, 2000 by default.
   */
  nextUpdate({ timeoutMs = LIMITS.updateWaitMs }: { readonly timeoutMs?: number } = {}): Promise<UnsolicitedUpdate> {
    return this.#unsolicited.next(timeoutMs);
  }

  /** Ends plugins and runtime side. Resolves when all is gone. Repeatable. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  /** See `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<void> {
    this.#observer.ending();
    await this.adaptation.stop();
    await Promise.all([...this.#plugins.map((plugin) => plugin.ended()), ...this.#background]);
  }

  async #join(named: NamedPlugin): Promise<FakePlugin> {
    const name = nameOf(named);
    const known = this.#find(name);
    const plugin = known ?? new FakePlugin(name, this.#observer);
    if (known === undefined) this.#plugins.push(plugin);
    await plugin.join(named, this.adaptation.accept);
    return plugin;
  }

  #find(name: string): FakePlugin | undefined {
    return this.#plugins.find((plugin) => plugin.name === name);
  }

  #play(plan: PodPlan, { until, update }: PlaySettings): Promise<FakePod> {
    return this.#newPod(plan).play({ until, update: update === undefined ? undefined : resourcesOf(update) });
  }

  #newPod(plan: PodPlan): FakePod {
    const before = this.#pods.findLast((pod) => pod.message.id === plan.pod.id);
    if (before !== undefined && before.phase !== "removed" && before.phase !== "refused")
      throw new TestingError("wrong-state", `pod ${before.label} is there already: it is ${before.phase}`);
    const life = new PodLife(this.adaptation, plan, { node: this.#exists, apply: this.#apply });
    const { steps: all } = this.#observer;
    // The calls of an earlier pod of this id end where those of this one begin.
    const earlier = this.#spans.get(plan.pod.id);
    if (earlier !== undefined) earlier.end = all.length;
    const span: Span = { begin: all.length, end: undefined };
    this.#spans.set(plan.pod.id, span);
    const steps = () => all.slice(span.begin, span.end).filter(({ podId }) => podId === plan.pod.id);
    const around = {
      life,
      steps,
      pluginName: (name: string) => this.plugin(name).name,
      settle: () => this.#evictAsked(),
    };
    const pod = new FakePod(around);
    this.#lives.push(life);
    this.#pods.push(pod);
    return pod;
  }

  async #evictAsked(): Promise<void> {
    for (const life of this.#lives) if (this.#exists.evicting) await life.evictAsked();
  }

  /** Evictions are done while the plugin has its answer already: it may have asked from within a handler. */
  async #update(
    plugin: string,
    updates: readonly ContainerUpdate[],
    evictions: readonly ContainerEviction[],
  ): Promise<readonly Init<ContainerUpdate>[]> {
    this.#exists.evict(evictions);
    const failed = await this.#exists.update(updates);
    const note = () => this.#unsolicited.add({ plugin, updates, evictions, failed });
    if (!this.#exists.evicting) {
      note();
      return failed;
    }
    const done: Promise<void> = this.#evictAsked()
      .then(note)
      .finally(() => this.#background.delete(done));
    this.#background.add(done);
    return failed;
  }
}
