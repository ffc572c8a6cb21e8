// What may differ between two runs of the reference itself, and so between it and us. Nothing else is normalised.
//
// | rule | why |
// |---|---|
// | neighbouring removal marks among the mounts of a reply are sorted | the reference keeps removals in a Go map and appends them as it walks it |
// | the namespaces of a container that plugins see are sorted | the reference rebuilds the list from a Go map once a plugin touches it |
// | lists in the default validator's texts are sorted | they are made from Go maps |
// | the key in a conflict about a map may be any key that the plugin sets there | the reference claims the keys of a map in the order of the walk, the first conflict wins |
// | of a spec: empty lists and objects, an empty `closID`, a false `enableMonitoring` are left out | Go's types for specs do not write them |
// | order of events while plugins join | they join at the same time |
// | v0.12.2 only: a removal mark of a sysctl among the annotations counts as one among the sysctls | corrected since v0.12.3, and here |
// | the text of the YAML parser behind "invalid required-plugins... annotation" | another parser |
import { FIELDS, type FieldName, type FieldRow } from "@nri/protocol";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { CellResult, Outcome, ScenarioOutcome } from "./cell.js";
import { type Batch, displayName, type Scenario, type Step } from "./scenario.js";

/** Which marks have to be moved. */
export interface Quirks {
  /** The release puts marks of removed sysctls among the annotations. */
  readonly sysctlMarksAmongAnnotations: boolean;
}

/** The outcome with everything in one order. */
export function normalised(scenario: Scenario, outcome: ScenarioOutcome, quirks: Quirks): JsonObject {
  const answers = scenario.steps.map((step, nth) => normalAnswer(step, outcome.answers[nth], quirks));
  const seen: { [plugin: string]: JsonObject } = {};
  for (const [plugin, methods] of Object.entries(outcome.seen)) {
    const calls: JsonObject = {};
    for (const [method, all] of Object.entries(methods)) {
      calls[method] = all.map((args) => args.map((arg, nth) => normalArgument(scenario, method, nth, arg, quirks)));
    }
    seen[plugin] = calls;
  }
  return { answers, seen } as JsonObject;
}

function normalAnswer(step: Step, outcome: Outcome | undefined, quirks: Quirks): JsonValue {
  if (outcome === undefined) return "the runtime was gone";
  const { res, error, ...rest } = outcome;
  const normal: JsonObject = { ...rest };
  if (error !== undefined) normal.error = normalText(error);
  if (res !== undefined && step.op === "ApplyAdjustment") normal.res = pruned(res);
  else if (res !== undefined) {
    const { adjust, ...more } = res as JsonObject;
    normal.res = adjust === undefined ? res : { ...more, adjust: normalAdjust(step, adjust as JsonObject, quirks) };
  }
  return normal;
}

function pruned(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(pruned);
  const entries = Object.entries(value).map(([key, item]) => [key, pruned(item)] as const);
  return Object.fromEntries(entries.filter(([key, item]) => !isUnwritten(key, item)));
}

function isUnwritten(key: string, item: JsonValue): boolean {
  if (typeof item === "object" && item !== null) return Object.keys(item).length === 0;
  return (key === "closID" && item === "") || (key === "enableMonitoring" && item === false);
}

function normalArgument(scenario: Scenario, method: string, nth: number, arg: JsonValue, quirks: Quirks): JsonValue {
  if (method === "ValidateContainerAdjustment") {
    const create = scenario.steps.find(({ op }) => op === "CreateContainer");
    const request = arg as JsonObject;
    if (create === undefined || request.adjust === undefined) return arg;
    return { ...request, adjust: normalAdjust(create, request.adjust as JsonObject, quirks) };
  }
  return nth === 1 && method === "CreateContainer" ? withSortedNamespaces(arg as JsonObject) : arg;
}

function normalAdjust(step: Step, adjust: JsonObject, quirks: Quirks): JsonObject {
  let normal = adjust;
  if (Array.isArray(adjust.mounts)) normal = { ...normal, mounts: withSortedMarks(adjust.mounts as JsonObject[]) };
  return quirks.sysctlMarksAmongAnnotations ? withSysctlMarks(step, normal) : normal;
}

function destination({ destination: path }: JsonObject): string {
  return typeof path === "string" ? path : "";
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function withSortedMarks(mounts: readonly JsonObject[]): JsonObject[] {
  const result: JsonObject[] = [];
  let marks: JsonObject[] = [];
  const flush = (): void => {
    result.push(...marks.sort((a, b) => compareText(destination(a), destination(b))));
    marks = [];
  };
  for (const mount of mounts) {
    if (destination(mount).startsWith("-")) marks.push(mount);
    else {
      flush();
      result.push(mount);
    }
  }
  flush();
  return result;
}

function withSortedNamespaces(container: JsonObject): JsonObject {
  const linux = container.linux as JsonObject | undefined;
  if (!Array.isArray(linux?.namespaces)) return container;
  const key = (one: JsonValue) => JSON.stringify([(one as JsonObject).type ?? "", (one as JsonObject).path ?? ""]);
  const namespaces = [...linux.namespaces].sort((a, b) => compareText(key(a), key(b)));
  return { ...container, linux: { ...linux, namespaces } };
}

function withSysctlMarks(step: Step, adjust: JsonObject): JsonObject {
  const asked = step.answers.flatMap((answer) =>
    Object.keys(((answer?.adjust?.linux as JsonObject | undefined)?.sysctl ?? {}) as JsonObject),
  );
  const marks = asked.filter((key) => key.startsWith("-"));
  const annotations = { ...(adjust.annotations as JsonObject | undefined) };
  const found = marks.filter((key) => Object.hasOwn(annotations, key));
  if (found.length === 0) return adjust;
  const linux = (adjust.linux ?? {}) as JsonObject;
  const sysctl = { ...(linux.sysctl as JsonObject | undefined) };
  for (const key of found) {
    sysctl[key] = annotations[key] ?? "";
    delete annotations[key];
  }
  const { annotations: _, ...rest } = adjust;
  return { ...rest, ...(Object.keys(annotations).length > 0 ? { annotations } : {}), linux: { ...linux, sysctl } };
}

function normalText(error: string): string {
  const list = /^(.*attempted restricted (?:namespace|sysctl) adjustment by plugin\(s\) )(.*)$/s.exec(error);
  if (list !== null) return (list[1] ?? "") + (list[2] ?? "").split(", ").sort().join(", ");
  return error.replace(/(invalid required-plugins\.noderesource\.dev annotation .*?: ).*$/s, "$1(the parser's text)");
}

const CONFLICT = /^plugins "(.*?)" and ".*?" both tried to set (\w+) (.*)$/s;

/** Whether two errors of a step are conflicts about a map, each about a key that the claiming plugin sets in it. */
export function sameMapConflict(world: Batch["world"], step: Step, one: string, other: string): boolean {
  const [a, b] = [CONFLICT.exec(one), CONFLICT.exec(other)];
  if (a === null || b === null || a[1] !== b[1] || a[2] !== b[2]) return false;
  if (!Object.hasOwn(FIELDS, a[2] ?? "")) return false;
  const row: FieldRow = FIELDS[a[2] as FieldName];
  if (row.kind !== "map") return false;
  const answer = step.answers[world.plugins.findIndex((plugin) => displayName(plugin) === a[1])];
  const sources = [
    at(answer?.adjust, row.path),
    ...(answer?.update ?? []).map((update) => at(update, row.update ?? "")),
  ];
  const keys = new Set(sources.flatMap((map) => Object.keys((map ?? {}) as JsonObject)));
  return keys.has(a[3] ?? "") && keys.has(b[3] ?? "");
}

function at(root: JsonObject | undefined, path: string): JsonValue | undefined {
  let node: JsonValue | undefined = root;
  for (const part of path.split(".")) node = (node as JsonObject | undefined)?.[part];
  return node;
}

/** What belongs to no scenario, with the lists that came as plugins joined in one order. */
export function normalAround({ around }: CellResult): JsonObject {
  const normal: JsonObject = {};
  for (const [key, value] of Object.entries(around)) {
    const list = value as JsonValue[];
    if (key === "synchronized" || key === "unsolicited") {
      normal[key] = [...list].sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
    } else normal[key] = list.filter((call) => (call as JsonObject).method !== "Closed");
  }
  return normal;
}
