// What one plugin is told over several lives of the daemon, held against what may be told: each pod and container exactly once
// per life. After its own reconnect a plugin is told everything once more, with Synchronize.
import { EVENTS, type EventName } from "@nri/protocol";

/** Something that a plugin was told. */
export type Told =
  | { readonly event: "synchronize"; readonly pods: readonly string[]; readonly containers: readonly string[] }
  | { readonly event: EventName; readonly pod: string; readonly container: string | undefined };

/** What is wrong in a story; empty when nothing is. At its end nothing may be left. */
export function wrongIn(story: readonly Told[]): string[] {
  const wrong: string[] = [];
  let pods = new Set<string>();
  /** Events that each container has had, since it was created or handed over. */
  let containers = new Map<string, Set<string>>();
  for (const [index, told] of story.entries()) {
    const say = (text: string): void => void wrong.push(`${index}: ${lineOf(told)}: ${text}`);
    if (told.event === "synchronize") {
      pods = new Set(told.pods);
      containers = new Map(told.containers.map((id) => [id, new Set()]));
      if (pods.size !== told.pods.length || containers.size !== told.containers.length) say("something is there twice");
      continue;
    }
    const { event, pod, container } = told as Exclude<Told, { event: "synchronize" }>;
    if (container === undefined) {
      if (event === "runPodSandbox" && pods.has(pod)) say("it runs already");
      if (event !== "runPodSandbox" && !pods.has(pod)) say("nobody knows it");
      if (event === "removePodSandbox") pods.delete(pod);
      else pods.add(pod);
      continue;
    }
    const had = containers.get(container);
    if (event === "createContainer") {
      if (had !== undefined) say("it exists already");
      containers.set(container, new Set());
    } else if (had === undefined && event === "postCreateContainer") {
      // Its creation was asked for in the life of the daemon before: this is how it is completed.
      pods.add(pod);
      containers.set(container, new Set([event]));
    } else if (had === undefined) say("nobody knows it");
    else if (had.has(event) && event !== "updateContainer" && event !== "postUpdateContainer") say("once more");
    else if (event === "removeContainer") containers.delete(container);
    else had.add(event);
    if (event !== "removeContainer" && !pods.has(pod)) say("nobody knows its pod");
  }
  for (const id of containers.keys()) wrong.push(`at the end: container ${id} is left`);
  for (const id of pods) wrong.push(`at the end: pod ${id} is left`);
  return wrong;
}

/** A line for people. */
export function lineOf(told: Told): string {
  if (told.event === "synchronize") return `Synchronize ${told.containers.join(", ")}`;
  const { event, pod, container } = told as Exclude<Told, { event: "synchronize" }>;
  return `${EVENTS[event].name} ${container ?? pod}`;
}
