// A pod on a fake node.
import type { PodSandbox } from "@nri/protocol";
import { TestingError } from "../errors.js";
import type { PodPlan } from "../plan.js";
import { type PlayRange, playLife, removeContainers, stopContainers, updateLife } from "../player/play.js";
import type { PodLife } from "../player/pod-life.js";
import type { Step } from "../player/recorder.js";
import { FakeContainer } from "./fake-container.js";
import { outcomeOf, type PluginProblem } from "./outcome.js";
import { type ResourcesInput, resourcesOf } from "./resources.js";
import { podSummary } from "./summary.js";

/** What a pod needs of its node. */
export interface PodSurroundings {
  readonly life: PodLife;
  /** Calls about this pod so far. */
  steps(): readonly Step[];
  /** `10-foo` of a name with or without index. Throws for a plugin that is not there. */
  pluginName(name: string): string;
  /** Does what plugins have asked for meanwhile. */
  settle(): Promise<void>;
}

/** Where a pod is in its life. */
export type PodPhase = "planned" | "running" | "refused" | "stopped" | "removed";

/** A pod of a fake node. */
export class FakePod {
  /** `default/web`. */
  readonly label: string;
  /** In the order in which they are created. */
  readonly containers: readonly FakeContainer[];
  readonly #around: PodSurroundings;
  #phase: PodPhase = "planned";

  /** @internal */
  constructor(around: PodSurroundings) {
    this.#around = around;
    const { pod } = around.life.plan;
    this.label = pod.namespace === "" ? pod.name : `${pod.namespace}/${pod.name}`;
    const surroundings = { ...around, podLabel: this.label, running: () => this.#phase === "running" };
    this.containers = around.life.records.map((record) => new FakeContainer(record, surroundings));
  }

  /** What it was made of. */
  get plan(): PodPlan {
    return this.#around.life.plan;
  }

  /** As plugins see it while it runs. */
  get message(): PodSandbox {
    return this.plan.pod;
  }

  /** Where it is in its life. */
  get phase(): PodPhase {
    return this.#phase;
  }

  /** Every call about the pod and its containers, as each plugin saw and answered it. */
  get steps(): readonly Step[] {
    return this.#around.steps();
  }

  /** What went wrong with the pod's own events. */
  get problems(): readonly PluginProblem[] {
    const own = this.steps.filter(({ containerId }) => containerId === "");
    const { problems } = outcomeOf(this.label, own, undefined);
    const told = new Set(problems.map(({ error }) => error.message));
    const others = this.#around.life.problems.filter(
      ({ container, error }) => container === undefined && !told.has(error.message),
    );
    return [...problems, ...others.map(({ event, error }) => ({ plugin: "", event, error }))];
  }

  /** A container by its name; it may be left out when there is only one. Throws `invalid-option` when there is none of that name. */
  container(name?: string): FakeContainer {
    const [first, ...more] = this.containers;
    if (name === undefined && first !== undefined && more.length === 0) return first;
    const found = this.containers.find((container) => container.name === name);
    if (found !== undefined) return found;
    const names = this.containers.map((container) => container.name).join(", ");
    const asked = name === undefined ? "which container" : `no container "${name}"`;
    throw new TestingError("invalid-option", `pod ${this.label}: ${asked}; there are ${names}`);
  }

  /** UpdatePodSandbox and PostUpdatePodSandbox, then the same resources for each container that runs. */
  async update(resources: ResourcesInput): Promise<this> {
    this.#need("updated", "running");
    await updateLife(this.#around.life, resourcesOf(resources));
    return this.#done();
  }

  /** Stops the containers that run, then the pod. */
  async stop(): Promise<this> {
    this.#need("stopped", "running");
    await stopContainers(this.#around.life);
    await this.#around.life.stopPod();
    this.#phase = "stopped";
    return this.#done();
  }

  /** Removes the stopped containers, then the pod; stops them first if that was not done. */
  async remove(): Promise<this> {
    if (this.#phase === "running") await this.stop();
    this.#need("removed", "stopped");
    await removeContainers(this.#around.life);
    await this.#around.life.removePod();
    this.#phase = "removed";
    return this.#done();
  }

  /** What was done to it and its containers, as text that is the same in every run: for snapshots. */
  summary(): string {
    return podSummary(this);
  }

  /** @internal */
  async run(): Promise<this> {
    this.#phase = (await this.#around.life.run()) ? "running" : "refused";
    return this.#done();
  }

  /** @internal */
  async play(range: PlayRange): Promise<this> {
    const end = await playLife(this.#around.life, range);
    this.#phase = end;
    return this.#done();
  }

  async #done(): Promise<this> {
    await this.#around.settle();
    return this;
  }

  #need(what: string, phase: PodPhase): void {
    if (this.#phase === phase) return;
    throw new TestingError("wrong-state", `pod ${this.label} cannot be ${what}: it is ${this.#phase}`);
  }
}
