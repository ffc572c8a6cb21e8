// The order of a pod's life, and what the player needs of an adaptation.
import {
  type CreateContainerResponse,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type EventRequest,
  type StopContainerResponse,
  type UpdateContainerResponse,
} from "@nri/protocol";
import { TestingError } from "../errors.js";

/** The events of a life, in the order in which a container with an update sees them. Validation is no event of a life. */
export const LIFE = [
  "runPodSandbox",
  "createContainer",
  "postCreateContainer",
  "startContainer",
  "postStartContainer",
  "updatePodSandbox",
  "postUpdatePodSandbox",
  "updateContainer",
  "postUpdateContainer",
  "stopContainer",
  "removeContainer",
  "stopPodSandbox",
  "removePodSandbox",
] as const satisfies readonly EventName[];

/** An event of a life. */
export type LifeEvent = (typeof LIFE)[number];

/** What plugins together answer to an event of a life. */
export type LifeAnswer<Name extends LifeEvent> = Name extends "createContainer"
  ? CreateContainerResponse
  : Name extends "updateContainer"
    ? UpdateContainerResponse
    : Name extends "stopContainer"
      ? StopContainerResponse
      : unknown;

/** What is played against: one method per event. An `Adaptation` is one, and so is a stub in a test. */
export type Runtime = { [Name in LifeEvent]: (request: EventRequest<Name>) => Promise<LifeAnswer<Name>> };

/** How far a life has come at `event`: the smaller, the earlier. */
export function lifeRank(event: LifeEvent): number {
  return LIFE.indexOf(event);
}

/**
 * The event that a text names: `CreateContainer`, `createContainer` or `CREATE_CONTAINER`, in any case.
 * Throws `TestingError` code "invalid-option" for others.
 */
export function parseLifeEvent(text: string): LifeEvent {
  const wanted = text.replaceAll("_", "").toLowerCase();
  const found = LIFE.find((event) => event.toLowerCase() === wanted);
  if (found !== undefined) return found;
  const known = EVENT_NAMES.filter((name) => LIFE.some((event) => event === name)).map((name) => EVENTS[name].name);
  throw new TestingError("invalid-option", `unknown event "${text}"; known are ${known.join(", ")}`);
}
