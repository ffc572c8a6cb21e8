// The simulated node: which pods and containers exist now, and updates of them that plugins ask for.

import type { ApplyOptions } from "@nri/oci";
import type { Container, ContainerEviction, ContainerUpdate, PodSandbox } from "@nri/protocol";
import { asError } from "../errors.js";
import type { LiveContainer } from "./live-container.js";

/** An update that was asked for, and what became of it. */
export interface AppliedUpdate {
  /** What was asked for. */
  readonly update: ContainerUpdate;
  /** The container it was applied to; undefined when there is none of that id. */
  readonly container: LiveContainer | undefined;
  /** Why it could not be applied. */
  readonly error: Error | undefined;
}

/** What exists on the node. Give its methods to an adaptation as `synchronize` and `updateContainers`. */
export class SimulatedNode {
  readonly #pods = new Map<string, PodSandbox>();
  readonly #containers = new Map<string, LiveContainer>();
  /** Reasons by the id of the container. */
  readonly #evictions = new Map<string, string>();
  readonly #apply: ApplyOptions;
  readonly #onUpdate: ((applied: AppliedUpdate) => void) | undefined;

  constructor(options: { readonly apply?: ApplyOptions; readonly onUpdate?: (applied: AppliedUpdate) => void } = {}) {
    this.#apply = options.apply ?? {};
    this.#onUpdate = options.onUpdate;
  }

  /** What plugins get with Synchronize: all pods, and the containers that are created or run. */
  snapshot(): { readonly pods: PodSandbox[]; readonly containers: Container[] } {
    const containers = [...this.#containers.values()]
      .filter(({ phase }) => phase !== "stopped")
      .map((container) => container.message(container.state));
    return { pods: [...this.#pods.values()], containers };
  }

  /**
   * Applies updates to containers, in order. An unknown container is passed over, as containerd does; what fails and may
   * not fail is returned.
   */
  async update(updates: readonly ContainerUpdate[]): Promise<ContainerUpdate[]> {
    const failed: ContainerUpdate[] = [];
    for (const update of updates) {
      const error = await this.apply(update);
      if (error !== undefined && !update.ignoreFailure) failed.push(update);
    }
    return failed;
  }

  /** Applies one update; the error when that fails. */
  async apply(update: ContainerUpdate): Promise<Error | undefined> {
    const container = this.#containers.get(update.containerId);
    let error: Error | undefined;
    try {
      await container?.update(update, this.#apply);
    } catch (thrown) {
      error = asError(thrown);
    }
    this.#onUpdate?.({ update, container, error });
    return error;
  }

  /**
   * Notes which containers are to be evicted; the player does it as soon as it can. One that really runs is killed at once.
   * An unknown container is passed over.
   */
  evict(evictions: readonly ContainerEviction[]): void {
    for (const { containerId, reason } of evictions) {
      const container = this.#containers.get(containerId);
      if (container === undefined || this.#evictions.has(containerId)) continue;
      if (container.isReal && container.phase === "running") {
        if (!container.toldToEnd) container.evict(reason);
      } else this.#evictions.set(containerId, reason);
    }
  }

  /** Whether containers are to be evicted that still are not. */
  get evicting(): boolean {
    return this.#evictions.size > 0;
  }

  /** The reason why a container is to be evicted; undefined when it is not. Asked once: it is forgotten then. */
  takeEviction(id: string): string | undefined {
    const reason = this.#evictions.get(id);
    this.#evictions.delete(id);
    return reason;
  }

  /** A pod exists from now on. */
  addPod(pod: PodSandbox): void {
    this.#pods.set(pod.id, pod);
  }

  /** A pod is gone. */
  removePod(id: string): void {
    this.#pods.delete(id);
  }

  /** A container exists from now on, and can be updated. */
  addContainer(container: LiveContainer): void {
    this.#containers.set(container.id, container);
  }

  /** A container is gone. */
  removeContainer(id: string): void {
    this.#containers.delete(id);
    this.#evictions.delete(id);
  }
}
