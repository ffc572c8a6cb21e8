// What a scenario is: one container's life in requests, with what every plugin answers to each of them.
import type { FieldName } from "@nri/protocol";
import type { JsonObject, JsonValue } from "../peers/json.js";

/** What one plugin does about one request. */
export interface Answer {
  readonly adjust?: JsonObject;
  readonly update?: readonly JsonObject[];
  /** Only our plugin can send them. */
  readonly evict?: readonly JsonObject[];
  readonly error?: string;
  /** gRPC code of `error`. */
  readonly code?: number;
  /** Why it rejects the adjustment, as a validator. */
  readonly reject?: string;
}

/** One request to the runtime. */
export interface Step {
  /** An RPC name, or `ApplyAdjustment`. */
  readonly op: string;
  readonly req: JsonObject;
  /** By plugin of the world; null: nothing. */
  readonly answers: readonly (Answer | null)[];
  /** The OCI spec, only for `ApplyAdjustment`. */
  readonly spec?: JsonObject;
  /** The step before it in other words: see deviations.ts. */
  readonly wordsOf?: boolean;
}

/** What a scenario was drawn for. */
export interface Focus {
  readonly field: FieldName;
  readonly aim: "set" | "removed" | "conflict" | "updated";
}

/** Requests about one container, which has a name of its own in its batch. */
export interface Scenario {
  /** Container and pod have this name. */
  readonly name: string;
  readonly steps: readonly Step[];
  readonly focus?: Focus;
}

/** A plugin that is there for a whole batch. */
export interface WorldPlugin {
  readonly index: string;
  readonly name: string;
  /** Event names; all but validation when absent. */
  readonly events?: readonly string[];
  readonly validates: boolean;
  /** Updates in the answer to Synchronize. */
  readonly sync?: readonly JsonObject[];
  /** Lists of updates that it asks for of itself. */
  readonly unsolicited?: readonly (readonly JsonObject[])[];
}

/** What scenarios of one batch have in common. */
export interface World {
  readonly plugins: readonly WorldPlugin[];
  /** Options of the default validator. */
  readonly validator?: JsonObject;
  /** What plugins are synchronised with. */
  readonly state?: JsonObject;
  /** What unsolicited updates report as failed, and what they fail with. */
  readonly failed?: readonly JsonObject[];
  readonly updateError?: string;
}

/** Scenarios that run in one go, one after the other. */
export interface Batch {
  readonly world: World;
  readonly scenarios: readonly Scenario[];
}

/** Display name of a plugin, as texts and owners have it. */
export function displayName({ index, name }: WorldPlugin): string {
  return `${index}-${name}`;
}

/** The name under which scripts find a step: that of its container, or of its pod for pod events. */
export function subjectOf({ op, req }: Step): string {
  const subject = (op.endsWith("PodSandbox") ? req.pod : req.container) as JsonObject | undefined;
  return typeof subject?.name === "string" ? subject.name : "";
}

/** A step as a line for the runtime; a spec's numbers of 64 bits keep their digits. */
export function lineOf({ op, req, spec }: Step): string {
  if (spec === undefined) return JSON.stringify({ op, req });
  return `{"op":${JSON.stringify(op)},"spec":${specText(spec)},"req":${JSON.stringify(req)}}`;
}

const BIG = "@int:";

/** A number of 64 bits inside a spec: JSON of this language would lose digits. */
export function big(digits: string): JsonValue {
  return BIG + digits;
}

function specText(spec: JsonObject): string {
  return JSON.stringify(spec).replace(/"@int:(-?\d+)"/g, "$1");
}
