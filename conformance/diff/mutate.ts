// Imported into the runtime before anything else: breaks one rule of the merge for one field, as NRI_MUTATION says. Only to
// show that the comparison notices. The runtime's own code knows nothing of it.
import { FIELDS, type FieldName, type FieldRow, Ownership, removalOf } from "@nri/protocol";

/** What is broken. */
export interface Mutation {
  readonly field: FieldName;
  readonly what: "claim skipped" | "removal ignored" | "order swapped" | "value dropped";
}

interface DraftModule {
  readonly Draft: { readonly prototype: { set(parts: readonly string[], value: unknown): void } };
}

function isMark(row: FieldRow, entry: unknown): boolean {
  return row.kind === "keyed-list" && removalOf(row.key(entry)) !== undefined;
}

function withoutMarks(row: FieldRow, value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((entry) => !isMark(row, entry));
  if (row.kind !== "map" || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => removalOf(key) === undefined));
}

async function mutate({ field, what }: Mutation): Promise<void> {
  const row: FieldRow = FIELDS[field];
  const { claim, clear, share } = Ownership.prototype;
  if (what === "claim skipped") {
    Ownership.prototype.claim = function (container, name, key, plugin) {
      return name === field ? undefined : claim.call(this, container, name, key, plugin);
    };
    Ownership.prototype.share = function (container, name, plugin) {
      if (name !== field) share.call(this, container, name, plugin);
    };
    return;
  }
  if (what === "removal ignored") {
    Ownership.prototype.clear = function (container, name, key, plugin) {
      if (name !== field) clear.call(this, container, name, key, plugin);
    };
  }
  // Where fields are written: the same object, whoever imports it.
  const draft = new URL("./draft.js", import.meta.resolve("@nri/adaptation/merge"));
  const { Draft } = (await import(draft.href)) as DraftModule;
  const { set } = Draft.prototype;
  const paths = [row.path, row.update].filter((path) => path !== undefined);
  Draft.prototype.set = function (parts, value) {
    const path = parts.join(".");
    const ours = paths.some((one) => path === one || (row.kind === "accumulate" && path.startsWith(`${one}.`)));
    if (!ours) set.call(this, parts, value);
    else if (what === "order swapped") set.call(this, parts, Array.isArray(value) ? [...value].reverse() : value);
    else if (what === "removal ignored") set.call(this, parts, withoutMarks(row, value));
  };
}

const wanted = process.env.NRI_MUTATION;
if (wanted !== undefined) await mutate(JSON.parse(wanted) as Mutation);
