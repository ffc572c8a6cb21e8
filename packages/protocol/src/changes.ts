// What a plugin's answer changes, item by item: for people and for tools that show it. Interprets the field table.
import { FIELD_READERS, isSet } from "./field-access.js";
import { FIELD_NAMES, FIELDS, type FieldName, type FieldRow, type ListRow, type MapRow } from "./fields.js";
import type { Container, ContainerAdjustment, ContainerUpdate, LinuxResources, OwningPlugins } from "./gen/messages.js";
import { getOwn, hasOwn, ownEntries, type WireMap } from "./maps.js";
import type { Init } from "./message.js";
import { ownerOf } from "./owners.js";
import { removalOf } from "./removal.js";

/** One change of one field. Values are as an adjustment has them: a wrapper or message, an entry, words. */
export interface FieldChange {
  /** What changes. */
  readonly field: FieldName;
  /** Which entry; for hooks the stage. */
  readonly key?: string;
  /** `set`: a single value that was not there; `add`: an entry that was not there. */
  readonly action: "set" | "add" | "replace" | "remove";
  /** What was there, where plugins can see it. */
  readonly before?: unknown;
  /** What the plugin wants there; undefined for a removal. */
  readonly after?: unknown;
  /** The plugin that had set `before`. */
  readonly replacedOwner?: string;
}

/** What was there before a plugin answered. */
export interface ChangeContext {
  /** The container as that plugin saw it. */
  readonly container: Init<Container> | undefined;
  /** What was collected from the plugins before it: shows what containers do not. */
  readonly collected?: Init<ContainerAdjustment> | undefined;
  /** The owners before it. */
  readonly owners?: OwningPlugins | undefined;
}

type Found = Omit<FieldChange, "field" | "replacedOwner">;

/** What an adjustment changes, in the order in which it is applied; removals of a field come before what is set. */
export function describeChanges(adjust: Init<ContainerAdjustment> | undefined, context: ChangeContext): FieldChange[] {
  const { container, collected, owners } = context;
  const containerId = container?.id ?? "";
  return FIELD_NAMES.flatMap((field) => {
    const row: FieldRow = FIELDS[field];
    const read = FIELD_READERS[field];
    const before = row.container === undefined ? read.adjustment(collected) : read.container(container);
    const found = changesOf(row, before, read.adjustment(adjust), row.container === undefined);
    if (found.length === 0 && flagged(field, adjust)) found.push({ action: "remove", before });
    return found.map((change) => ({ field, ...change, ...replaced(owners, containerId, field, change.key) }));
  });
}

/** What an update changes in the resources that it is laid over. */
export function describeUpdate(
  update: Init<ContainerUpdate>,
  resources: Init<LinuxResources> | undefined,
  owners?: OwningPlugins,
): FieldChange[] {
  const base = { linux: { resources } };
  return FIELD_NAMES.flatMap((field) => {
    const read = FIELD_READERS[field];
    const found = changesOf(FIELDS[field], read.update(base), read.update(update), true);
    const containerId = update.containerId ?? "";
    return found.map((change) => ({ field, ...change, ...replaced(owners, containerId, field, change.key) }));
  });
}

function replaced(owners: OwningPlugins | undefined, containerId: string, field: FieldName, key: string | undefined) {
  if (FIELDS[field].claim === "shared") return {};
  const owner = ownerOf(owners, containerId, field, key);
  return owner === undefined || removalOf(owner) !== undefined ? {} : { replacedOwner: owner };
}

const FLAGS: ReadonlyMap<FieldName, readonly string[]> = new Map(
  FIELD_NAMES.flatMap((name) => {
    const row: FieldRow = FIELDS[name];
    return row.kind === "value" && row.flagPath !== undefined ? [[name, row.flagPath.split(".")]] : [];
  }),
);

function flagged(field: FieldName, adjust: Init<ContainerAdjustment> | undefined): boolean {
  const path = FLAGS.get(field);
  if (path === undefined) return false;
  return path.reduce<unknown>((node, part) => (node as WireMap<unknown> | undefined)?.[part], adjust) === true;
}

function changesOf(row: FieldRow, before: unknown, after: unknown, asAdjustment: boolean): Found[] {
  if (!isSet(after, row)) return [];
  switch (row.kind) {
    case "value":
      return [isSet(before, row) ? { action: "replace", before, after } : { action: "set", after }];
    case "args": {
      const words = after as readonly string[];
      const value = words[0] === "" ? words.slice(1) : words;
      return [isSet(before, row) ? { action: "replace", before, after: value } : { action: "set", after: value }];
    }
    case "map":
      return mapChanges(row, before as WireMap<unknown> | undefined, after as WireMap<unknown>);
    case "keyed-list":
      return listChanges(row, before as readonly unknown[] | undefined, after as readonly unknown[], asAdjustment);
    case "accumulate":
      if (Array.isArray(after)) return [{ action: "add", after }];
      return Object.entries(after as object).flatMap(([stage, list]): Found[] =>
        Array.isArray(list) && list.length > 0 ? [{ key: stage, action: "add", after: { [stage]: list } }] : [],
      );
  }
}

function mapChanges(row: MapRow, before: WireMap<unknown> | undefined, after: WireMap<unknown>): Found[] {
  const removals: Found[] = [];
  const additions: Found[] = [];
  for (const [marked, value] of ownEntries(after)) {
    const key = row.removal === "marker" ? removalOf(marked) : undefined;
    if (key === undefined) additions.push(put(marked, getOwn(before, marked), value));
    else if (!hasOwn(after, key)) removals.push(gone(key, getOwn(before, key)));
  }
  return [...removals, ...additions];
}

function listChanges(
  row: ListRow,
  before: readonly unknown[] | undefined,
  after: readonly unknown[],
  asAdjustment: boolean,
): Found[] {
  const entries = asAdjustment ? (before ?? []) : (before ?? []).map((entry) => row.fromContainer(entry));
  const existing = (key: string) => entries.find((entry) => row.key(entry) === key);
  const marks = row.removal === "marker";
  const added = new Set(after.map((entry) => row.key(entry)).filter((key) => !marks || removalOf(key) === undefined));
  const removals: Found[] = [];
  const additions: Found[] = [];
  for (const entry of after) {
    const marked = row.key(entry);
    const key = marks ? removalOf(marked) : undefined;
    if (key === undefined) additions.push(put(marked, existing(marked), entry));
    else if (!added.has(key)) removals.push(gone(key, existing(key)));
  }
  return [...removals, ...additions];
}

function put(key: string, before: unknown, after: unknown): Found {
  return before === undefined ? { key, action: "add", after } : { key, action: "replace", before, after };
}

function gone(key: string, before: unknown): Found {
  return before === undefined ? { key, action: "remove" } : { key, action: "remove", before };
}

/**
 * A change for people, without its sign and its plugin: `device /dev/fuse c 10:229`, `env FUSE=1`,
 * `memory limit 64 MiB -> 128 MiB`, `mount /tmp` (removed).
 */
export function printChange({ field, key, before, after, action }: FieldChange): string {
  const row: FieldRow = FIELDS[field];
  const name = [row.label, row.item ?? (row.claim === "shared" ? undefined : key)].filter((part) => part !== undefined);
  if (action === "remove") return name.join(" ");
  const values = [before, after].flatMap((value) => (value === undefined ? [] : [row.show(value as never)]));
  const text = values.join(" -> ");
  return text === "" ? name.join(" ") : `${name.join(" ")}${row.join ?? " "}${text}`;
}
