// The pods and containers of the node as far as the runtime has told of them. Pure.
import { type Container, ContainerState, type EventName, type PodSandbox } from "@nri/protocol";
import { PluginError } from "./errors.js";
import { DEFAULT_CACHE_LIMITS, type PodCacheLimits } from "./limits.js";

/** Events that a cache is kept with. A plugin that tracks one is subscribed to them. */
export const TRACKED_EVENTS: readonly EventName[] = [
  "runPodSandbox",
  "postUpdatePodSandbox",
  "removePodSandbox",
  "postCreateContainer",
  "postStartContainer",
  "postUpdateContainer",
  "stopContainer",
  "removeContainer",
];

/** Requests that speak of a container which may never come to be. */
const NOT_YET: ReadonlySet<EventName> = new Set(["createContainer", "validateContainerAdjustment"]);

/**
 * Pods and containers by id, kept from Synchronize and from events: give it to a plugin as `track`. The cache is up to
 * date when a handler is called; what was removed is there until the handler of the removal has been called, and is gone
 * in the next call. A container is kept from its postCreateContainer on.
 *
 * Tolerates what runtimes do: events of pods and containers it has never heard of (they are kept from then on), events
 * that come after the removal (ignored), or after the stop with an older state (ignored). Synchronize replaces everything.
 * Holds at most `maxPods` and `maxContainers`; the oldest go first and are counted. The messages are shared with the
 * handlers: do not change them. For one runtime at a time.
 */
export class PodCache {
  readonly #limits: PodCacheLimits;
  readonly #pods = new Map<string, PodSandbox>();
  readonly #containers = new Map<string, Container>();
  readonly #byPod = new Map<string, Set<string>>();
  readonly #removed = new Set<string>();
  #dropped = 0;

  /** Refuses (`invalid-argument`) limits that are no positive integers. */
  constructor(limits: Partial<PodCacheLimits> = {}) {
    this.#limits = { ...DEFAULT_CACHE_LIMITS, ...limits };
    for (const [name, value] of Object.entries(this.#limits)) {
      if (Number.isSafeInteger(value) && value > 0) continue;
      throw new PluginError("invalid-argument", `${name} must be a positive integer, got ${String(value)}`);
    }
  }

  /** All pods, oldest first. */
  get pods(): PodSandbox[] {
    return [...this.#pods.values()];
  }

  /** All containers, oldest first. */
  get containers(): Container[] {
    return [...this.#containers.values()];
  }

  /** Pods and containers that were forgotten because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The pod with this id. */
  pod(id: string): PodSandbox | undefined {
    return this.#pods.get(id);
  }

  /** The container with this id. */
  container(id: string): Container | undefined {
    return this.#containers.get(id);
  }

  /** The containers of a pod; none for a pod that is not known. */
  containersOf(podId: string): Container[] {
    const found: Container[] = [];
    for (const id of this.#byPod.get(podId) ?? []) {
      const container = this.#containers.get(id);
      if (container !== undefined) found.push(container);
    }
    return found;
  }

  /** The pod of a container; undefined when either is not known. */
  podOf(containerId: string): PodSandbox | undefined {
    const container = this.#containers.get(containerId);
    return container && this.#pods.get(container.podSandboxId);
  }

  /** Replaces everything by what a runtime has handed over. */
  replace(pods: readonly PodSandbox[], containers: readonly Container[]): void {
    this.clear();
    for (const pod of pods) this.#keepPod(pod);
    for (const container of containers) this.#keepContainer(container);
  }

  /** Takes in what an event says; a removal removes. */
  note(event: EventName, pod: PodSandbox | undefined, container: Container | undefined): void {
    if (event === "removePodSandbox") {
      if (pod !== undefined) this.#removePod(pod.id);
      return;
    }
    if (pod !== undefined) this.#keepPod(pod);
    if (container === undefined || NOT_YET.has(event)) return;
    if (event === "removeContainer") this.#removeContainer(container.id);
    else this.#keepContainer(container);
  }

  /** Forgets everything, also what has been removed. */
  clear(): void {
    this.#pods.clear();
    this.#containers.clear();
    this.#byPod.clear();
    this.#removed.clear();
  }

  #keepPod(pod: PodSandbox): void {
    if (pod.id === "" || this.#removed.has(pod.id)) return;
    this.#pods.set(pod.id, pod);
    const oldest = this.#oldest(this.#pods, this.#limits.maxPods);
    if (oldest !== undefined) {
      this.#pods.delete(oldest);
      this.#dropContainersOf(oldest);
    }
  }

  #keepContainer(container: Container): void {
    const { id, podSandboxId } = container;
    if (id === "" || this.#removed.has(id) || this.#removed.has(podSandboxId)) return;
    const before = this.#containers.get(id);
    if (before?.state === ContainerState.CONTAINER_STOPPED && container.state < before.state) return;
    if (before !== undefined && before.podSandboxId !== podSandboxId) this.#unlink(before);
    this.#containers.set(id, container);
    const ids = this.#byPod.get(podSandboxId) ?? new Set();
    this.#byPod.set(podSandboxId, ids.add(id));
    const oldest = this.#oldest(this.#containers, this.#limits.maxContainers);
    if (oldest !== undefined) this.#dropContainer(oldest);
  }

  /** The entry that must go, already counted. */
  #oldest(map: ReadonlyMap<string, unknown>, most: number): string | undefined {
    if (map.size <= most) return undefined;
    this.#dropped++;
    return map.keys().next().value;
  }

  #removePod(id: string): void {
    this.#bury(id);
    this.#pods.delete(id);
    this.#dropContainersOf(id);
  }

  #removeContainer(id: string): void {
    this.#bury(id);
    this.#dropContainer(id);
  }

  #dropContainersOf(podId: string): void {
    for (const id of this.#byPod.get(podId) ?? []) this.#dropContainer(id);
  }

  #dropContainer(id: string): void {
    const container = this.#containers.get(id);
    if (container === undefined) return;
    this.#containers.delete(id);
    this.#unlink(container);
  }

  #unlink({ id, podSandboxId }: Container): void {
    const ids = this.#byPod.get(podSandboxId);
    ids?.delete(id);
    if (ids?.size === 0) this.#byPod.delete(podSandboxId);
  }

  /** What was removed stays removed, whatever comes late; of the most recent ones that is remembered. */
  #bury(id: string): void {
    if (id === "") return;
    this.#removed.add(id);
    if (this.#removed.size <= this.#limits.maxRemoved) return;
    const oldest = this.#removed.values().next().value;
    if (oldest !== undefined) this.#removed.delete(oldest);
  }
}
