// One container while it lives: its spec, its state, and what plugins are told about it at each event.

import { type ApplyOptions, applyUpdate, containerFromSpec, type Spec } from "@nri/oci";
import { type Container, ContainerState, type ContainerUpdate, copyMap, setOwn } from "@nri/protocol";
import type { ContainerPlan } from "../plan.js";
import type { PodEngine } from "./engine.js";

const SECOND = 1_000_000_000n;

/** Where a container is in its life. A refused one stays `planned`. */
export type Phase = "planned" | "created" | "starting" | "running" | "stopped" | "removed";

/** Process and times of a container that really runs. */
interface RealFacts {
  readonly pid: number;
  readonly createdAt: bigint;
  startedAt: bigint;
  finishedAt: bigint;
}

/** A container of the node: simulated, unless there is an engine behind it. */
export class LiveContainer {
  /** What it was made of. */
  readonly plan: ContainerPlan;
  /** The spec as it is now. */
  spec: Spec;
  /** Where it is in its life. */
  phase: Phase = "planned";
  /** Exit code once it is stopped. */
  exitCode = 0;
  /** Why a plugin had it evicted. */
  evicted: string | undefined;
  /** Whether it ended, or is to end, because it was told to. */
  toldToEnd = false;
  readonly #configAnnotations: { [key: string]: string };
  readonly #engine: PodEngine | undefined;
  #real: RealFacts | undefined;
  /** The update that is applied now; the next one begins with the spec that it leaves. */
  #updating: Promise<unknown> = Promise.resolve();

  constructor(plan: ContainerPlan, engine?: PodEngine) {
    this.plan = plan;
    this.spec = plan.spec;
    this.#engine = engine;
    this.#configAnnotations = notInSpec(plan);
  }

  /** Id of the container. */
  get id(): string {
    return this.plan.container.id;
  }

  /** Name of the container in its pod. */
  get name(): string {
    return this.plan.container.name;
  }

  /** The message for plugins as of now; `state` is what containerd would say at this event. */
  message(state: number): Container {
    const { plan, phase } = this;
    // Before the engine knows the container, plugins get exactly what was planned.
    if (phase === "planned") return containerFromSpec(plan.spec, plan.container);
    const { id, podSandboxId, name, labels, CDIDevices, image, linux } = plan.container;
    const annotations = copyMap(this.spec.annotations ?? {});
    for (const [key, value] of Object.entries(this.#configAnnotations)) setOwn(annotations, key, value);
    const real = this.#real;
    const started = phase === "running" || phase === "stopped";
    return containerFromSpec(this.spec, {
      id,
      podSandboxId,
      name,
      state,
      labels,
      annotations,
      CDIDevices,
      image,
      linux: linux?.seccompProfile === undefined ? {} : { seccompProfile: linux.seccompProfile },
      pid: real?.pid ?? (phase === "created" ? 0 : plan.pid),
      createdAt: real?.createdAt ?? plan.createdAt,
      startedAt: real?.startedAt ?? (started ? plan.createdAt + SECOND : 0n),
      finishedAt: real?.finishedAt ?? (phase === "stopped" ? plan.createdAt + 60n * SECOND : 0n),
      exitCode: this.exitCode,
    });
  }

  /** The state that plugins get with Synchronize. */
  get state(): number {
    return this.phase === "running" ? ContainerState.CONTAINER_RUNNING : ContainerState.CONTAINER_CREATED;
  }

  /** Whether it really runs. */
  get isReal(): boolean {
    return this.#engine !== undefined;
  }

  /** It is made of `spec`. Rejects when the engine cannot; nothing has changed then. */
  async create(spec: Spec): Promise<void> {
    const made = await this.#engine?.create(this.id, spec);
    if (made !== undefined) this.#real = { pid: made.pid, createdAt: made.at, startedAt: 0n, finishedAt: 0n };
    this.spec = spec;
    this.phase = "created";
  }

  /** Its process begins. */
  async start(): Promise<void> {
    const started = await this.#engine?.start(this.id);
    if (started !== undefined && this.#real !== undefined) this.#real.startedAt = started.at;
  }

  /** Puts an update into its spec, and gives it the resources. All or nothing; rejects with the reason. */
  async update(update: ContainerUpdate, apply: ApplyOptions): Promise<void> {
    const applied = this.#updating.then(async () => {
      const { spec } = applyUpdate(this.spec, update, apply);
      // Success for one that has ended, as in containerd (5.6).
      if (this.phase !== "stopped") await this.#engine?.update(this.id, spec);
      this.spec = spec;
    });
    this.#updating = applied.catch(() => undefined);
    await applied;
  }

  /** Its process has to end; nothing without an engine. */
  async tellToEnd(how: "terminated" | "killed"): Promise<void> {
    this.toldToEnd = true;
    await this.#engine?.end(this.id, how);
  }

  /** A plugin wants it evicted: it is killed now, if it really runs. Without an engine the player stops it. */
  evict(reason: string): void {
    this.evicted = reason;
    void this.tellToEnd("killed");
  }

  /** The exit code of its process, once that has ended; only with an engine. */
  async exit(): Promise<number> {
    const exit = await this.#engine?.exited(this.id);
    if (exit !== undefined && this.#real !== undefined) this.#real.finishedAt = exit.at;
    return exit?.code ?? 0;
  }

  /** What is left of it is taken away. */
  async remove(): Promise<void> {
    await this.#engine?.remove(this.id);
  }
}

/** Annotations that only the engine's record has; they win over those of the spec (containerd 5.3). */
function notInSpec(plan: ContainerPlan): { [key: string]: string } {
  const own: { [key: string]: string } = {};
  const inSpec = plan.spec.annotations ?? {};
  for (const [key, value] of Object.entries(plan.container.annotations)) {
    if (!Object.hasOwn(inSpec, key) || inSpec[key] !== value) setOwn(own, key, value);
  }
  return own;
}
