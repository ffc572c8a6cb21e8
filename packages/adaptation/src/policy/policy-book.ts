// The rules, resolved once for each plugin: nothing of this is looked at again while requests are relayed.
import { EVENT_NAMES, type EventName } from "@nri/protocol";
import type { PluginInfo } from "../observer.js";
import {
  type CallPolicy,
  DEFAULT_POLICY,
  DEFAULT_VERDICT_POLICY,
  type Handling,
  type LastResort,
  type RetryLimits,
} from "./handling.js";
import type { CallName, FailurePolicy, PolicyRule, RetryPolicy } from "./types.js";

const VERDICT = "validateContainerAdjustment";
const CALL_NAMES: readonly CallName[] = [...EVENT_NAMES, "configure", "synchronize", "shutdown"];
const RETRY = { attempts: 2, delayMs: 100, maxDelayMs: 2000 } as const;

/** All that the rules say about one plugin. */
export interface PluginPolicy {
  readonly calls: { readonly [Name in CallName]: CallPolicy };
  /** What Configure tells the plugin: the shortest deadline of its events. */
  readonly announcedMs: number;
  /** A second instance takes its place without asking for it. */
  readonly takeover: boolean;
}

/** Whether a rule or a requirement is about this plugin. */
export function isAbout(plugin: string, { name, base }: Pick<PluginInfo, "name" | "base">): boolean {
  return plugin === name || plugin === base;
}

/** Knows what holds for which plugin. Ask it only when a plugin has registered: then it keeps its name. */
export class PolicyBook {
  readonly #rules: readonly PolicyRule[];
  readonly #requestTimeoutMs: number;
  readonly #known = new WeakMap<PluginInfo, PluginPolicy>();

  /** `requestTimeoutMs` is the deadline where no rule names another. */
  constructor(rules: readonly PolicyRule[], requestTimeoutMs: number) {
    this.#rules = rules;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  of(plugin: PluginInfo): PluginPolicy {
    let policy = this.#known.get(plugin);
    if (policy === undefined) {
      policy = resolve(
        this.#rules.filter((rule) => rule.plugin === "*" || isAbout(rule.plugin, plugin)),
        this.#requestTimeoutMs,
      );
      this.#known.set(plugin, policy);
    }
    return policy;
  }

  /** Whether a rule has the plugin asked again when it fails the call. */
  asksAgain(plugin: PluginInfo, call: CallName): boolean {
    const { failure, unusable, error } = this.of(plugin).calls[call];
    return [failure, unusable, error].some(({ retry }) => retry !== undefined);
  }

  /** Deadline of a call in milliseconds. */
  timeoutFor(plugin: PluginInfo, call: CallName): number {
    return this.of(plugin).calls[call].timeoutMs ?? this.#requestTimeoutMs;
  }
}

function resolve(rules: readonly PolicyRule[], requestTimeoutMs: number): PluginPolicy {
  const calls = Object.fromEntries(CALL_NAMES.map((call) => [call, callPolicy(rules, call)])) as PluginPolicy["calls"];
  const deadlines = EVENT_NAMES.map((event: EventName) => calls[event].timeoutMs ?? requestTimeoutMs);
  return {
    calls,
    announcedMs: Math.min(...deadlines),
    takeover: rules.reduce((before, { takeover = before }) => takeover, false),
  };
}

function callPolicy(rules: readonly PolicyRule[], call: CallName): CallPolicy {
  let timeoutMs: number | undefined;
  let failure: FailurePolicy | undefined;
  let error: FailurePolicy | undefined;
  let retry: RetryPolicy = {};
  for (const rule of rules) {
    if (rule.events !== undefined && !rule.events.includes(call)) {
      continue;
    }
    timeoutMs = rule.timeoutMs ?? timeoutMs;
    // A verdict is waived only by a rule that names it.
    if (call !== VERDICT || rule.events !== undefined) {
      failure = rule.failure ?? failure;
      error = rule.error ?? error;
      retry = { ...retry, ...rule.retry };
    }
  }
  const defaults = call === VERDICT ? DEFAULT_VERDICT_POLICY : DEFAULT_POLICY;
  if (timeoutMs === undefined && failure === undefined && error === undefined) {
    return defaults;
  }
  const byFailure = handling(failure, retry, defaults.failure);
  return {
    timeoutMs,
    failure: byFailure,
    unusable: failure === undefined ? defaults.unusable : byFailure,
    error: handling(error, retry, defaults.error),
  };
}

function handling(policy: FailurePolicy | undefined, retry: RetryPolicy, otherwise: Handling): Handling {
  if (policy === undefined) {
    return otherwise;
  }
  if (policy !== "retry") {
    return { last: policy, retry: undefined, byRule: true, lastByRule: true };
  }
  const limits: RetryLimits = {
    calls: 1 + (retry.attempts ?? RETRY.attempts),
    delayMs: retry.delayMs ?? RETRY.delayMs,
    maxDelayMs: retry.maxDelayMs ?? RETRY.maxDelayMs,
  };
  const last: LastResort = retry.then ?? otherwise.last;
  return { last, retry: limits, byRule: true, lastByRule: retry.then !== undefined };
}
