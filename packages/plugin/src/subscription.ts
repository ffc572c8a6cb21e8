// Which events a plugin gets: derived from its handlers, narrowed by its configure handler.
import { compareVersions, EVENT_NAMES, EVENTS, type EventName, maskOf, printEventMask } from "@nri/protocol";
import { PluginError } from "./errors.js";
import type { EventHandlers, PluginDefinition } from "./handlers.js";
import { TRACKED_EVENTS } from "./pod-cache.js";

/** Mask of all events that have a handler. */
export function handledEvents(handlers: EventHandlers): number {
  return maskOf(EVENT_NAMES.filter((name) => handlers[name] !== undefined));
}

/** Mask of the events that keep the plugin's cache, if it has one. */
export function trackedEvents({ track }: Pick<PluginDefinition, "track">): number {
  return track === undefined ? 0 : maskOf(TRACKED_EVENTS);
}

/**
 * The mask to subscribe with. Undefined, 0 and an empty list mean `handled`. Throws code `configure-failed` with the
 * reference's text for events without a handler (spec: stub 3), and for what is neither mask nor list.
 */
export function subscription(handled: number, answer: unknown): number {
  const wanted = answer === undefined || answer === null ? 0 : wantedEvents(answer);
  if (wanted === 0) return handled;
  const unhandled = wanted & ~handled;
  if (unhandled === 0) return wanted;
  const hex = (unhandled >>> 0).toString(16);
  throw new PluginError("configure-failed", `internal error: unhandled events ${printEventMask(unhandled)} (0x${hex})`);
}

/** What releases of NRI before v0.10.0 do not know, and refuse a plugin for: `invalid plugin events: 0x3800`. */
const SINCE_0_10 = maskOf(["updatePodSandbox", "postUpdatePodSandbox", "validateContainerAdjustment"]);

/**
 * Splits `wanted` into the events that a runtime with NRI version `NRIVersion` knows and the others. With a version that
 * cannot be compared (`unknown`) all count as known. Throws code `configure-failed` when nothing would be left, because
 * a mask of 0 means everything.
 */
export function splitByVersion(wanted: number, NRIVersion: string): { known: number; unknown: number } {
  const order = compareVersions(NRIVersion, "v0.10.0");
  const unknown = order !== undefined && order < 0 ? wanted & SINCE_0_10 : 0;
  if (unknown === wanted) {
    const text = `the runtime's NRI version ${NRIVersion} knows none of the events ${printEventMask(wanted)}`;
    throw new PluginError("configure-failed", text);
  }
  return { known: wanted & ~unknown, unknown };
}

function wantedEvents(answer: unknown): number {
  if (typeof answer === "number" && Number.isInteger(answer)) return answer;
  if (!Array.isArray(answer)) {
    throw new PluginError(
      "configure-failed",
      `configure handler returned ${typeof answer}, expected event names or a mask`,
    );
  }
  return maskOf(answer.map(knownEvent));
}

function knownEvent(name: string): EventName {
  if (Object.hasOwn(EVENTS, name)) return name as EventName;
  throw new PluginError("configure-failed", `configure handler returned unknown event ${JSON.stringify(name)}`);
}
