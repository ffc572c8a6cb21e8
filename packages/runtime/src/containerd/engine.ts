// containerd as an engine: one connection, one domain for each namespace, and what happens in them.

import type { Logger } from "@nri/adaptation";
import type { Domain, Engine, EngineEvents } from "../domain.js";
import { EngineWatch, type Following } from "../engine-watch.js";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import type { RuntimeCall } from "../runtime-call.js";
import { shimNamespace } from "../shim-namespace.js";
import { ContainerdApi } from "./api.js";
import { ContainerdDomain } from "./domain.js";
import { TOPICS, tell } from "./events.js";
import { CRI_NAMESPACE } from "./kind.js";
import { criStarted, findServesNri } from "./serves-nri.js";

const NAME = "containerd";

/** What the engine is made with. */
export interface ContainerdEngineOptions {
  /** Path of containerd's socket. */
  readonly address: string;
  /** Names of namespaces that get NRI; `*`: all. */
  readonly namespaces: readonly string[];
  /** Names of namespaces that get none all the same: they are another engine's. */
  readonly except?: readonly string[] | undefined;
  /** Whether containerd serves NRI for CRI's namespace itself; `auto` finds out whenever containerd has started. */
  readonly servesNri: "auto" | "yes" | "no";
  /** Path of containerd's own NRI socket, by which that is found out. */
  readonly nriSocket: string;
  /** The OCI runtime, by absolute name, for updates while containerd is away; without it they fail. */
  readonly runtime?: string | undefined;
  /** What is worth a line: containerd away and back, what is not known of a container. */
  readonly log?: Logger | undefined;
}

/** Makes it; `start` connects. */
export function createContainerdEngine(options: ContainerdEngineOptions): Engine {
  return new ContainerdEngine(options);
}

class ContainerdEngine implements Engine {
  readonly name = NAME;
  readonly #options: ContainerdEngineOptions;
  readonly #api: ContainerdApi;
  readonly #domains = new Map<string, ContainerdDomain>();
  readonly #watch: EngineWatch;
  #criServesNri: boolean;

  constructor(options: ContainerdEngineOptions) {
    this.#options = options;
    this.#api = new ContainerdApi(options.address);
    this.#criServesNri = options.servesNri === "yes";
    const { address, log } = options;
    this.#watch = new EngineWatch({ name: NAME, program: NAME, address, pauses: LIMITS.containerd, log });
    for (const namespace of options.namespaces) if (namespace !== "*") this.#domain(namespace);
  }

  get domains(): readonly Domain[] {
    return [...this.#domains.values()];
  }

  domainFor(call: RuntimeCall): Domain | undefined {
    const namespace = shimNamespace(call, NAME);
    const domain = namespace === undefined ? undefined : this.#domain(namespace);
    if (domain !== undefined) domain.root = call.root;
    return domain;
  }

  async start(events: EngineEvents): Promise<void> {
    await this.#watch.start((signal) => this.#follow(events, signal), events);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch[Symbol.asyncDispose]();
    this.#api[Symbol.dispose]();
  }

  #follow(events: EngineEvents, closing: AbortSignal): Following {
    const stop = new AbortController();
    const signal = AbortSignal.any([closing, stop.signal]);
    const ended = this.#tellAll(events, signal);
    // what is asked on the same connection after the events are answered after they are subscribed to
    const ready = this.#learn(signal).catch((error: unknown) => {
      stop.abort();
      return errorText(error);
    });
    return { ended, ready };
  }

  async #tellAll(events: EngineEvents, signal: AbortSignal): Promise<string> {
    try {
      for await (const envelope of this.#api.events(TOPICS, signal)) {
        const domain = this.#domain(envelope.namespace);
        if (domain !== undefined) tell(this.#api, envelope, domain.name, events);
      }
      return "its events have ended";
    } catch (error) {
      return errorText(error);
    }
  }

  // Which namespaces there are, and whether CRI serves NRI. Before CRI has started nobody knows how its containers have ended.
  async #learn(signal: AbortSignal): Promise<undefined> {
    const { log, servesNri, nriSocket } = this.#options;
    for (const namespace of await this.#api.namespaces(signal)) this.#domain(namespace);
    if (!this.#wants(CRI_NAMESPACE)) return;
    const hasCri = await criStarted(this.#api, signal);
    if (servesNri !== "auto") return;
    const { serves, reason } = await findServesNri(this.#api, hasCri, nriSocket, signal);
    this.#criServesNri = serves;
    const domain = this.#domains.get(CRI_NAMESPACE);
    if (domain === undefined) return;
    domain.servesNri = serves;
    const text = serves ? "has NRI of its own, and is left alone" : "has no NRI of its own";
    log?.info(`domain "${domain.name}" ${text}: ${reason}`);
  }

  #wants(namespace: string): boolean {
    const { namespaces, except = [] } = this.#options;
    return !except.includes(namespace) && (namespaces.includes("*") || namespaces.includes(namespace));
  }

  // The domain of a namespace, made when it is first seen; undefined for one that is not wanted.
  #domain(namespace: string): ContainerdDomain | undefined {
    const known = this.#domains.get(namespace);
    if (known !== undefined) return known;
    if (!this.#wants(namespace)) return undefined;
    const { runtime, log } = this.#options;
    if (this.#domains.size >= LIMITS.containerd.maxDomains) {
      log?.warn(`containerd's namespace "${namespace}" gets no NRI: it has more than ${LIMITS.containerd.maxDomains}`);
      return undefined;
    }
    const domain = new ContainerdDomain({ api: this.#api, namespace, runtime, log });
    domain.servesNri = namespace === CRI_NAMESPACE && this.#criServesNri;
    this.#domains.set(namespace, domain);
    return domain;
  }
}
