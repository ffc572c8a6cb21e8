// Event masks as text: what plugins take as options, what logs print. Source: handshake 4.2.
import { ProtocolError } from "./errors.js";
import { EVENT_NAMES, EVENTS, type EventName, VALID_EVENTS } from "./events.js";
import { Event } from "./gen/messages.js";
import { quote } from "./quote.js";

/** The mask of these events. */
export function maskOf(names: Iterable<EventName>): number {
  let mask = 0;
  for (const name of names) mask |= EVENTS[name].mask;
  return mask;
}

/** The events whose bits are in `mask`, in the order of enum `Event`; other bits are passed over. */
export function eventsIn(mask: number): EventName[] {
  return EVENT_NAMES.filter((name) => (mask & EVENTS[name].mask) !== 0);
}

/** Whether `mask` subscribes to `name`. */
export function hasEvent(mask: number, name: EventName): boolean {
  return (mask & EVENTS[name].mask) !== 0;
}

function named(word: string): number {
  return maskOf(EVENT_NAMES.filter((name) => EVENTS[name].name.toLowerCase().includes(word)));
}

// `container` takes in ValidateContainerAdjustment, as in the reference.
const GROUPS: ReadonlyMap<string, number> = new Map([
  ["all", VALID_EVENTS],
  ["pod", named("pod")],
  ["podsandbox", named("pod")],
  ["container", named("container")],
]);
const SINGLE: ReadonlyMap<string, number> = new Map(
  EVENT_NAMES.map((name) => [EVENTS[name].name.toLowerCase(), EVENTS[name].mask]),
);

/**
 * The mask of comma separated event names, upper or lower case: the RPC names (`CreateContainer`), and the groups `all`,
 * `pod` (or `podsandbox`), `container`. As in the reference blanks around a single name are ignored, around a group they
 * are not. Refuses anything else, also an empty name ({@link ProtocolError} `invalid-name`,
 * `unknown event "<name>"`).
 */
export function parseEventMask(...lists: readonly string[]): number {
  let mask = 0;
  for (const list of lists) {
    for (const name of list.toLowerCase().split(",")) {
      const bits = GROUPS.get(name) ?? SINGLE.get(name.trim());
      if (bits === undefined) throw new ProtocolError("invalid-name", `unknown event ${quote(name)}`);
      mask |= bits;
    }
  }
  return mask;
}

/** The names of a mask's events in numeric order with `,` between them; bits without an event as `unknown(0x<hex>)`. */
export function printEventMask(mask: number): string {
  const words = eventsIn(mask).map((name): string => EVENTS[name].name);
  let rest = mask & ~VALID_EVENTS;
  // The reference prints the number right after the last event by itself.
  const last = 1 << (Event.LAST - 1);
  if ((rest & last) !== 0) words.push(`unknown(${Event.LAST})`);
  rest &= ~last;
  if (rest !== 0) words.push(`unknown(0x${rest.toString(16)})`);
  return words.join(",");
}
