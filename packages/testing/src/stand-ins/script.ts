// What a scripted plugin answers: a JSON file, keyed by the names of containers (of pods for their events).
import type { PluginFailurePolicy } from "@nri/plugin";
import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import type { JsonObject, JsonValue } from "@nri/protocol/json";
import { asError, TestingError } from "../errors.js";
import { parseJsonLine } from "./json-lines.js";

/** What the plugin answers to one request. Messages are protojson. */
export interface ScriptAnswer {
  /** ContainerAdjustment, for `create`. */
  readonly adjust?: JsonValue | undefined;
  /** ContainerUpdates, for `sync`, `create`, `update` and `stop`. */
  readonly update?: readonly JsonValue[] | undefined;
  /** ContainerEvictions, for `create` and `update`. */
  readonly evict?: readonly JsonValue[] | undefined;
  /** Fail with this text; for `validate` the reason to reject. */
  readonly error?: string | undefined;
  /** gRPC code of `error`; 0 or none is what a handler's plain error becomes. */
  readonly code?: number | undefined;
  /** Wait before answering. Milliseconds. */
  readonly delayMs?: number | undefined;
  /** Keep a CPU busy before answering, after the wait. Milliseconds. */
  readonly busyMs?: number | undefined;
  /** Leave the process with this status instead of answering; 0 does not. */
  readonly exit?: number | undefined;
}

/** Answers by name; `*` stands for any other name. */
export type AnswersByName = { readonly [name: string]: ScriptAnswer };

/** A script. */
export interface PluginScript {
  /**
   * Events to subscribe to, in any spelling that the reference takes; the error that refuses the configuration; what the
   * plugin asks for, should it not answer.
   */
  readonly configure?:
    | {
        readonly events?: readonly string[];
        readonly error?: string;
        readonly failurePolicy?: PluginFailurePolicy;
      }
    | undefined;
  /** Answer to Synchronize. */
  readonly sync?: ScriptAnswer | undefined;
  /** Answers to CreateContainer. */
  readonly create?: AnswersByName | undefined;
  /** Answers to UpdateContainer. */
  readonly update?: AnswersByName | undefined;
  /** Answers to StopContainer. */
  readonly stop?: AnswersByName | undefined;
  /** Answers to other events, by the name of the call (`StartContainer`). */
  readonly events?: { readonly [event: string]: AnswersByName } | undefined;
  /** Verdicts. */
  readonly validate?: AnswersByName | undefined;
  /** Updates that the plugin asks for on its own, each after a time from Synchronize on. */
  readonly unsolicited?:
    | readonly {
        readonly afterMs?: number;
        readonly update?: readonly JsonValue[];
        readonly evict?: readonly JsonValue[];
      }[]
    | undefined;
}

/** Reads a script from JSON text. Throws `TestingError` code "invalid-input" that begins with `file:1: `. */
export function parseScript(text: string, file: string): PluginScript {
  let json: JsonValue;
  try {
    json = parseJsonLine(text);
  } catch (error) {
    throw new TestingError("invalid-input", `not JSON: ${asError(error).message}`, { position: { file, line: 1 } });
  }
  const refuse = (what: string): never => {
    throw new TestingError("invalid-input", what, { position: { file, line: 1 } });
  };
  const script = object(json, "the script", refuse);
  for (const key of ["create", "update", "stop", "validate"]) byName(script[key], key, refuse);
  if (script.sync !== undefined) answer(script.sync, "sync", refuse);
  const configure = object(script.configure ?? {}, "configure", refuse);
  for (const [key, value] of Object.entries(object(configure.failurePolicy ?? {}, "configure.failurePolicy", refuse))) {
    if (!FAILURE_POLICY.includes(key) || typeof value !== "boolean")
      refuse(`configure.failurePolicy has ${FAILURE_POLICY.join(" and ")}, true or false`);
  }
  const calls = EVENT_NAMES.map((name) => EVENTS[name].name);
  for (const [event, answers] of Object.entries(object(script.events ?? {}, "events", refuse))) {
    if (!calls.includes(event)) refuse(`events: no event ${JSON.stringify(event)}; there are ${calls.join(", ")}`);
    byName(answers, `events.${event}`, refuse);
  }
  if (script.unsolicited !== undefined && !Array.isArray(script.unsolicited)) refuse("unsolicited must be a list");
  return script as PluginScript;
}

const FAILURE_POLICY: readonly string[] = ["failRequest", "keepConnected"];

type Refuse = (what: string) => never;

function object(value: JsonValue | undefined, what: string, refuse: Refuse): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(`${what} must be an object`);
  return value;
}

function byName(value: JsonValue | undefined, what: string, refuse: Refuse): void {
  for (const [name, one] of Object.entries(object(value ?? {}, what, refuse))) answer(one, `${what}.${name}`, refuse);
}

const TYPES: { readonly [key: string]: string } = {
  error: "string",
  code: "number",
  delayMs: "number",
  busyMs: "number",
  exit: "number",
};

function answer(value: JsonValue, what: string, refuse: Refuse): void {
  for (const [key, member] of Object.entries(object(value, what, refuse))) {
    const wanted = Object.hasOwn(TYPES, key) ? TYPES[key] : undefined;
    if (wanted !== undefined && typeof member !== wanted) refuse(`${what}.${key} must be a ${wanted}`);
    if ((key === "update" || key === "evict") && !Array.isArray(member)) refuse(`${what}.${key} must be a list`);
  }
}
