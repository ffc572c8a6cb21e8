// Where in a JSON document the fault is. protobuf-es names the message type and the field, not the way to them; this
// finds the way by trying the parts.
import { type DescField, type DescMessage, fromJson } from "@bufbuild/protobuf";
import type { JsonValue } from "./json.js";

/** The path, such as `.container.mounts[1].destination`, of the innermost part that is refused; "" for all of it. */
export function pathOfFault(descriptor: DescMessage, json: JsonValue): string {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return "";
  for (const [key, value] of Object.entries(json)) {
    const field = descriptor.fields.find(({ jsonName, name }) => jsonName === key || name === key);
    if (field !== undefined && refuses(descriptor, { [key]: value })) return `.${key}${within(field, value)}`;
  }
  return "";
}

function within(field: DescField, json: JsonValue): string {
  if (field.fieldKind === "message") return pathOfFault(field.message, json);
  if (typeof json !== "object" || json === null || Array.isArray(json) !== (field.fieldKind === "list")) return "";
  const message = field.fieldKind === "list" || field.fieldKind === "map" ? field.message : undefined;
  if (message === undefined) return "";
  for (const [key, value] of Object.entries(json)) {
    if (refuses(message, value)) {
      return `[${field.fieldKind === "list" ? key : JSON.stringify(key)}]${pathOfFault(message, value)}`;
    }
  }
  return "";
}

function refuses(descriptor: DescMessage, json: JsonValue): boolean {
  try {
    fromJson(descriptor, json);
    return false;
  } catch {
    return true;
  }
}
