// Synchronize, for plugins outside of this program: the runtime's state, in as many messages as it needs.
import { setImmediate } from "node:timers/promises";
import { type Container, type ContainerUpdate, type Init, type PodSandbox, SynchronizeResponse } from "@nri/protocol";
import type { ConfiguringHost } from "./configuring.js";
import { decodeAnswer } from "./decode-answer.js";
import { AdaptationError, asError } from "./errors.js";
import type { Meter } from "./metrics.js";
import { observeSync } from "./observe.js";
import type { Observer } from "./observer.js";
import type { PluginRecord } from "./plugin-record.js";
import { StateSplitter, type SyncPart } from "./sync.js";

/** Milliseconds of encoding at a time: requests to other plugins wait no longer for it. */
const SLICE_MS = 0.5;

/** What sending needs of the adaptation. */
export interface SendingHost {
  readonly timeoutFor: ConfiguringHost["timeoutFor"];
  readonly observer: Observer;
  readonly meter: Meter | undefined;
}

/** What is sent. */
export interface State {
  readonly pods: readonly Init<PodSandbox>[];
  readonly containers: readonly Init<Container>[];
  /** Bytes of one message. */
  readonly maxBytes: number;
}

/**
 * Sends the runtime's state; one request time-out covers all messages. Gives the updates that the plugin asks for. Throws
 * what is wrong; the plugin is to be closed then.
 */
export async function sendState(
  host: SendingHost,
  record: PluginRecord,
  state: State,
  call: (payload: Uint8Array, timeoutMs: number, leftMs: number) => Promise<Uint8Array>,
): Promise<ContainerUpdate[]> {
  record.to("synchronizing");
  const started = performance.now();
  try {
    const updates = await send(host, record, state, started, call);
    observeSync(host.observer, record, started, updates, undefined);
    return updates;
  } catch (error) {
    const failure =
      error instanceof AdaptationError && error.code === "sync-object-too-large"
        ? new AdaptationError(error.code, `${record.label}: ${error.message}`, {
            plugin: record.name,
            request: "Synchronize",
          })
        : asError(error);
    observeSync(host.observer, record, started, [], failure);
    throw failure;
  }
}

async function send(
  { timeoutFor, meter }: SendingHost,
  record: PluginRecord,
  { pods, containers, maxBytes }: State,
  started: number,
  call: (payload: Uint8Array, timeoutMs: number, leftMs: number) => Promise<Uint8Array>,
): Promise<ContainerUpdate[]> {
  const plugin = record.name;
  const timeoutMs = timeoutFor(record, "synchronize");
  const ahead = new PartsAhead(new StateSplitter(pods, containers, maxBytes));
  try {
    for (;;) {
      const part = await ahead.next();
      const leftMs = Math.max(1, Math.ceil(started + timeoutMs - performance.now()));
      const ask = async (): Promise<SynchronizeResponse> =>
        decodeAnswer(record, "Synchronize", SynchronizeResponse, await call(part.payload, timeoutMs, leftMs));
      const answer = meter === undefined ? ask() : meter.synchronize(plugin, ask);
      if (part.more) {
        ahead.begin();
      }
      const response = await answer;
      if (!part.more) {
        return response.update;
      }
      if (!response.more || response.update.length > 0) {
        throw new AdaptationError("sync-split", `plugin "${plugin}": plugin does not handle split sync requests`, {
          plugin,
          request: "Synchronize",
        });
      }
    }
  } finally {
    ahead.stop();
  }
}

/** Encodes one part while the plugin works on the one before. */
class PartsAhead {
  readonly #splitter: StateSplitter;
  #part: Promise<SyncPart> | undefined;
  #stopped = false;

  constructor(splitter: StateSplitter) {
    this.#splitter = splitter;
  }

  /** Begins to encode the next part. To be called once the part before the last one has been answered. */
  begin(): void {
    this.#part = this.#encode();
    this.#part.catch(() => undefined); // whoever takes the part sees it
  }

  /** The next part. */
  async next(): Promise<SyncPart> {
    if (this.#part === undefined) {
      this.begin();
    }
    const part = this.#part as Promise<SyncPart>;
    this.#part = undefined;
    return await part;
  }

  /** Nobody wants another one. */
  stop(): void {
    this.#stopped = true;
  }

  async #encode(): Promise<SyncPart> {
    for (;;) {
      const part = this.#splitter.encode(performance.now() + SLICE_MS);
      if (part !== undefined) {
        return part;
      }
      await setImmediate();
      if (this.#stopped) {
        throw new AdaptationError("canceled", "nobody waits for the rest of the state");
      }
    }
  }
}
