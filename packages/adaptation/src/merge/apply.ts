// Putting one plugin's fields into what was collected so far: one function per kind of row. Pure but for its drafts and
// owners, which the caller drops when it is refused. Source: adaptation 4 and 5.
import {
  type AccumulateRow,
  type Conflict,
  copyMap,
  deleteOwn,
  hasOwn,
  isSet,
  type ListRow,
  type MapRow,
  markForRemoval,
  type Ownership,
  ownEntries,
  removalOf,
  setOwn,
  type WireMap,
} from "@nri/protocol";
import type { Compat } from "./compat.js";
import type { Draft, Parts } from "./draft.js";
import type { PlanNode, PlannedFlag, PlannedRow } from "./plan.js";

/** Where one plugin's fields go. */
export interface Application {
  readonly plugin: string;
  readonly containerId: string;
  readonly owners: Ownership;
  readonly compat: Compat;
  /** What is collected: the adjustment, or an update. */
  readonly reply: Draft<object>;
  /** Where in `reply` a row goes. */
  replyPath(row: PlannedRow): Parts;
  /** The container as later plugins see it; undefined for updates. */
  readonly container: Draft<object> | undefined;
}

/** Thrown inside this folder only: collectors turn it into a `ConflictError`, or swallow it. */
export class Refused {
  readonly conflict: Conflict;

  constructor(conflict: Conflict) {
    this.conflict = conflict;
  }
}

/** Walks `message` along `plan` and applies every field that it sets. Throws `Refused` at the first conflict. */
export function applyFields(to: Application, plan: PlanNode, message: object): void {
  for (const node of plan.children) {
    const value = (message as WireMap<unknown>)[node.part];
    if (value === undefined || value === null) continue;
    if (node.row !== undefined) {
      if (isSet(value, node.row.row)) applyField(to, node.row, value);
    } else if (node.flag !== undefined) {
      if (value === true) applyFlag(to, node.flag);
    } else {
      applyFields(to, node, value);
    }
  }
}

function applyField(to: Application, planned: PlannedRow, value: unknown): void {
  const { row } = planned;
  switch (row.kind) {
    case "value":
      applyValue(to, planned, value);
      break;
    case "args":
      applyArgs(to, planned, value as string[]);
      break;
    case "map":
      applyMap(to, planned, row, value as WireMap<unknown>);
      break;
    case "keyed-list":
      APPLY_LIST[row.repeat](to, planned, row, value as unknown[]);
      break;
    case "accumulate":
      applyAccumulating(to, planned, row, value as object);
  }
}

const APPLY_LIST = { replace: applyReplacing, update: applyUpdating, append: applyAppending } as const;

function claim(to: Application, { name }: PlannedRow, key?: string): void {
  const conflict = to.owners.claim(to.containerId, name, key, to.plugin);
  if (conflict !== undefined) throw new Refused(conflict);
}

function clear(to: Application, { name }: PlannedRow, key?: string): void {
  to.owners.clear(to.containerId, name, key, to.plugin);
}

// A list of a request that the runtime wrote by hand may be absent.
function listAt(draft: Draft<object>, path: Parts): readonly unknown[] {
  return (draft.get(path) as unknown[] | undefined) ?? [];
}

function setInBoth(to: Application, planned: PlannedRow, value: unknown): void {
  to.reply.set(to.replyPath(planned), value);
  if (planned.container !== undefined) to.container?.set(planned.container, value);
}

function applyValue(to: Application, planned: PlannedRow, value: unknown): void {
  claim(to, planned);
  setInBoth(to, planned, value);
  // Whatever is set in a group takes its "remove" back, as in the reference.
  const flag = planned.row.kind === "value" ? planned.row.flagPath : undefined;
  if (flag !== undefined) to.reply.set(flag.split("."), false);
}

function applyFlag(to: Application, flag: PlannedFlag): void {
  for (const planned of flag.rows) {
    clear(to, planned);
    to.reply.set(to.replyPath(planned), undefined);
  }
  to.reply.set([...flag.group, flag.property], true);
}

function applyArgs(to: Application, planned: PlannedRow, value: readonly string[]): void {
  const override = value[0] === "";
  if (override) clear(to, planned);
  claim(to, planned);
  setInBoth(to, planned, override ? value.slice(1) : value);
}

/** What an entry of a map or list asks for. */
interface Split<T> {
  readonly additions: [key: string, entry: T][];
  /** By the key that goes. */
  readonly removals: Map<string, T>;
}

function split<T>(entries: Iterable<[string, T]>, markers: boolean): Split<T> {
  const additions: [string, T][] = [];
  const removals = new Map<string, T>();
  for (const [key, entry] of entries) {
    const removed = markers ? removalOf(key) : undefined;
    if (removed === undefined) additions.push([key, entry]);
    else removals.set(removed, entry);
  }
  return { additions, removals };
}

function applyMap(to: Application, planned: PlannedRow, row: MapRow, value: WireMap<unknown>): void {
  const { additions, removals } = split(ownEntries(value), row.removal === "marker");
  const path = to.replyPath(planned);
  const reply = copyMap(to.reply.get(path) as WireMap<unknown>);
  const shown = planned.container && copyMap(to.container?.get(planned.container) as WireMap<unknown>);
  for (const [key, entry] of additions) {
    if (removals.delete(key)) {
      clear(to, planned, key);
      setOwn(reply, markForRemoval(key), row.blank());
    }
    claim(to, planned, key);
    setOwn(reply, key, entry);
    if (shown !== undefined) setOwn(shown, key, entry);
  }
  for (const key of removals.keys()) {
    // The reference leaves an earlier plugin's value beside the mark, where it survives: consumers remove first.
    if (to.compat === "default") {
      if (hasOwn(reply, key)) clear(to, planned, key);
      deleteOwn(reply, key);
      if (shown !== undefined) deleteOwn(shown, key);
    }
    setOwn(reply, markForRemoval(key), row.blank());
  }
  to.reply.set(path, reply);
  if (planned.container !== undefined) to.container?.set(planned.container, shown);
}

function keyed(row: ListRow, entries: readonly unknown[]): [string, unknown][] {
  return entries.map((entry) => [row.key(entry), entry]);
}

function applyReplacing(to: Application, planned: PlannedRow, row: ListRow, value: readonly unknown[]): void {
  const { additions, removals } = split(keyed(row, value), true);
  const added = new Set(additions.map(([key]) => key));
  const path = to.replyPath(planned);
  let reply = [...listAt(to.reply, path)];
  if (removals.size > 0) {
    reply = reply.filter((entry) => {
      const key = row.key(entry);
      if (!removals.has(key)) return true;
      clear(to, planned, key);
      return false;
    });
  }
  for (const [key, entry] of additions) {
    claim(to, planned, key);
    reply.push(entry);
  }
  // The reference passes on only what removes an original mount, and drops it for variables and devices.
  if (to.compat === "default" || planned.name === "Mounts") {
    for (const [key, entry] of removals) if (!added.has(key)) reply.push(entry);
  }
  to.reply.set(path, reply);
  if (planned.container === undefined || to.container === undefined) return;
  const replaced = removals.size === 0 ? added : new Set([...added, ...removals.keys()]);
  const shown = listAt(to.container, planned.container).filter((entry) => !replaced.has(row.containerKey(entry)));
  for (const [, entry] of additions) shown.push(row.toContainer(entry));
  to.container.set(planned.container, shown);
}

function applyUpdating(to: Application, planned: PlannedRow, row: ListRow, value: readonly unknown[]): void {
  const shown = planned.container && to.container && new Map<string, unknown>();
  if (shown !== undefined) {
    // Of entries with the same key the last one counts, as in the reference.
    for (const entry of listAt(to.container as Draft<object>, planned.container as Parts)) {
      shown.set(row.containerKey(entry), entry);
    }
  }
  for (const entry of value) {
    const marked = row.key(entry);
    const removed = removalOf(marked);
    const key = removed ?? marked;
    // Also a removal claims, so that nothing can touch the key any more: the reference's rule.
    claim(to, planned, key);
    if (removed === undefined) shown?.set(key, row.toContainer(entry));
    else shown?.delete(key);
  }
  const path = to.replyPath(planned);
  to.reply.set(path, [...listAt(to.reply, path), ...value]);
  if (planned.container !== undefined) to.container?.set(planned.container, shown && [...shown.values()]);
}

function applyAppending(to: Application, planned: PlannedRow, row: ListRow, value: readonly unknown[]): void {
  for (const entry of value) claim(to, planned, row.key(entry));
  append(to, planned, value);
}

function append(to: Application, planned: PlannedRow, value: readonly unknown[]): void {
  const path = to.replyPath(planned);
  to.reply.set(path, [...listAt(to.reply, path), ...value]);
  if (planned.container === undefined || to.container === undefined) return;
  to.container.set(planned.container, [...listAt(to.container, planned.container), ...value]);
}

function applyAccumulating(to: Application, planned: PlannedRow, row: AccumulateRow, value: object): void {
  if (row.claim === "shared") to.owners.share(to.containerId, planned.name, to.plugin);
  if (Array.isArray(value)) {
    append(to, planned, value);
    return;
  }
  // One list per stage (hooks).
  for (const [stage, entries] of Object.entries(value)) {
    if (!Array.isArray(entries) || entries.length === 0) continue;
    const inReply = [...to.replyPath(planned), stage];
    to.reply.set(inReply, [...listAt(to.reply, inReply), ...entries]);
    if (planned.container === undefined || to.container === undefined) continue;
    const inContainer = [...planned.container, stage];
    to.container.set(inContainer, [...listAt(to.container, inContainer), ...entries]);
  }
}
