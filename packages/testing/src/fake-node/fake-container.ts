// A container on a fake node: the test takes it through its life and looks at what plugins made of it.
import type { Spec } from "@nri/oci";
import {
  type Container,
  ContainerAdjustment,
  type ContainerEviction,
  type ContainerUpdate,
  type EventName,
  type Init,
  type LinuxResources,
} from "@nri/protocol";
import { TestingError } from "../errors.js";
import type { ContainerPlan } from "../plan.js";
import type { Phase } from "../player/live-container.js";
import type { ContainerRecord } from "../player/played.js";
import { EXIT_CODE, type PodLife } from "../player/pod-life.js";
import type { Step } from "../player/recorder.js";
import { type Outcome, outcomeOf, type PluginChange, type PluginProblem } from "./outcome.js";
import { type ResourcesInput, resourcesOf } from "./resources.js";
import { containerSummary } from "./summary.js";

/** Where a container is in its life; `refused` and `skipped` (its pod or an init container was refused) are its end. */
export type ContainerPhase = Phase | "refused" | "skipped";

/** What a container needs of its pod and node. */
export interface ContainerSurroundings {
  readonly life: PodLife;
  /** `default/web`. */
  readonly podLabel: string;
  /** Whether the pod runs. */
  running(): boolean;
  /** Calls about this pod so far. */
  steps(): readonly Step[];
  /** `10-foo` of a name with or without index. Throws for a plugin that is not there. */
  pluginName(name: string): string;
  /** Does what plugins have asked for meanwhile. */
  settle(): Promise<void>;
}

/** A container of a fake node. What it shows is always the present; its methods ask the plugins and resolve to itself. */
export class FakeContainer implements Outcome {
  /** `default/web/app`. */
  readonly label: string;
  readonly #record: ContainerRecord;
  readonly #around: ContainerSurroundings;

  /** @internal */
  constructor(record: ContainerRecord, around: ContainerSurroundings) {
    this.#record = record;
    this.#around = around;
    this.label = `${around.podLabel}/${record.live.name}`;
  }

  /** Name of the container in its pod. */
  get name(): string {
    return this.#record.live.name;
  }

  /** Id of the container. The same pod has the same ids in every run. */
  get id(): string {
    return this.#record.live.id;
  }

  /** What it was made of. */
  get plan(): ContainerPlan {
    return this.#record.live.plan;
  }

  /** Where it is in its life. */
  get phase(): ContainerPhase {
    const { live, outcome, reason } = this.#record;
    if (outcome === "created") return live.phase;
    return outcome === "refused" ? "refused" : reason === undefined ? "planned" : "skipped";
  }

  /** As plugins see it now. */
  get message(): Container {
    return this.#record.live.message(this.#record.live.state);
  }

  /** The OCI spec before any plugin saw it. */
  get specBefore(): Spec {
    return this.plan.spec;
  }

  /** The OCI spec with what plugins changed, also later; undefined when it was not created. */
  get spec(): Spec | undefined {
    return this.#record.outcome === "created" ? this.#record.live.spec : undefined;
  }

  /** The OCI spec right after its creation; undefined when it was not created. */
  get createdSpec(): Spec | undefined {
    return this.#record.outcome === "created" ? this.#record.applied?.spec : undefined;
  }

  /** Why it was refused (at its creation or start), or skipped; undefined when it was not. */
  get refused(): string | undefined {
    return this.#record.reason;
  }

  /** Why a plugin had it evicted; undefined when none had. */
  get evicted(): string | undefined {
    return this.#record.live.evicted;
  }

  /** What all plugins together changed at its creation; undefined when it was not created. */
  get adjustment(): ContainerAdjustment | undefined {
    return this.#record.adjustment;
  }

  /** See `Outcome`. */
  get events(): readonly EventName[] {
    return this.#outcome.events;
  }

  /** See `Outcome`. */
  get updates(): readonly ContainerUpdate[] {
    return this.#outcome.updates;
  }

  /** See `Outcome`. */
  get evictions(): readonly ContainerEviction[] {
    return this.#outcome.evictions;
  }

  /** See `Outcome`. */
  get changes(): readonly PluginChange[] {
    return this.#outcome.changes;
  }

  /** What went wrong, in order: of single plugins, then of the result of all. */
  get problems(): readonly PluginProblem[] {
    const { problems } = this.#outcome;
    const told = new Set(problems.map(({ error }) => error.message));
    const own = this.#around.life.problems.filter(({ container }) => container === this.plan);
    const others = own.filter(({ error }) => !told.has(error.message) && !this.#isVerdict(error));
    return [...problems, ...others.map(({ event, error }) => ({ plugin: "", event, error }))];
  }

  /** Every call about it, as each plugin saw and answered it. */
  get steps(): readonly Step[] {
    return this.#around.steps().filter(({ containerId }) => containerId === this.id);
  }

  /** What one plugin did to it; `10-foo`, or `foo`. Throws `invalid-option` for a plugin that is not there. */
  by(plugin: string): Outcome {
    const name = this.#around.pluginName(plugin);
    const steps = this.steps.filter((step) => step.plugin === name);
    const created = steps.find(({ event, error }) => event === "createContainer" && error === undefined);
    // An answer without changes is an adjustment of nothing.
    const adjustment = created && (created.adjustment ?? ContainerAdjustment.create());
    return outcomeOf(`${this.label}, by ${name}`, steps, adjustment);
  }

  /** CreateContainer and PostCreateContainer. A refusal is a result: see `refused`. */
  async create(): Promise<this> {
    if (!this.#around.running()) throw this.#wrong("created", "its pod does not run");
    this.#need("created", "planned");
    if (await this.#around.life.create(this.#record)) await this.#around.life.postCreate(this.#record);
    return this.#done();
  }

  /** StartContainer and PostStartContainer, after its creation if that was not done. A refusal is a result: see `refused`. */
  async start(): Promise<this> {
    if (this.phase === "planned" && (await this.create()).phase === "refused") return this;
    this.#need("started", "created");
    if (await this.#around.life.start(this.#record)) await this.#around.life.postStart(this.#record);
    return this.#done();
  }

  /** UpdateContainer and PostUpdateContainer with other resources. When plugins refuse, nothing changes: see `problems`. */
  async update(resources: ResourcesInput): Promise<this> {
    this.#need("updated", "created", "running");
    const wanted: Init<LinuxResources> = resourcesOf(resources);
    if (await this.#around.life.update(this.#record, wanted)) await this.#around.life.postUpdate(this.#record);
    return this.#done();
  }

  /** StopContainer: it has ended with `exitCode`, by default as SIGTERM ends one. */
  async stop({ exitCode = EXIT_CODE.terminated }: { readonly exitCode?: number } = {}): Promise<this> {
    this.#need("stopped", "running");
    await this.#around.life.stop(this.#record, exitCode);
    return this.#done();
  }

  /** RemoveContainer, after it was stopped if it runs. */
  async remove(): Promise<this> {
    if (this.phase === "running") await this.stop();
    this.#need("removed", "created", "stopped");
    await this.#around.life.remove(this.#record);
    return this.#done();
  }

  /** What was done to it, as text that is the same in every run: for snapshots. */
  summary(): string {
    const names = new Map(this.#around.life.records.map(({ live }) => [live.id, live.name]));
    return containerSummary(this, names);
  }

  get #outcome(): Outcome {
    return outcomeOf(this.label, this.steps, this.adjustment);
  }

  /** A validator's no is told with its own call; the refusal that follows says the same. */
  #isVerdict(error: Error): boolean {
    return "code" in error && error.code === "validator-rejected" && this.#outcome.problems.length > 0;
  }

  async #done(): Promise<this> {
    await this.#around.settle();
    return this;
  }

  #need(what: string, ...phases: readonly ContainerPhase[]): void {
    if (phases.includes(this.phase)) return;
    throw this.#wrong(what, `it is ${this.phase}${this.refused === undefined ? "" : ` (${this.refused})`}`);
  }

  #wrong(what: string, why: string): TestingError {
    return new TestingError("wrong-state", `container ${this.label} cannot be ${what}: ${why}`);
  }
}
