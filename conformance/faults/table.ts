// What is tried: every fault, in every call of service Plugin, under every failure policy.
import { EVENT_NAMES, EVENTS, type EventName } from "@nri/protocol";
import { StatusCode } from "@nri/ttrpc";

/** Status codes that a plugin may answer with. */
export type Status = Exclude<keyof typeof StatusCode, "OK">;

/**
 * What goes wrong in a call:
 * `hang` never answers, `late` answers after the deadline, `close` closes the connection, `half-close` ends its own
 * direction only, `death` is that of its process, or without one of its socket; a status is answered as an error.
 */
export type Fault = "hang" | "late" | "close" | "half-close" | "death" | Status;

const STATUSES = (Object.keys(StatusCode) as (keyof typeof StatusCode)[]).filter(
  (name): name is Status => name !== "OK",
);

/** All faults: five without an answer, and sixteen codes. */
export const FAULTS: readonly Fault[] = ["hang", "late", "close", "half-close", "death", ...STATUSES];

/** Whether a plugin has no connection any more after the fault. */
export function losesConnection(fault: Fault): boolean {
  return fault === "close" || fault === "half-close" || fault === "death";
}

/** Whether the fault is seen by the deadline alone: it needs a short one, the others a long one. */
export function isTimed(fault: Fault): boolean {
  return fault === "hang" || fault === "late";
}

/** Whether the plugin gave an answer, though an error. */
export function isStatus(fault: Fault): fault is Status {
  return STATUSES.some((status) => status === fault);
}

/** One of the 18 methods of service Plugin, and what makes the runtime call it. */
export interface FaultyCall {
  readonly method: string;
  /** How policies name it. */
  readonly name: EventName | "configure" | "synchronize" | "shutdown";
  /** The request of the runtime that leads to it; undefined for those around a plugin's life. */
  readonly request: Exclude<EventName, "validateContainerAdjustment"> | undefined;
  /** Only plugins without the dedicated calls get it. */
  readonly old?: boolean;
}

/** The 18 calls. */
export const CALLS: readonly FaultyCall[] = [
  { method: "Configure", name: "configure", request: undefined },
  { method: "Synchronize", name: "synchronize", request: undefined },
  { method: "Shutdown", name: "shutdown", request: undefined },
  ...EVENT_NAMES.map(
    (event): FaultyCall => ({
      method: EVENTS[event].name,
      name: event,
      request: event === "validateContainerAdjustment" ? "createContainer" : event,
    }),
  ),
  { method: "StateChange", name: "runPodSandbox", request: "runPodSandbox", old: true },
];

/** The four policies. */
export const POLICIES = ["fail", "skip", "drop", "retry"] as const;

/** What is done when a plugin fails. */
export type Policy = (typeof POLICIES)[number];
