// All pods and containers that are known, in memory and on disk.
import type { Logger } from "@nri/adaptation";
import { type Container, type Init, PodSandbox } from "@nri/protocol";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import { keyOf } from "./key-queue.js";
import { lateMessage } from "./late-message.js";
import { aboutContainer } from "./log-about.js";
import {
  type ContainerRecord,
  containerMessage,
  isComing,
  type LifeRecord,
  type PodRecord,
  podMessage,
} from "./record.js";
import type { RecordFiles } from "./record-files.js";

/** Records by domain and id. */
export class Known {
  readonly #records = new Map<string, LifeRecord>();
  readonly #files: RecordFiles<LifeRecord>;
  readonly #log: Logger;

  constructor(files: RecordFiles<LifeRecord>, log: Logger) {
    this.#files = files;
    this.#log = log;
  }

  /** Takes in the records of an earlier life of the daemon. */
  load(): void {
    for (const record of this.#files.load()) {
      const isAsked = record.kind === "container" && record.state === "creating";
      this.#records.set(keyOf(record.domain, record.id), isAsked ? { ...record, state: "pending" } : record);
    }
  }

  get(domain: string, id: string): LifeRecord | undefined {
    return this.#records.get(keyOf(domain, id));
  }

  /** All records, or those of one domain. */
  all(domain?: string): LifeRecord[] {
    const all = [...this.#records.values()];
    return domain === undefined ? all : all.filter((record) => record.domain === domain);
  }

  get size(): number {
    return this.#records.size;
  }

  /** Takes in a new record. Throws when there are too many, or it cannot be written: then it is not known. */
  add(record: LifeRecord): void {
    const key = keyOf(record.domain, record.id);
    const { maxKnown } = LIMITS.common;
    if (!this.#records.has(key) && this.#records.size >= maxKnown) {
      throw new RangeError(`${maxKnown} pods and containers are known (the maximum)`);
    }
    this.#files.save(record);
    this.#records.set(key, record);
  }

  /** Writes down what has changed in a record. That it cannot be written is a warning: what is known stays right. */
  save(record: LifeRecord): void {
    try {
      this.#files.save(record);
    } catch (error) {
      this.#log.warn(
        `record of ${record.kind} ${record.domain}/${record.id} is not written: ${errorText(error)}`,
        aboutContainer(record),
      );
    }
  }

  /** Forgets a record. */
  drop(record: Pick<LifeRecord, "kind" | "domain" | "id">): void {
    this.#records.delete(keyOf(record.domain, record.id));
    try {
      this.#files.remove(record);
    } catch (error) {
      this.#log.warn(
        `record of ${record.kind} ${record.domain}/${record.id} is not removed: ${errorText(error)}`,
        aboutContainer(record),
      );
    }
  }

  /** A pod that its engine knows as one. */
  pod(domain: string, id: string): PodRecord | undefined {
    const record = this.get(domain, id);
    return record?.kind === "pod" ? record : undefined;
  }

  /** The pod of a container, as plugins are told of it now. Of one that is gone only the id is left. */
  podOf(record: ContainerRecord): PodSandbox {
    if (record.ownPod !== undefined) {
      return Object.assign(PodSandbox.decode(record.ownPod), { pid: record.pid });
    }
    const pod = this.pod(record.domain, record.podId);
    return pod === undefined ? PodSandbox.create({ id: record.podId }) : podMessage(pod);
  }

  /**
   * What plugins are handed that come now: pods that run or have ended, and containers that are created or run. What they are
   * not told of yet is left out, and so are containers that have ended (spec: containerd 5.4).
   */
  snapshot(): { readonly pods: Init<PodSandbox>[]; readonly containers: Init<Container>[] } {
    const pods: Init<PodSandbox>[] = [];
    const containers: Init<Container>[] = [];
    for (const record of this.#records.values()) {
      const now = { ...record }; // as of this moment, whenever it is looked at
      if (now.kind === "pod") {
        if (now.state !== "remembered") pods.push(lateMessage(() => podMessage(now)));
      } else if (!isComing(now)) {
        if (now.ownPod !== undefined) pods.push(lateMessage(() => this.podOf(now)));
        if (now.state !== "stopped") containers.push(lateMessage(() => containerMessage(now)));
      }
    }
    return { pods, containers };
  }
}
