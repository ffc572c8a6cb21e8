// What became of a container or a pod as text: for people, and for snapshots. No ids, no times: the same in every run.
import { EVENTS } from "@nri/protocol";
import type { FakeContainer } from "./fake-container.js";
import type { FakePod } from "./fake-pod.js";
import { outcomeOf, type PluginChange, problemText } from "./outcome.js";

/** One container: a line for its end, then one for each change, eviction and problem, in the order of the calls. */
export function containerSummary(container: FakeContainer, names: ReadonlyMap<string, string>): string {
  const nameOf = (id: string) => names.get(id) ?? id;
  const setBy = new Map<string, string>();
  const rows: (readonly [plugin: string, text: string])[] = [];
  for (const step of container.steps) {
    const { changes, evictions, problems } = outcomeOf("", [step], undefined);
    const texts = [
      ...changes.map((change) => changeRow(change, container.id, setBy, nameOf)),
      ...evictions.map(
        ({ containerId, reason }) => `! evict ${nameOf(containerId)}${reason === "" ? "" : `: ${reason}`}`,
      ),
      ...problems.map(problemText),
    ];
    rows.push(...texts.map((text) => [step.plugin, text] as const));
  }
  const ofAll = container.problems.filter(({ plugin }) => plugin === "");
  rows.push(...ofAll.map((problem) => ["", problemText(problem)] as const));
  const width = Math.max(0, ...rows.map(([plugin]) => plugin.length));
  const lines = rows.map(([plugin, text]) => `  ${plugin.padEnd(width)}  ${text}`);
  return [`${container.label}: ${ending(container)}`, ...(lines.length === 0 ? ["  no changes"] : lines)].join("\n");
}

function changeRow(
  change: PluginChange,
  own: string,
  setBy: Map<string, string>,
  nameOf: (id: string) => string,
): string {
  const { event, containerId, text, plugin, field, key = "" } = change;
  const id = JSON.stringify([event, containerId, field, key]);
  const before = setBy.get(id);
  setBy.set(id, plugin);
  const remarks = [
    event === "createContainer" ? "" : `at ${EVENTS[event].name}`,
    containerId === own ? "" : `of ${nameOf(containerId)}`,
    before === undefined ? "" : `set by ${before} before`,
  ].filter((remark) => remark !== "");
  return remarks.length === 0 ? text : `${text} (${remarks.join(", ")})`;
}

function ending({ phase, evicted }: FakeContainer): string {
  return evicted === undefined ? phase : `${phase}, evicted${evicted === "" ? "" : `: ${evicted}`}`;
}

/** A pod: what went wrong with its own events, then its containers. */
export function podSummary({ problems, containers }: FakePod): string {
  const own = problems.map((problem) => `${problem.plugin} ${problemText(problem)}`.trim());
  return [...own, ...containers.map((container) => container.summary())].join("\n");
}
