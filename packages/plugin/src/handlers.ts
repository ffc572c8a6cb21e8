// What a plugin author writes: handlers, what they get, what they may answer.
import type {
  ContainerAdjustment,
  ContainerEviction,
  ContainerUpdate,
  EventName,
  EventRequest,
  Init,
  PluginIdentity,
  SynchronizeRequest,
} from "@nri/protocol";
import type { AdjustmentBuilder } from "./adjustment.js";
import type { ConfigurationSource } from "./configuration/configuration.js";
import type { Logger } from "./log.js";
import type { CloseReason, PluginSession } from "./plugin-session.js";
import type { PodCache } from "./pod-cache.js";
import type { UpdateInput, UpdateOptions } from "./update-options.js";

/** Changes of a container that is being created: a builder, or the message itself. */
export type AdjustmentInput = AdjustmentBuilder | Init<ContainerAdjustment>;

/** What every handler gets besides its request. Read it from the argument; a spread copy of the argument lacks it. */
export interface HandlerContext<Config = undefined> {
  /** Aborted when the runtime's time-out for this call has passed, and when the connection ends. */
  readonly signal: AbortSignal;
  /** The plugin's log. */
  readonly log: Logger;
  /** What this plugin is registered as. */
  readonly plugin: PluginIdentity;
  /**
   * Asks the runtime to change existing containers now. Resolves with the updates that failed; rejects when the request
   * as a whole failed or the connection is gone. Has no time-out of its own unless a signal is given.
   */
  updateContainers(updates: readonly UpdateInput[], options?: UpdateOptions): Promise<ContainerUpdate[]>;
  /** The plugin's configuration as its schema has made it; undefined for a plugin without `configuration`. */
  readonly configuration: Config;
}

/** A request as a handler sees it: of the parts that every runtime sends an empty one stands in, should one be missing. */
export type Filled<Request> = {
  readonly [Key in keyof Request]: Key extends "pod" | "container" | "adjust" | "owners"
    ? NonNullable<Request[Key]>
    : Request[Key];
};

/** The one argument of the handler of event `Name`: its request and the context. */
export type EventCall<Name extends EventName, Config = undefined> = Filled<Required<EventRequest<Name>>> &
  HandlerContext<Config>;

/** No answer: a function that returns nothing, or undefined. */
// biome-ignore lint/suspicious/noConfusingVoidType: both are what authors write.
export type Nothing = void | undefined;

/** A result now or later. Answer in the same tick where you can: it saves the runtime a wake-up. */
export type Awaitable<T> = T | Promise<T>;

/** What a plugin may answer to the creation of a container. */
export interface CreateContainerAnswer {
  /** Changes of the container itself. */
  readonly adjust?: AdjustmentInput | undefined;
  /** Changes of other, existing containers. Naming the container that is being created is refused by runtimes. */
  readonly updates?: readonly UpdateInput[] | undefined;
  /** Containers to be evicted. The Go runtime side ignores them (spec: adaptation 2.7). */
  readonly evict?: readonly Init<ContainerEviction>[] | undefined;
}

/** What a plugin may answer to the update of a container. */
export interface UpdateContainerAnswer {
  /** Changes of containers, also of the one that is being updated. */
  readonly updates?: readonly UpdateInput[] | undefined;
  /** Containers to be evicted. The Go runtime side ignores them (spec: adaptation 2.7). */
  readonly evict?: readonly Init<ContainerEviction>[] | undefined;
}

/** What a plugin may answer to the stop of a container, and to Synchronize. */
export interface UpdatesAnswer {
  /** Changes of containers. */
  readonly updates?: readonly UpdateInput[] | undefined;
}

/** Answers of the events that can have one; all others can only be noted. */
export interface EventAnswers {
  /** Adjustment, updates, evictions. */
  createContainer: CreateContainerAnswer;
  /** Updates and evictions. */
  updateContainer: UpdateContainerAnswer;
  /** Updates. */
  stopContainer: UpdatesAnswer;
  /** The reason to reject. */
  validateContainerAdjustment: string;
}

/**
 * What the handler of event `Name` may return; undefined always. A validator returns (or throws) the reason to reject,
 * also an empty one; undefined accepts.
 */
export type EventAnswer<Name extends EventName> = Name extends keyof EventAnswers
  ? EventAnswers[Name] | Nothing
  : Nothing;

/** Handlers by event. Having one subscribes the plugin to its event. */
export type EventHandlers<Config = undefined> = {
  readonly [Name in EventName]?: ((call: EventCall<Name, Config>) => Awaitable<EventAnswer<Name>>) | undefined;
};

/** What the runtime says about itself and to the plugin, once, before anything else. */
export interface ConfigureCall<Config = undefined> extends HandlerContext<Config> {
  /** The configuration's text as the runtime found it; "" when there is none, and for external plugins. */
  readonly config: string;
  /** Such as `containerd`. */
  readonly runtimeName: string;
  /** Version of the runtime. */
  readonly runtimeVersion: string;
  /** NRI version of the runtime; inferred from name and version when an old runtime does not say; else `unknown`. */
  readonly NRIVersion: string;
  /** How long the runtime waits for registrations. */
  readonly registrationTimeoutMs: number;
  /** How long the runtime waits for each answer of this plugin. */
  readonly requestTimeoutMs: number;
}

/** All pods and containers that exist when the plugin joins; parts of split messages are put together. */
export type SynchronizeCall<Config = undefined> = Readonly<Pick<SynchronizeRequest, "pods" | "containers">> &
  HandlerContext<Config>;

/** What a handler gets that no call of a runtime has caused. */
export type NoticeContext<Config = undefined> = Pick<HandlerContext<Config>, "log" | "plugin" | "configuration">;

/** The plugin has become active: registered, configured, synchronised. */
export interface ConnectedCall<Config = undefined> extends NoticeContext<Config> {
  /** The session that has begun; updates can be sent with it at any time. */
  readonly session: PluginSession;
  /** How often that has happened: 1 the first time. */
  readonly count: number;
}

/** An active plugin has lost its runtime. */
export interface DisconnectedCall<Config = undefined> extends NoticeContext<Config> {
  /** Who has ended the session, and how. */
  readonly reason: CloseReason;
  /** Whether the plugin tries to get back. */
  readonly reconnecting: boolean;
}

/** The configuration has changed. */
export interface ReconfiguredCall<Config = undefined> extends NoticeContext<Config> {
  /** What held until now. `configuration` is what holds from now on. */
  readonly previous: Config;
  /** As in every handler; fails while no runtime is connected, unless the updates are kept (`retry: { keep: true }`). */
  readonly updateContainers: HandlerContext["updateContainers"];
}

/** What `configure` may return: the events wanted, as handler names or as a mask. Undefined, 0 and [] mean all handled. */
export type ConfigureAnswer = readonly EventName[] | number | Nothing;

/** Handlers that belong to the session and not to an event. They alone do not make a plugin. */
export interface SessionHandlers<Config = undefined> {
  /** Gets the configuration. Throwing refuses to work with it: the runtime drops the plugin. */
  readonly configure?: ((call: ConfigureCall<Config>) => Awaitable<ConfigureAnswer>) | undefined;
  /** Gets the state of the node after configuration; may ask for updates. */
  readonly synchronize?: ((call: SynchronizeCall<Config>) => Awaitable<UpdatesAnswer | Nothing>) | undefined;
  /** The runtime is about to end the session. The Go runtime side never says so (spec: handshake 9). */
  readonly shutdown?: ((call: HandlerContext<Config>) => Awaitable<Nothing>) | undefined;
  /** The plugin has become active, for the first time or again. What it throws is only logged. */
  readonly connected?: ((call: ConnectedCall<Config>) => Awaitable<Nothing>) | undefined;
  /** The session of an active plugin has ended. What it throws is only logged. */
  readonly disconnected?: ((call: DisconnectedCall<Config>) => Awaitable<Nothing>) | undefined;
  /** The configuration is another one than before. Throwing refuses it: the old one stays, and a warning says why. */
  readonly reconfigured?: ((call: ReconfiguredCall<Config>) => Awaitable<Nothing>) | undefined;
}

/**
 * What a plugin asks the runtime for, should it not answer a request: its time is over, its connection lost. An error that
 * a handler throws fails the request whatever this says. Runtimes read it since NRI v0.12.4; older ones disconnect the
 * plugin and go on, as if nothing were asked for. What the runtime's operator has decided comes first.
 */
export interface PluginFailurePolicy {
  /** Fail the request: better no container than one without this plugin. Otherwise the request goes on without it. */
  readonly failRequest?: boolean | undefined;
  /** Stay connected after an answer that comes too late. Otherwise, and whenever the connection is lost, the plugin is out. */
  readonly keepConnected?: boolean | undefined;
}

/** A plugin as its author describes it. */
export interface PluginDefinition<Config = undefined, Input = unknown>
  extends EventHandlers<Config>,
    SessionHandlers<Config> {
  /** Name, when neither environment nor options give one. */
  readonly name?: string | undefined;
  /** Index, two digits, when neither environment nor options give one. */
  readonly index?: string | undefined;
  /** What it wants to happen should it not answer; see {@link PluginFailurePolicy}. Nothing is asked for when absent. */
  readonly failurePolicy?: PluginFailurePolicy | undefined;
  /**
   * How many requests it can work on at the same time, from 1 to 256; a runtime with a pipelined relay gives it that many. Its
   * handlers are called in the order of the requests, and never two at once for the same container. Most runtimes, the Go
   * one among them, do not look at this. One at a time when absent.
   */
  readonly concurrency?: number | undefined;
  /** What its configuration looks like and where it comes from; every handler gets it as `configuration`. */
  readonly configuration?: ConfigurationSource<Config, Input> | undefined;
  /** Cache to be kept with the events of the runtime, before handlers are called. Subscribes to what that takes. */
  readonly track?: PodCache | undefined;
}
