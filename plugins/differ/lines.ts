// The lines that the differ prints; spec: plugins 4.
import { structuredPatch } from "diff";
import { dumpLines, yamlOf } from "../common/dump.js";
import type { View } from "./chain.js";
import { changesOf } from "./changes.js";

/** How much is printed, and how. */
export interface Style {
  /** 1: what the first place sees; 2: also what the others compare; 3: also what plugins are synchronized with. */
  readonly verbosity: number;
  /** Differences as a YAML diff instead of one line per field. */
  readonly yaml: boolean;
}

/** Unchanged lines around a difference. */
const CONTEXT_LINES = 3;
/** Above this many lines of YAML, of both views together, they are compared field by field. */
const MAX_YAML_LINES = 20_000;

/** All of what one place sees, for the first one with verbosity 1. */
export function viewLines(index: string, { event, pod, container, resources }: View): string[] {
  return dumpLines(`[${index}] ${event}`, { pod, ...(container && { container }), ...(resources && { resources }) });
}

/** What is different between two views of one request, object by object. */
export function differenceLines(index: string, before: View, after: View, style: Style): string[] {
  const objects = ["pod", "container", "resources"] as const;
  return objects.flatMap((object) => {
    const [from, to] = [before[object], after[object]];
    if (from === undefined || to === undefined) return [];
    const head = `[${Number(index)}] ${after.event}: ${object}:`;
    const dump = (title: string, value: object): string[] =>
      style.verbosity < 2 || style.yaml
        ? []
        : [`[${Number(index)}] ${title} for ${object}`, ...dumpLines(`[${index}] ${after.event}`, { [object]: value })];
    const lines = (style.yaml && yamlDiff(from, to)) || fieldDiff(from, to);
    const told = lines.length === 0 ? ["<no changes>"] : lines;
    return [
      ...dump("Original values", from),
      ...told.map((line) => `${head} ${line}`),
      ...(lines.length === 0 ? [] : dump("Values after changes", to)),
    ];
  });
}

function fieldDiff(before: object, after: object): string[] {
  return changesOf(before, after).map(
    ({ kind, path, from, to }) => `${kind}: [${path.join(" ")}]: From: ${from} -> To: ${to}`,
  );
}

/** Lines with `+`, `-` or a blank in front, `...` between parts; undefined when there are too many of them to compare. */
function yamlDiff(before: object, after: object): string[] | undefined {
  const [from, to] = [yamlOf(before), yamlOf(after)];
  if (from.split("\n").length + to.split("\n").length > MAX_YAML_LINES) return undefined;
  const { hunks } = structuredPatch("", "", from, to, "", "", { context: CONTEXT_LINES });
  return hunks.flatMap(({ lines }, place) => (place === 0 ? lines : ["...", ...lines]));
}
