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
export { FIELD_READERS, type FieldReaders, isSet, pathReader } from "./field-access.js";
export {
  type AccumulateRow,
  type AdjustmentPath,
  type AdjustmentValue,
  type ArgsRow,
  envName,
  FIELD_NAMES,
  FIELDS,
  type FieldCommon,
  type FieldKind,
  type FieldName,
  type FieldRow,
  type FieldValue,
  type ListRow,
  type MapRow,
  type PathOf,
  UPDATABLE_FIELDS,
  type ValueAt,
  type ValueRow,
} from "./fields.js";
export * from "./gen/messages.js";
export { copyMap, deleteOwn, getOwn, hasOwn, isEmptyMap, ownEntries, setOwn, type WireMap } from "./maps.js";
export type { Init, MessageType } from "./message.js";
export { markForRemoval, removalOf } from "./removal.js";
