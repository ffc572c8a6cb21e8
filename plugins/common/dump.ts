// Dumps messages as YAML lines, as the reference's sample plugins do; spec: plugins 0.
import { stringify } from "yaml";
import { errorText } from "./error-text.js";

/** Properties of NRI messages that are maps: their keys are data and are printed as they are. */
export const MAPS: ReadonlySet<string> = new Set([
  "annotations",
  "labels",
  "unified",
  "sysctl",
  "netDevices",
  "owners",
  "simple",
  "compound",
]);

/** Name of a message's field as in the protocol: `podSandboxId` is `pod_sandbox_id`, `CDIDevices` is `CDI_devices`. */
export function fieldName(property: string): string {
  return property
    .replace(/^([A-Z]+)([A-Z])/, (_all, acronym: string, next: string) => `${acronym}_${next.toLowerCase()}`)
    .replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Whether a field has no value, or the one it has when it is not set. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === 0n || value === false)
    return true;
  if (typeof value !== "object") return false;
  return Array.isArray(value) && value.length === 0;
}

/** A message without what is not set, under the protocol's names. Present but empty messages stay. */
function plain(value: unknown, isMap: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, false));
  if (typeof value !== "object" || value === null) return value;
  const result = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    if (key.startsWith("$")) continue;
    if (isMap) result.set(key, plain(item, false));
    else if (!isEmpty(item) && !(MAPS.has(key) && Object.keys(item).length === 0)) {
      result.set(fieldName(key), plain(item, MAPS.has(key)));
    }
  }
  return result;
}

/** A message as YAML under the protocol's names: what is not set is left out, keys are sorted. */
export function yamlOf(value: unknown): string {
  return stringify(plain(value, false), { sortMapEntries: true, lineWidth: 0 });
}

/**
 * The lines of a dump: for each tag `<prefix>: <tag>:`, then its value as YAML, each line as `<prefix>:    <line>`. Without
 * a prefix `<tag>:` and `  <line>`. Unset fields are left out, keys are sorted.
 */
export function dumpLines(prefix: string, values: Readonly<Record<string, unknown>>): string[] {
  const [head, indent] = prefix === "" ? ["", "  "] : [`${prefix}: `, `${prefix}:    `];
  return Object.entries(values).flatMap(([tag, value]) => {
    try {
      return [
        `${head}${tag}:`,
        ...yamlOf(value)
          .trimEnd()
          .split("\n")
          .map((line) => `${indent}${line}`),
      ];
    } catch (error) {
      return [`${head}${tag}: failed to dump object: ${errorText(error)}`];
    }
  });
}
