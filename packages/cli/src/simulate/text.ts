// The result for people: per container and plugin, in order, what changed from what to what, and why not.

import { EVENTS, FIELDS, type FieldRow } from "@nri/protocol";
import type { Step } from "@nri/testing";
import { type Paint, printable, short } from "../printable.js";
import type { Change } from "./changes.js";
import {
  type ContainerResult,
  conflictOf,
  hasFailed,
  type Notes,
  type PodResult,
  podLabel,
  type SimulationResult,
} from "./result.js";

const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** The whole text. */
export function textFor(result: SimulationResult, notes: Notes, paint: Paint): string {
  const lines: string[] = [];
  for (const pod of result.pods) lines.push(...podLines(pod, result, paint), "");
  const loose = [...notes.input, ...notes.play];
  if (loose.length > 0) lines.push(...loose.map((note) => paint.dim(`note: ${printable(note)}`)), "");
  for (const failure of result.pluginFailures) lines.push(paint.red(`plugin failed: ${short(failure, 300)}`));
  lines.push(summary(result, paint));
  return `${lines.join("\n")}\n`;
}

function podLines(pod: PodResult, result: SimulationResult, paint: Paint): string[] {
  const { played, containers } = pod;
  const parts = [count(containers.length, "container"), count(result.plugins.length, "plugin")];
  const lines = [`${paint.bold(`pod ${printable(podLabel(played))}`)} · ${parts.join(" · ")}`];
  for (const { event, error } of pod.problems) {
    const plugin = "plugin" in error && typeof error.plugin === "string" ? `${error.plugin}  ` : "";
    lines.push(paint.red(`  x ${EVENTS[event].name}  ${printable(plugin)}${short(error.message, 300)}`));
  }
  for (const note of played.plan.notes) lines.push(paint.dim(`  note: ${printable(note)}`));
  for (const container of containers) lines.push("", ...containerLines(pod, container, result, paint));
  return lines;
}

function containerLines(pod: PodResult, container: ContainerResult, result: SimulationResult, paint: Paint): string[] {
  const { played } = container;
  const { role } = played.plan;
  const title = paint.bold(printable(played.plan.container.name)) + (role === "container" ? "" : ` (${ROLES[role]})`);
  const lines = [title];
  const width = Math.max(...result.plugins.map(({ name }) => name.length), 0);
  for (const { name } of result.plugins) lines.push(...pluginLines(name, width, pod, container, result, paint));
  for (const note of played.plan.notes) lines.push(paint.dim(`  note: ${printable(note)}`));
  lines.push(`  ${outcome(container, paint)}`);
  return lines;
}

const ROLES = { init: "init container", sidecar: "sidecar", ephemeral: "ephemeral container" } as const;

/** One plugin's lines: its changes, its errors; else how much it saw. */
function pluginLines(
  name: string,
  width: number,
  pod: PodResult,
  container: ContainerResult,
  result: SimulationResult,
  paint: Paint,
): string[] {
  const steps = container.steps.filter(({ plugin }) => plugin === name);
  const seen = steps.length + pod.steps.filter(({ plugin }) => plugin === name).length;
  const rows: string[] = [];
  const changes = container.changes.filter(({ plugin }) => plugin === name);
  const labels = Math.max(...container.changes.map((change) => FIELDS[change.field].label.length), 3);
  // A conflict's step holds changes that were never made: they are shown as what they are.
  const failed = steps.filter(({ error }) => error !== undefined);
  for (const change of changes) {
    if (failed.some((step) => step.adjustment !== undefined && !isConflictOf(step, change))) continue;
    if (!failed.some((step) => isConflictOf(step, change))) rows.push(changeRow(change, labels, paint));
  }
  for (const step of failed) if (step.verdict?.rejected !== true) rows.push(errorRow(step, container, labels, paint));
  const names = new Map(pod.containers.map(({ played: { plan } }) => [plan.container.id, plan.container.name]));
  for (const { containerId, reason } of steps.flatMap(({ evictions }) => evictions)) {
    const target = names.get(containerId) ?? containerId;
    const dropped = result.compat === "reference" ? "  (dropped, as by the reference)" : "";
    rows.push(paint.yellow(`! evict  ${short(target)}  ${short(reason)}`.trimEnd() + dropped));
  }
  for (const { verdict } of steps) {
    if (verdict?.rejected === true)
      rows.push(
        paint.red(
          `x rejected: ${short(verdict.reason === "" ? "unknown rejection reason" : verdict.reason, 300)}: container refused`,
        ),
      );
  }
  if (rows.length === 0) rows.push(paint.dim(seen === 0 ? "saw nothing" : `saw ${count(seen, "event")}`));
  return rows.map((row, index) => `  ${paint.cyan((index === 0 ? name : "").padEnd(width))}  ${row}`);
}

function isConflictOf(step: Step, change: Change): boolean {
  const conflict = conflictOf(step.error);
  return (
    conflict !== undefined && conflict.field === change.field && (conflict.key === "" || conflict.key === change.key)
  );
}

function changeRow(change: Change, labels: number, paint: Paint): string {
  const row: FieldRow = FIELDS[change.field];
  const parts = [row.label.padEnd(labels), subject(change, paint)];
  const remark = remarkOn(change);
  if (remark !== "") parts.push(paint.dim(remark));
  const style = { "+": paint.green, "-": paint.red, "~": paint.yellow, "=": paint.dim }[change.sign];
  return `${style(change.sign)} ${parts.join("  ")}`;
}

/** Whose value it was before, whose container it is, and when it was not at the container's creation. */
function remarkOn({ event, other, sign, setBefore }: Change): string {
  const when = event === "createContainer" ? "" : `at ${EVENTS[event].name}`;
  if (other !== undefined) return `of container ${printable(other)} ${when}`.trimEnd();
  if (sign === "+" || sign === "=") return when;
  const asker = when === "" ? "the input" : "--update";
  return [when, `set by ${setBefore ?? asker} before`].filter((part) => part !== "").join(", ");
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

function errorRow(step: Step, container: ContainerResult, labels: number, paint: Paint): string {
  const problem = container.problems.find(({ error }) => error === step.error || error.message === step.error?.message);
  const consequence = problem?.refused === true ? ": container refused" : "";
  const conflict = conflictOf(step.error);
  if (conflict === undefined) {
    return paint.red(`x ${EVENTS[step.event].name}  ${short(step.error?.message ?? "", 300)}${consequence}`);
  }
  const field = conflict.field as keyof typeof FIELDS;
  const row: FieldRow | undefined = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  const label = (row?.label ?? conflict.field).padEnd(labels);
  const key = conflict.key === "" ? (row?.item ?? "") : short(conflict.key, 60);
  const owner = conflict.plugins[1] ?? "another plugin";
  return paint.red(`x ${label}  ${key}   already set by ${printable(owner)}${consequence}`);
}

function outcome({ played, changes, steps, problems }: ContainerResult, paint: Paint): string {
  if (played.outcome === "skipped") {
    return paint.dim(`not created: ${short(played.reason ?? "--until ends the life before", 300)}`);
  }
  if (played.outcome === "refused") {
    const own = problems.find(({ refused }) => refused)?.error;
    const shown = steps.some(({ error }) => error !== undefined);
    const why = shown || own === undefined ? "" : ` (${short(own.message, 300)})`;
    return paint.red(`refused${why}; nothing of this container's adjustments was applied`);
  }
  const all = changes.filter(({ sign }) => sign !== "=");
  const made = all.filter(({ event }) => event === "createContainer");
  const plugins = new Set(made.map(({ plugin }) => plugin));
  const micros = steps.filter(({ event }) => event === "createContainer").reduce((sum, step) => sum + step.micros, 0);
  const what =
    made.length === 0 ? "without changes" : `with ${count(made.length, "change")} by ${count(plugins.size, "plugin")}`;
  const parts = [`created ${what} in ${(micros / 1000).toFixed(1)} ms`];
  if (all.length > made.length) parts.push(`${count(all.length - made.length, "change")} later`);
  if (played.notAppliedByReference.length > 0) {
    const paths = played.notAppliedByReference.map((path) => path.replace(/^linux\.(resources\.)?/, ""));
    parts.push(paint.yellow(`not applied by the reference's generator: ${paths.join(", ")}`));
  }
  if (played.ignored.length > 0) {
    const labels = played.ignored.map((field) =>
      Object.hasOwn(FIELDS, field) ? FIELDS[field as keyof typeof FIELDS].label : field,
    );
    parts.push(paint.yellow(`not in the spec, as this node has no configuration for it: ${labels.join(", ")}`));
  }
  if (played.evicted !== undefined) {
    const why = played.evicted === "" ? "" : `: ${short(played.evicted)}`;
    parts.push(paint.yellow(`evicted${why}`));
  }
  if (played.exit !== undefined) {
    const { code, told } = played.exit;
    const ended = `ended with code ${code}${told ? ", as it was told to" : ""}`;
    parts.push(hasFailed(played) ? paint.red(ended) : ended);
  }
  const lost = problems.filter(({ refused }) => refused);
  if (lost.length > 0)
    parts.push(paint.red(`then ${lost.map(({ event }) => EVENTS[event].name).join(", ")} was refused`));
  return parts.join("; ");
}

function summary(result: SimulationResult, paint: Paint): string {
  const containers = result.pods.flatMap((pod) => pod.containers);
  const refused = containers.filter((container) => container.refused).length;
  const skipped = containers.filter(({ played }) => played.outcome === "skipped").length;
  const total = containers.length;
  const created = containers.find(({ played, refused: bad }) => played.spec !== undefined && !bad);
  const name = created?.played.plan.container.name;
  const text =
    refused > 0
      ? `${refused} of ${count(total, "container")} refused`
      : skipped > 0
        ? `${skipped} of ${count(total, "container")} not created`
        : `${count(total, "container")} created`;
  const style = result.ok ? paint.green : paint.red;
  const hint = name === undefined ? "" : ` · full spec: -o spec --container ${printable(name)}`;
  const failed = result.pluginFailures.length;
  const noted = result.pods.flatMap(({ played }) => played.problems).filter((problem) => !problem.refused).length;
  const plugins =
    (noted === 0 ? "" : `, ${count(noted, "error")}`) + (failed === 0 ? "" : `, ${count(failed, "plugin")} failed`);
  return `${style(`${text}${plugins} (exit ${result.ok ? 0 : 1})`)}${hint}`;
}
