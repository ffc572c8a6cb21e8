// Scenarios from a seed. What a scenario is about goes round all fields, so that chance cannot forget one.
import { FIELD_NAMES, FIELDS, type FieldName, UPDATABLE_FIELDS } from "@nri/protocol";
import type { JsonObject } from "../peers/json.js";
import { Chance } from "./chance.js";
import { anyContainer, anyPod, anyResources } from "./requests.js";
import { type Answer, type Batch, displayName, type Focus, type Scenario, type Step, type World } from "./scenario.js";
import { anyApply } from "./specs.js";
import { anyKey, touch, touches } from "./values.js";

/** What can be left out of scenarios. */
export const PARTS = ["create", "update", "stop", "events", "apply", "validator", "unsolicited"] as const;
/** A part of scenarios. */
export type Part = (typeof PARTS)[number];
/** What is in them unless somebody asks for less. The default validator has a run of its own: it refuses too much. */
export const DEFAULT_PARTS: ReadonlySet<Part> = new Set(PARTS.filter((part) => part !== "validator"));
/** What is in the scenarios for the default validator, in small batches, because each has one set of options. */
export const VALIDATOR_PARTS: ReadonlySet<Part> = new Set<Part>(["create", "validator"]);
export const VALIDATOR_BATCH = 30;

const NAMES = ["a", "b", "c", "d", "long-name_1", "A"] as const;
const POD_EVENTS = ["RunPodSandbox", "UpdatePodSandbox", "PostUpdatePodSandbox", "StopPodSandbox", "RemovePodSandbox"];
const CONTAINER_EVENTS = [
  "PostCreateContainer",
  "StartContainer",
  "PostStartContainer",
  "PostUpdateContainer",
  "RemoveContainer",
];
/** Numbers of gRPC codes, one that does not exist, 0 for an error without one. Unimplemented is drawn apart. */
const CODES = [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17] as const;
const UNIMPLEMENTED = 12;
const REQUIRED = "required-plugins.noderesource.dev";
const TOLERATED = "tolerate.example.com";

/** Batch `number` of the run with `seed`: `count` scenarios, the first of which is number `first` of the run. */
export function anyBatch(seed: number, number: number, first: number, count: number, only: ReadonlySet<Part>): Batch {
  const world = anyWorld(new Chance(seed, 1, number), number, only);
  const taken = new Set<string>();
  const scenarios = Array.from({ length: count }, (_, index) => {
    const nth = first + index;
    const by = new Chance(seed, 2, nth);
    return anyScenario(by, world, nameOf(by, nth, taken), nth, only);
  });
  return { world, scenarios };
}

function nameOf(by: Chance, nth: number, taken: Set<string>): string {
  const odd = by.rarely(10)
    ? by.one(["__proto__", "constructor", "toString", "", "-", "ü", "a b", "hasOwnProperty"])
    : "";
  const name = odd !== "" && !taken.has(odd) ? odd : `${odd}c${nth}`;
  taken.add(name);
  return name;
}

function anyWorld(by: Chance, number: number, only: ReadonlySet<Part>): World {
  const count = number % 16 === 15 ? 1 : 2 + (number % 3);
  const indices = by.shuffled(["00", "10", "20", "30", "45", "99"]).slice(0, count).sort();
  const names = by.shuffled(NAMES);
  const plugins = indices.map((index, nth) => ({
    index,
    name: names[nth] ?? "x",
    validates: nth === 0 || by.rarely(3),
    ...(by.rarely(6)
      ? { events: by.shuffled([...CONTAINER_EVENTS, "CreateContainer", "UpdateContainer"]).slice(1) }
      : {}),
    ...(by.rarely(2) ? { sync: anyUpdates(by, ["x", "y"], 3) } : {}),
    ...(only.has("unsolicited") && by.rarely(2)
      ? {
          unsolicited: by.times(1, 3, (n) => [
            { containerId: `from ${index} ${n}` },
            ...anyUpdates(by, ["x", ""], 3).map(withoutTwins),
          ]),
        }
      : {}),
  }));
  return {
    plugins,
    ...(only.has("validator") ? { validator: anyValidator(by, plugins.map(displayName)) } : {}),
    ...(by.rarely(2)
      ? {
          state: {
            pods: by.times(0, 3, (n) => anyPod(by, `p${n}`)),
            containers: by.times(0, 3, (n) => anyContainer(by, `s${n}`, `s${n}`)),
          },
        }
      : {}),
    ...(by.rarely(2) ? { failed: anyUpdates(by, ["x", "__proto__"], 2) } : {}),
    ...(by.rarely(5) ? { updateError: "no updates today: ü" } : {}),
  };
}

function anyValidator(by: Chance, plugins: readonly string[]): JsonObject {
  const flag = () => by.rarely(3);
  // by the names of Go's structure: refruntime reads it as JSON
  return {
    Enable: !by.rarely(8),
    RejectOCIHookAdjustment: flag(),
    RejectRuntimeDefaultSeccompAdjustment: flag(),
    RejectUnconfinedSeccompAdjustment: flag(),
    RejectCustomSeccompAdjustment: flag(),
    RejectNamespaceAdjustment: flag(),
    RejectSysctlAdjustment: flag(),
    ...(by.rarely(3) ? { RequiredPlugins: by.times(0, 2, () => anyRequired(by, plugins)) } : {}),
    ...(by.rarely(2) ? { TolerateMissingAnnotation: TOLERATED } : {}),
  };
}

function anyRequired(by: Chance, plugins: readonly string[]): string {
  if (by.rarely(4)) return by.one(["missing", "00-missing", "", "__proto__"]);
  const plugin = plugins[by.below(plugins.length)] ?? "";
  return by.rarely(2) ? plugin : plugin.slice(3);
}

function scopedKey(by: Chance, key: string, container: string): string {
  return by.one([key, `${key}/pod`, `${key}/container.${container}`, `${key}/container.other`]);
}

function podAnnotations(by: Chance, world: World, container: string): JsonObject {
  if (world.validator === undefined) return {};
  const annotations: [string, string][] = [];
  const list = () => by.times(0, 2, () => anyRequired(by, world.plugins.map(displayName)));
  if (by.rarely(3)) {
    by.times(1, 2, () => {
      const value = by.rarely(5) ? by.one(["[", "a", "", "{}", "[1, true]"]) : JSON.stringify(list());
      annotations.push([scopedKey(by, REQUIRED, container), value]);
    });
  }
  if (by.rarely(4)) {
    annotations.push([scopedKey(by, TOLERATED, container), by.one(["true", "false", "T", "0", "yes", ""])]);
  }
  return Object.fromEntries(annotations);
}

const CONFLICTING: readonly FieldName[] = FIELD_NAMES.filter((name) => FIELDS[name].kind !== "accumulate");
const REMOVABLE: readonly FieldName[] = FIELD_NAMES.filter((name) => FIELDS[name].removal !== "none");

/** Rounds over all fields; conflicts are drawn most often, because something else may come first. */
const AIMS_IN_TURN = ["conflict", "removed", "conflict", "updated", "conflict", "set", "conflict", "conflict"] as const;

function focusOf(nth: number): Focus {
  const turn = nth % AIMS_IN_TURN.length;
  const round = Math.floor(nth / AIMS_IN_TURN.length);
  const aim = AIMS_IN_TURN[turn] ?? "set";
  const inTurn = (fields: readonly FieldName[]): FieldName => fields[round % fields.length] as FieldName;
  switch (aim) {
    case "conflict": {
      const perRound = AIMS_IN_TURN.filter((one) => one === "conflict").length;
      const before = AIMS_IN_TURN.slice(0, turn).filter((one) => one === "conflict").length;
      return { aim, field: CONFLICTING[(round * perRound + before) % CONFLICTING.length] as FieldName };
    }
    case "removed":
      return { aim, field: inTurn(REMOVABLE) };
    case "updated":
      return { aim, field: inTurn(UPDATABLE_FIELDS) };
    default:
      return { aim, field: inTurn(FIELD_NAMES) };
  }
}

function anyScenario(by: Chance, world: World, name: string, nth: number, only: ReadonlySet<Part>): Scenario {
  const focus = world.validator !== undefined && by.rarely(2) ? anyRestricted(by) : focusOf(nth);
  const id = by.rarely(20) ? name : `id-${name}`;
  const pod = anyPod(by, name, podAnnotations(by, world, name));
  const container = anyContainer(by, name, id);
  const asked = { pod, container };
  const steps: Step[] = [];
  if (only.has("create")) steps.push(createStep(by, world, asked, id, focus));
  if (only.has("update") && (focus.aim === "updated" || by.rarely(2))) {
    const linuxResources = anyResources(by);
    const req = by.rarely(6) ? asked : { ...asked, linuxResources };
    steps.push(updateStep(by, world, "UpdateContainer", req, id, focus));
  }
  if (only.has("stop") && by.rarely(4)) steps.push(updateStep(by, world, "StopContainer", asked, id, focus));
  if (only.has("events") && by.rarely(4)) {
    const pods = by.shuffled(POD_EVENTS).slice(0, by.below(3));
    const containers = by.shuffled(CONTAINER_EVENTS).slice(0, by.below(3));
    for (const op of [...pods, ...containers]) steps.push(eventStep(by, world, op, asked));
  }
  if (only.has("apply") && by.rarely(4)) steps.push(anyApply(by));
  return { name, steps, focus };
}

/** What the default validator may refuse. */
function anyRestricted(by: Chance): Focus {
  return { aim: "set", field: by.one(["OciHooks", "SeccompPolicy", "Namespace", "Sysctl"]) };
}

function anyError(by: Chance): Answer {
  const code = by.rarely(5) ? UNIMPLEMENTED : by.one(CODES);
  const error = by.one(["no", "ü: \n", 'with "quotes"', "rpc error: code = Internal desc = x", "%s %d"]);
  return { error, ...(code === 0 ? {} : { code }) };
}

function createStep(by: Chance, world: World, asked: JsonObject, id: string, focus: Focus): Step {
  const { plugins, validator } = world;
  const quiet = focus.aim === "conflict";
  const adjusts = plugins.map(() => {
    const adjust: JsonObject = {};
    if (quiet ? by.rarely(3) : true) by.times(0, quiet ? 1 : 3, () => touchAny(by, adjust));
    return adjust;
  });
  if (focus.aim === "set") touch(by, adjusts[by.below(adjusts.length)] ?? {}, focus.field, "set", "adjust");
  if (focus.aim === "removed") remove(by, adjusts, focus.field);
  if (focus.aim === "conflict") collide(by, adjusts, focus.field, "adjust");
  const rejecting = validator === undefined && by.rarely(30) ? by.below(plugins.length) : -1;
  const answers = adjusts.map((adjust, nth): Answer | null => {
    if (!quiet && by.rarely(40)) return anyError(by);
    const update = by.rarely(5) ? anyUpdates(by, by.rarely(10) ? [id, "x"] : ["x", "y", "__proto__"], 2) : undefined;
    const silent = Object.keys(adjust).length === 0 && by.rarely(2);
    const reject = nth === rejecting ? by.one(["because", "ü", "two\nlines"]) : undefined;
    const evict = anyEvictions(by);
    if (silent && update === undefined && reject === undefined && evict.length === 0) return null;
    return {
      ...(silent ? {} : { adjust }),
      ...(update && { update }),
      ...(evict.length > 0 ? { evict } : {}),
      ...(reject && { reject }),
    };
  });
  return { op: "CreateContainer", req: asked, answers };
}

function touchAny(by: Chance, adjust: JsonObject): void {
  const field = FIELD_NAMES[by.below(FIELD_NAMES.length)] as FieldName;
  const ways = touches(field);
  touch(by, adjust, field, ways[by.below(ways.length)] ?? "set", "adjust");
  if (by.rarely(300)) {
    adjust.env = Array.from({ length: 400 }, (_, n) => ({ key: `HUGE_${n}`, value: "x" }));
  }
}

/** One removes, alone, or what one before it has set, or with a new value. */
function remove(by: Chance, adjusts: readonly JsonObject[], field: FieldName): void {
  const key = isKeyed(field) ? anyKey(by, field) : undefined;
  const remover = by.below(adjusts.length);
  if (remover > 0 && by.rarely(2)) touch(by, adjusts[by.below(remover)] ?? {}, field, "set", "adjust", key);
  touch(by, adjusts[remover] ?? {}, field, by.rarely(3) ? "replace" : "remove", "adjust", key);
}

function isKeyed(field: FieldName): boolean {
  return FIELDS[field].claim === "per-key";
}

/** Two set the same; or one sets, one removes, one sets again; or one sets the same twice. */
function collide(by: Chance, messages: readonly JsonObject[], field: FieldName, where: "adjust" | "update"): void {
  const key = isKeyed(field) ? anyKey(by, field) : undefined;
  const set = (index: number) => touch(by, messages[index] ?? {}, field, "set", where, key);
  const among = by.shuffled(messages.map((_, index) => index)).sort((a, b) => a - b);
  if (FIELDS[field].kind === "keyed-list" && (messages.length === 1 || by.rarely(6))) {
    const index = by.below(messages.length);
    set(index);
    set(index);
    return;
  }
  if (where === "adjust" && messages.length > 2 && FIELDS[field].removal !== "none" && by.rarely(4)) {
    set(among[0] ?? 0);
    touch(by, messages[among[1] ?? 1] ?? {}, field, "remove", where, key);
    set(among[2] ?? 2);
    return;
  }
  const [one = 0, other = 0] = by.shuffled(among).slice(0, 2);
  set(one);
  set(other);
}

function eventStep(by: Chance, world: World, op: string, { pod, container }: JsonObject): Step {
  const isPod = op.endsWith("PodSandbox");
  const req: JsonObject = { pod: pod as JsonObject, ...(isPod ? {} : { container: container as JsonObject }) };
  if (op === "UpdatePodSandbox" && !by.rarely(4)) {
    req.overheadLinuxResources = anyResources(by, 2);
    req.linuxResources = anyResources(by, 3);
  }
  return { op, req, answers: world.plugins.map(() => (by.rarely(8) ? anyError(by) : null)) };
}

function updateStep(by: Chance, world: World, op: string, req: JsonObject, id: string, focus: Focus): Step {
  const others = ["x", "y", "__proto__", "", id, id, id];
  const lists = world.plugins.map(() => anyUpdates(by, others, 2));
  if (focus.aim === "updated" || (focus.aim === "conflict" && UPDATABLE_FIELDS.includes(focus.field))) {
    const containerId = others[by.below(others.length)] ?? id;
    const updates = world.plugins.map(
      (): JsonObject => ({ containerId, ...(by.rarely(4) ? { ignoreFailure: true } : {}) }),
    );
    if (focus.aim === "conflict") collide(by, updates, focus.field, "update");
    else touch(by, updates[by.below(updates.length)] ?? {}, focus.field, "set", "update");
    updates.forEach((update, index) => {
      lists[index]?.push(decided(update));
    });
  }
  if (by.rarely(12) && lists.length > 1) claimForNothing(by, lists);
  const answers = lists.map((update) => {
    if (by.rarely(60)) return anyError(by);
    const evict = op === "UpdateContainer" ? anyEvictions(by) : [];
    if (update.length === 0 && evict.length === 0 && by.rarely(2)) return null;
    return { update, ...(evict.length > 0 ? { evict } : {}) };
  });
  return { op, req, answers };
}

/** An update that claims something before it meets what it may not have, and is ignored; then a claim of the first thing. */
function claimForNothing(by: Chance, lists: readonly JsonObject[][]): void {
  const first = by.below(UPDATABLE_FIELDS.length - 1);
  const before = UPDATABLE_FIELDS[first] as FieldName;
  const taken = UPDATABLE_FIELDS[first + 1 + by.below(UPDATABLE_FIELDS.length - first - 1)] as FieldName;
  const key = (field: FieldName) => (isKeyed(field) ? anyKey(by, field) : undefined);
  const [keyBefore, keyTaken] = [key(before), key(taken)];
  const containerId = "claimed";
  const update = (ignoreFailure: boolean, ...fields: FieldName[]): JsonObject => {
    const one: JsonObject = { containerId, ...(ignoreFailure ? { ignoreFailure } : {}) };
    for (const field of fields) touch(by, one, field, "set", "update", field === before ? keyBefore : keyTaken);
    return one;
  };
  lists[0]?.push(update(false, taken));
  lists[1]?.push(update(true, before, taken));
  lists.at(-1)?.push(update(false, before));
}

/** Without two limits for one page size: what a plugin asks for of itself is in no conflict with itself. */
function withoutTwins(update: JsonObject): JsonObject {
  const resources = (update.linux as JsonObject | undefined)?.resources as JsonObject | undefined;
  const limits = resources?.hugepageLimits as JsonObject[] | undefined;
  if (limits === undefined) return update;
  const sizes = new Map(limits.map((limit) => [limit.pageSize ?? "", limit]));
  return { ...update, linux: { resources: { ...resources, hugepageLimits: [...sizes.values()] } } };
}

function anyEvictions(by: Chance): JsonObject[] {
  if (!by.rarely(12)) return [];
  return by.times(1, 2, () => ({
    containerId: by.one(["x", "y", "__proto__", "z"]),
    reason: by.one(["because", "ü"]),
  }));
}

function anyUpdates(by: Chance, containers: readonly string[], most: number): JsonObject[] {
  return by.times(0, most, () => {
    const update: JsonObject = { containerId: containers[by.below(containers.length)] ?? "" };
    if (by.rarely(3)) update.ignoreFailure = true;
    if (by.rarely(8)) update.linux = {};
    else
      by.times(0, 3, () =>
        touch(by, update, UPDATABLE_FIELDS[by.below(UPDATABLE_FIELDS.length)] ?? "MemLimit", "set", "update"),
      );
    return decided(update);
  });
}

/**
 * An update whose outcome the reference decides: when a conflict is to be ignored, which of several keys of a map were
 * claimed before it depends on the order in which Go walks the map.
 */
function decided(update: JsonObject): JsonObject {
  const resources = (update.linux as JsonObject | undefined)?.resources as JsonObject | undefined;
  const keys = Object.entries((resources?.unified ?? {}) as JsonObject);
  if (update.ignoreFailure !== true || keys.length < 2) return update;
  return { ...update, linux: { resources: { ...resources, unified: Object.fromEntries(keys.slice(0, 1)) } } };
}
