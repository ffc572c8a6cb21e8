// What an operator can say about plugins that fail or are missing.
import type { EventName } from "@nri/protocol";

/**
 * What happens when a plugin fails a request:
 * `fail` fails the request; `skip` goes on without this plugin's answer; both keep its connection, when there still is one.
 * `drop` closes its connection and goes on. `retry` asks it again, within limits.
 */
export type FailurePolicy = "fail" | "skip" | "drop" | "retry";

/**
 * What a plugin itself has asked for, should it not answer: with its answer to Configure. It holds where no rule has a
 * `failure` for it. Not for errors that it answers.
 */
export interface PluginFailurePolicy {
  /** The request fails; otherwise it goes on without the plugin. */
  readonly failRequest: boolean;
  /** A plugin that is late stays connected; otherwise it is closed, as one is that has lost its connection in any case. */
  readonly keepConnected: boolean;
}

/** What a plugin is asked: an event, or one of the calls around its joining and leaving. */
export type CallName = EventName | "configure" | "synchronize" | "shutdown";

/** How often, and how fast, a plugin is asked again. */
export interface RetryPolicy {
  /** How often it is asked again after the first time. 2 by default. */
  readonly attempts?: number | undefined;
  /** The wait before the second attempt; doubled before each further one. Milliseconds, 100 by default. */
  readonly delayMs?: number | undefined;
  /** The longest wait before an attempt; a plugin whose connection is lost has so long to come back. 2000 by default. */
  readonly maxDelayMs?: number | undefined;
  /** What happens when all attempts failed; what is the default for this failure when absent. */
  readonly then?: Exclude<FailurePolicy, "retry"> | undefined;
}

/** One rule. Of several that match, the later one wins, key by key. */
export interface PolicyRule {
  /** Whom it is about: `10-foo`, a base name such as `foo`, or `*` for all. */
  readonly plugin: string;
  /** Which calls it is about; all when absent. What it says about failures of a verdict counts only when named here. */
  readonly events?: readonly CallName[] | undefined;
  /** Deadline of one call in milliseconds; `requestTimeoutMs` by default. */
  readonly timeoutMs?: number | undefined;
  /**
   * When there is no answer: deadline missed, connection lost, protocol broken. By default what the plugin asks for
   * ({@link PluginFailurePolicy}), else `drop`.
   */
  readonly failure?: FailurePolicy | undefined;
  /** When the answer is an error. `fail` by default. */
  readonly error?: FailurePolicy | undefined;
  /** Limits of `retry`. */
  readonly retry?: RetryPolicy | undefined;
  /** A second plugin with the same index and name takes the place of the first, although it does not ask for it. */
  readonly takeover?: boolean | undefined;
}

/** A plugin without whose answer requests are refused. */
export interface RequiredPlugin {
  /** `10-foo`, or a base name such as `foo`. */
  readonly plugin: string;
  /** Namespaces of the pods for which it is required; all when absent. */
  readonly namespaces?: readonly string[] | undefined;
  /**
   * Requests for which it is required. By default `runPodSandbox`, `updatePodSandbox`, `createContainer`,
   * `startContainer` and `updateContainer`: what ends a pod or a container is refused only when it is named.
   */
  readonly events?: readonly EventName[] | undefined;
}

/** Failure policies, deadlines and required plugins. */
export interface Policies {
  /** Rules in order; later ones override earlier ones key by key. */
  readonly rules?: readonly PolicyRule[] | undefined;
  /** Plugins that must have answered. */
  readonly required?: readonly RequiredPlugin[] | undefined;
}
