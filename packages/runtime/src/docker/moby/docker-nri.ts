// Docker's NRI: one event, CreateContainer, and plugins that are handed all containers when they come (spec: docker 3 to 6).
//
// Who waits for whom, always in this order, so that nobody waits in a circle:
//
//   createContainer     reads the lock   then blocks the synchronisation of plugins   then asks the plugins
//   a plugin that comes                  waits until nothing blocks it                then is handed the containers
//   reload, shutdown    writes the lock  then ends, or starts, all of NRI
import { type Adaptation, type AdaptationOptions, type Compat, createAdaptation, type Logger } from "@nri/adaptation";
import { errorText } from "../../error-text.js";
import { LIMITS } from "../../limits.js";
import { type Accepted, accept } from "./accept.js";
import { containerOf, type DockerContainer, podOf } from "./container.js";
import { type Whose, withFolders } from "./folders.js";
import type { NriOpts } from "./nri-opts.js";
import { ReadWriteLock } from "./read-write-lock.js";

/** What `createDockerNri` takes. */
export interface DockerNriOptions extends Partial<Whose> {
  /** Version of the engine, which plugins are told; asked for at each start of NRI when it is a function. */
  readonly version: string | (() => string);
  /** `nri-opts` as they are at the start. */
  readonly options: NriOpts;
  /** All containers of any state, asked when plugins come. It must not wait for a `createContainer`. */
  readonly containers: () => readonly DockerContainer[] | Promise<readonly DockerContainer[]>;
  /** Name that plugins are told; `docker` when absent. */
  readonly name?: string | undefined;
  /** `reference` leaves Docker's mistakes in: see docs/docker.md. */
  readonly compat?: Compat | undefined;
  /** Takes log lines; nothing is logged without it. */
  readonly log?: Logger | undefined;
  /** The rest of what an adaptation takes: limits, times, an observer. */
  readonly adaptation?: Omit<
    AdaptationOptions,
    "runtime" | "synchronize" | "updateContainers" | "pluginDir" | "pluginConfigDir" | "socketPath" | "compat" | "log"
  >;
}

/** More of one `createContainer`. */
export interface CreateOptions {
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
  /** Goes with each call to the observer of the adaptation. */
  readonly context?: unknown;
  /**
   * Makes the container known, so that `containers()` has it from then on. It is waited for, and no plugin is handed the containers
   * before it is done: a new one is in the list, or in an event. What it throws is thrown.
   */
  readonly register?: ((accepted: Accepted) => void | Promise<void>) | undefined;
}

/** Other options that were looked at. */
export interface Reload {
  /** The options, with their default folders. */
  readonly options: NriOpts;
  /**
   * Ends all plugins and starts those of the options, also when nothing has changed: that is how they read their configuration again.
   * No container is created meanwhile. Rejects when they cannot be started: then NRI is as it was before, its plugins started anew.
   * (`compat: "reference"`: the options hold all the same, without plugins, and containers pass.)
   */
  commit(): Promise<void>;
}

/** What `docker info` says of NRI: pairs of label and value. */
export type NriInfo = readonly (readonly [label: string, value: string])[];

/** NRI as Docker has it. */
export interface DockerNri extends AsyncDisposable {
  /** Starts plugins, hands them all containers, opens the socket. Rejects as Docker refuses to start; nothing runs then. */
  start(): Promise<void>;
  /**
   * Asks the plugins about a container that is to be created. Rejects with Docker's error for what is refused. What it gives is to be
   * put into the container's configuration; while NRI is off, or over, that is what the container has.
   */
  createContainer(container: DockerContainer, options?: CreateOptions): Promise<Accepted>;
  /** What `docker info` has: pairs of label and value. Undefined while NRI is off. */
  info(): NriInfo | undefined;
  /** First half of a reload: throws when the options cannot be used; nothing has changed then. Its `commit` is for once. */
  prepareReload(options: NriOpts): Reload;
  /** Ends everything; what is asked afterwards does nothing. Idempotent. */
  shutdown(): Promise<void>;
  /** The runtime side, while there is one. */
  readonly adaptation: Adaptation | undefined;
}

/** Makes it; nothing happens before `start`. Throws for default folders that cannot be found. */
export function createDockerNri(options: DockerNriOptions): DockerNri {
  return new WholeDockerNri(options);
}

/** What holds now. In the reference's way there may be options without an adaptation: its start has failed. */
interface Current {
  readonly options: NriOpts;
  readonly adaptation: Adaptation | undefined;
}

class WholeDockerNri implements DockerNri {
  readonly #options: DockerNriOptions;
  readonly #first: NriOpts;
  readonly #lock = new ReadWriteLock(LIMITS.docker.maxWaiting);
  /** Undefined while NRI is off. */
  #current: Current | undefined;
  #isOver = false;
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: DockerNriOptions) {
    this.#options = options;
    this.#first = this.#withFolders(options.options);
  }

  get adaptation(): Adaptation | undefined {
    return this.#current?.adaptation;
  }

  async start(): Promise<void> {
    using _write = await this.#lock.write();
    if (this.#isOver) return;
    const options = this.#first;
    this.#current = await this.#open(options, options.enable ? this.#adaptation(options) : undefined);
  }

  async createContainer(
    container: DockerContainer,
    { signal, context, register }: CreateOptions = {},
  ): Promise<Accepted> {
    using _read = await this.#lock.read(signal);
    const adaptation = this.#current?.adaptation;
    if (adaptation === undefined) {
      const unchanged = { env: container.env, mounts: [], ignored: [] };
      await register?.(unchanged);
      return unchanged;
    }
    using _block = await adaptation.blockPluginSync();
    const request = { pod: podOf(container), container: containerOf(container) };
    const answer = await adaptation.createContainer(request, { signal, context });
    const accepted = accept(container.env, answer);
    if (accepted.ignored.length > 0) {
      this.#options.log?.warn(
        `container ${container.name} (${container.id}): Docker neither applies nor refuses what plugins want of ${accepted.ignored.join(", ")}`,
      );
    }
    await register?.(accepted);
    return accepted;
  }

  info(): NriInfo | undefined {
    if (this.#current === undefined) return undefined;
    const { pluginPath, pluginConfigPath, socketPath } = this.#current.options;
    return [
      ["plugin-path", pluginPath],
      ["plugin-config-path", pluginConfigPath],
      ...(socketPath === "" ? [] : [["socket-path", socketPath] as const]),
    ];
  }

  prepareReload(given: NriOpts): Reload {
    const options = this.#withFolders(given);
    const next = options.enable ? this.#adaptation(options) : undefined; // throws what is wrong with the options
    return {
      options,
      commit: () => {
        const done = this.#reloading.then(() =>
          this.#options.compat === "reference" ? this.#swapThenStart(options, next) : this.#swap(options, next),
        );
        this.#reloading = done.catch(() => undefined); // its failure is for who has asked
        return done;
      },
    };
  }

  async #swap(options: NriOpts, next: Adaptation | undefined): Promise<void> {
    using _write = await this.#lock.write();
    if (this.#isOver) return;
    const before = this.#current;
    await this.#end();
    try {
      this.#current = await this.#open(options, next);
    } catch (error) {
      this.#current = await this.#openAgain(before, error);
      throw error;
    }
  }

  /** The options of before, after others have failed. That they fail as well now is one more line of the error. */
  async #openAgain(before: Current | undefined, cause: unknown): Promise<Current | undefined> {
    if (before === undefined) return undefined;
    try {
      return await this.#open(before.options, this.#adaptation(before.options));
    } catch (error) {
      throw new Error(
        `${errorText(cause)}; NRI is off now, as it does not start as it was before either: ${errorText(error)}`,
        { cause },
      );
    }
  }

  /** As the reference does it: what holds is swapped before it is known whether it starts. */
  async #swapThenStart(options: NriOpts, next: Adaptation | undefined): Promise<void> {
    {
      using _write = await this.#lock.write();
      if (this.#isOver) return;
      await this.#end();
      if (next !== undefined) this.#current = { options, adaptation: undefined };
    }
    const opened = await this.#open(options, next);
    using _write = await this.#lock.write();
    if (this.#isOver) await opened?.adaptation?.stop();
    else this.#current = opened;
  }

  async shutdown(): Promise<void> {
    using _write = await this.#lock.write();
    this.#isOver = true;
    await this.#end();
  }

  async #end(): Promise<void> {
    const before = this.#current;
    this.#current = undefined;
    await before?.adaptation?.stop();
  }

  /** Starts NRI, where it is not off. */
  async #open(options: NriOpts, adaptation: Adaptation | undefined): Promise<Current | undefined> {
    if (adaptation === undefined) {
      this.#options.log?.info("NRI is disabled");
      return undefined;
    }
    await adaptation.start();
    return { options, adaptation };
  }

  #adaptation({ pluginPath, pluginConfigPath, socketPath }: NriOpts): Adaptation {
    const { name = "docker", version, compat, log } = this.#options;
    return createAdaptation({
      ...this.#options.adaptation,
      runtime: { name, version: typeof version === "string" ? version : version() },
      compat,
      log,
      pluginDir: pluginPath,
      pluginConfigDir: pluginConfigPath,
      socketPath: socketPath === "" ? undefined : socketPath,
      synchronize: async (sync) => {
        const containers = await this.#options.containers();
        const updates = await sync(containers.map(podOf), containers.map(containerOf)).catch((error: unknown) => {
          throw new Error(`synchronizing NRI state: ${errorText(error)}`, { cause: error });
        });
        if (updates.length > 0) throw new Error("container updates during sync are not implemented");
      },
      updateContainers: () => Promise.reject(new Error("not implemented")),
    });
  }

  #withFolders(options: NriOpts): NriOpts {
    const { rootless = false, env = process.env } = this.#options;
    return withFolders(options, { rootless, env });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}
