// Synchronize, for plugins outside of this program: the runtime's state, in as many messages as it needs.
import { type Container, type ContainerUpdate, type Init, type PodSandbox, SynchronizeResponse } from "@nri/protocol";
import type { ConfiguringHost } from "./configuring.js";
import { decodeAnswer } from "./decode-answer.js";
import { AdaptationError, asError } from "./errors.js";
import type { Meter } from "./metrics.js";
import { observeSync } from "./observe.js";
import type { Observer } from "./observer.js";
import type { PluginRecord } from "./plugin-record.js";
import { splitState } from "./sync.js";

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
  for (const part of splitState(pods, containers, maxBytes)) {
    const leftMs = Math.max(1, Math.ceil(started + timeoutMs - performance.now()));
    const ask = async (): Promise<SynchronizeResponse> =>
      decodeAnswer(record, "Synchronize", SynchronizeResponse, await call(part.payload, timeoutMs, leftMs));
    const response = await (meter === undefined ? ask() : meter.synchronize(plugin, ask));
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
  return [];
}
