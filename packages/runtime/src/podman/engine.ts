// podman as an engine: one domain. There is no daemon to be asked: its API comes and goes, and what ends is seen without it.
import { existsSync } from "node:fs";
import type { Logger } from "@nri/adaptation";
import type { Domain, Engine, EngineEvents } from "../domain.js";
import { EngineWatch, type Following } from "../engine-watch.js";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import type { RuntimeCall } from "../runtime-call.js";
import { LibpodApi } from "./api.js";
import { PodmanDomain } from "./domain.js";
import { Facts } from "./facts.js";
import { type KnownEnd, LifeWatch } from "./life-watch.js";
import { PodmanProgram } from "./program.js";
import type { PodmanEvent, PodmanSource } from "./source.js";

const NAME = "podman";

/** What the engine is made with. */
export interface PodmanEngineOptions {
  /** Path of the socket of its API (`podman system service`). */
  readonly address: string;
  /** Where conmon writes exit codes. */
  readonly exitDir: string;
  /** podman itself, by absolute name: asked while the API is away; nobody is then without it. */
  readonly program?: string | undefined;
  /** The OCI runtime, by absolute name; never the wrapper. */
  readonly runtime: string;
  /** What is worth a line: the API away and back, what is not known of a container. */
  readonly log?: Logger | undefined;
}

/** Makes it; `start` begins to watch. */
export function createPodmanEngine(options: PodmanEngineOptions): Engine {
  return new PodmanEngine(options);
}

class PodmanEngine implements Engine {
  readonly name = NAME;
  readonly #options: PodmanEngineOptions;
  readonly #api: LibpodApi;
  readonly #program: PodmanProgram | undefined;
  readonly #facts = new Facts();
  readonly #lives: LifeWatch;
  readonly #watch: EngineWatch;
  readonly #domain: PodmanDomain;
  readonly #closing = new AbortController();
  /** podman was used on this machine since it was started, as far as is seen. */
  #isKnown = false;

  constructor(options: PodmanEngineOptions) {
    const { address, exitDir, program, runtime, log } = options;
    this.#options = options;
    this.#program = program === undefined ? undefined : new PodmanProgram(program);
    this.#api = new LibpodApi(address);
    this.#lives = new LifeWatch((id, since) => this.#endOf(id, since), log);
    this.#watch = new EngineWatch({ name: NAME, program: "API of podman", address, pauses: LIMITS.podman, log });
    this.#domain = new PodmanDomain({
      source: () => this.#source,
      facts: this.#facts,
      watch: this.#lives,
      exitDir,
      runtime,
      log,
    });
  }

  get domains(): readonly Domain[] {
    return this.#isKnown ? [this.#domain] : [];
  }

  domainFor({ engine, root }: RuntimeCall): Domain | undefined {
    if (engine !== NAME) return undefined;
    this.#isKnown = true;
    this.#domain.root = root;
    return this.#domain;
  }

  async start(events: EngineEvents): Promise<void> {
    const { address, exitDir } = this.#options;
    this.#isKnown ||= existsSync(exitDir) || existsSync(address);
    const lives = {
      exited: (id: string, exit: Parameters<EngineEvents["exited"]>[2]) => events.exited(NAME, id, exit),
      removed: (id: string) => events.removed(NAME, id),
    };
    this.#lives.start(lives, exitDir);
    await this.#watch.start((signal) => this.#follow(signal), events);
    if (this.#isKnown && this.#watch.away !== undefined && this.#program !== undefined) {
      await this.#learn(this.#program, this.#closing.signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#watch[Symbol.asyncDispose]();
    await this.#lives.stop();
    await this.#api[Symbol.asyncDispose]();
  }

  get #source(): PodmanSource | undefined {
    return this.#watch.away === undefined ? this.#api : this.#program;
  }

  #follow(closing: AbortSignal): Following {
    const stop = new AbortController();
    const signal = AbortSignal.any([closing, stop.signal]);
    const ended = this.#hearAll(signal);
    const ready = this.#api.ask(signal).then(
      () => this.#learn(this.#api, signal),
      (error: unknown) => {
        stop.abort();
        return errorText(error);
      },
    );
    return { ended, ready };
  }

  async #hearAll(signal: AbortSignal): Promise<string> {
    try {
      for await (const event of this.#api.events(signal)) this.#hear(event);
      return "its events have ended";
    } catch (error) {
      return errorText(error);
    }
  }

  // Everything that podman has, so that it need not be asked when it holds a container. It may hold one now: then there are events.
  async #learn(source: PodmanSource, signal: AbortSignal): Promise<undefined> {
    this.#isKnown = true;
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(LIMITS.podman.learnMs)]);
      this.#facts.learn(await source.containers(undefined, bounded));
    } catch (error) {
      this.#options.log?.debug(`podman's containers are not known yet: ${errorText(error)}`);
    }
  }

  #hear(event: PodmanEvent): void {
    this.#facts.hear(event);
    const { type, action, id, exitCode, at } = event;
    if (type !== "container") return;
    if (action === "died") this.#lives.died(id, { code: exitCode, at });
    if (action === "remove") this.#look();
  }

  #look(): void {
    this.#lives.lookOnce().catch((error: unknown) => {
      this.#options.log?.warn(`podman: containers cannot be looked at: ${errorText(error)}`);
    });
  }

  // The exit file was gone before it could be read.
  async #endOf(id: string, since: bigint): Promise<KnownEnd> {
    const source = this.#source;
    if (source === undefined) return undefined;
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(source.ms)]);
      const died = await source.past(id, ["died"], signal);
      const last = died.filter(({ at }) => at >= since).at(-1);
      return last === undefined ? undefined : { code: last.exitCode, at: last.at };
    } catch (error) {
      this.#options.log?.debug(`how container ${id} of podman has ended is not known: ${errorText(error)}`);
      return undefined;
    }
  }
}
