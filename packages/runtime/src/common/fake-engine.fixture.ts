// An engine in memory for tests: what it knows is what a test says, and it tells what a test tells.
import { containerFromSpec } from "@nri/oci";
import { type Container, ContainerState, type Init, type LinuxResources, PodSandbox } from "@nri/protocol";
import type { Described, Domain, DomainState, Engine, EngineContainer, EngineEvents, Exit } from "../domain.js";
import type { RuntimeCall } from "../runtime-call.js";

/** A domain whose containers are in a map; without pods unless told otherwise. */
export class FakeDomain implements Domain {
  readonly name: string;
  servesNri = false;
  /** What exists, by id. */
  readonly containers = new Map<string, Container>();
  readonly pods = new Map<string, PodSandbox>();
  /** Sandboxes among the ids that are created, and the pods of containers; a made-up pod for all others. */
  readonly sandboxes = new Map<string, Init<PodSandbox>>();
  readonly podOf = new Map<string, string>();
  readonly updates: { readonly id: string; readonly resources: LinuxResources }[] = [];
  readonly evictions: { readonly id: string; readonly reason: string }[] = [];
  /** Makes every question fail. */
  isAway = false;
  onUpdate: ((id: string, resources: LinuxResources) => Promise<void>) | undefined;

  constructor(name: string) {
    this.name = name;
  }

  async list(): Promise<DomainState> {
    if (this.isAway) throw new Error("the engine is away");
    const made = [...this.containers.keys()].filter((id) => !this.podOf.has(id));
    const containers: EngineContainer[] = Array.from(this.containers.values(), (container) => ({
      container,
      podId: this.podOf.get(container.id) ?? container.id,
    }));
    return { pods: [...this.pods.values(), ...made.map((id) => this.#madeUp(id))], containers };
  }

  async describe({ id }: RuntimeCall): Promise<Described> {
    const sandbox = this.sandboxes.get(id);
    if (sandbox !== undefined) return { kind: "pod", pod: PodSandbox.create({ id, ...sandbox }) };
    const podId = this.podOf.get(id);
    const known = { id, name: `name-of-${id}`, labels: { from: "engine" } };
    return podId === undefined
      ? { kind: "container", known, pod: this.#madeUp(id), ownPod: true }
      : { kind: "container", known: { ...known, podSandboxId: podId }, pod: undefined, ownPod: false };
  }

  async pid(id: string): Promise<number> {
    return this.containers.get(id)?.pid ?? this.pods.get(id)?.pid ?? 0;
  }

  async update(id: string, resources: LinuxResources): Promise<void> {
    await this.onUpdate?.(id, resources);
    this.updates.push({ id, resources });
  }

  async evict(id: string, reason: string): Promise<void> {
    this.evictions.push({ id, reason });
  }

  /** A container exists from now on, in a state. */
  exists(id: string, state: ContainerState, more: Init<Container> = {}): void {
    const process = { id, name: `name-of-${id}`, state, pid: 4000 + this.containers.size };
    this.containers.set(id, containerFromSpec({ ociVersion: "1.0.0" }, { ...process, ...more }));
  }

  #madeUp(id: string): PodSandbox {
    return PodSandbox.create({ id, name: `pod-of-${id}`, namespace: this.name });
  }
}

/** An engine of such domains: the runtime's `--root` names the domain. */
export class FakeEngine implements Engine {
  readonly name: string;
  readonly domains: FakeDomain[];
  #events: EngineEvents | undefined;

  constructor(name: string, ...domains: string[]) {
    this.name = name;
    this.domains = domains.map((domain) => new FakeDomain(domain));
  }

  domainFor({ root }: RuntimeCall): FakeDomain | undefined {
    return this.domains.find(({ name }) => name === root);
  }

  async start(events: EngineEvents): Promise<void> {
    this.#events = events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#events = undefined;
  }

  exited(domain: string, id: string, exit: Exit = { code: 0, at: 99n }): void {
    const container = this.domains.find(({ name }) => name === domain)?.containers.get(id);
    if (container !== undefined) container.state = ContainerState.CONTAINER_STOPPED;
    this.#events?.exited(domain, id, exit);
  }

  removed(domain: string, id: string): void {
    this.domains.find(({ name }) => name === domain)?.containers.delete(id);
    this.#events?.removed(domain, id);
  }

  away(reason: string): void {
    this.#events?.away(this.name, reason);
  }

  lost(): void {
    this.#events?.lost(this.name);
  }
}
