// What one step changed in the effective container, field by field: from what to what, and who had set it before.
import {
  type ContainerAdjustment,
  type ContainerUpdate,
  type EventName,
  FIELD_NAMES,
  FIELD_READERS,
  FIELDS,
  type FieldName,
  type FieldRow,
  isSet,
  type LinuxResources,
  pathReader,
  removalOf,
} from "@nri/protocol";
import type { Step } from "@nri/testing";

/** One change. */
export interface Change {
  readonly plugin: string;
  /** The event whose answer asked for it. */
  readonly event: EventName;
  readonly field: FieldName;
  /** Which entry, or which part of a group; empty when there is only one thing. */
  readonly key: string;
  readonly sign: "+" | "-" | "~" | "=";
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The plugin that had set it before in this event; undefined: nobody, or who asked for the event. */
  readonly setBefore: string | undefined;
  /** The container that is updated, when it is another one. */
  readonly other: string | undefined;
  /** Paths in the adjustment, to find what the reference drops. */
  readonly path: string;
}

/** Who has set what in the steps so far: event, field, key -> plugin. An update does not build on what a creation set. */
export class SetBy {
  readonly #plugins = new Map<string, string>();

  /** Notes the plugin, and gives the one before it. */
  note({ event, plugin }: Step, field: FieldName, key: string): string | undefined {
    const id = `${event} ${field} ${key}`;
    const before = this.#plugins.get(id);
    this.#plugins.set(id, plugin);
    return before;
  }
}

/** The changes that a creation's step asks for, in the order of the field table. */
export function creationChanges(step: Step, setBy: SetBy): Change[] {
  const { adjustment, request } = step;
  if (adjustment === undefined) return [];
  return FIELD_NAMES.flatMap((field) => {
    const row: FieldRow = FIELDS[field];
    const wanted = FIELD_READERS[field].adjustment(adjustment);
    const before = FIELD_READERS[field].container(request.container);
    return fieldChanges(field, row, wanted, before, adjustment).map((change) => ({
      ...change,
      plugin: step.plugin,
      event: step.event,
      field,
      setBefore: setBy.note(step, field, change.key),
      other: undefined,
      path: row.path,
    }));
  });
}

/** The changes that a step's updates ask for, of its own container and of others. */
export function updateChanges(step: Step, setBy: SetBy, nameOf: (id: string) => string): Change[] {
  return step.updates.flatMap((update) => {
    const own = update.containerId === step.containerId;
    const before: object | undefined = own ? seenResources(step) : undefined;
    return resourceChanges(update, before).map((change) => ({
      ...change,
      plugin: step.plugin,
      event: step.event,
      setBefore: own ? setBy.note(step, change.field, change.key) : undefined,
      other: own ? undefined : nameOf(update.containerId),
    }));
  });
}

type BareChange = Omit<Change, "plugin" | "event" | "field" | "setBefore" | "other" | "path">;

function resourceChanges(update: ContainerUpdate, before: object | undefined) {
  return FIELD_NAMES.flatMap((field) => {
    const row: FieldRow = FIELDS[field];
    if (row.update === undefined) return [];
    const wanted = FIELD_READERS[field].update(update);
    const was = FIELD_READERS[field].container(before);
    return fieldChanges(field, row, wanted, was, undefined).map((change) => ({ ...change, field, path: row.path }));
  });
}

/** The resources that an update starts from: those asked for over those of the container. */
function seenResources({ request }: Step): { linux: { resources: LinuxResources | undefined } } {
  return { linux: { resources: request.linuxResources ?? request.container?.linux?.resources } };
}

function fieldChanges(
  field: FieldName,
  row: FieldRow,
  wanted: unknown,
  before: unknown,
  adjustment: ContainerAdjustment | undefined,
): BareChange[] {
  const removedGroup =
    row.kind === "value" && row.flagPath !== undefined && pathReader(row.flagPath)(adjustment) === true;
  if (!isSet(wanted, row)) {
    return removedGroup && field === "RdtClosID" ? [{ key: "", sign: "-", from: undefined, to: undefined }] : [];
  }
  const set = (value: unknown) => isSet(value, row);
  switch (row.kind) {
    case "value":
    case "accumulate": {
      const to = row.show(wanted);
      if (row.kind === "accumulate") return [{ key: "", sign: "+", from: undefined, to }];
      const from = set(before) ? row.show(before) : undefined;
      return [{ key: row.item ?? "", sign: from === undefined ? "+" : from === to ? "=" : "~", from, to }];
    }
    case "args": {
      const args = wanted as readonly string[];
      const to = row.show(args[0] === "" ? args.slice(1) : args);
      const from = set(before) ? row.show(before as readonly string[]) : undefined;
      return [{ key: "", sign: from === undefined ? "+" : from === to ? "=" : "~", from, to }];
    }
    case "map": {
      const was = new Map(Object.entries((before ?? {}) as { [key: string]: unknown }));
      return entryChanges(row, Object.entries(wanted as { [key: string]: unknown }), was);
    }
    case "keyed-list": {
      const list = (before ?? []) as readonly unknown[];
      const was = new Map(list.map((entry) => [row.containerKey(entry), asEntry(field, entry)]));
      const entries = wanted as readonly unknown[];
      return entryChanges(
        row,
        entries.map((entry) => [row.key(entry), entry] as const),
        was,
      );
    }
  }
}

/** The container has its environment as text; the table shows entries. */
function asEntry(field: FieldName, entry: unknown): unknown {
  if (field !== "Env" || typeof entry !== "string") return entry;
  const end = entry.indexOf("=");
  return end < 0 ? { key: entry, value: "" } : { key: entry.slice(0, end), value: entry.slice(end + 1) };
}

type KeyedRow = Extract<FieldRow, { kind: "map" | "keyed-list" }>;

/** Removals are done before additions, so a removal with an addition of the same key is a replacement. */
function entryChanges(
  row: KeyedRow,
  entries: readonly (readonly [key: string, value: unknown])[],
  was: ReadonlyMap<string, unknown>,
): BareChange[] {
  const marker = row.removal === "marker";
  const added = new Set(entries.filter(([key]) => !marker || removalOf(key) === undefined).map(([key]) => key));
  return entries.flatMap(([key, value]): BareChange[] => {
    const removed = marker ? removalOf(key) : undefined;
    if (removed !== undefined) {
      if (added.has(removed)) return [];
      const old = was.get(removed);
      return [{ key: removed, sign: "-", from: old === undefined ? undefined : row.show(old), to: undefined }];
    }
    const old = was.get(key);
    const to = row.show(value);
    const from = old === undefined ? undefined : row.show(old);
    return [{ key, sign: from === undefined ? "+" : from === to ? "=" : "~", from, to }];
  });
}
