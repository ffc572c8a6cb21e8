// The runtime's state in messages that fit, in slices of time: each object is encoded straight into its message.
//
// Two messages are in memory at most, in two buffers that are filled in turn: one is with the plugin, and the next one is
// encoded meanwhile. Requests to other plugins get their turn between two slices. The object that no longer fits is encoded
// again for the message after: its buffer is with the plugin still.
import { Container, type Init, PodSandbox } from "@nri/protocol";
import { AdaptationError } from "./errors.js";

/** One Synchronize request, encoded. */
export interface SyncPart {
  /** Its bytes are overwritten by the part after the next one. */
  readonly payload: Uint8Array;
  /** Another part follows. */
  readonly more: boolean;
}

/** `SynchronizeRequest`: tags of `pods` (1) and `containers` (2), and of `more` (3) set to true. */
const PODS = 0x0a;
const CONTAINERS = 0x12;
const MORE = [0x18, 0x01] as const;
const FIRST_BUFFER_BYTES = 64 * 1024;

/** Cuts pods and containers into requests of at most `maxPayloadBytes`, pods first; always at least one part. */
export class StateSplitter {
  readonly #pods: readonly Init<PodSandbox>[];
  readonly #containers: readonly Init<Container>[];
  readonly #room: number;
  #next = 0;
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #spare = new Uint8Array(0);
  #bytes = 0;

  constructor(pods: readonly Init<PodSandbox>[], containers: readonly Init<Container>[], maxPayloadBytes: number) {
    this.#pods = pods;
    this.#containers = containers;
    this.#room = maxPayloadBytes - MORE.length;
  }

  /**
   * Encodes objects, each when its turn comes, until a part is complete or `untilMs` (of `performance.now()`) is reached:
   * undefined then. Throws `sync-object-too-large` for an object that is too large for a message of its own. Not to be called
   * after the last part.
   */
  encode(untilMs: number): SyncPart | undefined {
    const count = this.#pods.length + this.#containers.length;
    while (this.#next < count) {
      const full = this.#encodeNext();
      if (full !== undefined) {
        return full;
      }
      this.#next++;
      if (performance.now() >= untilMs) {
        return undefined;
      }
    }
    return { payload: this.#buffer.subarray(0, this.#bytes), more: false };
  }

  #encodeNext(): SyncPart | undefined {
    const pod = this.#pods[this.#next];
    if (pod !== undefined) {
      return PodSandbox.encodeFor(pod, (view) => this.#add(PODS, view, () => `pod "${pod.name}" (${pod.id})`));
    }
    const container = this.#containers[this.#next - this.#pods.length];
    if (container === undefined) {
      return undefined;
    }
    const name = (): string => `container "${container.name}" (${container.id})`;
    return Container.encodeFor(container, (view) => this.#add(CONTAINERS, view, name));
  }

  /** Adds an object. One that no longer fits is not added: gives the part, which is complete without it. */
  #add(tag: number, view: Uint8Array, name: () => string): SyncPart | undefined {
    const size = 1 + varintBytes(view.length) + view.length;
    if (size > this.#room) {
      const text = `${name()} takes ${size} bytes, a Synchronize message holds ${this.#room}`;
      throw new AdaptationError("sync-object-too-large", text, { request: "Synchronize" });
    }
    if (this.#bytes + size > this.#room) {
      this.#buffer.set(MORE, this.#bytes);
      const part = { payload: this.#buffer.subarray(0, this.#bytes + MORE.length), more: true };
      const filled = this.#buffer;
      this.#buffer = this.#spare.length === 0 ? new Uint8Array(filled.length) : this.#spare;
      this.#spare = filled;
      this.#bytes = 0;
      return part;
    }
    this.#reserve(size + MORE.length);
    let at = this.#bytes;
    this.#buffer[at++] = tag;
    let rest = view.length;
    while (rest > 0x7f) {
      this.#buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[at++] = rest;
    this.#buffer.set(view, at);
    this.#bytes = at + view.length;
    return undefined;
  }

  /** A small state shall not take a large buffer. */
  #reserve(bytes: number): void {
    const needed = this.#bytes + bytes;
    if (needed > this.#buffer.length) {
      const most = this.#room + MORE.length;
      const larger = new Uint8Array(Math.min(most, Math.max(needed, this.#buffer.length * 4)));
      larger.set(this.#buffer.subarray(0, this.#bytes));
      this.#buffer = larger;
    }
  }
}

function varintBytes(value: number): number {
  return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
}
