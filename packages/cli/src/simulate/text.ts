// The result for people: per container and plugin, in order, what changed from what to what, and why not.

import { EVENTS } from "@nri/protocol";
import type { Step } from "@nri/testing";
import {
  count,
  fieldLabels,
  labelWidth,
  pluginLines,
  type ShownPlugin,
  type ShownStep,
} from "../changes/plugin-rows.js";
import { type Paint, printable, short } from "../printable.js";
import {
  type ContainerResult,
  conflictOf,
  hasFailed,
  type Notes,
  type PodResult,
  podLabel,
  type SimulationResult,
} from "./result.js";

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
  for (const { name } of result.plugins) lines.push(...linesOf(name, width, pod, container, result, paint));
  for (const note of played.plan.notes) lines.push(paint.dim(`  note: ${printable(note)}`));
  lines.push(`  ${outcome(container, paint)}`);
  return lines;
}

const ROLES = { init: "init container", sidecar: "sidecar", ephemeral: "ephemeral container" } as const;

/** One plugin's lines: its changes, its errors; else how much it saw. */
function linesOf(
  name: string,
  width: number,
  pod: PodResult,
  container: ContainerResult,
  result: SimulationResult,
  paint: Paint,
): string[] {
  const steps = container.steps.filter(({ plugin }) => plugin === name);
  const names = new Map(pod.containers.map(({ played: { plan } }) => [plan.container.id, plan.container.name]));
  const shown: ShownPlugin = {
    steps: steps.map((step) => shownStep(step, container)),
    changes: container.changes.filter(({ plugin }) => plugin === name),
    seen: steps.length + pod.steps.filter(({ plugin }) => plugin === name).length,
    labels: labelWidth(container.changes),
    asker: (event) => (event === "createContainer" ? "the input" : "--update"),
    nameOf: (id) => names.get(id) ?? id,
    evictionNote: result.compat === "reference" ? "  (dropped, as by the reference)" : "",
  };
  return pluginLines(name, width, shown, paint);
}

function shownStep(step: Step, { problems }: ContainerResult): ShownStep {
  const { event, adjustment, evictions, verdict, error } = step;
  const problem = problems.find((each) => each.error === error || each.error.message === error?.message);
  return {
    event,
    adjusts: adjustment !== undefined,
    evictions,
    verdict,
    error: error?.message,
    conflict: conflictOf(error),
    refused: problem?.refused === true,
  };
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
    parts.push(
      paint.yellow(`not in the spec, as this node has no configuration for it: ${fieldLabels(played.ignored)}`),
    );
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
