// Lives of pods with one container each: every request that a runtime has, at an even rate, and what came of them.
import { createHistogram } from "node:perf_hooks";
import type { Adaptation } from "@nri/adaptation";
import { Container, CreateContainerRequest, getOwn, PodSandbox } from "@nri/protocol";
import { Pace } from "./pace.js";

/** Lives at the same time: what a plugin is told when it joins, and the most requests on their way. */
export const LIVES = 64;
/** Kinds of failures that are told apart. */
const MAX_FAILURES = 20;

/** What came of the requests of one interval. */
export interface LoadFacts {
  readonly requests: number;
  readonly failed: number;
  /** Creations without the changes of a plugin that was there all the time. */
  readonly unadjusted: number;
  /** The most requests that were overdue at the same time. */
  readonly overdue: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** Plays lives until it is ended. */
export class Load {
  /** Text of each kind of failure, and how often. */
  readonly failures = new Map<string, number>();
  readonly #pace: Pace;
  readonly #live = new Map<string, { readonly pod: PodSandbox; readonly container: Container | undefined }>();
  readonly #latency = createHistogram();
  #requests = 0;
  #failed = 0;
  #unadjusted = 0;
  #born = 0;
  #ending = false;
  #playing: Promise<unknown> | undefined;

  /** `steady` are the indices of plugins that change every container. */
  constructor(
    readonly template: CreateContainerRequest,
    readonly steady: readonly string[],
    rate: number,
  ) {
    this.#pace = new Pace(rate);
  }

  /** What a plugin that joins is told. */
  state(): { readonly pods: PodSandbox[]; readonly containers: Container[] } {
    const lives = [...this.#live.values()];
    return {
      pods: lives.map(({ pod }) => pod),
      containers: lives.flatMap(({ container }) => (container === undefined ? [] : [container])),
    };
  }

  /** Begins. */
  play(adaptation: Adaptation): void {
    this.#playing = Promise.all(Array.from({ length: LIVES }, () => this.#lives(adaptation)));
  }

  /** Begins no more lives, and resolves when those under way are over. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#playing;
    this.#pace[Symbol.dispose]();
  }

  /** What has happened since the last call. */
  take(): LoadFacts {
    const us = (ns: number): number => Math.round(ns / 1000);
    const facts = {
      requests: this.#requests,
      failed: this.#failed,
      unadjusted: this.#unadjusted,
      overdue: this.#pace.takeWorst(),
      p50Us: us(this.#latency.percentile(50)),
      p99Us: us(this.#latency.percentile(99)),
      maxUs: us(this.#latency.max),
    };
    this.#requests = this.#failed = this.#unadjusted = 0;
    this.#latency.reset();
    return facts;
  }

  async #lives(adaptation: Adaptation): Promise<void> {
    while (!this.#ending) await this.#life(adaptation);
  }

  async #life(adaptation: Adaptation): Promise<void> {
    const number = this.#born++;
    const id = `pod-${number}`;
    const pod = PodSandbox.create({ ...this.template.pod, id, name: id });
    const container = Container.create({ ...this.template.container, id: `container-${number}`, podSandboxId: id });
    const both = { pod, container };
    await this.#ask(() => adaptation.runPodSandbox({ pod }));
    this.#live.set(id, { pod, container: undefined });
    // The adaptation writes changes into what it is asked with: this is the container's own copy.
    const created = await this.#ask(() => adaptation.createContainer(CreateContainerRequest.create(both)));
    const changed = created?.adjust?.annotations ?? {};
    if (this.steady.some((index) => getOwn(changed, `refplugin.example/${index}`) === undefined)) this.#unadjusted++;
    this.#live.set(id, both);
    await this.#ask(() => adaptation.postCreateContainer(both));
    await this.#ask(() => adaptation.startContainer(both));
    await this.#ask(() => adaptation.postStartContainer(both));
    await this.#ask(() => adaptation.updateContainer({ ...both, linuxResources: container.linux?.resources }));
    await this.#ask(() => adaptation.postUpdateContainer(both));
    await this.#ask(() => adaptation.stopContainer(both));
    this.#live.set(id, { pod, container: undefined });
    await this.#ask(() => adaptation.removeContainer(both));
    await this.#ask(() => adaptation.stopPodSandbox({ pod }));
    this.#live.delete(id);
    await this.#ask(() => adaptation.removePodSandbox({ pod }));
  }

  async #ask<T>(request: () => Promise<T>): Promise<T | undefined> {
    await this.#pace.next();
    const begin = process.hrtime.bigint();
    try {
      return await request();
    } catch (error) {
      this.#failed++;
      const text = error instanceof Error ? error.message : String(error);
      if (this.failures.has(text) || this.failures.size < MAX_FAILURES)
        this.failures.set(text, (this.failures.get(text) ?? 0) + 1);
      return undefined;
    } finally {
      this.#requests++;
      this.#latency.record(process.hrtime.bigint() - begin);
    }
  }
}
