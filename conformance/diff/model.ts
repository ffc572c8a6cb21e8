// The reference's merge once more, as plainly as it can be said: on JSON, everything changed in place, with a switch for each
// row of docs/deviations.md. Without any row it must give what Go gives; with all of them what we give by default. So a
// difference between the two is explained by the rows that make it, field by field, or it is not explained.
import {
  Container,
  ContainerAdjustment,
  ContainerUpdate,
  conflictText,
  FIELD_NAMES,
  FIELDS,
  type FieldName,
  type FieldRow,
  LinuxResources,
  type ListRow,
  type MessageType,
  PodSandbox,
} from "@nri/protocol";
import { fromJson, toJson } from "@nri/protocol/json";
import type { JsonObject, JsonValue } from "../peers/json.js";
import { type Answer, displayName, type Step, type World } from "./scenario.js";

/** The rows of docs/deviations.md about merging. */
export const MERGE_ROWS = [
  "merge-original-removed",
  "merge-map-removed",
  "merge-update-pids",
  "merge-ignored-claims",
  "merge-own-without-resources",
  "merge-own-untouched",
  "merge-evictions",
] as const;
export type MergeRow = (typeof MERGE_ROWS)[number];

/** What should come out of one step. */
export interface Modelled {
  readonly answer: JsonObject;
  /** What each plugin is shown of the request, and a validator of the outcome. */
  readonly seen: { readonly [plugin: string]: { readonly [method: string]: JsonValue[] } };
}

/** Thrown for what fails the request. */
class Refusal extends Error {
  constructor(
    text: string,
    readonly code?: number,
  ) {
    super(text);
  }
}
class Conflict extends Error {}

const CODE_NAMES: { readonly [code: number]: string } = {
  1: "Canceled",
  2: "Unknown",
  3: "InvalidArgument",
  4: "DeadlineExceeded",
  5: "NotFound",
  6: "AlreadyExists",
  7: "PermissionDenied",
  8: "ResourceExhausted",
  9: "FailedPrecondition",
  10: "Aborted",
  11: "OutOfRange",
  12: "Unimplemented",
  13: "Internal",
  14: "Unavailable",
  15: "DataLoss",
  16: "Unauthenticated",
};

interface Context {
  readonly rows: ReadonlySet<MergeRow>;
  readonly plugin: string;
  readonly id: string;
  readonly owners: Owners;
  /** What is collected, and where in it. */
  readonly reply: JsonObject;
  readonly pathOf: (row: FieldRow) => string;
  /** The container that later plugins see; absent for updates. */
  readonly container?: JsonObject;
}

type Owner = Map<string, string>;

class Owners {
  #of = new Map<string, Map<FieldName, Owner>>();

  of(id: string, field: FieldName): Owner {
    const fields = this.#of.get(id) ?? new Map<FieldName, Owner>();
    this.#of.set(id, fields);
    const owner = fields.get(field) ?? new Map<string, string>();
    fields.set(field, owner);
    return owner;
  }

  snapshot(): Map<string, Map<FieldName, Owner>> {
    return new Map(
      [...this.#of].map(([id, fields]) => [id, new Map([...fields].map(([field, owner]) => [field, new Map(owner)]))]),
    );
  }

  restore(snapshot: Map<string, Map<FieldName, Owner>>): void {
    this.#of = snapshot;
  }

  message(): JsonObject {
    const owners: [string, JsonObject][] = [];
    for (const [id, fields] of this.#of) {
      const simple: JsonObject = {};
      const compound: JsonObject = {};
      for (const [field, owner] of fields) {
        const { claim, field: number } = FIELDS[field];
        if (owner.size === 0) continue;
        if (claim === "per-key") compound[number] = { owners: Object.fromEntries(owner) };
        else simple[number] = owner.get("") ?? "";
      }
      const kept = {
        ...(Object.keys(simple).length > 0 ? { simple } : {}),
        ...(Object.keys(compound).length > 0 ? { compound } : {}),
      };
      if (Object.keys(kept).length > 0) owners.push([id, kept]);
    }
    return owners.length > 0 ? { owners: Object.fromEntries(owners) } : {};
  }
}

function claim({ owners, id, plugin }: Context, field: FieldName, key = ""): void {
  const owner = owners.of(id, field);
  const now = owner.get(key);
  if (now !== undefined && now !== `-${plugin}`) {
    const other = now.startsWith("-") ? now.slice(1) : now;
    throw new Conflict(conflictText({ field, key, plugins: [plugin, other] }));
  }
  owner.set(key, plugin);
}

function clear({ owners, id, plugin }: Context, field: FieldName, key = ""): void {
  owners.of(id, field).set(key, `-${plugin}`);
}

function get(root: JsonValue | undefined, path: string): JsonValue | undefined {
  let node = root;
  for (const part of path.split(".")) {
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, part)) return undefined;
    node = (node as JsonObject)[part];
  }
  return node;
}

function put(root: JsonObject, path: string, value: JsonValue | undefined): void {
  const parts = path.split(".");
  const last = parts.pop() ?? "";
  let node = root;
  for (const part of parts) {
    node[part] ??= {};
    node = node[part] as JsonObject;
  }
  if (value === undefined) delete node[last];
  else node[last] = value;
}

function both(to: Context, row: FieldRow, change: (before: JsonValue | undefined) => JsonValue | undefined): void {
  put(to.reply, to.pathOf(row), change(get(to.reply, to.pathOf(row))));
  if (to.container !== undefined && row.container !== undefined) {
    put(to.container, row.container, change(get(to.container, row.container)));
  }
}

function pluginSets(row: FieldRow, value: JsonValue | undefined): boolean {
  if (value === undefined || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return row.kind !== "map" || Object.keys(value as JsonObject).length > 0;
}

function apply(to: Context, source: JsonObject, pathOf: (row: FieldRow) => string | undefined): void {
  const flagged = new Set<string>();
  for (const field of FIELD_NAMES) {
    const row: FieldRow = FIELDS[field];
    const path = pathOf(row);
    if (path === undefined) continue;
    const flag = row.kind === "value" ? row.flagPath : undefined;
    if (flag !== undefined && !flagged.has(flag) && get(source, flag) === true) {
      flagged.add(flag);
      for (const other of FIELD_NAMES) {
        const its: FieldRow = FIELDS[other];
        if (its.kind !== "value" || its.flagPath !== flag) continue;
        clear(to, other);
        put(to.reply, its.path, undefined);
      }
      put(to.reply, flag, true);
    }
    const value = get(source, path);
    if (!pluginSets(row, value)) continue;
    applyRow(to, field, row, value as JsonValue);
    if (flag !== undefined) put(to.reply, flag, false);
  }
}

function applyRow(to: Context, field: FieldName, row: FieldRow, value: JsonValue): void {
  switch (row.kind) {
    case "value":
      claim(to, field);
      both(to, row, () => structuredClone(value));
      break;
    case "args": {
      let words = value as string[];
      if (words[0] === "") {
        clear(to, field);
        words = words.slice(1);
      }
      claim(to, field);
      both(to, row, () => words);
      break;
    }
    case "accumulate":
      accumulate(to, field, row, value);
      break;
    case "map":
      applyMap(to, field, row, value as JsonObject);
      break;
    case "keyed-list":
      applyList(to, field, row, value as JsonObject[]);
  }
}

function accumulate(to: Context, field: FieldName, row: FieldRow, value: JsonValue): void {
  if (row.claim === "shared") {
    const owner = to.owners.of(to.id, field);
    const now = owner.get("");
    if (Object.values(value as JsonObject).some((list) => (list as JsonValue[]).length > 0)) {
      owner.set("", now === undefined ? to.plugin : `${now},${to.plugin}`);
    }
    both(to, row, (before) => {
      const stages: JsonObject = { ...((before ?? {}) as JsonObject) };
      for (const [stage, list] of Object.entries(value as JsonObject)) {
        stages[stage] = [...((stages[stage] ?? []) as JsonValue[]), ...(list as JsonValue[])];
      }
      return stages;
    });
  } else both(to, row, (before) => [...((before ?? []) as JsonValue[]), ...(value as JsonValue[])]);
}

function own(map: JsonObject, key: string, value: JsonValue): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

function ownCopy(map: JsonValue | undefined): JsonObject {
  return Object.fromEntries(Object.entries((map ?? {}) as JsonObject));
}

function applyMap(to: Context, field: FieldName, row: FieldRow, value: JsonObject): void {
  const marked = (key: string) => row.removal === "marker" && key.startsWith("-");
  const additions = Object.entries(value).filter(([key]) => !marked(key));
  const removals = new Set(
    Object.keys(value)
      .filter(marked)
      .map((key) => key.slice(1)),
  );
  const blank: JsonValue = field === "LinuxNetDevices" ? {} : "";
  const reply = ownCopy(get(to.reply, to.pathOf(row)));
  const shown = to.container && row.container ? ownCopy(get(to.container, row.container)) : {};
  for (const [key, entry] of additions) {
    if (removals.delete(key)) {
      clear(to, field, key);
      own(reply, `-${key}`, blank);
    }
    claim(to, field, key);
    own(reply, key, entry);
    own(shown, key, entry);
  }
  for (const key of removals) {
    if (to.rows.has("merge-map-removed")) {
      if (Object.hasOwn(reply, key)) clear(to, field, key);
      delete reply[key];
      delete shown[key];
    }
    own(reply, `-${key}`, blank);
  }
  put(to.reply, to.pathOf(row), reply);
  if (to.container && row.container) put(to.container, row.container, shown);
}

function applyList(to: Context, field: FieldName, row: ListRow, value: readonly JsonObject[]): void {
  const keyOf = (entry: JsonObject) => (entry[row.keyProperty] ?? "") as string;
  const isMark = (entry: JsonObject) => row.removal === "marker" && keyOf(entry).startsWith("-");
  if (row.repeat === "append") {
    for (const entry of value) claim(to, field, keyOf(entry));
    both(to, row, (before) => [...((before ?? []) as JsonValue[]), ...value]);
    return;
  }
  if (row.repeat === "update") {
    const shown = new Map(
      ((get(to.container, row.container ?? "") ?? []) as JsonObject[]).map((entry) => [keyOf(entry), entry]),
    );
    for (const entry of value) {
      const key = isMark(entry) ? keyOf(entry).slice(1) : keyOf(entry);
      claim(to, field, key);
      if (isMark(entry)) shown.delete(key);
      else shown.set(key, entry);
    }
    put(to.reply, row.path, [...((get(to.reply, row.path) ?? []) as JsonValue[]), ...value]);
    if (to.container && row.container) put(to.container, row.container, [...shown.values()]);
    return;
  }
  const marks = new Map(value.filter(isMark).map((entry) => [keyOf(entry).slice(1), entry]));
  const additions = value.filter((entry) => !isMark(entry));
  const reply = ((get(to.reply, row.path) ?? []) as JsonObject[]).filter((entry) => {
    if (!marks.has(keyOf(entry))) return true;
    clear(to, field, keyOf(entry));
    return false;
  });
  for (const entry of additions) {
    claim(to, field, keyOf(entry));
    reply.push(entry);
  }
  const added = new Set(additions.map(keyOf));
  if (field === "Mounts" || to.rows.has("merge-original-removed")) {
    for (const [key, mark] of marks) if (!added.has(key)) reply.push(mark);
  }
  put(to.reply, row.path, reply);
  if (!to.container || !row.container) return;
  const isEnv = field === "Env";
  const nameOf = (entry: JsonValue) => (isEnv ? (entry as string).replace(/=.*$/s, "") : keyOf(entry as JsonObject));
  const shown = ((get(to.container, row.container) ?? []) as JsonValue[]).filter(
    (entry) => !added.has(nameOf(entry)) && !marks.has(nameOf(entry)),
  );
  for (const entry of additions) shown.push(isEnv ? `${keyOf(entry)}=${entry.value ?? ""}` : entry);
  put(to.container, row.container, shown);
}

/** The updates of one request. */
class Updates {
  readonly #entries = new Map<string, JsonObject>();
  readonly #evictions = new Map<string, JsonObject>();
  own: JsonObject;

  constructor(
    readonly rows: ReadonlySet<MergeRow>,
    readonly owners: Owners,
    readonly creating: string | undefined,
    readonly updating: string | undefined,
    requested: JsonObject,
  ) {
    this.own = requested;
  }

  take(plugin: string, updates: readonly JsonObject[]): void {
    for (const update of updates) {
      const id = (update.containerId ?? "") as string;
      if (id === this.creating) {
        throw new Refusal(`plugin ${JSON.stringify(plugin)} asked update of ${JSON.stringify(id)} during creation`);
      }
      const ignore = update.ignoreFailure === true;
      let entry = this.#entries.get(id);
      if (entry === undefined) {
        const keep = id === this.updating && this.rows.has("merge-own-without-resources");
        const resources = keep ? structuredClone(this.own) : { memory: {}, cpu: {} };
        entry = { containerId: id, ignoreFailure: ignore, linux: { resources } };
        this.#entries.set(id, entry);
      } else entry.ignoreFailure = entry.ignoreFailure === true && ignore;
      this.#merge(plugin, id, entry, update);
    }
  }

  #merge(plugin: string, id: string, entry: JsonObject, update: JsonObject): void {
    const asked = get(update, "linux.resources") as JsonObject | undefined;
    if (asked === undefined) return;
    const base = id === this.updating ? this.own : (get(entry, "linux.resources") as JsonObject);
    const reply: JsonObject = { linux: { resources: structuredClone(base) } };
    const pathOf = (row: FieldRow) => row.update as string;
    const to: Context = { rows: this.rows, plugin, id, owners: this.owners, reply, pathOf };
    const before = this.owners.snapshot();
    const newPids = this.rows.has("merge-update-pids");
    try {
      apply(to, update, (row) => (row.path.endsWith(".pids") && !newPids ? undefined : row.update));
      if (!newPids && base.pids !== undefined) claim(to, "PidsLimit");
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      if (update.ignoreFailure !== true) throw new Refusal(error.message);
      if (this.rows.has("merge-ignored-claims")) this.owners.restore(before);
      return;
    }
    const resources = get(reply, "linux.resources") as JsonObject;
    entry.linux = { resources };
    if (id === this.updating) this.own = resources;
  }

  evict(evictions: readonly JsonObject[]): void {
    if (!this.rows.has("merge-evictions")) return;
    for (const eviction of evictions) {
      const id = (eviction.containerId ?? "") as string;
      if (!this.#evictions.has(id)) this.#evictions.set(id, eviction);
    }
  }

  result(): JsonObject {
    const update = [...this.#entries]
      .filter(([id]) => id !== this.updating)
      .map(([, entry]) => plain(ContainerUpdate, entry));
    const own = this.updating === undefined ? undefined : this.#entries.get(this.updating);
    if (own !== undefined) update.push(plain(ContainerUpdate, own));
    else if (this.updating !== undefined && !this.rows.has("merge-own-untouched")) update.push({});
    const evict = [...this.#evictions.values()];
    return { ...(update.length > 0 ? { update } : {}), ...(evict.length > 0 ? { evict } : {}) };
  }
}

/** A list of updates that a plugin asks for of itself, with one for each container; in no conflict with itself. */
export function oneForEach(list: readonly JsonObject[]): JsonValue[] {
  const groups = new Map<string, JsonObject[]>();
  for (const update of list) {
    const id = (update.containerId ?? "") as string;
    groups.set(id, [...(groups.get(id) ?? []), update]);
  }
  return [...groups.values()].flatMap((same) => {
    if (same.length === 1) return same;
    const owners = new Owners();
    const joined = new Updates(new Set(MERGE_ROWS), owners, undefined, undefined, {});
    for (const update of same) {
      owners.restore(new Map());
      joined.take("", [update]);
    }
    return joined.result().update as JsonValue[];
  });
}

/** The message as it is printed. */
function plain<T extends object>(type: MessageType<T>, value: JsonValue | undefined): JsonValue {
  return toJson(type, fromJson(type, (value ?? {}) as JsonObject) as Parameters<typeof toJson<T>>[1]) as JsonValue;
}

function complete(container: JsonObject): JsonObject {
  const copy = structuredClone(container);
  copy.hooks ??= {};
  const linux = (copy.linux ?? {}) as JsonObject;
  copy.linux = linux;
  linux.resources = completeResources(linux.resources as JsonObject | undefined);
  return copy;
}

function completeResources(resources: JsonObject | undefined): JsonObject {
  const copy = structuredClone(resources ?? {});
  copy.memory ??= {};
  copy.cpu ??= {};
  return copy;
}

/** Whether the steps of a kind are modelled. All others have no rows. */
export function isModelled({ op }: Step): boolean {
  return op === "CreateContainer" || op === "UpdateContainer" || op === "StopContainer";
}

/** What comes out of a step when `rows` hold; `evictions` tells whether the plugins can send any. */
export function model(world: World, step: Step, rows: ReadonlySet<MergeRow>, evictions: boolean): Modelled {
  const { op, req } = step;
  const seen: { [plugin: string]: { [method: string]: JsonValue[] } } = {};
  const pod = plain(PodSandbox, req.pod);
  const asked = (req.container ?? {}) as JsonObject;
  const id = (asked.id ?? "") as string;
  const creating = op === "CreateContainer";
  const updating = op === "UpdateContainer";
  const container = creating ? complete(asked) : structuredClone(asked);
  const original = plain(Container, container);
  const owners = new Owners();
  const requested = completeResources(req.linuxResources as JsonObject | undefined);
  const updates = new Updates(rows, owners, creating ? id : undefined, updating ? id : undefined, requested);
  const reply: JsonObject = { hooks: {}, linux: { resources: { memory: {}, cpu: {} } } };
  try {
    world.plugins.forEach((plugin, nth) => {
      const name = displayName(plugin);
      if (plugin.events !== undefined && !plugin.events.includes(op)) return;
      const args = [pod, plain(Container, container)];
      if (updating) args.push(plain(LinuxResources, updates.own));
      seen[name] = { [op]: args };
      const answer = step.answers[nth];
      if (answer === null || answer === undefined) return;
      fail(answer);
      if (creating && answer.adjust !== undefined) {
        if (answer.adjust.linux !== undefined && get(reply, "linux.rdt") === undefined) put(reply, "linux.rdt", {});
        const to: Context = { rows, plugin: name, id, owners, reply, pathOf: (row) => row.path, container };
        apply(to, answer.adjust, (row) => row.path);
      }
      updates.take(name, answer.update ?? []);
      if (evictions) updates.evict(answer.evict ?? []);
    });
    const { update, ...rest } = updates.result();
    const adjust = plain(ContainerAdjustment, reply);
    if (creating) {
      validate(world, step, seen, {
        pod,
        container: original,
        adjust,
        ...(update ? { update } : {}),
        owners: owners.message(),
      });
    }
    return {
      answer: { ok: true, res: { ...(creating ? { adjust } : {}), ...(update ? { update } : {}), ...rest } },
      seen,
    };
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Conflict)) throw error;
    const code = error instanceof Refusal ? error.code : undefined;
    return { answer: { ok: false, error: error.message, ...(code === undefined ? {} : { code }) }, seen };
  }
}

function fail({ error, code = 0 }: Answer): void {
  if (error === undefined) return;
  const number = code === 0 ? 2 : code;
  throw new Refusal(`rpc error: code = ${CODE_NAMES[number] ?? `Code(${number})`} desc = ${error}`, number);
}

function validate(
  world: World,
  step: Step,
  seen: { [plugin: string]: { [method: string]: JsonValue[] } },
  request: JsonObject,
): void {
  const plugins = world.plugins.map(({ index, name }) => ({ name, index }));
  let refusal: Refusal | undefined;
  world.plugins.forEach((plugin, nth) => {
    if (!plugin.validates) return;
    const name = displayName(plugin);
    const calls = seen[name] ?? {};
    seen[name] = calls;
    calls.ValidateContainerAdjustment = [{ ...request, plugins }];
    const reason = step.answers[nth]?.reject;
    if (reason !== undefined) {
      refusal = new Refusal(`validator "${name}" rejected container adjustment, reason: ${reason}`);
    }
  });
  if (refusal !== undefined) throw refusal;
}
