// dockerd as an engine: one domain, of which its API tells.
import type { Logger } from "@nri/adaptation";
import type { Domain, Engine, EngineEvents } from "../domain.js";
import { EngineWatch, type Following } from "../engine-watch.js";
import { errorText } from "../error-text.js";
import { keepLatest } from "../keep-latest.js";
import { LIMITS } from "../limits.js";
import { nowNs } from "../now.js";
import type { RuntimeCall } from "../runtime-call.js";
import { shimNamespace } from "../shim-namespace.js";
import { DockerApi } from "./api.js";
import type { ContainerEnd } from "./api-types.js";
import { DockerdProcess } from "./dockerd-process.js";
import { DockerDomain } from "./domain.js";

const NAME = "docker";

/** What the engine is made with. */
export interface DockerEngineOptions {
  /** Path of dockerd's socket. */
  readonly address: string;
  /** The namespace of containerd that dockerd has its containers in. */
  readonly containerdNamespace: string;
  /** The OCI runtime, by absolute name, for what dockerd's API cannot do, or not now; without it that fails. */
  readonly runtime?: string | undefined;
  /** What is worth a line: dockerd away and back, what is not known of a container. */
  readonly log?: Logger | undefined;
}

/** Makes it; `start` connects. */
export function createDockerEngine(options: DockerEngineOptions): Engine {
  return new DockerEngine(options);
}

class DockerEngine implements Engine {
  readonly name = NAME;
  readonly #namespace: string;
  readonly #api: DockerApi;
  readonly #domain: DockerDomain;
  readonly #process: DockerdProcess;
  readonly #watch: EngineWatch;
  /** When the latest life of a container began. */
  readonly #lives = new Map<string, bigint>();
  #events: EngineEvents | undefined;
  /** Events up to this moment were heard of. */
  #heard = nowNs();
  /** Docker was there, or has called. */
  #isKnown = false;

  constructor({ address, containerdNamespace, runtime, log }: DockerEngineOptions) {
    this.#namespace = containerdNamespace;
    this.#api = new DockerApi(address);
    this.#process = new DockerdProcess(address);
    this.#watch = new EngineWatch({ name: NAME, program: "dockerd", address, pauses: LIMITS.docker, log });
    const away = (): string | undefined => this.#watch.away;
    this.#domain = new DockerDomain({ api: this.#api, away, namespace: containerdNamespace, runtime, log });
  }

  get domains(): readonly Domain[] {
    return this.#isKnown ? [this.#domain] : [];
  }

  domainFor(call: RuntimeCall): Domain | undefined {
    // dockerd's own plugins have a namespace of theirs
    if (shimNamespace(call, NAME, "containerd") !== this.#namespace) return undefined;
    this.#isKnown = true;
    this.#domain.root = call.root;
    if (call.verb !== "start" && call.verb !== "update") this.#begins(call.id);
    return this.#domain;
  }

  async start(events: EngineEvents): Promise<void> {
    this.#events = events;
    await this.#watch.start((signal) => this.#follow(signal), events);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch[Symbol.asyncDispose]();
    await this.#api[Symbol.asyncDispose]();
  }

  #follow(closing: AbortSignal): Following {
    let begun: () => void = () => undefined;
    const begins = new Promise<undefined>((resolve) => {
      begun = () => resolve(undefined);
    });
    const ended = this.#tellAll(closing, () => {
      this.#isKnown = true;
      void this.#process.answers().then(begun);
    });
    return { ready: Promise.race([begins, ended]), ended };
  }

  async #tellAll(signal: AbortSignal, begun: () => void): Promise<string> {
    try {
      if (await this.#process.isDown()) return "it does not run";
      await this.#api.negotiate(signal);
      for await (const end of this.#api.ends(this.#heard + 1n, signal, begun)) this.#tell(end);
      return "its events have ended";
    } catch (error) {
      return errorText(error);
    }
  }

  #tell({ id, isGone, exitCode, at }: ContainerEnd): void {
    if (at > this.#heard) this.#heard = at;
    if (isGone) {
      this.#lives.delete(id);
      this.#events?.removed(NAME, id);
    } else if (at >= (this.#lives.get(id) ?? 0n)) {
      this.#events?.exited(NAME, id, { code: exitCode, at });
    }
  }

  // An end that is told after the next life of the same container has begun is not that one's.
  #begins(id: string): void {
    keepLatest(this.#lives, id, nowNs(), LIMITS.docker.maxLives);
  }
}
