// One plugin is asked, until it has answered or its failure policy has the last word.
import type { EventName, OwningPlugins } from "@nri/protocol";
import { abortError, limitOf } from "./caller-signal.js";
import { AdaptationError, asError, errorText } from "./errors.js";
import { failureKind } from "./failure.js";
import type { Traffic } from "./joining/traffic.js";
import type { AdaptationLimits } from "./limits.js";
import type { Compat } from "./merge/index.js";
import type { Meter } from "./metrics.js";
import { type CallOutcome, observeCall } from "./observe.js";
import type { CallResult, Logger, Observer } from "./observer.js";
import type { PluginPeer, RelayedRequest } from "./peer.js";
import type { PluginRecord } from "./plugin-record.js";
import {
  backOff,
  type CallPolicy,
  DEFAULT_POLICY,
  DEFAULT_VERDICT_POLICY,
  failedRequest,
  type Handling,
  inReferenceWords,
  ownLast,
  ownSay,
  type PolicyBook,
} from "./policy/index.js";
import type { Roster } from "./roster.js";

/** What asking needs of the adaptation. */
export interface AskHost {
  readonly compat: Compat;
  readonly limits: AdaptationLimits;
  readonly log: Logger;
  /** Undefined when nobody wants numbers. */
  readonly meter: Meter | undefined;
  readonly observer: Observer;
  readonly warn: (text: string, plugin: PluginRecord, error: Error) => void;
  /** Undefined when there are no rules. */
  readonly policies: PolicyBook | undefined;
  readonly traffic: Traffic;
  readonly roster: Roster;
  /** Aborted when it all ends, with the error of those who wait to ask again: nobody comes back then. */
  readonly ending: AbortSignal;
}

/** What a plugin is asked, and what is done with its answer. */
export interface Question {
  readonly event: EventName;
  readonly request: RelayedRequest;
  readonly signal: AbortSignal | undefined;
  /** Uses the answer. What this throws fails the request: no policy excuses it. */
  readonly use: (plugin: string, response: object | undefined) => void;
  /** What a plugin owns now, for the observer. */
  readonly ownersBy: ((plugin: string) => OwningPlugins) | undefined;
}

/** What is worth telling of how a plugin was asked. */
export interface Asked {
  /** The plugin that was asked last: another connection than at first when that was lost and the plugin came back. */
  readonly plugin: PluginPeer;
  /** Why the request goes on without its answer; absent when there is one. */
  readonly failure?: Error;
}

/**
 * Asks `plugin`. Gives undefined when it answered and the answer was used: the usual case. Throws what fails the request:
 * the plugin's error or the lack of an answer, where the policy says so; what `use` throws; the caller's own end.
 */
export async function ask(host: AskHost, plugin: PluginPeer, question: Question): Promise<Asked | undefined> {
  const { event, request, signal } = question;
  const policy = host.policies?.of(plugin.record).calls[event];
  let peer = plugin;
  for (let attempt = 1; ; attempt++) {
    const outcome: CallOutcome | undefined =
      host.observer.call === undefined ? undefined : { started: performance.now(), payload: request.payload, attempt };
    let response: object | undefined;
    try {
      response = await (host.meter === undefined
        ? peer.request(request, signal, policy?.timeoutMs)
        : host.meter.request(peer, request, signal, policy?.timeoutMs));
    } catch (error) {
      const step = afterFailure({ host, question, policy, peer, attempt }, error);
      observe(host, peer, question, outcome, step.result, error);
      if (step.error !== undefined) {
        throw step.error;
      }
      if (step.again === undefined) {
        return { plugin: peer, failure: asError(error) };
      }
      peer = await nextPeer(host, question, peer, step.again);
      if ((peer.record.events & request.row.mask) === 0) {
        return { plugin: peer }; // came back without this event: it has nothing to say
      }
      continue;
    }
    if (outcome !== undefined) {
      outcome.ended = performance.now();
      outcome.response = response;
    }
    try {
      question.use(peer.record.name, response);
    } catch (error) {
      observe(host, peer, question, outcome, "failed", error);
      throw signal?.aborted ? abortError(request.row.name, signal, peer.record.name) : error;
    }
    observe(host, peer, question, outcome, "answered", undefined);
    return peer === plugin ? undefined : { plugin: peer };
  }
}

/** A call that failed. */
interface Failed {
  readonly host: AskHost;
  readonly question: Question;
  readonly policy: CallPolicy | undefined;
  readonly peer: PluginPeer;
  readonly attempt: number;
}

/** What follows from a failed call. */
interface Step {
  readonly result: CallResult;
  /** Fails the request. */
  readonly error?: unknown;
  /** The plugin is asked again, after this wait. */
  readonly again?: { readonly delayMs: number; readonly maxDelayMs: number };
}

function afterFailure(failed: Failed, error: unknown): Step {
  const { host, question, policy, peer, attempt } = failed;
  const { event, request, signal } = question;
  const { name } = peer.record;
  const late = dropWhenLate(host, peer);
  if (signal?.aborted) {
    return { result: "failed", error: abortError(request.row.name, signal, name) };
  }
  const kind = failureKind(error);
  if (kind === undefined) {
    return { result: "failed", error };
  }
  if (error instanceof AdaptationError && error.code === "plugin-closed") {
    peer.close(error); // whatever the policy: this connection is gone
  }
  const verdict = event === "validateContainerAdjustment";
  const handling: Handling = (policy ?? (verdict ? DEFAULT_VERDICT_POLICY : DEFAULT_POLICY))[kind];
  const { retry, byRule } = handling;
  const own = ownSay(peer.record, handling, kind);
  const last = own === undefined ? handling.last : ownLast(own, verdict, error);
  const what = `failed to handle ${request.row.name} request: ${errorText(error)}`;
  const rule = (does: string): string =>
    own === undefined || does === "retry"
      ? ` (policy "${does}" for ${kind === "error" ? "error" : "failure"})`
      : " (as it asked for with its configuration)";
  const fatal = (): unknown => {
    const worded =
      kind === "failure" && host.compat === "reference" ? inReferenceWords(error, name, request.row.name) : error;
    return own?.failRequest === true && !verdict ? failedRequest(worded, name, request.row.name) : worded;
  };
  if (retry !== undefined && attempt < retry.calls) {
    const delayMs = backOff(retry, attempt + 1);
    const text = `plugin ${name} ${what}${rule("retry")}: asking again, attempt ${attempt + 1} of ${retry.calls}`;
    host.warn(text, peer.record, asError(error));
    return { result: "retried", again: { delayMs, maxDelayMs: retry.maxDelayMs } };
  }
  switch (last) {
    case "fail":
      return { result: "failed", error: fatal() };
    case "skip": {
      const text = `plugin ${name} ${what}${rule(last)}: going on without its answer`;
      host.warn(text, peer.record, asError(error));
      return { result: late || peer.record.state === "closed" ? "dropped" : "skipped" };
    }
    default: {
      const text = `closing plugin ${name}, ${what}`;
      if (byRule) {
        host.warn(`${text}${rule(last)}`, peer.record, asError(error));
      } else {
        host.log.warn(text, { plugin: name, request: request.row.name });
      }
      peer.close(asError(error));
      return last === "drop" ? { result: "dropped" } : { result: "failed", error: fatal() };
    }
  }
}

/**
 * A plugin that leaves too many calls unanswered is of no use, whatever its policy: each costs a whole deadline. The
 * reference keeps one that asks to be kept.
 */
export function dropWhenLate(
  { compat, limits, warn }: Pick<AskHost, "compat" | "limits" | "warn">,
  peer: PluginPeer,
): boolean {
  const { record } = peer;
  if (compat === "reference" && record.failurePolicy?.keepConnected === true) {
    return false;
  }
  if (record.state === "closed" || record.unansweredCalls <= limits.maxLateCalls) {
    return false;
  }
  const text = `closing plugin ${record.name}: ${record.unansweredCalls} calls are unanswered beyond their deadline, the maximum is ${limits.maxLateCalls} (limits.maxLateCalls)`;
  const reason = new AdaptationError("request-timeout", text, { plugin: record.name });
  warn(text, record, reason);
  peer.close(reason);
  return true;
}

/**
 * Waits, and gives the plugin to ask next: the same, or the one of the same name that has taken its place. While it waits
 * for one to come back that one can be synchronised and join in the middle of the request.
 */
async function nextPeer(
  { roster, traffic, ending }: AskHost,
  { signal: caller, request }: Question,
  peer: PluginPeer,
  { delayMs, maxDelayMs }: { readonly delayMs: number; readonly maxDelayMs: number },
): Promise<PluginPeer> {
  const { name } = peer.record;
  const start = performance.now();
  const { limit, release } = limitOf([caller, ending]);
  const { signal } = limit;
  try {
    if (peer.record.state !== "closed") {
      await delay(delayMs, signal);
    }
    for (;;) {
      if (peer.record.state !== "closed") {
        return peer;
      }
      const back = roster.active.find(({ record }) => record.name === name && record.state === "active");
      const left = maxDelayMs - (performance.now() - start);
      if (back !== undefined || left <= 0) {
        return back ?? peer;
      }
      await traffic.comesBack(name, left, signal);
    }
  } catch (error) {
    throw caller?.aborted ? abortError(request.row.name, caller, name) : error;
  } finally {
    release();
  }
}

/** Waits. Rejects with the signal's reason. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) {
      onAbort();
    }
  });
}

function observe(
  { observer }: AskHost,
  { record }: PluginPeer,
  { event, request, ownersBy }: Question,
  outcome: CallOutcome | undefined,
  result: CallResult,
  error: unknown,
): void {
  if (outcome === undefined) {
    return;
  }
  outcome.result = result;
  if (error !== undefined) {
    outcome.error = asError(error);
  }
  observeCall(observer, event, record, request, outcome, ownersBy?.(record.name));
}
