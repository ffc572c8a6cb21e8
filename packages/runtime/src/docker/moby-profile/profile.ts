// Docker's own NRI for a dockerd that has none: containers of the wrapper in place of those that dockerd creates.
//
//   dockerd            wrapper        here                            plugins
//   create of an id -> create   -->   known?  no: its configuration -> CreateContainer
//                                     environment and mounts kept
//                               <--   the spec with them
//   its next starts -> create   -->   known: kept, with them
//   destroyed                         forgotten
import { existsSync } from "node:fs";
import type { Compat, Logger, PluginInfo } from "@nri/adaptation";
import { printSpec, type Spec } from "@nri/oci";
import { specOf } from "../../common/describe.js";
import { KeyQueue } from "../../common/key-queue.js";
import type { ContainerEntry } from "../../common/listed-things.js";
import { RecordFiles } from "../../common/record-files.js";
import type { Engine } from "../../domain.js";
import { EngineApiError } from "../../engine-api/connection.js";
import { errorText } from "../../error-text.js";
import type { Journal } from "../../journal/journal.js";
import type { Lease } from "../../lease.js";
import { LIMITS } from "../../limits.js";
import { mapAtOnce } from "../../map-at-once.js";
import type { RuntimeCall } from "../../runtime-call.js";
import { type DockerApi, withoutSlash } from "../api.js";
import type { ListedByDocker } from "../api-types.js";
import type { Accepted, NriInfo, NriOpts, Reload } from "../moby/index.js";
import { checkMounts, createDockerNri, type DockerContainer, type DockerMount, type DockerNri } from "../moby/index.js";
import { containerFolder } from "../saved.js";
import { adjustmentOf, changedEnv, envWith, specWith } from "./changes.js";
import { type Configuration, configurationOf, readConfiguration } from "./configuration.js";
import { KEPT, type Kept, type KeptMount } from "./kept.js";

/** What dockerd is asked. */
export type DockerQuestions = Pick<
  DockerApi,
  "negotiate" | "containers" | "inspect" | "volumeFolder" | "dockerVersion"
> &
  AsyncDisposable;

/** What the daemon says of it. */
export interface DockerProfileGiven {
  /** As the configuration and the command line say. */
  readonly options: NriOpts;
  /** Folder in a tmpfs for what is kept of containers; made with mode 0700. */
  readonly stateDir: string;
  /** Is told what happens. */
  readonly journal: Journal;
}

/** What it is made with. */
export interface DockerProfileOptions extends DockerProfileGiven {
  /** dockerd as an engine: whose calls are these, and which containers are gone. */
  readonly engine: Engine;
  /** Its API; ended with the profile. */
  readonly api: DockerQuestions;
  readonly compat?: Compat | undefined;
  readonly log: Logger;
}

/** The profile `moby` of the domain `docker`. */
export interface DockerProfile extends AsyncDisposable {
  /** What `docker info` has of NRI; undefined while it is off. */
  readonly info: NriInfo | undefined;
  /** The options that hold. */
  readonly options: NriOpts;
  /** Active plugins. */
  readonly plugins: readonly PluginInfo[];
  /** Containers that plugins were asked about. */
  readonly containers: readonly ContainerEntry[];
  /** Whether a call is one of dockerd's: then `handle` is to have it, and nobody else. */
  takes(call: RuntimeCall): boolean;
  /** Takes a call of the OCI runtime. Never rejects. */
  handle(lease: Lease): Promise<void>;
  /** Connects to dockerd, then starts NRI. Rejects where dockerd would not start. */
  start(): Promise<void>;
  /** First half of a reload, as in the library. */
  prepareReload(options: NriOpts): Reload;
  /** Ends it. What is kept of containers stays for the next start. */
  stop(): Promise<void>;
}

/** Makes it. Throws what the file system says of its folder, and for default folders that cannot be found. */
export function createDockerProfile(options: DockerProfileOptions): DockerProfile {
  return new WholeDockerProfile(options);
}

const DOMAIN = "docker";

class WholeDockerProfile implements DockerProfile {
  options: NriOpts;
  readonly #options: DockerProfileOptions;
  readonly #nri: DockerNri;
  readonly #files: RecordFiles<Kept>;
  readonly #kept = new Map<string, Kept>();
  /** Where containers are in their lives, in the words of the common part. */
  readonly #states = new Map<string, string>();
  readonly #queue = new KeyQueue();
  readonly #ending = new AbortController();

  constructor(options: DockerProfileOptions) {
    const { api, stateDir, log, compat, journal } = options;
    this.#options = options;
    this.options = options.options;
    this.#files = new RecordFiles(stateDir, KEPT, log);
    for (const kept of this.#files.load()) this.#kept.set(kept.id, kept);
    journal.keepAlso([...this.#kept.values()]);
    this.#nri = createDockerNri({
      version: () => api.dockerVersion,
      options: options.options,
      containers: () => this.#containers(),
      compat,
      log,
      adaptation: { observer: journal.observer({}, DOMAIN) },
    });
  }

  get info(): NriInfo | undefined {
    return this.#nri.info();
  }

  get plugins(): readonly PluginInfo[] {
    return this.#nri.adaptation?.plugins ?? [];
  }

  get containers(): readonly ContainerEntry[] {
    return Array.from(this.#kept.values(), ({ domain, id, name }) => {
      const pod = { id, name: withoutSlash(name), namespace: "" };
      return { domain, id, name: pod.name, pod, state: this.#states.get(id) ?? "created", pid: 0 };
    });
  }

  takes(call: RuntimeCall): boolean {
    return this.#options.engine.domainFor(call) !== undefined;
  }

  async start(): Promise<void> {
    const { engine, log } = this.#options;
    await engine.start({
      exited: (_domain, id) => void (this.#kept.has(id) && this.#states.set(id, "stopped")),
      removed: (_domain, id) => {
        const forgotten = this.#queue.run(id, async () => this.#forget(id));
        forgotten.catch((error: unknown) => log.warn(`container ${id} is kept though it is gone: ${errorText(error)}`));
      },
      away: () => undefined,
      lost: () => {
        this.#back().catch((error: unknown) =>
          log.error(`Docker's NRI, now that dockerd is back: ${errorText(error)}`),
        );
      },
    });
    await this.#lookAround();
    await this.#nri.start();
  }

  async handle(lease: Lease): Promise<void> {
    const { call } = lease;
    if (call.verb === "start" && this.#kept.has(call.id)) this.#states.set(call.id, "running");
    if (call.verb === "start" || call.verb === "update") await lease.answer({ kind: "pass" });
    else
      await this.#queue.run(call.id, () => this.#create(lease)).catch((error: unknown) => this.#refuse(lease, error));
  }

  prepareReload(options: NriOpts): Reload {
    const reload = this.#nri.prepareReload(options);
    return {
      options: reload.options,
      commit: async () => {
        await reload.commit();
        this.options = options;
      },
    };
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#nri.shutdown();
    await this.#options.engine[Symbol.asyncDispose]();
    await this.#options.api[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #create(lease: Lease): Promise<void> {
    const spec = specOf(lease.payload);
    if (spec === undefined) return void (await lease.answer({ kind: "pass" }));
    const { id } = lease.call;
    const { journal } = this.#options;
    let payload: Uint8Array | undefined;
    try {
      const before = this.#kept.get(id);
      const { kept, ignored } = before === undefined ? await this.#ask(lease, spec) : { kept: before, ignored: [] };
      const adjusted = specWith(spec, kept);
      payload = adjusted && Buffer.from(printSpec(adjusted));
      journal.agreed(DOMAIN, id, { adjust: adjustmentOf(kept) }, payload, ignored);
    } catch (error) {
      return this.#refuse(lease, error);
    }
    this.#states.set(id, "created");
    const answered = lease.answer(payload === undefined ? { kind: "pass" } : { kind: "replace", payload });
    journal.answered(DOMAIN, id);
    await answered;
    journal.created(DOMAIN, id);
  }

  /** In Docker's words, and nothing before them. */
  async #refuse(lease: Lease, error: unknown): Promise<void> {
    const text = errorText(error);
    this.#options.log.warn(`container ${lease.call.id} of Docker is refused: ${text}`);
    await lease.answer({ kind: "refuse", text });
  }

  /** CreateContainer, and what comes of it written down. */
  async #ask({ call, payload, signal }: Lease, spec: Spec): Promise<{ kept: Kept; ignored: Accepted["ignored"] }> {
    const { journal } = this.#options;
    const { container, taken } = await this.#configuration(call.id, spec, signal);
    const { id, name } = container;
    const subject = { domain: DOMAIN, id, name: withoutSlash(name) };
    const register = async ({ env, mounts }: Accepted): Promise<void> => {
      const { maxContainers } = LIMITS.docker;
      if (this.#kept.size >= maxContainers) throw new RangeError(`${maxContainers} containers are known (the maximum)`);
      checkMounts(mounts, { taken, exists: existsSync });
      const folders = await this.#withFolders(mounts, signal);
      const kept = { domain: DOMAIN, id, name, ...changedEnv(container.env, env), mounts: folders };
      this.#files.save(kept);
      this.#kept.set(id, kept);
    };
    if (this.#nri.adaptation === undefined) {
      await this.#nri.createContainer(container, { signal, register });
      return { kept: this.#known(id), ignored: [] };
    }
    journal.creating(subject, id, payload);
    const context = journal.begin("createContainer", DOMAIN, { id, name }, { id, name });
    try {
      const { ignored } = await this.#nri.createContainer(container, { signal, context, register });
      journal.end(context);
      return { kept: this.#known(id), ignored };
    } catch (error) {
      journal.end(context, error);
      journal.notCreated(DOMAIN, id, "refused", errorText(error));
      journal.refused("CreateContainer", subject, errorText(error));
      throw error;
    }
  }

  #known(id: string): Kept {
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new Error(`container ${id} was not registered`);
    return kept;
  }

  async #configuration(id: string, spec: Spec, signal: AbortSignal): Promise<Configuration> {
    const { api, log } = this.#options;
    const folder = containerFolder(spec, id);
    try {
      if (folder !== undefined) return await readConfiguration(folder, id);
      log.warn(`container ${id}: its spec does not tell where dockerd keeps it; plugins are told what its spec has`);
    } catch (error) {
      log.warn(`container ${id}: plugins are told what its spec has: ${errorText(error)}`);
    }
    const listed = await api.containers(signal, id, LIMITS.docker.busyMs).catch(() => []); // then its id is its name
    return configurationOf(
      id,
      spec,
      listed.find((each) => each.id === id),
    );
  }

  /** Makes the volumes that are not there. An image cannot be mounted from here: that takes dockerd itself. */
  async #withFolders(mounts: readonly DockerMount[], signal: AbortSignal): Promise<KeptMount[]> {
    const image = mounts.find(({ type }) => type === "image");
    if (image !== undefined) {
      throw new Error(`invalid mount config for type "image": nri serve cannot mount image ${image.source}`);
    }
    const found: KeptMount[] = [];
    for (const mount of mounts) {
      if (mount.type !== "volume") found.push({ ...mount, folder: mount.source });
      else found.push({ ...mount, folder: await this.#volume(mount.source, signal) });
    }
    return found;
  }

  async #volume(name: string, signal: AbortSignal): Promise<string> {
    try {
      return await this.#options.api.volumeFolder(name, signal);
    } catch (error) {
      throw error instanceof EngineApiError ? new Error(error.reason, { cause: error }) : error;
    }
  }

  /** All containers, for plugins that come. Without dockerd there are none, as when it has just started. */
  async #containers(): Promise<DockerContainer[]> {
    const { api, log } = this.#options;
    const { signal } = this.#ending;
    const { maxConcurrentCalls } = LIMITS.docker;
    let all: ListedByDocker[];
    try {
      all = await api.containers(signal);
    } catch (error) {
      log.warn(`plugins are handed no containers of Docker: ${errorText(error)}`);
      return [];
    }
    const containers = new Map<string, DockerContainer>();
    await mapAtOnce(maxConcurrentCalls, all, async (listed) => {
      containers.set(listed.id, await this.#container(listed));
    });
    return all.flatMap(({ id }) => containers.get(id) ?? []);
  }

  /** A container of the list. One that dockerd holds, or that is gone, is told as far as the list knows it. */
  async #container({ id, name, labels, state }: ListedByDocker): Promise<DockerContainer> {
    const { api, log } = this.#options;
    const inspected = await api.inspect(id, this.#ending.signal, LIMITS.docker.busyMs).catch((error: unknown) => {
      log.debug(`container ${id}: ${errorText(error)}`);
      return undefined;
    });
    const { env = [] } = inspected ?? {};
    const kept = this.#kept.get(id);
    return {
      id,
      name: `/${name}`,
      state: inspected?.state ?? state,
      pid: inspected?.pid ?? 0,
      labels: { ...labels } as DockerContainer["labels"],
      annotations: { ...inspected?.annotations } as DockerContainer["annotations"],
      args: inspected?.args ?? [],
      env: kept === undefined ? env : envWith(env, kept),
    };
  }

  /** dockerd has been away: with it its NRI would have ended, and started again. */
  async #back(): Promise<void> {
    await this.#lookAround();
    await this.#nri.prepareReload(this.options).commit();
  }

  /** Who dockerd is, and what is gone meanwhile. */
  async #lookAround(): Promise<void> {
    const { api } = this.#options;
    const { signal } = this.#ending;
    const before = [...this.#kept.keys()];
    try {
      await api.negotiate(signal);
      if (before.length === 0) return;
      const all = new Set((await api.containers(signal)).map(({ id }) => id));
      for (const id of before.filter((each) => !all.has(each))) this.#forget(id);
    } catch (error) {
      this.#options.log.debug(`containers of Docker are not compared: ${errorText(error)}`); // it is away: they are when it is back
    }
  }

  #forget(id: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#states.delete(id);
    this.#options.journal.removed(DOMAIN, id, withoutSlash(kept.name));
    this.#files.remove({ domain: DOMAIN, id });
  }
}
