// Which events a plugin gets: derived from its handlers, narrowed by its configure handler.
import { EVENT_NAMES, EVENTS, type EventName, maskOf, printEventMask } from "@nri/protocol";
import { PluginError } from "./errors.js";
import type { EventHandlers } from "./handlers.js";

/** Mask of all events that have a handler. */
export function handledEvents(handlers: EventHandlers): number {
  return maskOf(EVENT_NAMES.filter((name) => handlers[name] !== undefined));
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
