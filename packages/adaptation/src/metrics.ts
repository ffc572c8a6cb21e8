// Numbers about plugins for the application: the reference's four callbacks, at the reference's moments (spec: adaptation 10).
import type { ContainerAdjustment, ContainerEviction, ContainerUpdate } from "@nri/protocol";
import { asError, errorText } from "./errors.js";
import type { Logger } from "./observer.js";
import type { PluginPeer, RelayedRequest } from "./peer.js";

/**
 * Takes numbers about the plugins. `plugin` is the display name (`10-foo`), `operation` the RPC name of an event
 * (`CreateContainer`), or `Synchronize`, which counts once for each of its messages. Called synchronously: be quick. What
 * a callback throws is logged and changes nothing.
 */
export interface MetricsRecorder {
  /** After each call to a plugin, before the next one: how long it took. A repetition as StateChange is part of its call. */
  recordPluginLatency(plugin: string, operation: string, latencyMs: number): void;
  /** After each call to a plugin, right after its latency: how it ended. */
  recordPluginInvocation(plugin: string, operation: string, error: Error | undefined): void;
  /**
   * After a successful Synchronize, CreateContainer, UpdateContainer or StopContainer: what the plugin asks for. Before
   * that is joined with what others ask for, so it may still be refused. `adjust` only comes with a creation.
   */
  recordPluginAdjustments(
    plugin: string,
    operation: string,
    adjust: ContainerAdjustment | undefined,
    updates: number,
    evictions: number,
  ): void;
  /** After each request, and when plugins come or go: how many are active. */
  updatePluginCount(count: number): void;
}

interface Answer {
  readonly adjust?: ContainerAdjustment | undefined;
  readonly update?: readonly ContainerUpdate[];
  readonly evict?: readonly ContainerEviction[];
}

/** Calls plugins and tells a recorder. There is none without a recorder, so that nothing is measured then. */
export class Meter {
  readonly #recorder: MetricsRecorder;
  readonly #log: Logger;

  constructor(recorder: MetricsRecorder, log: Logger) {
    this.#recorder = recorder;
    this.#log = log;
  }

  /** Asks a plugin. */
  request(
    peer: PluginPeer,
    request: RelayedRequest,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
  ): Promise<object | undefined> {
    const { answer, name } = request.row;
    return this.#measured(peer.record.name, name, answer === "adjustment" || answer === "updates", () =>
      peer.request(request, signal, timeoutMs),
    );
  }

  /** Sends one Synchronize message; `send` gives the decoded answer. */
  synchronize<T extends { readonly update: readonly ContainerUpdate[] }>(
    plugin: string,
    send: () => Promise<T>,
  ): Promise<T> {
    return this.#measured(plugin, "Synchronize", true, send);
  }

  /** There are `active` plugins now. */
  count(active: number): void {
    this.#tell((recorder) => recorder.updatePluginCount(active));
  }

  async #measured<T extends object | undefined>(
    plugin: string,
    operation: string,
    adjusts: boolean,
    call: () => Promise<T>,
  ): Promise<T> {
    const started = performance.now();
    const ended = (error: Error | undefined): void => {
      const latencyMs = performance.now() - started;
      this.#tell((recorder) => recorder.recordPluginLatency(plugin, operation, latencyMs));
      this.#tell((recorder) => recorder.recordPluginInvocation(plugin, operation, error));
    };
    let answer: T;
    try {
      answer = await call();
    } catch (error) {
      ended(asError(error));
      throw error;
    }
    ended(undefined);
    if (adjusts) {
      const { adjust, update = [], evict = [] } = (answer ?? {}) as Answer;
      this.#tell((recorder) =>
        recorder.recordPluginAdjustments(plugin, operation, adjust, update.length, evict.length),
      );
    }
    return answer;
  }

  #tell(call: (recorder: MetricsRecorder) => void): void {
    try {
      call(this.#recorder);
    } catch (error) {
      this.#log.error(`the metrics recorder failed: ${errorText(error)}`);
    }
  }
}
