// Collects the parts of a split Synchronize until the last one has come; spec: stub 4.
import type { Container, PodSandbox, SynchronizeRequest } from "@nri/protocol";
import { PluginError } from "./errors.js";

/** Pods and containers of all parts received so far. Holds at most `maxBytes` worth of messages. */
export class SyncCollection {
  #pods: PodSandbox[] = [];
  #containers: Container[] = [];
  #bytes = 0;

  constructor(readonly maxBytes: number) {}

  /** Adds a part of `bytes` bytes. Returns everything when it was the last part. Too much drops all and throws `limit`. */
  add(part: SynchronizeRequest, bytes: number): { pods: PodSandbox[]; containers: Container[] } | undefined {
    this.#bytes += bytes;
    if (this.#bytes > this.maxBytes) {
      const total = this.#bytes;
      this.clear();
      throw new PluginError(
        "limit",
        `Synchronize: ${total} bytes in split messages exceed the maximum of ${this.maxBytes}`,
      );
    }
    if (this.#pods.length + this.#containers.length === 0 && !part.more) {
      this.clear();
      return { pods: part.pods, containers: part.containers };
    }
    for (const pod of part.pods) this.#pods.push(pod);
    for (const container of part.containers) this.#containers.push(container);
    if (part.more) return undefined;
    const all = { pods: this.#pods, containers: this.#containers };
    this.clear();
    return all;
  }

  /** Forgets all parts. */
  clear(): void {
    this.#pods = [];
    this.#containers = [];
    this.#bytes = 0;
  }
}
