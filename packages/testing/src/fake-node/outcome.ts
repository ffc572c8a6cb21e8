// What plugins, or one of them, did to a container: told by the recorded calls.
import {
  type ContainerAdjustment,
  type ContainerEviction,
  type ContainerUpdate,
  EVENTS,
  type EventName,
  type FieldChange,
  printChange,
} from "@nri/protocol";
import { stepChanges } from "../player/changes.js";
import type { Step } from "../player/recorder.js";

/** One change that a plugin's answer makes. */
export interface PluginChange extends FieldChange {
  /** Whose answer: `10-foo`. */
  readonly plugin: string;
  /** To what. */
  readonly event: EventName;
  /** Id of the container that changes. */
  readonly containerId: string;
  /** For people: `+ env FUSE=1`, `~ memory limit 64 MiB -> 128 MiB`, `- mount /tmp`. */
  readonly text: string;
}

/** Something that a plugin did wrong, or that was wrong with what it answered. */
export interface PluginProblem {
  /** Who: `10-foo`; empty when it is about the result of all. */
  readonly plugin: string;
  /** What was asked. */
  readonly event: EventName;
  /** What was wrong; of the adaptation an `AdaptationError`, whose `code` says what kind it is. */
  readonly error: Error;
}

/** What all plugins together, or one of them, did to a container. */
export interface Outcome {
  /** For people: `default/web/app`, or `default/web/app, by 10-foo`. */
  readonly label: string;
  /** Events that were asked about the container, in order; one entry for each plugin asked. */
  readonly events: readonly EventName[];
  /** What creation changed; undefined when the container was not created, or the plugin was not asked. */
  readonly adjustment: ContainerAdjustment | undefined;
  /** Updates, of this container or others, that were answered to its events. */
  readonly updates: readonly ContainerUpdate[];
  /** Evictions that were answered to its events. */
  readonly evictions: readonly ContainerEviction[];
  /** Adjustments and updates as single changes, in order, without those of answers that failed. */
  readonly changes: readonly PluginChange[];
  /** What went wrong, in order. */
  readonly problems: readonly PluginProblem[];
}

/** What the calls in `steps` did; `adjustment` is for whoever asks to say. */
export function outcomeOf(label: string, steps: readonly Step[], adjustment: ContainerAdjustment | undefined): Outcome {
  return {
    label,
    events: steps.map(({ event }) => event),
    adjustment,
    updates: steps.flatMap(({ updates }) => updates),
    evictions: steps.flatMap(({ evictions }) => evictions),
    changes: steps.flatMap(changesOf),
    problems: steps.flatMap(problemOf),
  };
}

function changesOf(step: Step): PluginChange[] {
  const { plugin, event } = step;
  if (step.error !== undefined || plugin === "") return [];
  return stepChanges(step).map(({ target, ...change }) => ({
    ...change,
    plugin,
    event,
    containerId: target,
    text: `${SIGNS[change.action]} ${printChange(change)}`,
  }));
}

const SIGNS = { set: "+", add: "+", replace: "~", remove: "-" } as const;

function problemOf({ plugin, event, error, verdict }: Step): PluginProblem[] {
  if (error !== undefined) return [{ plugin, event, error }];
  if (verdict?.rejected !== true) return [];
  return [{ plugin, event, error: new Error(`rejected: ${verdict.reason}`) }];
}

/** A problem for people: `10-foo x CreateContainer: text`. */
export function problemText({ event, error }: PluginProblem): string {
  return `x ${EVENTS[event].name}: ${error.message}`;
}
