// A plugin inside the runtime's own process: what its author writes, and what its handlers are given.
import type {
  ConfigureRequest,
  ConfigureResponse,
  Container,
  ContainerEviction,
  ContainerUpdate,
  EventName,
  EventRequest,
  EventResponse,
  Init,
  OwningPlugins,
  PodSandbox,
  SynchronizeRequest,
  SynchronizeResponse,
  ValidateContainerAdjustmentRequest,
} from "@nri/protocol";
import type { Compat } from "../merge/index.js";
import type { Logger, PluginInfo } from "../observer.js";

/** No answer: a handler that returns nothing, or undefined. */
// biome-ignore lint/suspicious/noConfusingVoidType: both are what authors write.
export type Nothing = void | undefined;

/** A result now or later. */
export type Awaitable<T> = T | Promise<T>;

/** What a handler gets beside its request. */
export interface BuiltinContext {
  /** The plugin as the adaptation knows it. */
  readonly plugin: PluginInfo;
  /** Aborted when nobody waits for the answer any more: the deadline has passed, the caller has given up, the plugin is closed. */
  readonly signal: AbortSignal;
  /** How the adaptation was made. */
  readonly compat: Compat;
  /** The adaptation's log. */
  readonly log: Logger;
}

/** What a builtin validator gets beside its request. */
export interface ValidationContext extends BuiltinContext {
  /** The container with what all plugins changed, as far as a container shows it. A copy, made on first use. */
  readonly effective: Container;
  /** Plugins (`10-foo`) that have answered this request, or did not want to be asked. */
  readonly answered: readonly string[];
}

/** Updates of existing containers on their way to the runtime, as `validateUpdates` sees them. */
export interface UpdatesRequest {
  /** What they came with: the answers to a request, a plugin's own `UpdateContainers`, or its answer to `Synchronize`. */
  readonly source: "createContainer" | "updateContainer" | "stopContainer" | "unsolicited" | "synchronize";
  /** Who asked for them, in the order of the answers. */
  readonly plugins: readonly string[];
  /** The updates as the runtime would get them: joined, where they answer a request. */
  readonly updates: readonly ContainerUpdate[];
  /** Containers to be evicted. */
  readonly evictions: readonly ContainerEviction[];
  /** Who set what, by container id; undefined when one plugin alone asks. */
  readonly owners: OwningPlugins | undefined;
  /** Pod of the request. */
  readonly pod: PodSandbox | undefined;
  /** Container of the request. */
  readonly container: Container | undefined;
}

/** A request, as far as the need for other plugins can depend on it. */
export interface RequirementQuery {
  /** What is asked. */
  readonly event: EventName;
  /** Namespace of its pod. */
  readonly namespace: string;
  /** Name of its pod. */
  readonly pod: string;
  /** Name of its container; undefined when it is about the pod alone. */
  readonly container: string | undefined;
  /**
   * The pod's annotation that holds for the container: the first that is there of `key/container.NAME`, `key/pod` and
   * `key`; for the pod alone one of the latter two.
   */
  annotation(key: string): string | undefined;
}

/** One handler for each event but validation. What it is given is a copy of its own, what it answers is copied as well. */
export type BuiltinHandlers = {
  readonly [Name in Exclude<EventName, "validateContainerAdjustment">]?: (
    request: EventRequest<Name>,
    context: BuiltinContext,
  ) => Awaitable<Init<EventResponse<Name>> | Nothing>;
};

/**
 * A plugin without a process: handlers that the adaptation calls among the other plugins, in the order of indices, with the
 * same deadline and the same rules. What a handler throws fails the request, with the text unchanged.
 */
export interface BuiltinPlugin extends BuiltinHandlers {
  /** Two digits. */
  readonly index: string;
  /** Name without the index. */
  readonly name: string;
  /** Why it is not to be installed: it is left out, with this line in the log. */
  readonly disabled?: string | undefined;
  /**
   * Called at the start. Event bits in the answer replace the default, which is one for each handler; a
   * failure policy in it holds where no rule says otherwise.
   */
  configure?(request: ConfigureRequest, context: BuiltinContext): Awaitable<Init<ConfigureResponse> | Nothing>;
  /** Takes in the pods and containers that exist at the start. */
  synchronize?(request: SynchronizeRequest, context: BuiltinContext): Awaitable<Init<SynchronizeResponse> | Nothing>;
  /** Judges the joined adjustment of a container that is being created: what it throws refuses the container. */
  validateContainerAdjustment?(
    request: ValidateContainerAdjustmentRequest,
    context: ValidationContext,
  ): Awaitable<Nothing>;
  /**
   * Judges updates and evictions before the runtime gets them: what it throws refuses them all, and so the request, or
   * the plugin's own call. Not called with `compat: "reference"`.
   */
  validateUpdates?(request: UpdatesRequest, context: BuiltinContext): Awaitable<Nothing>;
  /**
   * Names plugins (`10-foo`, or `foo`) without whose answer a request is refused, besides those of `policies.required`.
   * Called for every request, before and while plugins are asked: be quick. What it throws refuses the request. Not called
   * with `compat: "reference"`.
   */
  requiredPlugins?(query: RequirementQuery): readonly string[];
}
