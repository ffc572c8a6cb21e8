// What is known of one container, for people: who wanted what, from what to what, and why not the rest.
import { EVENT_NAMES, EVENTS, type EventName } from "@nri/protocol";
import type { Change } from "@nri/testing";
import { changeText, count, fieldLabels, labelWidth, pluginLines, type ShownStep } from "../changes/plugin-rows.js";
import { type Paint, printable, short } from "../printable.js";
import type { ExplainedChange, ExplainedCreation, ExplainedStep, ExplainedUpdate, Explanation } from "./explanation.js";

/** The whole text. */
export function explanationText(explanation: Explanation, paint: Paint): string {
  const { domain, id, name, pod, state, creation, updates } = explanation;
  const podName = [pod.namespace, pod.name].filter((part) => part !== undefined && part !== "").join("/");
  const where = [`${domain}/${id}`, ...(podName === "" ? [] : [`pod ${podName}`]), state].map(printable).join(" · ");
  const lines = [`${paint.bold(printable(name === "" ? id : name))} · ${where}`];
  if (creation === null)
    lines.push(paint.dim("  no plugin was asked about it: it was there before, or nothing is kept of it"));
  else lines.push(...creationLines(creation, id, paint));
  if (updates.length > 0)
    lines.push("", paint.bold("later"), ...updates.flatMap((update) => updateLines(update, paint)));
  return `${lines.join("\n")}\n`;
}

function creationLines(creation: ExplainedCreation, id: string, paint: Paint): string[] {
  const { steps, verdicts } = creation;
  const changes = creation.changes.map(changeOf);
  const names = [...new Set(steps.map(({ plugin }) => plugin))];
  const width = Math.max(...names.map((name) => name.length), 0);
  const lines = names.flatMap((name) => {
    const own = steps.filter(({ plugin }) => plugin === name);
    const verdict = verdicts.find(({ validator }) => validator === name);
    const shown = {
      steps: own.map((step) => shownStep(step, verdict)),
      changes: changes.filter(({ plugin }) => plugin === name),
      seen: own.length,
      labels: labelWidth(changes),
      asker: () => "the engine",
      nameOf: (other: string) => (other === id ? "itself" : other),
      evictionNote: "",
    };
    return pluginLines(name, width, shown, paint);
  });
  return [...lines, `  ${outcomeText(creation, changes, paint)}`];
}

function changeOf({ event, ...change }: ExplainedChange): Change {
  return { ...change, event: eventOf(event) };
}

function eventOf(name: string): EventName {
  return EVENT_NAMES.find((event) => EVENTS[event].name === name) ?? "createContainer";
}

function shownStep(step: ExplainedStep, verdict: ExplainedCreation["verdicts"][number] | undefined): ShownStep {
  const { event, outcome, adjustment, evictions = [], conflict, error } = step;
  const isVerdict = event === EVENTS.validateContainerAdjustment.name;
  return {
    event: eventOf(event),
    adjusts: adjustment !== undefined,
    evictions: evictions.map(({ containerId = "", reason = "" }) => ({ containerId, reason })),
    verdict: isVerdict ? verdict : undefined,
    error,
    conflict,
    refused: outcome === "failed",
  };
}

function outcomeText(creation: ExplainedCreation, changes: readonly Change[], paint: Paint): string {
  const { outcome, reason = "", steps, notApplied } = creation;
  if (outcome === "refused") {
    const shown = steps.some(({ error }) => error !== undefined);
    const why = shown ? "" : `: ${short(reason, 300)}`;
    return paint.red(`refused${why}; nothing of this container's adjustments was applied`);
  }
  if (outcome === "failed") return paint.red(`not created: ${short(reason, 300)}`);
  const made = changes.filter(({ sign }) => sign !== "=");
  const plugins = new Set(made.map(({ plugin }) => plugin));
  const micros = steps.reduce((sum, step) => sum + step.micros, 0);
  const what =
    made.length === 0 ? "without changes" : `with ${count(made.length, "change")} by ${count(plugins.size, "plugin")}`;
  const parts = [`created ${what} in ${(micros / 1000).toFixed(1)} ms`];
  for (const { field, reason: why } of notApplied) {
    parts.push(paint.yellow(`not applied: ${fieldLabels([field])} (${short(why, 300)})`));
  }
  return parts.join("; ");
}

/** `  21:50:01  20-b, StopContainer  ~ memory  limit 64 MiB -> 128 MiB`. */
function updateLines({ at, request, by, outcome, error, steps, changes }: ExplainedUpdate, paint: Paint): string[] {
  const time = paint.dim(at.slice(11, 19));
  const asked = [...new Set(steps.map(({ plugin }) => plugin))];
  const engine = asked.length === 0 ? "its engine" : `its engine, ${asked.join(", ")} asked`;
  const who = paint.cyan(printable(by.length === 0 ? engine : `${by.join(", ")}, ${request}`));
  const failure = outcome === "done" ? [] : [`    ${paint.red(`x ${short(error ?? "failed", 300)}`)}`];
  const shown = changes.map(changeOf);
  const labels = labelWidth(shown);
  return [`  ${time}  ${who}`, ...shown.map((change) => `    ${changeText(change, labels, paint)}`), ...failure];
}
