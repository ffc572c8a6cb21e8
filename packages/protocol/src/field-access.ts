// Reading what a row of the field table points at. Paths are cut once; a read is a few property accesses.
import { FIELDS, type FieldName, type FieldRow } from "./fields.js";

type Loose = { readonly [key: string]: unknown } | undefined;

/** Reads `path` in a message; undefined where a part is absent. */
export function pathReader(path: string): (message: object | undefined) => unknown {
  const [first = "", second, third, fourth, ...more] = path.split(".");
  if (more.length > 0) throw new RangeError(`path "${path}" is longer than any in NRI`);
  if (second === undefined) return (message) => (message as Loose)?.[first];
  if (third === undefined) return (message) => ((message as Loose)?.[first] as Loose)?.[second];
  if (fourth === undefined) {
    return (message) => (((message as Loose)?.[first] as Loose)?.[second] as Loose)?.[third];
  }
  return (message) => ((((message as Loose)?.[first] as Loose)?.[second] as Loose)?.[third] as Loose)?.[fourth];
}

/** How to read one field where it can occur. */
export interface FieldReaders {
  /** Out of an adjustment. */
  adjustment(message: object | undefined): unknown;
  /** Out of an update; undefined always when the field cannot be updated. */
  update(message: object | undefined): unknown;
  /** Out of a container; undefined always when the container does not show it. */
  container(message: object | undefined): unknown;
}

function readersOf(row: FieldRow): FieldReaders {
  const nothing = () => undefined;
  return {
    adjustment: pathReader(row.path),
    update: row.update === undefined ? nothing : pathReader(row.update),
    container: row.container === undefined ? nothing : pathReader(row.container),
  };
}

/** The readers of every field. */
export const FIELD_READERS = Object.fromEntries(
  Object.entries(FIELDS).map(([name, row]) => [name, readersOf(row)]),
) as { readonly [F in FieldName]: FieldReaders };

/** Whether a field's value asks for a change: not absent, and neither an empty string, list nor map. */
export function isSet(value: unknown, row: FieldRow): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  if (row.kind === "map") {
    for (const key in value as object) if (Object.hasOwn(value as object, key)) return true;
    return false;
  }
  if (row.kind === "accumulate")
    return Object.values(value as object).some((list) => Array.isArray(list) && list.length > 0);
  return true;
}
