// The containers of one dockerd as a domain.
import { dirname, join } from "node:path";
import type { Logger } from "@nri/adaptation";
import { containerFromSpec, linuxResourcesToSpec, type Spec } from "@nri/oci";
import { ContainerState, type LinuxResources, PodSandbox } from "@nri/protocol";
import { bundleSpec } from "../bundle-spec.js";
import type { Described, Domain, DomainState, EngineContainer } from "../domain.js";
import { answeredWith, EngineApiError } from "../engine-api/connection.js";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import { ListedContainer } from "../listed-container.js";
import { mapAtOnce } from "../map-at-once.js";
import { RealRuntime, type RuntimeState } from "../oci/real-runtime.js";
import type { RuntimeCall } from "../runtime-call.js";
import { unlessUnknown } from "../unless-unknown.js";
import type { DockerApi } from "./api.js";
import type { InspectedContainer, ListedByDocker } from "./api-types.js";
import { specOf } from "./engine-spec.js";
import { dockerContainer, dockerPod, lifeOf, stateOf } from "./known.js";
import { asDockerHandsOn, updateBody, withoutZeros } from "./resources.js";
import { containerFolder, readSaved } from "./saved.js";

/** Where dockerd keeps what runs, when it is not told otherwise. */
const EXEC_ROOT = "/run/docker";
const BUSY_MS = LIMITS.docker.busyMs;

/** What a domain is made with. */
export interface DockerDomainOptions {
  readonly api: DockerApi;
  /** Why dockerd cannot be asked; undefined while it can. */
  readonly away: () => string | undefined;
  /** The namespace of containerd that dockerd uses. */
  readonly namespace: string;
  /** The OCI runtime, by absolute name, for what dockerd cannot do. */
  readonly runtime?: string | undefined;
  readonly log?: Logger | undefined;
}

/** Containers, each with a pod of its own. */
export class DockerDomain implements Domain {
  readonly name = "docker";
  readonly servesNri = false;
  /** The `--root` of the latest call of the OCI runtime. */
  root = "";
  readonly #options: DockerDomainOptions;

  constructor(options: DockerDomainOptions) {
    this.#options = options;
  }

  async list(signal: AbortSignal): Promise<DomainState> {
    this.#checkThere();
    const { maxContainers, maxConcurrentCalls } = LIMITS.docker;
    const all = await this.#options.api.containers(signal);
    if (all.length > maxContainers) throw new Error(`domain "${this.name}" has more than ${maxContainers} containers`);
    const inspected = new Map<string, InspectedContainer>();
    await mapAtOnce(maxConcurrentCalls, all, async ({ id, state }) => {
      const found = state === "created" ? undefined : await this.#inspect(id, signal);
      if (found !== undefined) inspected.set(id, found);
    });
    const running = await this.#running(signal);
    const pods: PodSandbox[] = [];
    const containers: EngineContainer[] = [];
    await mapAtOnce(maxConcurrentCalls, all, async (listed) => {
      const { id } = listed;
      const found = await this.#unless(id, () => this.#container(listed, inspected.get(id), running.get(id)));
      if (found === undefined) return;
      containers.push(found.container);
      pods.push(found.pod);
    });
    return { pods, containers };
  }

  async describe({ id }: RuntimeCall, spec: Spec, signal: AbortSignal): Promise<Described> {
    const listed = await this.#listed(id, spec, signal);
    const imageDigest = listed && (await this.#imageDigest(listed, signal));
    const sources = { id, spec, listed, imageDigest };
    const pod = PodSandbox.create(dockerPod(sources));
    return { kind: "container", known: dockerContainer(sources), pod, ownPod: true };
  }

  async pid(id: string, signal: AbortSignal): Promise<number> {
    // dockerd holds a container while the OCI runtime is called for it, and answers nothing about it
    const state = await this.#runtime?.state(id, signal);
    return state === undefined ? ((await this.#inspect(id, signal))?.pid ?? 0) : state.pid;
  }

  async update(id: string, resources: LinuxResources, signal: AbortSignal): Promise<void> {
    const body = updateBody(resources);
    const now = body && (await this.#ifFree(id, signal));
    if (now === "gone") return;
    if (body !== undefined && now !== undefined) {
      if (!isAlive(now)) return;
      // dockerd refuses memory alone to a container without a limit of swap
      const swap = body.Memory !== undefined && body.MemorySwap === undefined && now.memorySwap === 0n;
      try {
        return await this.#options.api.update(id, swap ? { ...body, MemorySwap: -1 } : body, signal);
      } catch (error) {
        if (this.#runtime === undefined || !(error instanceof EngineApiError) || error.status === 0) throw error;
        this.#options.log?.debug(`container "${id}" in domain "${this.name}": without dockerd: ${errorText(error)}`);
      }
    }
    const runtime = this.#needRuntime(`dockerd cannot be told these resources of container "${id}", or not now`);
    await runtime.unlessEnded(id, () => runtime.update(id, linuxResourcesToSpec(resources), signal), signal);
  }

  comingBack(resources: LinuxResources): LinuxResources {
    return asDockerHandsOn(resources);
  }

  said(resources: LinuxResources): LinuxResources {
    return withoutZeros(resources);
  }

  async evict(id: string, _reason: string, signal: AbortSignal): Promise<void> {
    const { api } = this.#options;
    const now = await this.#ifFree(id, signal);
    if (now === undefined) {
      const runtime = this.#needRuntime(`dockerd cannot be asked to kill container "${id}" now`);
      return await runtime.unlessEnded(id, () => runtime.kill(id, "KILL", signal), signal);
    }
    try {
      if (now !== "gone" && isAlive(now)) await api.kill(id, signal);
      // its policy would start it again
      else if (now !== "gone" && now.state === "restarting") await api.stop(id, signal);
    } catch (error) {
      // it has ended meanwhile
      if (!answeredWith(error, 404, 409)) throw error;
    }
  }

  // What dockerd lists does not wait for the container that is being created.
  async #listed(id: string, spec: Spec, signal: AbortSignal): Promise<ListedByDocker | undefined> {
    const { api, away } = this.#options;
    if (away() === undefined) {
      const found = await this.#unless(id, () => api.containers(signal, id, BUSY_MS));
      if (found !== undefined) return found.find((each) => each.id === id);
    }
    const folder = containerFolder(spec, id);
    return folder === undefined ? undefined : await this.#unless(id, () => readSaved(folder, id));
  }

  #imageDigest({ id, image, imageId }: ListedByDocker, signal: AbortSignal): Promise<string | undefined> {
    const { api, away } = this.#options;
    if (imageId === "" || away() !== undefined) return Promise.resolve(undefined);
    return this.#unless(id, async () => {
      try {
        return await api.imageDigest(imageId, image, signal, BUSY_MS);
      } catch (error) {
        // an image may be removed while there are containers of it
        if (answeredWith(error, 404)) return undefined;
        throw error;
      }
    });
  }

  async #container(
    listed: ListedByDocker,
    inspected: InspectedContainer | undefined,
    running: RuntimeState | undefined,
  ): Promise<{ readonly container: EngineContainer; readonly pod: PodSandbox } | undefined> {
    const { id } = listed;
    const state = stateOf(inspected?.state ?? listed.state, running?.status);
    if (state === ContainerState.CONTAINER_UNKNOWN) return undefined;
    const bundle = state === ContainerState.CONTAINER_STOPPED ? "" : (running?.bundle ?? "");
    const spec = (bundle === "" ? undefined : await this.#unless(id, () => bundleSpec(bundle))) ?? specOf(inspected);
    const sources = { id, spec, listed, inspected };
    const known = { ...dockerContainer(sources), ...lifeOf(sources, state, running?.pid ?? 0) };
    return {
      container: new ListedContainer(containerFromSpec(spec, known), id),
      pod: PodSandbox.create(dockerPod(sources)),
    };
  }

  // What the OCI runtime has, by id.
  async #running(signal: AbortSignal): Promise<Map<string, RuntimeState>> {
    const states = await this.#unless("*", async () => await this.#runtime?.list(signal));
    return new Map((states ?? []).map((state) => [state.id, state]));
  }

  // A container, looked at closely; undefined when it is gone, or dockerd does something with it, or it is away.
  async #inspect(id: string, signal: AbortSignal): Promise<InspectedContainer | undefined> {
    const found = await this.#ifFree(id, signal);
    return found === "gone" ? undefined : found;
  }

  // The same for one that something is to be done with. What dockerd is asked while it is busy it would do later, all the same.
  async #ifFree(id: string, signal: AbortSignal): Promise<InspectedContainer | "gone" | undefined> {
    const { api, away, namespace } = this.#options;
    if (away() !== undefined) return undefined;
    try {
      const found = await api.inspect(id, signal, BUSY_MS);
      // of a container that runs: EXEC-ROOT/netns/NAME
      if (this.root === "" && found.netnsFile !== "") {
        this.root = join(dirname(dirname(found.netnsFile)), "runtime-runc", namespace);
      }
      return found;
    } catch (error) {
      if (answeredWith(error, 404)) return "gone";
      if (answeredWith(error, 0)) return undefined;
      throw error;
    }
  }

  get #runtime(): RealRuntime | undefined {
    const { runtime, namespace } = this.#options;
    if (runtime === undefined) return undefined;
    return new RealRuntime({ path: runtime, root: this.root || join(EXEC_ROOT, "runtime-runc", namespace) });
  }

  #needRuntime(why: string): RealRuntime {
    const runtime = this.#runtime;
    if (runtime === undefined) throw new Error(`${why}, and no OCI runtime is known`);
    return runtime;
  }

  #checkThere(): void {
    const why = this.#options.away();
    if (why !== undefined) throw new Error(`dockerd is away: ${why}`);
  }

  // What is not to be had is told, and missing; a call of the OCI runtime does not fail for it.
  #unless<T>(id: string, ask: () => Promise<T>): Promise<T | undefined> {
    return unlessUnknown({ domain: this.name, id, log: this.#options.log }, ask);
  }
}

function isAlive({ state }: InspectedContainer): boolean {
  return state === "running" || state === "paused";
}
