// What failed, in one line each.
import { EVENTS } from "@nri/protocol";
import { containerLabel, hasFailed, podLabel, type SimulationResult } from "./result.js";

/** One line for everything that failed, for stderr. */
export function problemLines(result: SimulationResult): string[] {
  const lines = [...result.pluginFailures];
  const told = new Set<string>();
  for (const { played } of result.pods) {
    for (const { event, container, error, refused } of played.problems) {
      const plugin = "plugin" in error && typeof error.plugin === "string" ? error.plugin : "";
      const who = plugin === "" || error.message.includes(plugin) ? "" : `plugin "${plugin}": `;
      const end = refused ? `: ${container === undefined ? "pod" : "container"} refused` : "";
      lines.push(`${containerLabel(played, container)}: ${EVENTS[event].name}: ${who}${error.message.trim()}${end}`);
      told.add(error.message);
    }
  }
  for (const { played } of result.pods) {
    for (const each of played.containers) {
      if (hasFailed(each)) lines.push(`${containerLabel(played, each.plan)}: ended with code ${each.exit?.code}`);
    }
  }
  // A plugin that was lost on the way does not fail the request, so no problem of the pod tells of it.
  for (const pod of result.pods) {
    for (const step of [...pod.steps, ...pod.containers.flatMap(({ steps }) => steps)]) {
      if (step.error === undefined || told.has(step.error.message)) continue;
      told.add(step.error.message);
      if (lines.some((line) => line.includes(step.error?.message ?? ""))) continue;
      lines.push(`${podLabel(pod.played)}: ${EVENTS[step.event].name}: plugin "${step.plugin}": ${step.error.message}`);
    }
  }
  return lines;
}
