// What engines offer the common part: domains with their pods and containers, and what happens to them by itself.
import type { Spec } from "@nri/oci";
import type { Container, Init, LinuxResources, PodSandbox } from "@nri/protocol";
import type { RuntimeCall } from "./runtime-call.js";

/** A container as its engine has it now, with what plugins may know of it: from the engine's own, unadjusted spec. */
export interface EngineContainer {
  /**
   * With state, pid, times and exit code as of now. A state that cannot be known is `CONTAINER_UNKNOWN`. It may be made anew for
   * each reader: lists are long.
   */
  readonly container: Container;
  /** Its pod, by id; its own id where the engine knows no pods. */
  readonly podId: string;
}

/** What exists in a domain. */
export interface DomainState {
  /** Real pods, or one made up for each container where the engine knows none. */
  readonly pods: readonly PodSandbox[];
  /** Containers of any state but unknown. */
  readonly containers: readonly EngineContainer[];
}

/** What a container is that an OCI runtime is called for. */
export type Described =
  /** The sandbox of a pod: no container for plugins. `pod` as far as it is known before it runs. */
  | { readonly kind: "pod"; readonly pod: PodSandbox }
  /** A container. `known` is what the engine knows beyond the spec (`containerFromSpec`). */
  | {
      readonly kind: "container";
      readonly known: Init<Container>;
      /** Its pod. Undefined: that of `known.podSandboxId`, which the common part knows already. */
      readonly pod: PodSandbox | undefined;
      /** The pod is made up for this container, and lives and ends with it. */
      readonly ownPod: boolean;
    };

/**
 * What one engine, or one namespace of it, offers the common part (spec: containerd 2). Ids are unique within a domain.
 * All methods may be called at any time and side by side; they must not wait for an event.
 */
export interface Domain {
  /** Such as `containerd:default`; key of everything that is kept. */
  readonly name: string;
  /** The engine serves NRI for this domain itself: calls of its runtime pass untouched, and no plugin hears of them. */
  readonly servesNri: boolean;
  /** What exists, for the start and after the engine was away. Rejects when the engine cannot be asked. */
  list(signal: AbortSignal): Promise<DomainState>;
  /** What a new container is, from the engine's knowledge and the bundle's spec. */
  describe(call: RuntimeCall, spec: Spec, signal: AbortSignal): Promise<Described>;
  /** The init process of a container or sandbox that was created; 0 when it is not known. */
  pid(id: string, signal: AbortSignal): Promise<number>;
  /** Gives a container other resources, live. Rejects with the engine's reason; success for one that has ended. */
  update(id: string, resources: LinuxResources, signal: AbortSignal): Promise<void>;
  /** Resources that `update` is given, as they come back through the wrapper; when absent, as OCI has them. */
  comingBack?(resources: LinuxResources): LinuxResources;
  /** Resources of the engine's own updates without what it writes although nobody said it; as they are, when absent. */
  said?(resources: LinuxResources): LinuxResources;
  /** Ends a container at once; what follows comes as events. */
  evict(id: string, reason: string, signal: AbortSignal): Promise<void>;
}

/** How a container or a pod's sandbox has ended. */
export interface Exit {
  /** Its exit code. */
  readonly code: number;
  /** Nanoseconds since the epoch. */
  readonly at: bigint;
  /** The process that has ended, where it is known: the end of an earlier life of the same id may be told late. */
  readonly pid?: number | undefined;
}

/** What engines tell by themselves. None of it waits for plugins. */
export interface EngineEvents {
  /** The init process of a container, or of a pod's sandbox, has ended. */
  exited(domain: string, id: string, exit: Exit): void;
  /** A container, or a pod's sandbox, exists no more. */
  removed(domain: string, id: string): void;
  /** Events may have been missed: what exists must be compared again. An engine that was away is back. */
  lost(engine: string): void;
  /** It cannot be asked from now on, and why, for people. It is tried again, until `lost` is told. */
  away(engine: string, reason: string): void;
}

/** One container engine with its domains. */
export interface Engine extends AsyncDisposable {
  /** Such as `containerd`. */
  readonly name: string;
  /** The domains that are known now. */
  readonly domains: readonly Domain[];
  /** The domain that a call of the OCI runtime is for; undefined when it is not one of this engine's, or not wanted. */
  domainFor(call: RuntimeCall): Domain | undefined;
  /**
   * Begins: finds the domains, and tells of events from now on. An engine that is away is a warning, not a failure: `away` is
   * told, it is tried again, and `lost` is told when it is there.
   */
  start(events: EngineEvents): Promise<void>;
}
