// protojson through protobuf-es: our bytes are its input and its bytes are ours, so that the rules of JSON are kept by
// the library that passes the conformance suite.
import { type DescMessage, fromJson as esFromJson, toJson as esToJson, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ProtocolError } from "../errors.js";
import type { Init, MessageType } from "../message.js";
import { pathOfFault } from "./fault.js";
import { descriptorOf } from "./registry.js";

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  /** A member; any name is possible. */
  [key: string]: JsonValue;
}

/**
 * A message as protojson: 64-bit integers are strings, enum values names (numbers when unknown), defaults are left
 * out. Throws ProtocolError `invalid-value` when a value does not fit its field.
 */
export function toJson<T>(type: MessageType<T>, message: Init<T>): JsonValue {
  const descriptor = descriptorOf(type.typeName);
  return esToJson(descriptor, fromBinary(descriptor, type.encode(message)));
}

/**
 * A message from protojson; names in both spellings, 64-bit integers as strings or numbers. Throws ProtocolError
 * `invalid-json` for unknown fields and values that do not fit; the text names the field.
 */
export function fromJson<T>(type: MessageType<T>, json: JsonValue): T {
  return type.decode(bytesOf(descriptorOf(type.typeName), json));
}

/** A message as protojson text. `indent` is that of `JSON.stringify`. */
export function toJsonString<T>(type: MessageType<T>, message: Init<T>, indent?: number | string): string {
  return JSON.stringify(toJson(type, message), undefined, indent);
}

/** A message from protojson text. Throws ProtocolError `invalid-json` also for text that is no JSON. */
export function fromJsonString<T>(type: MessageType<T>, text: string): T {
  let json: JsonValue;
  try {
    json = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw refused(type.typeName.slice(type.typeName.lastIndexOf(".") + 1), error);
  }
  return fromJson(type, json);
}

function bytesOf(descriptor: DescMessage, json: JsonValue): Uint8Array {
  try {
    return toBinary(descriptor, esFromJson(descriptor, json));
  } catch (error) {
    const name = descriptor.typeName.slice(descriptor.typeName.lastIndexOf(".") + 1);
    throw refused(`${name}${pathOfFault(descriptor, json)}`, error);
  }
}

function refused(where: string, cause: unknown): ProtocolError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ProtocolError("invalid-json", `${where}: ${reason}`, { cause });
}
