// The event table: what happens to pods and containers, who may answer what. Everything that is done "for every event"
// (subscription, relay, dispatch, tests, docs) is a loop over these rows.
import {
  CreateContainerRequest,
  CreateContainerResponse,
  Event,
  PostCreateContainerRequest,
  PostCreateContainerResponse,
  PostStartContainerRequest,
  PostStartContainerResponse,
  PostUpdateContainerRequest,
  PostUpdateContainerResponse,
  PostUpdatePodSandboxRequest,
  PostUpdatePodSandboxResponse,
  RemoveContainerRequest,
  RemoveContainerResponse,
  RemovePodSandboxRequest,
  RemovePodSandboxResponse,
  RunPodSandboxRequest,
  RunPodSandboxResponse,
  StartContainerRequest,
  StartContainerResponse,
  StopContainerRequest,
  StopContainerResponse,
  StopPodSandboxRequest,
  StopPodSandboxResponse,
  UpdateContainerRequest,
  UpdateContainerResponse,
  UpdatePodSandboxRequest,
  UpdatePodSandboxResponse,
  ValidateContainerAdjustmentRequest,
  ValidateContainerAdjustmentResponse,
} from "./gen/messages.js";
import type { MessageType } from "./message.js";

/** One event: its wire names, its messages, and what an answer can hold. */
export interface EventRow<Request = unknown, Response = unknown> {
  /** Number in enum `Event`. */
  readonly event: number;
  /** Its bit in the mask of `ConfigureResponse.events`. */
  readonly mask: number;
  /** RPC method of service `Plugin`, which is also how the reference prints the event. */
  readonly name: string;
  /** What it happens to. */
  readonly subject: "pod" | "container";
  /** What a plugin may answer. */
  readonly answer: "nothing" | "adjustment" | "updates" | "verdict";
  /** A plugin older than the dedicated call gets it as `StateChange` (spec: adaptation 2.1). */
  readonly stateChange: boolean;
  /** What plugins are asked. */
  readonly request: MessageType<Request>;
  /** What they answer. */
  readonly response: MessageType<Response>;
}

function row<Request, Response>(
  event: number,
  name: string,
  answer: EventRow["answer"],
  stateChange: boolean,
  request: MessageType<Request>,
  response: MessageType<Response>,
): EventRow<Request, Response> {
  const subject = name.includes("Pod") ? "pod" : "container";
  return { event, mask: 1 << (event - 1), name, subject, answer, stateChange, request, response };
}

/** All events by handler name, in the order of enum `Event`. */
export const EVENTS = {
  runPodSandbox: row(
    Event.RUN_POD_SANDBOX,
    "RunPodSandbox",
    "nothing",
    true,
    RunPodSandboxRequest,
    RunPodSandboxResponse,
  ),
  stopPodSandbox: row(
    Event.STOP_POD_SANDBOX,
    "StopPodSandbox",
    "nothing",
    true,
    StopPodSandboxRequest,
    StopPodSandboxResponse,
  ),
  removePodSandbox: row(
    Event.REMOVE_POD_SANDBOX,
    "RemovePodSandbox",
    "nothing",
    true,
    RemovePodSandboxRequest,
    RemovePodSandboxResponse,
  ),
  createContainer: row(
    Event.CREATE_CONTAINER,
    "CreateContainer",
    "adjustment",
    false,
    CreateContainerRequest,
    CreateContainerResponse,
  ),
  postCreateContainer: row(
    Event.POST_CREATE_CONTAINER,
    "PostCreateContainer",
    "nothing",
    true,
    PostCreateContainerRequest,
    PostCreateContainerResponse,
  ),
  startContainer: row(
    Event.START_CONTAINER,
    "StartContainer",
    "nothing",
    true,
    StartContainerRequest,
    StartContainerResponse,
  ),
  postStartContainer: row(
    Event.POST_START_CONTAINER,
    "PostStartContainer",
    "nothing",
    true,
    PostStartContainerRequest,
    PostStartContainerResponse,
  ),
  updateContainer: row(
    Event.UPDATE_CONTAINER,
    "UpdateContainer",
    "updates",
    false,
    UpdateContainerRequest,
    UpdateContainerResponse,
  ),
  postUpdateContainer: row(
    Event.POST_UPDATE_CONTAINER,
    "PostUpdateContainer",
    "nothing",
    true,
    PostUpdateContainerRequest,
    PostUpdateContainerResponse,
  ),
  stopContainer: row(
    Event.STOP_CONTAINER,
    "StopContainer",
    "updates",
    false,
    StopContainerRequest,
    StopContainerResponse,
  ),
  removeContainer: row(
    Event.REMOVE_CONTAINER,
    "RemoveContainer",
    "nothing",
    true,
    RemoveContainerRequest,
    RemoveContainerResponse,
  ),
  updatePodSandbox: row(
    Event.UPDATE_POD_SANDBOX,
    "UpdatePodSandbox",
    "nothing",
    false,
    UpdatePodSandboxRequest,
    UpdatePodSandboxResponse,
  ),
  postUpdatePodSandbox: row(
    Event.POST_UPDATE_POD_SANDBOX,
    "PostUpdatePodSandbox",
    "nothing",
    true,
    PostUpdatePodSandboxRequest,
    PostUpdatePodSandboxResponse,
  ),
  validateContainerAdjustment: row(
    Event.VALIDATE_CONTAINER_ADJUSTMENT,
    "ValidateContainerAdjustment",
    "verdict",
    false,
    ValidateContainerAdjustmentRequest,
    ValidateContainerAdjustmentResponse,
  ),
} as const;

/** Handler name of an event, such as `createContainer`. */
export type EventName = keyof typeof EVENTS;
/** Request message of event `Name`. */
export type EventRequest<Name extends EventName> =
  (typeof EVENTS)[Name] extends EventRow<infer Request, unknown> ? Request : never;
/** Response message of event `Name`. */
export type EventResponse<Name extends EventName> =
  (typeof EVENTS)[Name] extends EventRow<EventRequest<Name>, infer Response> ? Response : never;

/** Every handler name, in the order of enum `Event`. */
export const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[];
/** All valid event bits (0x3fff). */
export const VALID_EVENTS = EVENT_NAMES.reduce((mask, name) => mask | EVENTS[name].mask, 0);
