// A plugin that stays: connects, works, and connects again when the runtime has gone; until it is stopped or cannot go on.
//
//   connecting --> registering --> configured --> active
//        ^              |               |            |       each loss, refusal or time-out leads back,
//        |              v               v            v       after a wait that grows
//        +---------- disconnected <------------------+
import { type ContainerUpdate, DEFAULT_SOCKET_PATH, displayName } from "@nri/protocol";
import { closeGiven, type GivenConnection } from "../connect.js";
import { errorText, PluginError } from "../errors.js";
import type { CloseReason, PluginSession } from "../plugin-session.js";
import type { Preparation, StartOptions } from "../preparation.js";
import type { PluginState } from "../state.js";
import type { UpdateInput, UpdateOptions } from "../update-options.js";
import { backoffMs, waitMs } from "./backoff.js";
import { type HealthOptions, serveHealth } from "./health.js";
import {
  GOOD_SESSION_MS,
  outlook,
  type ReconnectOptions,
  type ReconnectSettings,
  reconnectSettings,
} from "./reconnect.js";

/** How to run a plugin. A given connection can be used up once, so there is no reconnection with it. */
export type RunOptions = StartOptions & {
  /** Offers the state of the plugin over HTTP, for probes. */
  readonly health?: HealthOptions | undefined;
} & (
    | {
        readonly connection?: undefined;
        /**
         * Whether, and how, the plugin connects again after it has lost its runtime. By default it does, unless a runtime
         * has launched it; that has one connection for it and no other.
         */
        readonly reconnect?: boolean | ReconnectOptions | undefined;
      }
    | { readonly connection?: GivenConnection | undefined; readonly reconnect?: false | undefined }
  );

/** A plugin that runs. */
export interface PluginService extends AsyncDisposable {
  /** What it is doing now. */
  readonly state: PluginState;
  /** The session with the runtime, while there is one. */
  readonly session: PluginSession | undefined;
  /** Settles at the end, as `run()`. */
  readonly done: Promise<void>;
  /**
   * As that of the session there is; fails with code `connection-lost` when there is none, unless the updates are kept
   * (`retry: { keep: true }`): then they wait for the next one.
   */
  updateContainers(updates: readonly UpdateInput[], options?: UpdateOptions): Promise<ContainerUpdate[]>;
  /** Ends it. Resolves when everything is gone, also when the plugin had failed; `done` says how. Repeatable. */
  close(reason?: unknown): Promise<void>;
}

/** Runs what has been prepared. Throws {@link PluginError} `invalid-argument` for options that cannot be. */
export function startService(prepared: Preparation, options: RunOptions): PluginService {
  const { reconnect } = options;
  if (reconnect !== undefined && reconnect !== false && options.connection !== undefined) {
    closeGiven(options.connection);
    throw new PluginError("invalid-argument", "a plugin with a given connection cannot reconnect; give dial instead");
  }
  const settings =
    reconnect === false || !prepared.external
      ? undefined
      : reconnectSettings(typeof reconnect === "object" ? reconnect : {});
  return new Service(prepared, options, settings);
}

class Service implements PluginService {
  readonly done: Promise<void>;
  session: PluginSession | undefined;
  readonly #prepared: Preparation;
  readonly #options: RunOptions;
  readonly #reconnect: ReconnectSettings | undefined;
  readonly #stop = new AbortController();
  /** Failures since the last good session, in a row. */
  #failures = 0;
  #awaySince = performance.now();
  /** States that the log has told of since the plugin was connected last. */
  readonly #told = new Set<string>();
  #end: CloseReason | undefined;

  constructor(prepared: Preparation, options: RunOptions, reconnect: ReconnectSettings | undefined) {
    this.#prepared = prepared;
    this.#options = options;
    this.#reconnect = reconnect;
    this.done = this.#live();
  }

  get state(): PluginState {
    return this.#prepared.parts.state.now;
  }

  readonly updateContainers = (updates: readonly UpdateInput[], options?: UpdateOptions): Promise<ContainerUpdate[]> =>
    this.session?.updateContainers(updates, options) ??
    this.#prepared.parts.updates.update(undefined, updates, options);

  async close(reason?: unknown): Promise<void> {
    this.#stop.abort(reason);
    await this.done.catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #live(): Promise<void> {
    const { signal, health } = this.#options;
    const stop = () => this.#stop.abort(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
    let endpoint: AsyncDisposable | undefined;
    try {
      endpoint = health && (await serveHealth(health, () => this.state, this.#prepared.parts.log));
      while (await this.#onceMore());
    } catch (error) {
      this.#prepared.parts.state.failed(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#prepared.close();
      closeGiven(this.#options.connection);
      await this.#prepared.parts.notices.settled();
      await endpoint?.[Symbol.asyncDispose]();
    }
  }

  /** One session, and the wait after it. Tells whether there shall be another one; throws when that cannot be. */
  async #onceMore(): Promise<boolean> {
    const began = performance.now();
    try {
      this.session = await this.#prepared.open(
        { again: this.#failures > 0, continues: (reason) => this.#continues(reason) },
        this.#stop.signal,
      );
    } catch (error) {
      if (this.#stop.signal.aborted && error instanceof PluginError && error.code === "stopped") return false;
      return await this.#notConnected(error);
    }
    this.#connected();
    const end = await this.session.closed;
    this.session = undefined;
    this.#end = end;
    if (end.kind === "stopped") return false;
    if (this.#reconnect === undefined) {
      if (end.kind === "shutdown") return false;
      throw this.#lost(end.error);
    }
    return await this.#disconnected(end, performance.now() - began);
  }

  #continues(reason: CloseReason): boolean {
    return this.#reconnect !== undefined && reason.kind !== "stopped";
  }

  #connected(): void {
    const { log, state } = this.#prepared.parts;
    if (this.#told.size > 0) {
      const seconds = ((performance.now() - this.#awaySince) / 1000).toFixed(1);
      log.info(`Plugin ${state.plugin.name} is connected after ${seconds} s`);
    }
    this.#told.clear();
    state.refusals = 0;
  }

  /** A session has ended that had been configured. */
  async #disconnected(end: CloseReason, lastedMs: number): Promise<boolean> {
    this.#awaySince = performance.now();
    this.#failures = lastedMs >= GOOD_SESSION_MS ? 1 : this.#failures + 1;
    if (end.kind === "shutdown") {
      this.#tell("gone", "info", "The runtime has ended the session; waiting for it to come back...");
    } else {
      this.#tell("gone", "warn", `${this.#lost(end.kind === "lost" ? end.error : undefined).message}; reconnecting...`);
    }
    return await this.#wait();
  }

  /** No session has come to be. */
  async #notConnected(error: unknown): Promise<boolean> {
    const { state, log } = this.#prepared.parts;
    const settings = this.#reconnect;
    if (settings === undefined) throw error;
    const what = outlook(error, state.connections === 0);
    if (what === "final" || (state.connections === 0 && !settings.waitForRuntime)) throw error;
    state.away();
    state.failed(error);
    this.#failures++;
    if (what === "away") {
      const place = this.#options.socketPath ?? DEFAULT_SOCKET_PATH;
      this.#tell("away", "warn", `No runtime at ${place} yet, trying again: ${errorText(error)}`);
      return await this.#wait();
    }
    if (what === "replaced" && this.#end?.kind === "shutdown") {
      log.info(`Another instance has taken over from plugin ${state.plugin.name}: ${errorText(error)}`);
      return false;
    }
    state.refusals++;
    if (state.refusals >= settings.maxRefusals) throw error;
    this.#tell(
      "refused",
      "warn",
      `Refused by the runtime, trying again up to ${settings.maxRefusals} times: ${errorText(error)}`,
    );
    return await this.#wait();
  }

  /** Once per state, not per attempt. */
  #tell(state: "gone" | "away" | "refused", level: "info" | "warn", text: string): void {
    const { log } = this.#prepared.parts;
    if (this.#told.has(state)) log.debug(text);
    else log[level](text);
    this.#told.add(state);
  }

  async #wait(): Promise<boolean> {
    const settings = this.#reconnect;
    if (settings === undefined) return false;
    const left = settings.giveUpAfterMs - (performance.now() - this.#awaySince);
    if (left <= 0) {
      const { lastError } = this.state;
      const text = `no runtime in ${settings.giveUpAfterMs} ms${lastError ? `: ${lastError.text}` : ""}`;
      throw new PluginError("connection-lost", `plugin "${this.#name}": ${text}`);
    }
    await waitMs(Math.min(backoffMs(this.#failures, settings), left), this.#stop.signal);
    return !this.#stop.signal.aborted;
  }

  #lost(cause: Error | undefined): PluginError {
    const text = `plugin "${this.#name}": connection to the runtime lost`;
    return new PluginError("connection-lost", cause === undefined ? text : `${text}: ${cause.message}`);
  }

  get #name(): string {
    const { index, name } = this.#prepared.parts.identity;
    return displayName(index, name);
  }
}
