// The plugins as the flows see them: one method per event. Those that can refuse reject; what goes wrong with the others is a
// line in the log (spec: containerd 5.1).
import type { Adaptation, Logger, PluginSyncBlock } from "@nri/adaptation";
import {
  type Container,
  type ContainerUpdate,
  type CreateContainerResponse,
  EVENTS,
  type EventName,
  type Init,
  type LinuxResources,
  type PodSandbox,
  type UpdateContainerResponse,
} from "@nri/protocol";
import { errorText } from "../error-text.js";
import type { Journal } from "../journal/journal.js";
import type { OpenRequest } from "../journal/open-request.js";
import { LIMITS } from "../limits.js";
import { pluginOf } from "./refusal.js";
import type { StepRunner } from "./steps.js";

type Pod = Init<PodSandbox>;
type Subject = Init<Container>;

/** What events are about. */
interface About {
  readonly pod: Pod;
  readonly container?: Subject;
}

const NO_BLOCK: Disposable = { [Symbol.dispose]: () => undefined };

/** What asking needs of the common part. */
export interface PluginsHost {
  readonly adaptation: Adaptation;
  readonly journal: Journal;
  readonly step: StepRunner;
  readonly log: Logger;
}

/** Asks and tells the plugins, of something in a domain. Before `isOpen` there are none, and nothing is asked. */
export class Plugins {
  /** Set when the adaptation is started. */
  isOpen = false;
  readonly #adaptation: Adaptation;
  readonly #journal: Journal;
  readonly #step: StepRunner;
  readonly #log: Logger;

  constructor({ adaptation, journal, step, log }: PluginsHost) {
    this.#adaptation = adaptation;
    this.#journal = journal;
    this.#step = step;
    this.#log = log;
  }

  /** Keeps plugins from being synchronised in the middle of an operation; not for ever, whatever the operation does. */
  async blockSync(what: string): Promise<Disposable> {
    if (!this.isOpen) return NO_BLOCK;
    const block: PluginSyncBlock = await this.#step("blockSync", () => this.#adaptation.blockPluginSync());
    const { syncBlockMs } = LIMITS.common;
    const timer = setTimeout(() => {
      this.#log.warn(`${what} is not over after ${syncBlockMs} ms: plugins are synchronised in the middle of it`);
      block.unblock();
    }, syncBlockMs);
    timer.unref();
    return {
      [Symbol.dispose]: () => {
        clearTimeout(timer);
        block.unblock();
      },
    };
  }

  async runPodSandbox(domain: string, pod: Pod, signal?: AbortSignal): Promise<void> {
    await this.#ask("runPodSandbox", domain, { pod }, (request, context) =>
      this.#step("runPodSandbox", () => this.#adaptation.runPodSandbox(request, { signal, context })),
    );
  }

  async createContainer(
    domain: string,
    pod: Pod,
    container: Subject,
    signal: AbortSignal,
  ): Promise<CreateContainerResponse> {
    return this.#ask("createContainer", domain, { pod, container }, (request, context) =>
      this.#step("createContainer", () => this.#adaptation.createContainer(request, { signal, context })),
    );
  }

  async startContainer(domain: string, pod: Pod, container: Subject, signal: AbortSignal): Promise<void> {
    await this.#ask("startContainer", domain, { pod, container }, (request, context) =>
      this.#step("startContainer", () => this.#adaptation.startContainer(request, { signal, context })),
    );
  }

  async updateContainer(
    domain: string,
    pod: Pod,
    container: Subject,
    linuxResources: Init<LinuxResources>,
    signal: AbortSignal,
  ): Promise<UpdateContainerResponse> {
    return this.#ask("updateContainer", domain, { pod, container, linuxResources }, (request, context) =>
      this.#step("updateContainer", () => this.#adaptation.updateContainer(request, { signal, context })),
    );
  }

  async updatePodSandbox(
    domain: string,
    pod: Pod,
    overheadLinuxResources: Init<LinuxResources> | undefined,
    linuxResources: Init<LinuxResources> | undefined,
  ): Promise<void> {
    await this.#ask("updatePodSandbox", domain, { pod, overheadLinuxResources, linuxResources }, (request, context) =>
      this.#step("updatePodSandbox", () => this.#adaptation.updatePodSandbox(request, { context })),
    );
  }

  async postCreateContainer(domain: string, pod: Pod, container: Subject): Promise<void> {
    await this.#tell("postCreateContainer", domain, { pod, container }, (request, context) =>
      this.#step("postCreateContainer", () => this.#adaptation.postCreateContainer(request, { context })),
    );
  }

  async postStartContainer(domain: string, pod: Pod, container: Subject): Promise<void> {
    await this.#tell("postStartContainer", domain, { pod, container }, (request, context) =>
      this.#step("postStartContainer", () => this.#adaptation.postStartContainer(request, { context })),
    );
  }

  async postUpdateContainer(domain: string, pod: Pod, container: Subject): Promise<void> {
    await this.#tell("postUpdateContainer", domain, { pod, container }, (request, context) =>
      this.#step("postUpdateContainer", () => this.#adaptation.postUpdateContainer(request, { context })),
    );
  }

  async postUpdatePodSandbox(domain: string, pod: Pod): Promise<void> {
    await this.#tell("postUpdatePodSandbox", domain, { pod }, (request, context) =>
      this.#step("postUpdatePodSandbox", () => this.#adaptation.postUpdatePodSandbox(request, { context })),
    );
  }

  /** Gives the updates of containers that plugins ask for. */
  async stopContainer(domain: string, pod: Pod, container: Subject): Promise<readonly ContainerUpdate[]> {
    const answer = await this.#tell("stopContainer", domain, { pod, container }, (request, context) =>
      this.#step("stopContainer", () => this.#adaptation.stopContainer(request, { context })),
    );
    return answer?.update ?? [];
  }

  async removeContainer(domain: string, pod: Pod, container: Subject): Promise<void> {
    await this.#tell("removeContainer", domain, { pod, container }, (request, context) =>
      this.#step("removeContainer", () => this.#adaptation.removeContainer(request, { context })),
    );
  }

  async stopPodSandbox(domain: string, pod: Pod): Promise<void> {
    await this.#tell("stopPodSandbox", domain, { pod }, (request, context) =>
      this.#step("stopPodSandbox", () => this.#adaptation.stopPodSandbox(request, { context })),
    );
  }

  async removePodSandbox(domain: string, pod: Pod): Promise<void> {
    await this.#tell("removePodSandbox", domain, { pod }, (request, context) =>
      this.#step("removePodSandbox", () => this.#adaptation.removePodSandbox(request, { context })),
    );
  }

  async #ask<Request extends About, Answer extends object>(
    event: EventName,
    domain: string,
    request: Request,
    send: (request: Request, context: OpenRequest) => Promise<Answer>,
  ): Promise<Answer> {
    const context = this.#journal.begin(event, domain, request.pod, request.container);
    try {
      const answer = await send(request, context);
      this.#journal.end(context, undefined, answer);
      return answer;
    } catch (error) {
      this.#journal.end(context, error);
      throw error;
    }
  }

  /** Tells of what has happened already: nothing that plugins say about it can fail it. */
  async #tell<Request extends About, Answer extends object>(
    event: EventName,
    domain: string,
    request: Request,
    send: (request: Request, context: OpenRequest) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    if (!this.isOpen) return undefined;
    try {
      return await this.#ask(event, domain, request, send);
    } catch (error) {
      const { id } = request.container ?? request.pod;
      const { name } = EVENTS[event];
      const about = { domain, container: request.container?.id, request: name, plugin: pluginOf(error) };
      this.#log.warn(`NRI ${name} of ${id}: ${errorText(error)}`, about);
      return undefined;
    }
  }
}
