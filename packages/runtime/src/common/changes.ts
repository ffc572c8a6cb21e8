// Updates and evictions of containers that plugins ask for, on their way to the engines (spec: containerd 2, 3.3).
//
// They do not wait in the queue of the container: the operation that brings them may be one of another container's, and two that
// wait for each other would do so for ever. Engines put what concerns one container in order.
import type { Logger } from "@nri/adaptation";
import { linuxResourcesFromSpec, linuxResourcesToSpec } from "@nri/oci";
import { type ContainerEviction, type ContainerUpdate, LinuxResources } from "@nri/protocol";
import type { Domain, Engine } from "../domain.js";
import { errorText } from "../error-text.js";
import type { Journal } from "../journal/journal.js";
import { LIMITS } from "../limits.js";
import type { Known } from "./known.js";
import { aboutContainer } from "./log-about.js";
import type { OwnUpdates } from "./own-updates.js";
import { type ContainerRecord, isComing } from "./record.js";
import { resourcesOf, withResources, withSwap } from "./resources.js";
import type { StepRunner } from "./steps.js";

/** What changes need of the common part. */
export interface ChangesHost {
  readonly engines: readonly Engine[];
  readonly known: Known;
  readonly ownUpdates: OwnUpdates;
  readonly journal: Journal;
  readonly step: StepRunner;
  readonly log: Logger;
}

/** Hands what plugins want to the domains that own the containers. */
export class Changes {
  readonly #host: ChangesHost;

  constructor(host: ChangesHost) {
    this.#host = host;
  }

  /** Evictions, then updates, that came with an answer; what fails is a line in the log. */
  async applyAnswer(
    answer: { readonly update?: readonly ContainerUpdate[]; readonly evict?: readonly ContainerEviction[] },
    near: string,
  ): Promise<void> {
    await this.evict(answer.evict ?? [], near);
    await this.update(answer.update ?? [], near);
  }

  /**
   * Updates containers one after the other, and gives those that failed and may not. What nobody knows is passed over. Of
   * containers with the same id in several domains the one in `near` is meant, or else the first.
   */
  async update(updates: readonly ContainerUpdate[], near?: string): Promise<ContainerUpdate[]> {
    const failed: ContainerUpdate[] = [];
    for (const update of updates) {
      const { containerId, ignoreFailure } = update;
      const resources = update.linux?.resources;
      const owner = this.#owner(containerId, near);
      if (owner === undefined || resources === undefined) continue;
      const { domain, record } = owner;
      const before = resourcesOf(record);
      try {
        await this.#update(domain, record, withSwap(LinuxResources.create(resources), record));
        this.#host.journal.updated(record, update, before);
      } catch (error) {
        this.#host.journal.updated(record, update, before, errorText(error));
        this.#host.log.warn(
          `update of container ${domain.name}/${containerId}: ${errorText(error)}`,
          aboutContainer(record),
        );
        if (!ignoreFailure) failed.push(update);
      }
    }
    return failed;
  }

  async #update(domain: Domain, record: ContainerRecord, resources: LinuxResources): Promise<void> {
    const { ownUpdates, known, step } = this.#host;
    const signal = AbortSignal.timeout(LIMITS.common.changeMs);
    // what OCI has no room for does not come back
    const comingBack = domain.comingBack?.(resources) ?? linuxResourcesFromSpec(linuxResourcesToSpec(resources));
    await ownUpdates.during(domain.name, record.id, comingBack, () =>
      step("applyUpdate", () => domain.update(record.id, resources, signal)),
    );
    record.message = withResources(record.message, resources);
    if (known.get(domain.name, record.id) === record) await step("saveUpdated", () => known.save(record));
  }

  /** Evicts containers. What nobody knows is passed over, what fails is a line in the log. */
  async evict(evictions: readonly ContainerEviction[], near?: string): Promise<void> {
    const { journal, log, step } = this.#host;
    for (const eviction of evictions) {
      const { containerId, reason } = eviction;
      const owner = this.#owner(containerId, near);
      if (owner === undefined) continue;
      const { domain, record } = owner;
      log.info(`container ${domain.name}/${containerId} is evicted: ${reason}`, aboutContainer(record));
      try {
        const signal = AbortSignal.timeout(LIMITS.common.changeMs);
        await step("evict", () => domain.evict(containerId, reason, signal));
        journal.evicted(record, eviction, reason);
      } catch (error) {
        journal.evicted(record, eviction, reason, errorText(error));
        log.warn(`eviction of container ${domain.name}/${containerId}: ${errorText(error)}`, aboutContainer(record));
      }
    }
  }

  /** Who has a container that plugins can know. */
  #owner(id: string, near: string | undefined): { domain: Domain; record: ContainerRecord } | undefined {
    const domains = this.#host.engines.flatMap((engine) => engine.domains);
    const isNear = (domain: Domain): number => (domain.name === near ? 0 : 1);
    for (const domain of domains.sort((a, b) => isNear(a) - isNear(b))) {
      const record = this.#host.known.get(domain.name, id);
      if (record?.kind === "container" && !isComing(record)) return { domain, record };
    }
    return undefined;
  }
}
