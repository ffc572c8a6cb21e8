// One container while it lives: its spec, its state, and what plugins are told about it at each event.

import { containerFromSpec, type Spec } from "@nri/oci";
import { type Container, ContainerState, copyMap, setOwn } from "@nri/protocol";
import type { ContainerPlan } from "../plan.js";

const SECOND = 1_000_000_000n;

/** Where a container is in its life. A refused one stays `planned`. */
export type Phase = "planned" | "created" | "starting" | "running" | "stopped" | "removed";

/** A container of the simulated node. */
export class LiveContainer {
  /** What it was made of. */
  readonly plan: ContainerPlan;
  /** The spec as it is now. */
  spec: Spec;
  /** Where it is in its life. */
  phase: Phase = "planned";
  /** Exit code once it is stopped. */
  exitCode = 0;
  readonly #configAnnotations: { [key: string]: string };

  constructor(plan: ContainerPlan) {
    this.plan = plan;
    this.spec = plan.spec;
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
      pid: phase === "created" ? 0 : plan.pid,
      createdAt: plan.createdAt,
      startedAt: started ? plan.createdAt + SECOND : 0n,
      finishedAt: phase === "stopped" ? plan.createdAt + 60n * SECOND : 0n,
      exitCode: this.exitCode,
    });
  }

  /** The state that plugins get with Synchronize. */
  get state(): number {
    return this.phase === "running" ? ContainerState.CONTAINER_RUNNING : ContainerState.CONTAINER_CREATED;
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
