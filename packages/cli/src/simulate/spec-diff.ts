// -o diff: the OCI specs of all containers before and after the plugins.
import { specDiff } from "../changes/spec-diff.js";
import { type Paint, printable, short } from "../printable.js";
import { type ContainerResult, podLabel, type SimulationResult } from "./result.js";

/** Unified diffs of all containers, or of one. A refused container has a comment in its place. */
export function diffText(result: SimulationResult, only: string | undefined, paint: Paint): string {
  const parts: string[] = [];
  for (const { played, containers } of result.pods) {
    for (const container of containers) {
      const { name } = container.played.plan.container;
      if (only !== undefined && only !== name) continue;
      parts.push(oneDiff(`${printable(podLabel(played))}/${printable(name)}`, container, paint));
    }
  }
  return parts.join("");
}

function oneDiff(label: string, { played, changes, refused }: ContainerResult, paint: Paint): string {
  const { spec } = played;
  if (spec === undefined) {
    const why = played.reason === undefined ? "" : `: ${short(played.reason, 300)}`;
    return paint.red(`# ${label} ${refused ? "refused" : "not created"}${why}\n`);
  }
  return specDiff({ label, before: played.plan.spec, after: spec, from: "from the input", changes }, paint);
}
