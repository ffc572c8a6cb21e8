// The outcome of a simulation as data: what every output format is made of.
import type { PluginInfo } from "@nri/adaptation";
import {
  type Change,
  type ContainerPlan,
  changesOf,
  type PlayedContainer,
  type PlayedPod,
  type PlayProblem,
  type Recorder,
  type Step,
} from "@nri/testing";
import type { FoundConflict } from "../changes/plugin-rows.js";

/** Everything about one container. */
export interface ContainerResult {
  readonly played: PlayedContainer;
  readonly steps: readonly Step[];
  readonly changes: readonly Change[];
  readonly conflicts: readonly FoundConflict[];
  readonly problems: readonly PlayProblem[];
  /** Whether a plugin, a conflict, a verdict or the adjustment itself stopped one of its requests. */
  readonly refused: boolean;
}

/** Everything about one pod. */
export interface PodResult {
  readonly played: PlayedPod;
  /** Steps of its own events. */
  readonly steps: readonly Step[];
  /** Problems of its own events. */
  readonly problems: readonly PlayProblem[];
  readonly containers: readonly ContainerResult[];
}

/** Everything. */
export interface SimulationResult {
  readonly pods: readonly PodResult[];
  readonly plugins: readonly PluginInfo[];
  /** One line for each plugin that died, hung or registered badly. */
  readonly pluginFailures: readonly string[];
  readonly compat: "default" | "reference";
  readonly ok: boolean;
}

/** Puts together what was played and what was seen. */
export function resultOf(
  played: readonly PlayedPod[],
  recorder: Recorder,
  extraFailures: readonly string[],
  compat: "default" | "reference",
): SimulationResult {
  const pods = played.map((pod) => podResult(pod, recorder.steps));
  const pluginFailures = [...recorder.failures, ...extraFailures];
  const ok =
    pluginFailures.length === 0 &&
    played.every(({ problems }) => problems.length === 0) &&
    !played.some(({ containers }) => containers.some(hasFailed)) &&
    !recorder.steps.some(({ error }) => error);
  return { pods, plugins: recorder.plugins, pluginFailures, compat, ok };
}

/** Whether a real container has ended by itself, and not well. */
export function hasFailed({ exit }: PlayedContainer): boolean {
  return exit !== undefined && exit.code !== 0 && !exit.told;
}

function podResult(played: PlayedPod, all: readonly Step[]): PodResult {
  const steps = all.filter(({ podId }) => podId === played.plan.pod.id);
  const names = new Map(played.containers.map(({ plan }) => [plan.container.id, plan.container.name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  return {
    played,
    steps: steps.filter(({ containerId }) => containerId === ""),
    problems: played.problems.filter(({ container }) => container === undefined),
    containers: played.containers.map((container) => containerResult(played, container, steps, nameOf)),
  };
}

function containerResult(
  pod: PlayedPod,
  played: PlayedContainer,
  podSteps: readonly Step[],
  nameOf: (id: string) => string,
): ContainerResult {
  const { plan } = played;
  const steps = podSteps.filter(({ containerId }) => containerId === plan.container.id);
  const problems = pod.problems.filter(({ container }) => container === plan);
  return {
    played,
    steps,
    changes: changesOf(
      steps.filter(({ plugin }) => plugin !== ""),
      nameOf,
    ),
    conflicts: steps.flatMap(({ error }) => conflictOf(error) ?? []),
    problems,
    refused: problems.some(({ refused }) => refused),
  };
}

/** The conflict behind an error, if it is one. */
export function conflictOf(error: Error | undefined): FoundConflict | undefined {
  if (error === undefined || !("code" in error) || error.code !== "conflict") return undefined;
  const { field, key, plugins } = error as { field?: string; key?: string; plugins?: readonly string[] };
  return { field: field ?? "", key: key ?? "", plugins: plugins ?? [] };
}

/** A wish for eviction that came with no answer. */
export function evictionNote(plugin: string, container: string, reason: string): string {
  const why = reason === "" ? "" : ` (${reason})`;
  return `${plugin} wanted ${container} evicted on its own${why}`;
}

/** `web/nginx`: how a line about a container begins. */
export function containerLabel(pod: PlayedPod, container: ContainerPlan | undefined): string {
  const name = podLabel(pod);
  return container === undefined ? name : `${name}/${container.container.name}`;
}

/** `default/web`. */
export function podLabel({ plan: { pod } }: PlayedPod): string {
  return pod.namespace === "" ? pod.name : `${pod.namespace}/${pod.name}`;
}

/** Sentences for people that belong to no container. */
export interface Notes {
  readonly input: readonly string[];
  readonly play: readonly string[];
}
