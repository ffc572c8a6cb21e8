// What happens on the node, as it is told to whoever looks: one line of JSON each.

/** What an event is about. */
export type EventKind =
  /** Plugins were asked, or told, of something (`request`). */
  | "request"
  /** A call of the OCI runtime was refused. */
  | "refusal"
  /** A container was not created, although plugins had agreed: the OCI runtime failed, or its wrapper was lost. */
  | "failure"
  /** A container got other resources, because plugins wanted it. */
  | "update"
  /** A container was ended, because a plugin wanted it. */
  | "eviction"
  /** A plugin has come, or is gone. */
  | "plugin"
  /** An engine is away, or back. */
  | "engine"
  /** A call of the OCI runtime did not get as far as the plugins. */
  | "lease";

/** One plugin that was asked. */
export interface AskedPlugin {
  /** `10-foo`. */
  readonly name: string;
  /** What came of it: `answered`, `failed`, `retried`, `skipped`, `dropped`; of validators `rejected` as well. */
  readonly outcome: string;
  /** How long it took, in milliseconds; absent where it was not asked. */
  readonly ms?: number | undefined;
  /** Why it failed. */
  readonly text?: string | undefined;
}

/** What is known of an event. What does not fit its kind is absent. */
export interface EventFacts {
  /** What it is about. */
  readonly kind: EventKind;
  /** Such as `containerd:default`. */
  readonly domain?: string | undefined;
  /** Id of the pod. */
  readonly pod?: string | undefined;
  /** Id of the container. */
  readonly container?: string | undefined;
  /** Name of the container; of the pod for its own events. */
  readonly name?: string | undefined;
  /** Such as `CreateContainer`; for `lease` the runtime's command. */
  readonly request?: string | undefined;
  /** Plugins that were asked, in order; for `update` and `eviction` those that want it. */
  readonly plugins?: readonly AskedPlugin[] | undefined;
  /** `plugin`: its name. */
  readonly plugin?: string | undefined;
  /** `engine`: its name. */
  readonly engine?: string | undefined;
  /** `done` or `failed`; for `plugin` `active` or `closed`; for `engine` `away` or `back`. */
  readonly outcome: string;
  /** How long it took, in milliseconds. */
  readonly ms?: number | undefined;
  /** Why it failed, for people. */
  readonly text?: string | undefined;
}

/** An event as it is told. */
export interface JournalEvent extends EventFacts {
  /** Its number, from 1, without a gap, in this life of the daemon. */
  readonly seq: number;
  /** When, as ISO 8601. */
  readonly at: string;
}
