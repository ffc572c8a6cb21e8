// Which fields of PodSandbox and Container plugins were told at which event: walks protocol.json and what was seen.
import { readFileSync } from "node:fs";
import { EVENTS } from "@nri/protocol";
import type { Seen } from "./recording.fixture.js";

interface Field {
  readonly jsonName: string;
  readonly kind: string;
  readonly type?: string;
  readonly repeated: boolean;
  readonly map: boolean;
}
interface Message {
  readonly fields: readonly Field[];
}

const PROTOCOL = JSON.parse(
  readFileSync(new URL("../../../../conformance/spec/protocol.json", import.meta.url), "utf8"),
) as { nri: { messages: { readonly [name: string]: Message } } };

/** Paths of every field below a message, wrappers and lists being leaves: `linux.resources.memory.limit`. */
export function fieldPaths(message: "PodSandbox" | "Container"): string[] {
  const walk = (name: string, prefix: string): string[] =>
    (PROTOCOL.nri.messages[name]?.fields ?? []).flatMap((field) => {
      const path = prefix + field.jsonName;
      const nested = field.kind === "message" && !field.repeated && !field.map ? field.type : undefined;
      if (nested === undefined || nested.includes(".Optional")) return [path];
      return walk(nested, `${path}.`);
    });
  return walk(`nri.pkg.api.v1alpha1.${message}`, "");
}

/** Events (RPC names) at which the pod or the container named `container` had a value at `path` that is not the default. */
export function filledAt(seen: readonly Seen[], path: string, container?: string): Set<string> {
  const filled = new Set<string>();
  for (const { event, request } of seen) {
    if (container !== undefined && request.container?.name !== container) continue;
    let value: unknown = container === undefined ? request.pod : request.container;
    for (const part of path.split(".")) value = (value as { [key: string]: unknown } | undefined)?.[part];
    if (!isDefault(value)) filled.add(EVENTS[event].name);
  }
  return filled;
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === 0n || value === false)
    return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
