/**
 * What both ends of NRI agree on: messages and their codec, the multiplexer, events, adjustable fields, names.
 *
 * @packageDocumentation
 */

export {
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type EventRequest,
  type EventResponse,
  type EventRow,
  VALID_EVENTS,
} from "./events.js";
export * from "./gen/messages.js";
export type { Init, MessageType } from "./message.js";
