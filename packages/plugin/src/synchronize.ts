// Collects the parts of a split Synchronize until the last one has come; spec: stub 4.
import type { Container, PodSandbox, SynchronizeRequest } from "@nri/protocol";
import { PluginError } from "./errors.js";

/**
 * Pods and containers of all parts received so far. Holds at most `maxBytes` worth of messages with at most `maxFields`
 * fields: two bytes of a message can become a container of 500 bytes.
 */
export class SyncCollection {
  #pods: PodSandbox[] = [];
  #containers: Container[] = [];
  #bytes = 0;
  #fields = 0;

  constructor(
    readonly maxBytes: number,
    readonly maxFields: number,
  ) {}

  /** Adds a part of `bytes` bytes. Returns everything when it was the last part. Too much drops all and throws `limit`. */
  add(part: SynchronizeRequest, bytes: number): { pods: PodSandbox[]; containers: Container[] } | undefined {
    this.#bytes += bytes;
    if (this.#bytes > this.maxBytes) throw this.#exceeded(`${this.#bytes} bytes`, this.maxBytes);
    if (this.#pods.length + this.#containers.length === 0 && !part.more) {
      this.clear();
      return { pods: part.pods, containers: part.containers };
    }
    this.#fields += countFields(part);
    if (this.#fields > this.maxFields) throw this.#exceeded(`${this.#fields} fields`, this.maxFields);
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
    this.#fields = 0;
  }

  #exceeded(what: string, maximum: number): PluginError {
    this.clear();
    return new PluginError("limit", `Synchronize: ${what} in split messages exceed the maximum of ${maximum}`);
  }
}

/** Fields, list items and map entries of a message, set or not. */
function countFields(message: object): number {
  if (Array.isArray(message)) {
    let count = message.length;
    if (typeof message[0] === "object") for (const item of message) count += countFields(item);
    return count;
  }
  let count = 0;
  // What is decoded has own properties alone; a list of them would be made for each of hundreds of thousands of messages.
  for (const field in message) {
    count++;
    const value = (message as { [field: string]: unknown })[field];
    if (typeof value === "object" && value !== null) count += countFields(value);
  }
  return count;
}
