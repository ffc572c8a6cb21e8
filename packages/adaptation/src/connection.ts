// One plugin at the other end of a connection, from connecting to gone: register, configure, synchronise, ask, shut down.
//
//   plugin                                   runtime (here)
//     |-- conn 2: RegisterPlugin ------------->|   within the registration time-out
//     |<------------------- conn 1: Configure -|
//     |<----------------- conn 1: Synchronize -|   in pieces when it is large
//     |<------------- conn 1: events, requests-|
//     |-- conn 2: UpdateContainers ----------->|   at any time after registration
import {
  CONCURRENCY_METADATA,
  type Container,
  type ContainerUpdate,
  checkPluginIndex,
  checkPluginName,
  Empty,
  type EventRow,
  type Init,
  MAX_CONCURRENCY,
  Mux,
  PLUGIN_CONNECTION,
  PLUGIN_SERVICE,
  type PodSandbox,
  RegisterPluginRequest,
  RUNTIME_CONNECTION,
  RUNTIME_SERVICE,
  StateChangeEvent,
  TAKEOVER_METADATA,
  UpdateContainersRequest,
  UpdateContainersResponse,
} from "@nri/protocol";
import {
  type ByteStream,
  type CallOptions,
  DEFAULT_LIMITS,
  decodePayload,
  type HandlerContext,
  StatusCode,
  StatusError,
  TtrpcClient,
  TtrpcServer,
} from "@nri/ttrpc";
import { type ConfiguringHost, configurePlugin } from "./configuring.js";
import { decodeAnswer } from "./decode-answer.js";
import { AdaptationError, asError, errorText } from "./errors.js";
import { callFailure } from "./failure.js";
import type { DeprecationKind, DeprecationRecorder } from "./joining/deprecations.js";
import type { Logger } from "./observer.js";
import type { PluginPeer, RelayedRequest } from "./peer.js";
import type { PluginRecord } from "./plugin-record.js";
import { type SendingHost, sendState } from "./send-state.js";

/** What a connection needs to know of its adaptation, and whom it tells. */
export interface ConnectionHost extends ConfiguringHost, SendingHost {
  readonly requestTimeoutMs: number;
  readonly log: Logger;
  readonly deprecations: DeprecationRecorder | undefined;
  /** Takes the name that the plugin registers with. Undefined or a promise when it may have it; throws AlreadyExists. */
  readonly claimName: (connection: PluginConnection) => Promise<void> | undefined;
  readonly updateContainers: (
    plugin: PluginRecord,
    request: UpdateContainersRequest,
    signal: AbortSignal,
  ) => Promise<readonly Init<ContainerUpdate>[]>;
  /** Called once, when the connection is gone. */
  readonly closed: (connection: PluginConnection) => void;
}

/** What the envelope of a Synchronize request takes of its ttRPC message at most. */
const SYNC_ENVELOPE_BYTES = 64;
/** What is left for the request itself. */
const MAX_SYNC_BYTES = DEFAULT_LIMITS.maxMessageBytes - SYNC_ENVELOPE_BYTES;

/** A plugin behind a mux and ttRPC. */
export class PluginConnection implements PluginPeer {
  readonly record: PluginRecord;
  /** Resolves when the plugin has registered, rejects when that failed or took too long. */
  readonly registered: Promise<void>;
  readonly #host: ConnectionHost;
  readonly #mux: Mux;
  readonly #client: TtrpcClient;
  readonly #options: { readonly timeoutMs: number };
  readonly #config: string;
  #settleRegistration: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #registrationTimer: NodeJS.Timeout | undefined;
  /** It has said who it is; whether it may be that is another matter. */
  #hasIdentity = false;
  /** A plugin older than the dedicated calls gets all of them as StateChange from the first refusal on. */
  #stateChange = false;
  #warnedOfStateChange = 0;
  /** It answered Configure with 0: it is subscribed to everything, without having named anything. */
  #askedForNothing = false;

  /** `config` is what a launched plugin gets with Configure. */
  constructor(stream: ByteStream, record: PluginRecord, config: string, host: ConnectionHost) {
    this.record = record;
    this.#host = host;
    this.#config = config;
    this.#options = { timeoutMs: host.requestTimeoutMs };
    this.registered = new Promise((resolve, reject) => {
      this.#settleRegistration = { resolve, reject };
    });
    this.#registrationTimer = setTimeout(() => {
      const text = `${record.label}: plugin registration timed out (${host.registrationTimeoutMs} ms)`;
      this.close(new AdaptationError("registration-timeout", text, { plugin: record.name || undefined }));
    }, host.registrationTimeoutMs);
    // Both ends are open before the first frame is read, so that no early frame gets lost.
    this.#mux = new Mux(stream, { blockedRead: true });
    const client = new TtrpcClient(this.#mux.open(PLUGIN_CONNECTION));
    this.#client = client;
    record.counts = () => client.stats;
    const server = new TtrpcServer().register(RUNTIME_SERVICE, {
      RegisterPlugin: (payload, context) => this.#register(payload, context),
      UpdateContainers: (payload, context) => this.#updateContainers(payload, context),
    });
    const serving = server.serve(this.#mux.open(RUNTIME_CONNECTION));
    void this.#client.closed.then((reason) => this.#lost(reason));
    void serving.closed.then((reason) => this.#lost(reason));
    this.#mux.unblock();
  }

  /** Configures the plugin: hands over its configuration, learns what it wants to see. Closes it on failure. */
  async configure(): Promise<void> {
    try {
      const { askedForNothing } = await configurePlugin(this.#host, this.record, this.#config, (payload, timeoutMs) =>
        this.#call("Configure", payload, timeoutMs),
      );
      this.#askedForNothing = askedForNothing;
    } catch (error) {
      this.close(asError(error));
      throw error;
    }
  }

  /** Sends the runtime's state, gives the updates that the plugin asks for. Closes the plugin on failure. */
  async synchronize(
    pods: readonly Init<PodSandbox>[],
    containers: readonly Init<Container>[],
  ): Promise<ContainerUpdate[]> {
    try {
      return await sendState(
        this.#host,
        this.record,
        { pods, containers, maxBytes: MAX_SYNC_BYTES },
        (payload, timeoutMs, leftMs) => this.#call("Synchronize", payload, timeoutMs, leftMs),
      );
    } catch (error) {
      this.close(asError(error));
      throw error;
    }
  }

  async request(
    request: RelayedRequest,
    signal: AbortSignal | undefined,
    timeoutMs = this.#host.requestTimeoutMs,
  ): Promise<object | undefined> {
    const { row } = request;
    const usual = signal === undefined && timeoutMs === this.#options.timeoutMs;
    const options = usual ? this.#options : { timeoutMs, signal };
    let payload: Uint8Array;
    try {
      if (row.stateChange && this.#stateChange) {
        return await this.#sendStateChange(request, options);
      }
      payload = await this.#client.call(PLUGIN_SERVICE, row.name, request.payload, options);
    } catch (error) {
      // A StateChange that is not implemented either is sent again by the reference, once for each event.
      const again = row.stateChange && (!this.#stateChange || this.#host.compat === "reference");
      if (!again || !isUnimplemented(error)) {
        return this.#unimplemented(row, error, timeoutMs);
      }
      this.#stateChange = true;
      try {
        return await this.#sendStateChange(request, options);
      } catch (failure) {
        return this.#unimplemented(row, failure, timeoutMs);
      }
    }
    if (payload.length === 0 || row.answer === "nothing") {
      return undefined;
    }
    return decodeAnswer(this.record, row.name, row.response, payload) as object;
  }

  /** One of the nine events that plugins older than the dedicated calls know only so. */
  async #sendStateChange({ row, message }: RelayedRequest, options: CallOptions): Promise<undefined> {
    const change = StateChangeEvent.encode({ ...(message as object), event: row.event });
    await this.#client.call(PLUGIN_SERVICE, "StateChange", change, options);
    if ((this.#warnedOfStateChange & row.mask) === 0) {
      this.#warnedOfStateChange |= row.mask;
      const { record } = this;
      this.#deprecated(
        "state-change",
        `does not implement a dedicated ${row.name} RPC call`,
        `plugin ${record.name} uses deprecated StateChange instead of a dedicated ${row.name} RPC call`,
      );
    }
  }

  /**
   * Throws why a call failed, unless the plugin does not know an event that it is subscribed to without having asked for
   * it: then it gets it no more.
   */
  #unimplemented({ name, mask, stateChange }: EventRow, error: unknown, timeoutMs: number): undefined {
    const { record } = this;
    if (!isUnimplemented(error) || !this.#askedForNothing || this.#host.compat === "reference") {
      throw this.#failure(error, name, timeoutMs);
    }
    record.events &= ~mask;
    if (stateChange) {
      this.#stateChange = false; // that is no way out either: other events have their calls, perhaps
    }
    this.#deprecated(
      "unimplemented-event",
      `is subscribed to all events, and does not implement ${name}`,
      `plugin ${record.name} is subscribed to all events, and does not implement ${name}: it gets it no more`,
    );
    return undefined;
  }

  #deprecated(kind: DeprecationKind, text: string, line: string): void {
    const { record } = this;
    this.#host.warn(line, record);
    this.#host.warn(`please update ${record.name} with a newer version of NRI for future compatibility`, record);
    this.#host.deprecations?.({ kind, plugin: record, text });
  }

  /** Asks the plugin to end, and waits for its answer at most for the request time-out. Never rejects. */
  async shutdown(): Promise<Error | undefined> {
    const timeoutMs = this.#host.timeoutFor(this.record, "shutdown");
    this.record.graceEnd = performance.now() + timeoutMs;
    try {
      await this.#call("Shutdown", Empty.encode({}), timeoutMs);
      return undefined;
    } catch (error) {
      return asError(error);
    }
  }

  close(reason: Error | undefined): void {
    if (this.record.state === "closed") {
      return;
    }
    clearTimeout(this.#registrationTimer);
    this.record.reason = reason;
    this.record.to("closed");
    this.#settleRegistration?.reject(
      reason ?? new AdaptationError("stopped", `${this.record.label}: stopped before it registered`),
    );
    this.#settleRegistration = undefined;
    this.#mux.close(reason);
    this.#host.closed(this);
  }

  /** The peer is gone, or broke the rules of the wire. */
  #lost(reason: Error | undefined): void {
    const { record } = this;
    if (record.state === "closed") {
      return;
    }
    const why = reason === undefined ? "" : `: ${reason.message}`;
    const plugin = record.name || undefined;
    if (record.state === "connecting") {
      const text = `${record.label}: failed to register plugin, connection closed${why}`;
      this.close(new AdaptationError("registration-failed", text, { plugin, cause: reason }));
    } else {
      this.#host.log.info(`connection to plugin "${record.name}" closed`, { plugin: record.name });
      const text = `plugin "${record.name}": connection closed${why}`;
      this.close(new AdaptationError("plugin-closed", text, { plugin, cause: reason }));
    }
  }

  /** Runtime.RegisterPlugin */
  #register(payload: Uint8Array, { metadata }: HandlerContext): Uint8Array | Promise<Uint8Array> {
    const { record } = this;
    const request = decodePayload(RegisterPluginRequest, payload);
    const again = this.#hasIdentity || record.state !== "connecting";
    if (again && this.#host.compat === "default") {
      const text = `plugin "${record.name}" is registered already on this connection`;
      throw new StatusError(StatusCode.ALREADY_EXISTS, text);
    }
    if (record.kind === "external") {
      this.#checkIdentity(request);
      record.identify(request.pluginIdx, request.pluginName);
    }
    if (again) {
      return Empty.encode({});
    }
    record.concurrency = declaredConcurrency(metadata.get(CONCURRENCY_METADATA)?.at(-1));
    if (this.#host.compat === "reference") {
      return this.#registered(request);
    }
    this.#hasIdentity = true;
    record.asksToTakeOver = metadata.get(TAKEOVER_METADATA)?.at(-1) === "true";
    let claim: Promise<void> | undefined;
    try {
      claim = this.#host.claimName(this);
    } catch (error) {
      throw this.#duplicate(error);
    }
    return claim === undefined
      ? this.#registered(request)
      : claim.then(
          () => this.#registered(request),
          (error: unknown) => {
            throw this.#duplicate(error);
          },
        );
  }

  #registered(request: RegisterPluginRequest): Uint8Array {
    const { record } = this;
    record.NRIVersion = request.NRIVersion;
    clearTimeout(this.#registrationTimer);
    const version = request.NRIVersion || "unknown";
    this.#host.log.info(
      `plugin "${record.qualifiedName}" registered as "${record.name}" (with NRI version ${version})`,
    );
    record.to("registered");
    this.#settleRegistration?.resolve();
    this.#settleRegistration = undefined;
    return Empty.encode({});
  }

  /** The name is taken: the plugin is told, then its connection ends. */
  #duplicate(error: unknown): unknown {
    const text = `failed to register plugin: ${error instanceof StatusError ? error.rawMessage : errorText(error)}`;
    const reason = new AdaptationError("duplicate-plugin", text, {
      plugin: this.record.name,
      request: "RegisterPlugin",
    });
    setImmediate(() => this.close(reason));
    return error;
  }

  /** An external plugin says who it is. A wrong answer is refused; when it was the first, the connection ends after that. */
  #checkIdentity({ pluginName, pluginIdx }: RegisterPluginRequest): void {
    const refuse = (rpc: string, text: string): Error => {
      const reason = new AdaptationError("invalid-plugin-name", `failed to register plugin: ${text}`, {
        request: "RegisterPlugin",
      });
      if (this.record.state === "connecting") {
        setImmediate(() => this.close(reason));
      }
      return new Error(rpc);
    };
    try {
      checkPluginName(pluginName);
    } catch (error) {
      const detail = errorText(error);
      throw refuse(`invalid plugin name: ${detail}`, `plugin registered with an invalid name: ${detail}`);
    }
    try {
      checkPluginIndex(pluginIdx);
    } catch (error) {
      const detail = errorText(error);
      throw refuse(
        `invalid plugin index: ${detail}`,
        `plugin "${pluginName}" registered with an invalid index: ${detail}`,
      );
    }
  }

  /** Runtime.UpdateContainers */
  async #updateContainers(payload: Uint8Array, context: HandlerContext): Promise<Uint8Array> {
    const { record } = this;
    if (record.state === "connecting" && this.#host.compat === "default") {
      throw new StatusError(
        StatusCode.FAILED_PRECONDITION,
        "UpdateContainers refused: the plugin has not registered yet",
      );
    }
    const request = decodePayload(UpdateContainersRequest, payload);
    this.#host.log.info(`plugin "${record.name}" requested container updates`, { plugin: record.name });
    const failed = await this.#host.updateContainers(record, request, context.signal);
    return UpdateContainersResponse.encode({ failed });
  }

  /** `leftMs` is what is left of the deadline of several calls. */
  async #call(method: string, payload: Uint8Array, timeoutMs: number, leftMs = timeoutMs): Promise<Uint8Array> {
    try {
      return await this.#client.call(PLUGIN_SERVICE, method, payload, { timeoutMs: leftMs });
    } catch (error) {
      throw this.#failure(error, method, timeoutMs);
    }
  }

  #failure(error: unknown, request: string, timeoutMs: number): AdaptationError {
    return callFailure(error, { plugin: this.record.name, request, timeoutMs });
  }
}

/** What makes no sense is as if it had not been said. */
function declaredConcurrency(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Math.min(Number(text), MAX_CONCURRENCY) : undefined;
}

function isUnimplemented(error: unknown): boolean {
  return error instanceof StatusError && error.status === StatusCode.UNIMPLEMENTED;
}
