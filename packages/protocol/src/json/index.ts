/**
 * Protobuf messages as JSON (protojson) and back. An entry of its own, because it loads `@bufbuild/protobuf` and
 * compiles descriptors at the first call; the main entry does neither.
 *
 * @packageDocumentation
 */
export { fromJson, fromJsonString, type JsonObject, type JsonValue, toJson, toJsonString } from "./json.js";
export { messageTypeByName } from "./registry.js";
