// One life of a plugin on one connection: connect, register, get configured, answer, end.
//
//   plugin                                     runtime
//     |-- conn 2: RegisterPlugin ----------------->|
//     |<----------------- conn 1: Configure -------|   may come before the answer to RegisterPlugin
//     |   start() resolves here                    |
//     |<----------------- conn 1: Synchronize -----|   1..n messages
//     |<----------------- conn 1: events ----------|
//     |-- conn 2: UpdateContainers --------------->|   at any time
import {
  CONCURRENCY_METADATA,
  type ConfigureRequest,
  type ContainerUpdate,
  displayName,
  Empty,
  Mux,
  NRI_VERSION,
  PLUGIN_CONNECTION,
  PLUGIN_SERVICE,
  type PluginIdentity,
  printEventMask,
  RegisterPluginRequest,
  RUNTIME_CONNECTION,
  RUNTIME_SERVICE,
  TAKEOVER_METADATA,
  UpdateContainersRequest,
  UpdateContainersResponse,
} from "@nri/protocol";
import type { WarmUp } from "@nri/protocol/warm-up";
import { type ByteStream, TtrpcClient, TtrpcServer } from "@nri/ttrpc";
import type { LiveConfiguration } from "./configuration/live-configuration.js";
import { handlerCall, type RpcCall } from "./context.js";
import { errorText, PluginError } from "./errors.js";
import type { PluginDefinition } from "./handlers.js";
import type { PluginLimits } from "./limits.js";
import type { Logger } from "./log.js";
import { pluginMethods, type SessionHooks } from "./methods.js";
import type { Notices } from "./notices.js";
import type { CloseReason, PluginSession } from "./plugin-session.js";
import { type RuntimeInfo, runtimeInfo, UNKNOWN_RUNTIME } from "./runtime-info.js";
import type { SendUpdates, UpdateRetrier } from "./service/update-retry.js";
import type { StateTracker } from "./state.js";
import { handledEvents, splitByVersion, subscription, trackedEvents } from "./subscription.js";
import { SyncCollection } from "./synchronize.js";
import type { UpdateInput, UpdateOptions } from "./update-options.js";
import { beginWarmUp } from "./warm-up/warm-up.js";

/** What a session is made of. */
export interface SessionParts {
  readonly definition: PluginDefinition;
  readonly identity: PluginIdentity;
  readonly log: Logger;
  readonly limits: PluginLimits;
  /** Name of the program in log lines. */
  readonly program: string;
  readonly state: StateTracker;
  readonly updates: UpdateRetrier;
  readonly configuration: LiveConfiguration | undefined;
  readonly notices: Notices;
  /** Whether hot code is run before the first request. */
  readonly warmUp: boolean;
  /** Whether the process is taken to be the plugin's own. */
  readonly isProgram: boolean;
  /** Whether the registration asks to replace the instance that is there. */
  readonly takeover: boolean;
  /** Whether this is one of many attempts, of which the log need not tell. */
  readonly again: boolean;
  /** Whether another session follows one that has ended so. */
  readonly continues: (reason: CloseReason) => boolean;
}

type Phase = "starting" | "configured" | "active" | "closed";

/** The life of one session. Made by `startSession`. */
class Session implements PluginSession, SessionHooks {
  readonly plugin: PluginIdentity;
  readonly log: Logger;
  readonly sync: SyncCollection;
  readonly closed: Promise<CloseReason>;
  readonly #parts: SessionParts;
  readonly #mux: Mux;
  readonly #client: TtrpcClient;
  #phase: Phase = "starting";
  #runtime: RuntimeInfo = UNKNOWN_RUNTIME;
  #events = 0;
  #announced = false;
  #warmUp: WarmUp | undefined;
  #stopReason: CloseReason | undefined;
  #resolveClosed: (reason: CloseReason) => void = () => undefined;
  #settleConfigured: (error?: unknown) => void = () => undefined;
  readonly #configured: Promise<unknown>;

  constructor(trunk: ByteStream, parts: SessionParts) {
    this.#parts = parts;
    this.plugin = parts.identity;
    this.log = parts.log;
    this.sync = new SyncCollection(parts.limits.maxSyncBytes, parts.limits.maxSyncFields);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#configured = new Promise((resolve) => {
      this.#settleConfigured = resolve;
    });
    // Both connections must be open before the first frame is read: Configure may be in it.
    this.#mux = new Mux(trunk, { blockedRead: true });
    const server = new TtrpcServer().register(PLUGIN_SERVICE, pluginMethods(parts.definition, this));
    const serving = server.serve(this.#mux.open(PLUGIN_CONNECTION));
    this.#client = new TtrpcClient(this.#mux.open(RUNTIME_CONNECTION));
    // One connection alone is no session: when either breaks, the trunk goes too, and the runtime notices.
    for (const { closed } of [serving, this.#client]) void closed.then((error) => this.#mux.close(error));
    void this.#mux.closed.then((error) => this.#end(error));
    this.#mux.unblock();
  }

  get runtime(): RuntimeInfo {
    return this.#runtime;
  }

  get events(): number {
    return this.#events;
  }

  /** Registers and waits for Configure. */
  async start(): Promise<void> {
    const { name, index } = this.plugin;
    const { registrationTimeoutMs, configureTimeoutMs } = this.#parts.limits;
    this.#parts.state.enter("registering");
    this.#tell(`Registering plugin ${name} using NRI version ${NRI_VERSION}...`);
    const request = RegisterPluginRequest.encode({ pluginName: name, pluginIdx: index, NRIVersion: NRI_VERSION });
    const registered = this.#client
      .call(RUNTIME_SERVICE, "RegisterPlugin", request, {
        timeoutMs: registrationTimeoutMs,
        metadata: this.#metadata(),
      })
      .then((answer) => void Empty.decode(answer));
    try {
      await registered;
    } catch (cause) {
      const text = `failed to register with NRI/Runtime: ${errorText(cause)}`;
      throw this.#startError(new PluginError("register-failed", text, { cause }));
    }
    const failure = await this.#configuredWithin(configureTimeoutMs);
    if (failure !== undefined) throw this.#startError(failure);
    this.log.info(`Started plugin ${name}...`);
  }

  /** What runtimes of ours are told with the registration, and others ignore. */
  #metadata(): (readonly [string, string])[] {
    const { takeover, definition } = this.#parts;
    const { concurrency } = definition;
    return [
      ...(takeover ? [[TAKEOVER_METADATA, "true"] as const] : []),
      ...(concurrency === undefined ? [] : [[CONCURRENCY_METADATA, String(concurrency)] as const]),
    ];
  }

  /** What is told once and not for each attempt. */
  #tell(text: string): void {
    if (this.#parts.again) this.log.debug(text);
    else this.log.info(text);
  }

  async #configuredWithin(timeoutMs: number): Promise<unknown> {
    const late = new PluginError(
      "not-configured",
      `plugin "${displayName(this.plugin.index, this.plugin.name)}": registered, but not configured by the runtime in ${timeoutMs} ms`,
    );
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise((resolve) => {
      timer = setTimeout(resolve, timeoutMs, late);
    });
    try {
      return await Promise.race([this.#configured, expired]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The plugin's own stop explains a failure better than the failure itself. */
  #startError(error: unknown): unknown {
    if (this.#stopReason === undefined) return error;
    const text = `plugin "${displayName(this.plugin.index, this.plugin.name)}": stopped before it was configured`;
    return new PluginError("stopped", text, { cause: this.#stopReason });
  }

  async configure(request: ConfigureRequest, call: RpcCall): Promise<number> {
    const { definition, program } = this.#parts;
    const { name } = this.plugin;
    this.#runtime = runtimeInfo(request, name, this.log);
    try {
      await this.#parts.configuration?.configure(request.config);
      const answer = await definition.configure?.(
        handlerCall(this, call, {
          config: request.config,
          runtimeName: request.runtimeName,
          runtimeVersion: request.runtimeVersion,
          NRIVersion: this.#runtime.NRIVersion,
          registrationTimeoutMs: this.#runtime.registrationTimeoutMs,
          requestTimeoutMs: this.#runtime.requestTimeoutMs,
        }),
      );
      this.#events = this.#knownToRuntime(subscription(handledEvents(definition), answer));
    } catch (error) {
      const unhandled = /^internal error: (unhandled events .*)$/.exec(errorText(error))?.[1];
      this.log.error(
        unhandled === undefined
          ? `Plugin configuration failed: ${errorText(error)}`
          : `Plugin subscribed for ${unhandled}`,
      );
      // The runtime shall see this error before start() fails and the connection goes.
      const reason = error ?? new PluginError("configure-failed", "the configure handler threw nothing");
      setImmediate(this.#settleConfigured, reason);
      throw error;
    }
    if (definition.configure) {
      this.log.info(`Subscribing plugin ${name} (${program}) for events ${printEventMask(this.#events)}`);
    }
    if (this.#phase === "starting") {
      this.#phase = "configured";
      this.#parts.state.enter("configured");
    }
    this.#parts.state.runtime = this.#runtime;
    this.#settleConfigured();
    return this.#events;
  }

  get configuration(): unknown {
    return this.#parts.configuration?.value;
  }

  called(): void {
    this.#parts.state.calls++;
    this.#warmUp?.stop();
  }

  failed(method: string, error: unknown): void {
    const { state } = this.#parts;
    state.errors++;
    state.failed(`${method}: ${errorText(error)}`);
  }

  activate(): void {
    if (this.#phase !== "configured") return;
    this.#phase = "active";
    const { definition, notices, state, updates } = this.#parts;
    state.enter("active");
    const count = ++state.connections;
    // The answer to Synchronize goes first.
    setImmediate(() => {
      if (this.#phase !== "active") return;
      updates.attach(this.#send);
    });
    if (this.#parts.warmUp) this.#warmUp = beginWarmUp(definition, this.log, this.#parts.isProgram);
    notices.give("connected", (context) => definition.connected?.({ ...context, session: this, count }));
  }

  /** An old runtime refuses plugins that want events it does not know; better to do without those. */
  #knownToRuntime(wanted: number): number {
    const { NRIVersion } = this.#runtime;
    const { known, unknown } = splitByVersion(wanted | trackedEvents(this.#parts.definition), NRIVersion);
    if ((unknown & wanted) !== 0) {
      const events = printEventMask(unknown & wanted);
      this.log.warn(`Plugin ${this.plugin.name} does without ${events}: the runtime has NRI version ${NRIVersion}`);
    }
    return known;
  }

  shutdown(): void {
    this.#announced = true;
    this.log.info(`Runtime shuts down plugin ${this.plugin.name}...`);
  }

  readonly updateContainers = (updates: readonly UpdateInput[], options?: UpdateOptions): Promise<ContainerUpdate[]> =>
    this.#parts.updates.update(this.#send, updates, options);

  readonly #send: SendUpdates = async (update, { evict = [], signal }) => {
    const request = UpdateContainersRequest.encode({ update, evict });
    const answer = await this.#client.call(RUNTIME_SERVICE, "UpdateContainers", request, signal ? { signal } : {});
    return UpdateContainersResponse.decode(answer).failed;
  };

  async close(reason?: unknown): Promise<CloseReason> {
    if (this.#phase !== "closed") {
      this.#tell(`Stopping plugin ${this.plugin.name}...`);
      this.#stopReason ??= { kind: "stopped", reason };
      this.#mux.close();
    }
    return this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #end(error: Error | undefined): void {
    if (this.#phase === "closed") return;
    const before = this.#phase;
    this.#phase = "closed";
    this.sync.clear();
    this.#warmUp?.stop();
    const lost: CloseReason = error === undefined ? { kind: "lost" } : { kind: "lost", error };
    const reason = this.#stopReason ?? (this.#announced ? { kind: "shutdown" } : lost);
    if (before === "starting") {
      const text = `plugin "${displayName(this.plugin.index, this.plugin.name)}": connection to the runtime lost before it was configured`;
      this.#settleConfigured(new PluginError("connection-lost", text, error && { cause: error }));
    }
    const { definition, notices, state, updates } = this.#parts;
    const reconnecting = this.#parts.continues(reason);
    if (reason.kind === "lost" && error !== undefined) state.failed(error);
    if (reconnecting) state.away();
    updates.detach(this.#send, !reconnecting);
    if (before === "active") {
      notices.give("disconnected", (context) => definition.disconnected?.({ ...context, reason, reconnecting }));
    }
    this.#resolveClosed(reason);
  }
}

/** Registers on `trunk` and waits until Configure has been answered. Owns the trunk; closes it when that fails. */
export async function startSession(
  trunk: ByteStream,
  parts: SessionParts,
  signal: AbortSignal | undefined,
): Promise<PluginSession> {
  const session = new Session(trunk, parts);
  const stop = () => void session.close(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  void session.closed.then(() => signal?.removeEventListener("abort", stop));
  try {
    if (signal?.aborted) stop();
    await session.start();
    return session;
  } catch (error) {
    await session.close(error);
    throw error;
  }
}
