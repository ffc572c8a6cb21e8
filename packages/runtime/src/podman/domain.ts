// The containers of podman as a domain.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "@nri/adaptation";
import { containerFromSpec, linuxResourcesToSpec, type Spec } from "@nri/oci";
import { type Container, ContainerState, type LinuxResources, PodSandbox } from "@nri/protocol";
import { bundleSpec } from "../bundle-spec.js";
import type { Described, Domain, DomainState, EngineContainer } from "../domain.js";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import { ListedContainer } from "../listed-container.js";
import { mapAtOnce } from "../map-at-once.js";
import { RealRuntime, type RuntimeState } from "../oci/real-runtime.js";
import type { RuntimeCall } from "../runtime-call.js";
import { unlessUnknown } from "../unless-unknown.js";
import { type Conmon, conmonOf, conmons } from "./conmon.js";
import { type Facts, TELLING } from "./facts.js";
import { type Kind, kindOf } from "./kind.js";
import { nameOf, ownPod, podmanContainer, podmanPod, type Sources } from "./known.js";
import type { LifeWatch } from "./life-watch.js";
import { neighbour, type Place, placeOf } from "./place.js";
import type { PodmanSource } from "./source.js";
import { StorageFiles, type StoredContainer } from "./storage.js";

/** What a domain is made with. */
export interface PodmanDomainOptions {
  /** Who can be asked now. */
  readonly source: () => PodmanSource | undefined;
  readonly facts: Facts;
  readonly watch: LifeWatch;
  /** Where conmon writes exit codes, unless a call says otherwise. */
  readonly exitDir: string;
  /** The OCI runtime, by absolute name. */
  readonly runtime: string;
  readonly log?: Logger | undefined;
}

/** Pods with infra containers, and other containers each with a pod of its own. */
export class PodmanDomain implements Domain {
  readonly name = "podman";
  readonly servesNri = false;
  /** The `--root` of the latest call of the OCI runtime. */
  root = "";
  readonly #options: PodmanDomainOptions;
  /** Where conmon writes exit codes: whose containers these are. */
  readonly #exitDirs: Set<string>;
  readonly #storages = new Set<string>();
  readonly #files = new StorageFiles();

  constructor(options: PodmanDomainOptions) {
    this.#options = options;
    this.#exitDirs = new Set([options.exitDir]);
  }

  /** What the OCI runtime has, and what has ended and podman still has: libpod's own list waits for what it holds. */
  async list(signal: AbortSignal): Promise<DomainState> {
    const running = await this.#runtime.list(signal);
    const byId = new Map(Array.from(conmons(), (conmon) => [conmon.id, conmon]));
    const ours = running.flatMap((state) => {
      const place = placeOf(state.bundle, state.id);
      const conmon = byId.get(state.id);
      if (place === undefined || !this.#isOurs(place, conmon)) return [];
      this.#storages.add(place.storage);
      return [{ state, place, conmon }];
    });
    await this.#ask(
      ours.map(({ state }) => state.id),
      signal,
    );
    const found = { pods: [] as PodSandbox[], containers: [] as EngineContainer[] };
    for (const { state, place, conmon } of ours) {
      await this.#add(found, state, place, conmon);
    }
    for (const { id, place } of this.#options.watch.all) {
      if (ours.some(({ state }) => state.id === id) || !existsSync(place.folder)) continue;
      await this.#add(
        found,
        { id, status: "stopped", pid: 0, bundle: join(place.folder, "userdata") },
        place,
        undefined,
      );
    }
    return found;
  }

  async describe({ id, bundle }: RuntimeCall, spec: Spec, signal: AbortSignal): Promise<Described> {
    const conmon = conmonOf(id);
    const place = placeOf(bundle, id);
    if (conmon !== undefined) this.#exitDirs.add(conmon.exitDir);
    if (place !== undefined) this.#storages.add(place.storage);
    if (this.#options.facts.container(id) === undefined) await this.#hear(id, signal);
    const sources = await this.#sources(id, spec, place, conmon);
    const kind = this.#kind(sources, place);
    if (place !== undefined) this.#expect(id, place, conmon, kind);
    switch (kind.kind) {
      case "infra":
        return { kind: "pod", pod: this.#pod(sources, kind.podId, 0) };
      case "member":
        return { kind: "container", known: podmanContainer(sources, kind.infraId), pod: undefined, ownPod: false };
      case "alone":
        return {
          kind: "container",
          known: podmanContainer(sources, id),
          pod: PodSandbox.create(ownPod(sources, 0)),
          ownPod: true,
        };
    }
  }

  async pid(id: string, signal: AbortSignal): Promise<number> {
    return (await this.#runtime.state(id, signal))?.pid ?? 0;
  }

  async update(id: string, resources: LinuxResources, signal: AbortSignal): Promise<void> {
    const runtime = this.#runtime;
    await runtime.unlessEnded(id, () => runtime.update(id, linuxResourcesToSpec(resources), signal), signal);
  }

  async evict(id: string, _reason: string, signal: AbortSignal): Promise<void> {
    const source = this.#options.source();
    try {
      if (source !== undefined) return await source.stop(id, within(source.ms, signal));
    } catch (error) {
      this.#options.log?.debug(`container "${id}" in domain "${this.name}": without podman: ${errorText(error)}`);
    }
    const runtime = this.#runtime;
    await runtime.unlessEnded(id, () => runtime.kill(id, "KILL", signal), signal);
  }

  get #runtime(): RealRuntime {
    return new RealRuntime({ path: this.#options.runtime, root: this.root });
  }

  #isOurs({ storage }: Place, conmon: Conmon | undefined): boolean {
    return conmon === undefined ? this.#storages.has(storage) : this.#exitDirs.has(conmon.exitDir);
  }

  #expect(id: string, place: Place, conmon: Conmon | undefined, kind: Kind): void {
    const { watch, exitDir } = this.#options;
    const infraId = infraIdOf(id, kind);
    watch.expect({ id, place, infraId, exitDir: conmon?.exitDir ?? exitDir, pidFile: conmon?.pidFile ?? "" });
  }

  // A container of which no event was heard: what podman has kept of them.
  async #hear(id: string, signal: AbortSignal): Promise<void> {
    const { source, facts } = this.#options;
    const asked = source();
    if (asked === undefined) return;
    await this.#unless(id, async () => {
      for (const event of await asked.past(id, TELLING, within(asked.ms, signal))) facts.hear(event);
    });
  }

  // Containers that podman has not told of. When it holds one of them it tells of none: then there are events of each.
  async #ask(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { source, facts, log } = this.#options;
    const unknown = ids.filter((id) => facts.container(id) === undefined);
    const asked = source();
    if (asked === undefined || unknown.length === 0) return;
    try {
      facts.learn(await asked.containers(unknown, within(asked.ms, signal)));
    } catch (error) {
      log?.debug(`containers of domain "${this.name}" are asked about one by one: ${errorText(error)}`);
      await mapAtOnce(LIMITS.podman.maxConcurrentCalls, unknown, (id) => this.#hear(id, signal));
    }
  }

  async #sources(id: string, spec: Spec, place: Place | undefined, conmon: Conmon | undefined): Promise<Sources> {
    let inStorage: StoredContainer | undefined;
    if (place !== undefined) inStorage = await this.#unless(id, () => this.#files.container(place, id));
    return { id, spec, facts: this.#options.facts.container(id), stored: inStorage, conmon };
  }

  #kind(sources: Sources, place: Place | undefined): Kind {
    const exists = (id: string): boolean => place === undefined || existsSync(neighbour(place, id).folder);
    return kindOf({ spec: sources.spec, name: nameOf(sources), podId: sources.facts?.podId ?? "", exists });
  }

  #pod(sources: Sources, podId: string, pid: number): PodSandbox {
    return PodSandbox.create(podmanPod(sources, podId, this.#options.facts.podName(podId), pid));
  }

  async #add(
    found: { readonly pods: PodSandbox[]; readonly containers: EngineContainer[] },
    state: RuntimeState,
    place: Place,
    conmon: Conmon | undefined,
  ): Promise<void> {
    const { id, pid } = state;
    const { watch, exitDir } = this.#options;
    const spec = (await this.#unless(id, () => bundleSpec(state.bundle))) ?? { ociVersion: "1.2.1" };
    const sources = await this.#sources(id, spec, place, conmon);
    const kind = this.#kind(sources, place);
    if (pid !== 0) {
      const infraId = infraIdOf(id, kind);
      watch.found({ id, place, infraId, exitDir: conmon?.exitDir ?? exitDir, pidFile: "" }, pid);
    }
    if (kind.kind === "infra") {
      found.pods.push(this.#pod(sources, kind.podId, pid));
      return;
    }
    const podId = kind.kind === "member" ? kind.infraId : id;
    const end = pid === 0 ? await watch.endOf(id) : undefined;
    const life: Init = { state: STATES[state.status], pid, exitCode: end?.code ?? 0, finishedAt: end?.at ?? 0n };
    found.containers.push(
      new ListedContainer(containerFromSpec(spec, { ...podmanContainer(sources, podId), ...life }), podId),
    );
    if (kind.kind === "alone") found.pods.push(PodSandbox.create(ownPod(sources, pid)));
  }

  // What is not to be had is told, and missing; a call of the OCI runtime does not fail for it.
  #unless<T>(id: string, ask: () => Promise<T>): Promise<T | undefined> {
    return unlessUnknown({ domain: this.name, id, log: this.#options.log }, ask);
  }
}

function within(ms: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}

function infraIdOf(id: string, kind: Kind): string {
  if (kind.kind === "infra") return id;
  return kind.kind === "member" ? kind.infraId : "";
}

type Init = Pick<Container, "state" | "pid" | "exitCode" | "finishedAt">;

const STATES = {
  creating: ContainerState.CONTAINER_UNKNOWN,
  created: ContainerState.CONTAINER_CREATED,
  running: ContainerState.CONTAINER_RUNNING,
  paused: ContainerState.CONTAINER_PAUSED,
  stopped: ContainerState.CONTAINER_STOPPED,
} as const satisfies { readonly [Status in RuntimeState["status"]]: number };
