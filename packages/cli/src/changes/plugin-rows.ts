// What one plugin did to a container, for people: its changes from what to what, its errors, its verdicts.
import { EVENTS, type EventName, FIELDS, type FieldName, type FieldRow } from "@nri/protocol";
import type { Change } from "@nri/testing";
import { type Paint, printable, short } from "../printable.js";

/** Two plugins that set the same thing. */
export interface FoundConflict {
  readonly field: string;
  readonly key: string;
  readonly plugins: readonly string[];
}

/** One call of one plugin, as far as it is shown. */
export interface ShownStep {
  readonly event: EventName;
  /** Whether it answered with an adjustment. */
  readonly adjusts: boolean;
  readonly evictions: readonly { readonly containerId: string; readonly reason: string }[];
  readonly verdict: { readonly rejected: boolean; readonly reason: string } | undefined;
  /** Why the call, or the use of its answer, failed. */
  readonly error: string | undefined;
  /** The conflict behind the error. */
  readonly conflict: FoundConflict | undefined;
  /** Whether that failed the request. */
  readonly refused: boolean;
}

/** What is shown of one plugin. */
export interface ShownPlugin {
  readonly steps: readonly ShownStep[];
  readonly changes: readonly Change[];
  /** Events that it saw, those of the pod among them. */
  readonly seen: number;
  /** Width of the labels of all changes that stand together (`labelWidth`). */
  readonly labels: number;
  /** What stands for who had set a value first, by event; `the input` without one. */
  readonly asker: (event: EventName) => string;
  /** Names of containers. */
  readonly nameOf: (id: string) => string;
  /** Stands behind evictions. */
  readonly evictionNote: string;
}

/** A number with its word. */
export const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** How wide the labels of these changes are. */
export function labelWidth(changes: readonly Change[]): number {
  return Math.max(...changes.map((change) => FIELDS[change.field].label.length), 3);
}

/** One plugin's lines, the first of them behind its name. */
export function pluginLines(name: string, width: number, shown: ShownPlugin, paint: Paint): string[] {
  return pluginRows(shown, paint).map(
    (row, index) => `  ${paint.cyan((index === 0 ? printable(name) : "").padEnd(width))}  ${row}`,
  );
}

/** Its changes, its errors; else how much it saw. */
function pluginRows({ steps, changes, seen, labels, asker, nameOf, evictionNote }: ShownPlugin, paint: Paint) {
  const rows: string[] = [];
  // A conflict's step holds changes that were never made: they are shown as what they are.
  const failed = steps.filter(({ error }) => error !== undefined);
  for (const change of changes) {
    if (failed.some((step) => step.adjusts && !isConflictOf(step, change))) continue;
    if (!failed.some((step) => isConflictOf(step, change))) rows.push(changeRow(change, labels, asker, paint));
  }
  for (const step of failed) if (step.verdict?.rejected !== true) rows.push(paint.red(errorRow(step, labels)));
  for (const { containerId, reason } of steps.flatMap(({ evictions }) => evictions)) {
    rows.push(paint.yellow(`! evict  ${short(nameOf(containerId))}  ${short(reason)}`.trimEnd() + evictionNote));
  }
  for (const { verdict } of steps) {
    if (verdict?.rejected !== true) continue;
    const reason = verdict.reason === "" ? "unknown rejection reason" : verdict.reason;
    rows.push(paint.red(`x rejected: ${short(reason, 300)}: container refused`));
  }
  if (rows.length === 0) rows.push(paint.dim(seen === 0 ? "saw nothing" : `saw ${count(seen, "event")}`));
  return rows;
}

function isConflictOf({ conflict }: ShownStep, change: Change): boolean {
  return (
    conflict !== undefined && conflict.field === change.field && (conflict.key === "" || conflict.key === change.key)
  );
}

function changeRow(change: Change, labels: number, asker: ShownPlugin["asker"], paint: Paint): string {
  const remark = remarkOn(change, asker);
  return changeText(change, labels, paint) + (remark === "" ? "" : `  ${paint.dim(remark)}`);
}

/** A change alone: `~ memory  limit 64 MiB -> 128 MiB`. */
export function changeText(change: Change, labels: number, paint: Paint): string {
  const style = { "+": paint.green, "-": paint.red, "~": paint.yellow, "=": paint.dim }[change.sign];
  return `${style(change.sign)} ${FIELDS[change.field].label.padEnd(labels)}  ${subject(change, paint)}`;
}

/** Whose value it was before, whose container it is, and when it was not at the container's creation. */
function remarkOn({ event, other, sign, setBefore }: Change, asker: ShownPlugin["asker"]): string {
  const when = event === "createContainer" ? "" : `at ${EVENTS[event].name}`;
  if (other !== undefined) return `of container ${printable(other)} ${when}`.trimEnd();
  if (sign === "+" || sign === "=") return when;
  return [when, `set by ${setBefore ?? asker(event)} before`].filter((part) => part !== "").join(", ");
}

/** `FUSE=1`, `/dev/fuse  c 10:229`, `limit 64 MiB -> 128 MiB`. */
function subject(change: Change, paint: Paint): string {
  const key = short(change.key, 60);
  const to = short(change.to ?? "");
  const from = short(change.from ?? "");
  const arrow = paint.dim("->");
  if (change.sign === "~") return `${key === "" ? "" : `${key} `}${quoted(from)} ${arrow} ${quoted(to)}`;
  if (change.sign === "-") return [key, from].filter((part) => part !== "").join("  ");
  if (change.field === "Env") return `${key}=${to}`;
  const glue = FIELDS[change.field].kind === "value" ? " " : "  ";
  return [key, to].filter((part) => part !== "").join(glue) + (change.sign === "=" ? " (as it was)" : "");
}

const quoted = (text: string) => (text === "" ? '""' : text);

function errorRow({ event, error = "", conflict, refused }: ShownStep, labels: number): string {
  const consequence = refused ? ": container refused" : "";
  if (conflict === undefined) return `x ${EVENTS[event].name}  ${short(error, 300)}${consequence}`;
  const field = conflict.field as FieldName;
  const row: FieldRow | undefined = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  const label = (row?.label ?? conflict.field).padEnd(labels);
  const key = conflict.key === "" ? (row?.item ?? "") : short(conflict.key, 60);
  const owner = conflict.plugins[1] ?? "another plugin";
  return `x ${label}  ${key}   already set by ${printable(owner)}${consequence}`;
}

/** The words for fields that nothing applies here. */
export function fieldLabels(fields: readonly string[]): string {
  return fields.map((field) => (Object.hasOwn(FIELDS, field) ? FIELDS[field as FieldName].label : field)).join(", ");
}
