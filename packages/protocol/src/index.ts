/**
 * What both ends of NRI agree on: messages and their codec, the multiplexer, events, adjustable fields, names.
 *
 * @packageDocumentation
 */

export { type ChangeContext, describeChanges, describeUpdate, type FieldChange, printChange } from "./changes.js";
export { ProtocolError, type ProtocolErrorCode } from "./errors.js";
export { eventsIn, hasEvent, maskOf, parseEventMask, printEventMask } from "./event-mask.js";
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
  envEntry,
  envName,
  FIELD_NAMES,
  FIELDS,
  type FieldCommon,
  type FieldKind,
  type FieldName,
  type FieldRow,
  type FieldValue,
  type Leaf,
  type ListRow,
  type MapRow,
  type PathOf,
  UPDATABLE_FIELDS,
  type ValueAt,
  type ValueRow,
} from "./fields.js";
export * from "./gen/messages.js";
export { MAX_GROUP_DEPTH, MAX_MESSAGE_BYTES, MAX_MESSAGE_FIELDS } from "./limits.js";
export { copyMap, deleteOwn, getOwn, hasOwn, isEmptyMap, ownEntries, setOwn, type WireMap } from "./maps.js";
export type { Init, Later, MessageType } from "./message.js";
export {
  DEFAULT_MUX_LIMITS,
  FIRST_FRAME_PAYLOAD_BYTES,
  MAX_FRAME_PAYLOAD_BYTES,
  Mux,
  type MuxLimits,
  type MuxOptions,
  type MuxStats,
} from "./mux/index.js";
export {
  CONCURRENCY_METADATA,
  checkPluginIndex,
  checkPluginName,
  DEFAULT_PLUGIN_CONFIG_DIR,
  DEFAULT_PLUGIN_DIR,
  DEFAULT_REGISTRATION_TIMEOUT_MS,
  DEFAULT_REQUEST_TIMEOUT_MS,
  DEFAULT_SOCKET_PATH,
  displayName,
  isConcurrency,
  MAX_CONCURRENCY,
  PLUGIN_CONNECTION,
  PLUGIN_IDX_ENV,
  PLUGIN_NAME_ENV,
  PLUGIN_SERVICE,
  PLUGIN_SOCKET_ENV,
  PLUGIN_SOCKET_FD,
  type PluginIdentity,
  type PluginOrigin,
  parsePluginName,
  qualifiedName,
  RUNTIME_CONNECTION,
  RUNTIME_SERVICE,
  TAKEOVER_METADATA,
} from "./names.js";
export { type Conflict, conflictText, Ownership, ownerOf, ownersOf } from "./owners.js";
export { quote } from "./quote.js";
export { markForRemoval, removalOf } from "./removal.js";
export { stripAdjustment, stripUpdate } from "./strip.js";
export {
  compareVersions,
  cutGitSuffix,
  DEVEL_VERSION,
  inferNriVersion,
  isUnknownVersion,
  NRI_VERSION,
  UNKNOWN_VERSION,
} from "./versions.js";
