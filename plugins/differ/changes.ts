// What is different between two views of a pod or container, field by field; spec: plugins 4.
import { isEmpty, MAPS } from "../common/dump.js";
import { valueText } from "./value-text.js";

/** One difference. */
export interface Change {
  /** `create` and `delete` are about entries of lists and maps; a single value that comes or goes is an `update`. */
  readonly kind: "create" | "update" | "delete";
  /** Names of fields, keys of maps and places in lists, from the object down. */
  readonly path: readonly string[];
  /** What was there; `<nil>` for nothing. */
  readonly from: string;
  /** What is there now. */
  readonly to: string;
}

type Fields = Readonly<Record<string, unknown>>;
/** Where we are: the path, the property that the value belongs to, and what a difference here is called. */
interface Place {
  readonly path: readonly string[];
  readonly property: string;
  readonly kind: Change["kind"];
}

/**
 * The differences between two messages of the same type, in the order of their fields. Of a list the entries that are in both
 * are passed over wherever they are; those left are compared place by place, as the reference does.
 */
export function changesOf(before: object, after: object): Change[] {
  return [...ofFields({ path: [], property: "", kind: "update" }, before as Fields, after as Fields)];
}

function* ofFields(place: Place, before: Fields | undefined, after: Fields | undefined): Generator<Change> {
  for (const property of Object.keys(after ?? before ?? {})) {
    if (property.startsWith("$")) continue;
    const path = [...place.path, property.charAt(0).toUpperCase() + property.slice(1)];
    yield* ofField({ ...place, path, property }, before?.[property], after?.[property]);
  }
}

function* ofField(place: Place, before: unknown, after: unknown): Generator<Change> {
  const value = after ?? before;
  if (Array.isArray(value)) yield* ofList(place, (before ?? []) as unknown[], (after ?? []) as unknown[]);
  else if (MAPS.has(place.property)) yield* ofMap(place, (before ?? {}) as Fields, (after ?? {}) as Fields);
  else if (isMessage(before) && isMessage(after)) yield* ofFields(place, before, after);
  else if (before !== after && !(isEmpty(before) && isEmpty(after))) yield change(place, before, after);
}

function* ofMap(place: Place, before: Fields, after: Fields): Generator<Change> {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    yield* ofEntry({ ...place, path: [...place.path, key] }, own(before, key), own(after, key));
  }
}

function* ofList(place: Place, before: readonly unknown[], after: readonly unknown[]): Generator<Change> {
  const gone = without(before, after);
  const come = without(after, before);
  for (const index of new Set([...gone.keys(), ...come.keys()])) {
    yield* ofEntry({ ...place, path: [...place.path, String(index)] }, gone.get(index), come.get(index));
  }
}

/** An entry of a list or map: undefined is an entry that is not there. */
function* ofEntry(place: Place, before: unknown, after: unknown): Generator<Change> {
  const kind = before === undefined ? "create" : after === undefined ? "delete" : "update";
  if (isMessage(before ?? after)) {
    yield* ofFields({ ...place, kind }, before as Fields | undefined, after as Fields | undefined);
  } else if (before !== after) yield change({ ...place, kind }, before, after);
}

/** The entries of `list`, by place, that have no equal in `other`. */
function without(list: readonly unknown[], other: readonly unknown[]): Map<number, unknown> {
  const left = new Map<string, number>();
  for (const entry of other) left.set(identity(entry), (left.get(identity(entry)) ?? 0) + 1);
  const result = new Map<number, unknown>();
  for (const [index, entry] of list.entries()) {
    const count = left.get(identity(entry)) ?? 0;
    if (count === 0) result.set(index, entry);
    else left.set(identity(entry), count - 1);
  }
  return result;
}

function identity(entry: unknown): string {
  return JSON.stringify(entry, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

function change({ path, property, kind }: Place, before: unknown, after: unknown): Change {
  // Of an entry that comes or goes, the other side has no such field at all.
  const from = kind === "create" ? undefined : before;
  const to = kind === "delete" ? undefined : after;
  return { kind, path, from: valueText(from, property), to: valueText(to, property) };
}

function own(map: Fields, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMessage(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
