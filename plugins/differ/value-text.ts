// Values of fields as one line of text.
import { ContainerState, IOPrioClass, LinuxSchedulerFlag, LinuxSchedulerPolicy } from "@nri/protocol";
import { fieldName, isEmpty, MAPS } from "../common/dump.js";

/** Properties of pods and containers whose numbers have names. */
const ENUMS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  state: ContainerState,
  class: IOPrioClass,
  policy: LinuxSchedulerPolicy,
  flags: LinuxSchedulerFlag,
};

/** A value on one line: `<nil>` for nothing, a message as `field:value other:{...}` without what is not set. */
export function valueText(value: unknown, property: string): string {
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "object") return fieldTexts(value).join(" ");
  return scalarText(value, property).replace(/\p{Cc}/gu, (char) => JSON.stringify(char).slice(1, -1));
}

function scalarText(value: unknown, property: string): string {
  const names = typeof value === "number" && Object.hasOwn(ENUMS, property) ? ENUMS[property] : undefined;
  return Object.entries(names ?? {}).find(([, number]) => number === value)?.[0] ?? String(value);
}

function fieldTexts(message: object): string[] {
  return Object.entries(message).flatMap(([property, value]: [string, unknown]) => {
    if (property.startsWith("$") || isEmpty(value)) return [];
    const name = fieldName(property);
    if (Array.isArray(value)) return value.map((entry: unknown) => `${name}:${inner(entry, property)}`);
    if (!MAPS.has(property)) return [`${name}:${inner(value, property)}`];
    return Object.entries(value as object).map(
      ([key, entry]: [string, unknown]) => `${name}:{key:${JSON.stringify(key)} value:${inner(entry, property)}}`,
    );
  });
}

function inner(value: unknown, property: string): string {
  if (typeof value === "object" && value !== null) return `{${fieldTexts(value).join(" ")}}`;
  return typeof value === "string" ? JSON.stringify(value) : scalarText(value, property);
}
