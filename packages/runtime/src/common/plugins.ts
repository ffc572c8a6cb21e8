// The plugins as the flows see them: one method per event. Those that can refuse reject; what goes wrong with the others is a
// line in the log (spec: containerd 5.1).
import type { Adaptation, Logger, PluginSyncBlock } from "@nri/adaptation";
import type {
  Container,
  ContainerUpdate,
  CreateContainerResponse,
  Init,
  LinuxResources,
  PodSandbox,
  UpdateContainerResponse,
} from "@nri/protocol";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import type { StepRunner } from "./steps.js";

type Pod = Init<PodSandbox>;
type Subject = Init<Container>;

const NO_BLOCK: Disposable = { [Symbol.dispose]: () => undefined };

/** Asks and tells the plugins. Before `isOpen` there are none, and nothing is asked. */
export class Plugins {
  /** Set when the adaptation is started. */
  isOpen = false;
  readonly #adaptation: Adaptation;
  readonly #step: StepRunner;
  readonly #log: Logger;

  constructor(adaptation: Adaptation, step: StepRunner, log: Logger) {
    this.#adaptation = adaptation;
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

  async runPodSandbox(pod: Pod, signal?: AbortSignal): Promise<void> {
    await this.#step("runPodSandbox", () => this.#adaptation.runPodSandbox({ pod }, { signal }));
  }

  async createContainer(pod: Pod, container: Subject, signal: AbortSignal): Promise<CreateContainerResponse> {
    return this.#step("createContainer", () => this.#adaptation.createContainer({ pod, container }, { signal }));
  }

  async startContainer(pod: Pod, container: Subject, signal: AbortSignal): Promise<void> {
    await this.#step("startContainer", () => this.#adaptation.startContainer({ pod, container }, { signal }));
  }

  async updateContainer(
    pod: Pod,
    container: Subject,
    linuxResources: Init<LinuxResources>,
    signal: AbortSignal,
  ): Promise<UpdateContainerResponse> {
    const request = { pod, container, linuxResources };
    return this.#step("updateContainer", () => this.#adaptation.updateContainer(request, { signal }));
  }

  async updatePodSandbox(
    pod: Pod,
    overheadLinuxResources: Init<LinuxResources> | undefined,
    linuxResources: Init<LinuxResources> | undefined,
  ): Promise<void> {
    const request = { pod, overheadLinuxResources, linuxResources };
    await this.#step("updatePodSandbox", () => this.#adaptation.updatePodSandbox(request));
  }

  async postCreateContainer(pod: Pod, container: Subject): Promise<void> {
    await this.#noted("PostCreateContainer", container, () =>
      this.#step("postCreateContainer", () => this.#adaptation.postCreateContainer({ pod, container })),
    );
  }

  async postStartContainer(pod: Pod, container: Subject): Promise<void> {
    await this.#noted("PostStartContainer", container, () =>
      this.#step("postStartContainer", () => this.#adaptation.postStartContainer({ pod, container })),
    );
  }

  async postUpdateContainer(pod: Pod, container: Subject): Promise<void> {
    await this.#noted("PostUpdateContainer", container, () =>
      this.#step("postUpdateContainer", () => this.#adaptation.postUpdateContainer({ pod, container })),
    );
  }

  async postUpdatePodSandbox(pod: Pod): Promise<void> {
    await this.#noted("PostUpdatePodSandbox", pod, () =>
      this.#step("postUpdatePodSandbox", () => this.#adaptation.postUpdatePodSandbox({ pod })),
    );
  }

  /** Gives the updates of containers that plugins ask for. */
  async stopContainer(pod: Pod, container: Subject): Promise<readonly ContainerUpdate[]> {
    const answer = await this.#noted("StopContainer", container, () =>
      this.#step("stopContainer", () => this.#adaptation.stopContainer({ pod, container })),
    );
    return answer?.update ?? [];
  }

  async removeContainer(pod: Pod, container: Subject): Promise<void> {
    await this.#noted("RemoveContainer", container, () =>
      this.#step("removeContainer", () => this.#adaptation.removeContainer({ pod, container })),
    );
  }

  async stopPodSandbox(pod: Pod): Promise<void> {
    await this.#noted("StopPodSandbox", pod, () =>
      this.#step("stopPodSandbox", () => this.#adaptation.stopPodSandbox({ pod })),
    );
  }

  async removePodSandbox(pod: Pod): Promise<void> {
    await this.#noted("RemovePodSandbox", pod, () =>
      this.#step("removePodSandbox", () => this.#adaptation.removePodSandbox({ pod })),
    );
  }

  /** Tells of what has happened already: nothing that plugins say about it can fail it. */
  async #noted<T>(event: string, { id }: Pod | Subject, tell: () => Promise<T>): Promise<T | undefined> {
    if (!this.isOpen) return undefined;
    try {
      return await tell();
    } catch (error) {
      this.#log.warn(`NRI ${event} of ${id}: ${errorText(error)}`);
      return undefined;
    }
  }
}
