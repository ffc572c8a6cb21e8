// A builtin plugin among the others: the same order, deadlines and answers, without a connection.
import {
  ConfigureRequest,
  type Container,
  type ContainerUpdate,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type Init,
  type PodSandbox,
  SynchronizeRequest,
  SynchronizeResponse,
  VALID_EVENTS,
  type ValidateContainerAdjustmentRequest,
} from "@nri/protocol";
import { AdaptationError, asError, errorText } from "../errors.js";
import type { Compat } from "../merge/index.js";
import type { Meter } from "../metrics.js";
import { observeSync } from "../observe.js";
import type { Logger, Observer } from "../observer.js";
import type { PluginPeer, RelayedRequest } from "../peer.js";
import type { PluginRecord } from "../plugin-record.js";
import { ownPolicy } from "../policy/index.js";
import { CallContext, type CallSetup, callHandler, type OpenCalls } from "./builtin-call.js";
import type { Awaitable, BuiltinContext, BuiltinPlugin, Nothing, UpdatesRequest } from "./builtin-plugin.js";
import { requiredBy } from "./requirement.js";
import { ValidationCall } from "./validation-call.js";

/** What a builtin needs of its adaptation. */
export interface BuiltinHost {
  readonly runtime: { readonly name: string; readonly version: string };
  readonly NRIVersion: string;
  readonly compat: Compat;
  readonly registrationTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Deadline of a call that no request makes. */
  readonly timeoutFor: (plugin: PluginRecord, call: "configure" | "synchronize") => number;
  /** What the plugin is told that it may take for a request. */
  readonly announcedTimeout: (plugin: PluginRecord) => number;
  readonly log: Logger;
  readonly observer: Observer;
  readonly meter: Meter | undefined;
  readonly warn: (text: string, plugin: PluginRecord) => void;
  /** Called once, when the plugin is closed. */
  readonly closed: (peer: BuiltinPeer) => void;
}

/** Who may give a call up, and when. */
interface Limits {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

type AnyHandler = (request: unknown, context: BuiltinContext) => Awaitable<object | Nothing>;

/** By RPC name, for requests that come as rows of the table. */
const HANDLERS = new Map<string, EventName>(EVENT_NAMES.map((name) => [EVENTS[name].name, name]));

/** A builtin plugin that can be asked. */
export class BuiltinPeer implements PluginPeer {
  readonly record: PluginRecord;
  /** Only where the plugin requires others. */
  readonly required?: (event: EventName, message: Init<unknown>) => readonly string[];
  /** What it is made of. */
  readonly plugin: BuiltinPlugin;
  readonly #host: BuiltinHost;
  readonly #calls: OpenCalls = { open: new Set(), lateAnswers: 0, unanswered: 0 };

  constructor(plugin: BuiltinPlugin, record: PluginRecord, host: BuiltinHost) {
    this.plugin = plugin;
    this.record = record;
    this.#host = host;
    if (plugin.requiredPlugins !== undefined && host.compat === "default") {
      this.required = (event, message) => requiredBy(plugin, record.name, event, message);
    }
    record.counts = () => this.#calls;
    record.to("registered");
  }

  /** Configures the plugin. Closes it on failure. */
  async configure(): Promise<void> {
    const { runtime, NRIVersion, registrationTimeoutMs, compat } = this.#host;
    const request = ConfigureRequest.create({
      runtimeName: runtime.name,
      runtimeVersion: runtime.version,
      registrationTimeout: BigInt(registrationTimeoutMs),
      requestTimeout: BigInt(this.#host.announcedTimeout(this.record)),
      NRIVersion,
    });
    try {
      const response = await this.#call(
        "Configure",
        { timeoutMs: this.#host.timeoutFor(this.record, "configure") },
        (context) => this.plugin.configure?.(request, context),
      );
      let events = (response?.events ?? 0) >>> 0;
      const unknown = (events & ~VALID_EVENTS) >>> 0;
      if (unknown !== 0) {
        const text = `invalid plugin events: 0x${unknown.toString(16)}`;
        if (compat === "reference") {
          throw new AdaptationError("invalid-events", text, { plugin: this.record.name, request: "Configure" });
        }
        this.#host.warn(`plugin "${this.record.name}": ${text}, ignored`, this.record);
        events &= VALID_EVENTS;
      } else if (events === 0) {
        events = this.#handled();
      }
      this.record.events = events;
      this.record.failurePolicy = ownPolicy(response ?? {});
    } catch (error) {
      const failure =
        error instanceof AdaptationError && error.code === "invalid-events"
          ? error
          : new AdaptationError("configure-failed", `failed to configure plugin: ${errorText(error)}`, {
              plugin: this.record.name,
              request: "Configure",
              cause: error,
            });
      this.close(failure);
      throw failure;
    }
    this.record.to("configured");
  }

  /** A bit for each handler. The reference takes a plugin without any for one that wants everything. */
  #handled(): number {
    const mask = EVENT_NAMES.reduce(
      (bits, name) => bits | (this.#handler(name) === undefined ? 0 : EVENTS[name].mask),
      0,
    );
    return mask === 0 && this.#host.compat === "reference" ? VALID_EVENTS : mask;
  }

  /** Hands over the runtime's state in one piece, gives the updates asked for. Closes the plugin on failure. */
  async synchronize(
    pods: readonly Init<PodSandbox>[],
    containers: readonly Init<Container>[],
  ): Promise<ContainerUpdate[]> {
    const { log, observer, meter } = this.#host;
    log.info(`synchronizing plugin ${this.record.name}`, { plugin: this.record.name });
    this.record.to("synchronizing");
    const started = performance.now();
    try {
      const ask = (): Promise<SynchronizeResponse> =>
        this.#call("Synchronize", { timeoutMs: this.#host.timeoutFor(this.record, "synchronize") }, async (context) => {
          const answer = await this.plugin.synchronize?.(SynchronizeRequest.create({ pods, containers }), context);
          return SynchronizeResponse.create(answer ?? {});
        });
      const { update } = await (meter === undefined ? ask() : meter.synchronize(this.record.name, ask));
      observeSync(observer, this.record, started, update, undefined);
      return update;
    } catch (error) {
      observeSync(observer, this.record, started, [], asError(error));
      this.close(asError(error));
      throw error;
    }
  }

  async request(
    request: RelayedRequest,
    signal: AbortSignal | undefined,
    timeoutMs?: number | undefined,
  ): Promise<object | undefined> {
    const { row } = request;
    const limits = { signal, timeoutMs };
    const name = HANDLERS.get(row.name);
    if (name === "validateContainerAdjustment") {
      return this.#validate(request, limits);
    }
    const handler = name === undefined ? undefined : this.#handler(name);
    const answer =
      handler === undefined
        ? await this.#call(row.name, limits, () => undefined)
        : await this.#call(row.name, limits, (context) => handler.call(this.plugin, request.copy(), context));
    if (answer === undefined || row.answer === "nothing") {
      return undefined;
    }
    try {
      return row.response.create(answer) as object;
    } catch (error) {
      const plugin = this.record.name;
      const text = `plugin "${plugin}": the answer to ${row.name} is not valid: ${errorText(error)}`;
      throw new AdaptationError("invalid-response", text, { plugin, request: row.name, cause: error });
    }
  }

  /** What the handler throws is the reason of its "no"; what keeps it from answering is an error. */
  async #validate(request: RelayedRequest, limits: Limits): Promise<object | undefined> {
    const validate = this.plugin.validateContainerAdjustment;
    if (validate === undefined) {
      return undefined;
    }
    const setup = this.#setup(request.row.name, limits);
    const given = request.copy() as ValidateContainerAdjustmentRequest;
    try {
      await this.#run(setup, new ValidationCall(setup, request.validation), (context) =>
        validate.call(this.plugin, given, context),
      );
      return undefined;
    } catch (error) {
      if (error instanceof AdaptationError && error.code === "request-failed") {
        return { reject: true, reason: error.message };
      }
      throw error;
    }
  }

  /** Whether it judges updates. */
  get validatesUpdates(): boolean {
    return this.plugin.validateUpdates !== undefined;
  }

  /** Shows updates to the plugin. Rejects with `request-failed` when it does not agree. */
  async validateUpdates(request: UpdatesRequest, what: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#call(what, { signal }, (context) => this.plugin.validateUpdates?.(request, context));
  }

  async shutdown(): Promise<undefined> {
    return undefined;
  }

  close(reason: Error | undefined): void {
    if (this.record.state === "closed") {
      return;
    }
    this.record.reason = reason;
    this.record.to("closed");
    const error = this.#gone("the call");
    for (const giveUp of [...this.#calls.open]) {
      giveUp(error);
    }
    this.#host.closed(this);
  }

  #handler(name: EventName): AnyHandler | undefined {
    return this.plugin[name] as AnyHandler | undefined;
  }

  #setup(request: string, { signal, timeoutMs }: Limits): CallSetup {
    const { compat, log, requestTimeoutMs } = this.#host;
    return { plugin: this.record, request, timeoutMs: timeoutMs ?? requestTimeoutMs, compat, log, signal };
  }

  #call<T>(request: string, limits: Limits, handler: (context: BuiltinContext) => Awaitable<T>): Promise<T> {
    const setup = this.#setup(request, limits);
    return this.#run(setup, new CallContext(setup), handler);
  }

  async #run<T, Context extends CallContext>(
    setup: CallSetup,
    context: Context,
    handler: (context: Context) => Awaitable<T>,
  ): Promise<T> {
    if (this.record.state === "closed") {
      throw this.#gone(setup.request);
    }
    return callHandler(setup, context, handler, this.#calls);
  }

  #gone(request: string): AdaptationError {
    const plugin = this.record.name;
    const why = this.record.reason === undefined ? "" : `: ${this.record.reason.message}`;
    return new AdaptationError("plugin-closed", `plugin "${plugin}": closed during ${request}${why}`, { plugin });
  }
}
