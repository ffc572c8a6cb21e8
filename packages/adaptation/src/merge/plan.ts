// The field table as a tree of paths, so that a response is walked along what it holds and absent parts cost nothing.
import { FIELD_NAMES, FIELDS, type FieldName, type FieldRow } from "@nri/protocol";
import type { Parts } from "./draft.js";

/** A row, with its paths cut up. */
export interface PlannedRow {
  readonly name: FieldName;
  readonly row: FieldRow;
  readonly path: Parts;
  readonly container: Parts | undefined;
  readonly update: Parts | undefined;
}

/** A flag that removes a group of fields: where the group is, and what belongs to it. */
export interface PlannedFlag {
  readonly group: Parts;
  readonly property: string;
  readonly rows: readonly PlannedRow[];
}

/** A part of a path: a field, a flag, or the way to more. */
export interface PlanNode {
  readonly part: string;
  row?: PlannedRow;
  flag?: PlannedFlag;
  readonly children: PlanNode[];
}

const ROWS: readonly PlannedRow[] = FIELD_NAMES.map((name) => {
  const row: FieldRow = FIELDS[name];
  const update = row.update?.split(".");
  return { name, row, path: row.path.split("."), container: row.container?.split("."), update };
});

function descend(root: PlanNode, path: Parts): PlanNode {
  let node = root;
  for (const part of path) {
    let next = node.children.find((child) => child.part === part);
    if (next === undefined) {
      next = { part, children: [] };
      node.children.push(next);
    }
    node = next;
  }
  return node;
}

function flagOf(row: FieldRow): string | undefined {
  return row.kind === "value" ? row.flagPath : undefined;
}

function treeOf(pathOf: (row: PlannedRow) => Parts | undefined): PlanNode {
  const root: PlanNode = { part: "", children: [] };
  for (const planned of ROWS) {
    const path = pathOf(planned);
    if (path === undefined) continue;
    const flag = flagOf(planned.row);
    if (flag !== undefined) {
      // Before the first field of its group, because removal comes before what is set.
      const at = flag.split(".");
      descend(root, at).flag ??= {
        group: at.slice(0, -1),
        property: at[at.length - 1] as string,
        rows: ROWS.filter((other) => flagOf(other.row) === flag),
      };
    }
    descend(root, path).row = planned;
  }
  return root;
}

/** The way through an adjustment. */
export const ADJUSTMENT_PLAN: PlanNode = treeOf((row) => row.path);
/** The way through an update. */
export const UPDATE_PLAN: PlanNode = treeOf((row) => row.update);
