// Reads policies: those of a configuration file and those given in code, with the same checks and the same error texts.
import { checkPluginName, EVENT_NAMES, type EventName } from "@nri/protocol";
import { parseDuration } from "../duration.js";
import { AdaptationError, errorText } from "../errors.js";
import { MAX_POLICY_RULES, MAX_RETRY_ATTEMPTS, MAX_TIMEOUT_MS } from "../limits.js";
import type { CallName, FailurePolicy, Policies, PolicyRule, RequiredPlugin, RetryPolicy } from "./types.js";

const POLICIES: readonly FailurePolicy[] = ["fail", "skip", "drop", "retry"];
const LAST: readonly Exclude<FailurePolicy, "retry">[] = ["fail", "skip", "drop"];
/** A plugin that fails one of these does not join, or is leaving: there is no choice. */
const DEADLINE_ONLY: readonly CallName[] = ["configure", "synchronize", "shutdown"];
const CALLS: readonly CallName[] = [...EVENT_NAMES, ...DEADLINE_ONLY];
const REQUESTS: readonly EventName[] = EVENT_NAMES.filter((name) => name !== "validateContainerAdjustment");

/** Names of the keys that hold a time: in code milliseconds say so in their name, files have `500ms`. */
interface Form {
  readonly timeout: string;
  readonly delay: string;
  readonly maxDelay: string;
  readonly durations: boolean;
}
const FILE: Form = { timeout: "timeout", delay: "delay", maxDelay: "maxDelay", durations: true };
const CODE: Form = { timeout: "timeoutMs", delay: "delayMs", maxDelay: "maxDelayMs", durations: false };

/**
 * Reads policies from a parsed configuration file (YAML, TOML or JSON); times are durations such as `500ms` or numbers of
 * milliseconds. Nothing at all gives no policies. Unknown keys, names and values are refused: `invalid-option`, with the
 * path, beginning with `where`, and the value.
 */
export function parsePolicies(value: unknown, where: string): Policies {
  return value === undefined || value === null ? {} : readPolicies(value, where, FILE);
}

/** Checks policies given in code. */
export function checkPolicies(value: unknown, where: string): Policies {
  return readPolicies(value, where, CODE);
}

function readPolicies(value: unknown, where: string, form: Form): Policies {
  const keys = objectAt(value, where, ["rules", "required"]);
  const rules = list(keys, "rules", where, (rule, at) => readRule(rule, at, form));
  const required = list(keys, "required", where, readRequired);
  return { ...(rules && { rules }), ...(required && { required }) };
}

function readRule(value: unknown, where: string, form: Form): PolicyRule {
  const names = ["plugin", "events", form.timeout, "failure", "error", "retry", "takeover"];
  const keys = objectAt(value, where, names);
  const events = list(keys, "events", where, (event, at) => oneOf(event, at, CALLS));
  const timeoutMs = optional(keys, form.timeout, where, (time, at) => readTime(time, at, form));
  const failure = optional(keys, "failure", where, (policy, at) => oneOf(policy, at, POLICIES));
  const error = optional(keys, "error", where, (policy, at) => oneOf(policy, at, POLICIES));
  const retry = optional(keys, "retry", where, (limits, at) => readRetry(limits, at, form));
  const takeover = optional(keys, "takeover", where, readBoolean);
  const fixed = events?.find((name) => DEADLINE_ONLY.includes(name));
  for (const [key, given] of Object.entries({ failure, error, retry })) {
    if (fixed !== undefined && given !== undefined) {
      throw refused(path(where, key), `has no meaning for ${fixed}: of that only the deadline can be set`);
    }
  }
  return {
    plugin: readPlugin(keys.get("plugin"), path(where, "plugin"), true),
    ...(events && { events }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(failure && { failure }),
    ...(error && { error }),
    ...(retry && { retry }),
    ...(takeover !== undefined && { takeover }),
  };
}

function readRetry(value: unknown, where: string, form: Form): RetryPolicy {
  const keys = objectAt(value, where, ["attempts", form.delay, form.maxDelay, "then"]);
  const attempts = optional(keys, "attempts", where, readAttempts);
  const delayMs = optional(keys, form.delay, where, (time, at) => readTime(time, at, form));
  const maxDelayMs = optional(keys, form.maxDelay, where, (time, at) => readTime(time, at, form));
  const then = optional(keys, "then", where, (policy, at) => oneOf(policy, at, LAST));
  return {
    ...(attempts !== undefined && { attempts }),
    ...(delayMs !== undefined && { delayMs }),
    ...(maxDelayMs !== undefined && { maxDelayMs }),
    ...(then && { then }),
  };
}

function readRequired(value: unknown, where: string): RequiredPlugin {
  const keys = objectAt(value, where, ["plugin", "namespaces", "events"]);
  const namespaces = list(keys, "namespaces", where, readText);
  const events = list(keys, "events", where, (event, at) => oneOf(event, at, REQUESTS));
  return {
    plugin: readPlugin(keys.get("plugin"), path(where, "plugin"), false),
    ...(namespaces && { namespaces }),
    ...(events && { events }),
  };
}

function readPlugin(value: unknown, where: string, all: boolean): string {
  if (all && value === "*") {
    return value;
  }
  const expected = `the name of a plugin such as "10-foo" or "foo"${all ? ', or "*"' : ""}`;
  if (typeof value !== "string") {
    throw notA(value, where, expected);
  }
  try {
    checkPluginName(value);
  } catch (error) {
    throw refused(where, `${shown(value)} is not ${expected}: ${errorText(error)}`);
  }
  return value;
}

function readTime(value: unknown, where: string, { durations }: Form): number {
  const milliseconds = durations && typeof value === "string" ? parseDuration(value) : value;
  if (typeof milliseconds !== "number" || !Number.isSafeInteger(milliseconds)) {
    throw notA(value, where, durations ? 'a duration such as "500ms" or "2s"' : "a number of whole milliseconds");
  }
  if (milliseconds < 1 || milliseconds > MAX_TIMEOUT_MS) {
    throw refused(where, `${shown(value)} is no time from 1 to ${MAX_TIMEOUT_MS} ms`);
  }
  return milliseconds;
}

function readAttempts(value: unknown, where: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1 || value > MAX_RETRY_ATTEMPTS) {
    throw notA(value, where, `a number from 1 to ${MAX_RETRY_ATTEMPTS}`);
  }
  return value;
}

function readBoolean(value: unknown, where: string): boolean {
  if (typeof value !== "boolean") {
    throw notA(value, where, "true or false");
  }
  return value;
}

function readText(value: unknown, where: string): string {
  if (typeof value !== "string" || value === "") {
    throw notA(value, where, "a name");
  }
  return value;
}

function oneOf<T extends string>(value: unknown, where: string, names: readonly T[]): T {
  const name = names.find((candidate) => candidate === value);
  if (name === undefined) {
    throw notA(value, where, `one of ${names.join(", ")}`);
  }
  return name;
}

/** The entries of an object; refuses anything else, and keys that are not in `names`. */
function objectAt(value: unknown, where: string, names: readonly string[]): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw notA(value, where, "an object");
  }
  const keys = new Map<string, unknown>(Object.entries(value));
  for (const key of keys.keys()) {
    if (!names.includes(key)) {
      throw refused(path(where, key), `unknown key; known are ${names.join(", ")}`);
    }
  }
  return keys;
}

function optional<T>(
  keys: ReadonlyMap<string, unknown>,
  key: string,
  where: string,
  read: (value: unknown, where: string) => T,
): T | undefined {
  const value = keys.get(key);
  return value === undefined ? undefined : read(value, path(where, key));
}

/** A list; an empty one would match nothing, or all, depending on who reads it, and is refused. */
function list<T>(
  keys: ReadonlyMap<string, unknown>,
  key: string,
  where: string,
  read: (value: unknown, where: string) => T,
): readonly T[] | undefined {
  const value = keys.get(key);
  const at = path(where, key);
  if (value === undefined) {
    return undefined;
  }
  if (!Array.isArray(value)) {
    throw notA(value, at, "a list");
  }
  const top = key === "rules" || key === "required";
  if (value.length === 0 && !top) {
    throw refused(at, "is an empty list; leave it out to mean all");
  }
  if (value.length > MAX_POLICY_RULES) {
    throw refused(at, `has ${value.length} entries, the maximum is ${MAX_POLICY_RULES}`);
  }
  return value.map((entry, i) => read(entry, `${at}[${i}]`));
}

function path(where: string, key: string): string {
  const step = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : JSON.stringify(key.slice(0, 64));
  return where === "" ? step : `${where}.${step}`;
}

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "a list" : "an object";
  }
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function notA(value: unknown, where: string, expected: string): AdaptationError {
  return value === undefined
    ? refused(where, `is missing; it must be ${expected}`)
    : refused(where, `${shown(value)} is not ${expected}`);
}

function refused(where: string, why: string): AdaptationError {
  return new AdaptationError("invalid-option", where === "" ? why : `${where}: ${why}`, { option: where });
}
