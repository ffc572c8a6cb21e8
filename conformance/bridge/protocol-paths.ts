// Every field of a message of the protocol's table, as dotted paths down to what is no message of its own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { conformanceDir } from "../paths.js";

interface Field {
  readonly jsonName: string;
  readonly kind: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
}

interface Table {
  readonly nri: {
    readonly package: string;
    readonly messages: Readonly<Record<string, { readonly fields: readonly Field[] }>>;
    readonly presenceWrappers: readonly string[];
  };
}

const { nri } = JSON.parse(readFileSync(join(conformanceDir, "spec/protocol.json"), "utf8")) as Table;

/** The paths of message `name`, such as `linux.resources.memory.limit`; lists, maps and optional values end them. */
export function fieldPaths(name: string): string[] {
  return pathsBelow(`${nri.package}.${name}`, "");
}

function pathsBelow(message: string, prefix: string): string[] {
  const fields = nri.messages[message]?.fields;
  if (fields === undefined) throw new Error(`protocol.json has no message ${message}`);
  return fields.flatMap((field) => {
    const path = prefix + field.jsonName;
    const ends = field.kind !== "message" || field.repeated || field.map || nri.presenceWrappers.includes(field.type);
    return ends ? [path] : pathsBelow(field.type, `${path}.`);
  });
}
