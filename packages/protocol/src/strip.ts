// Adjustments and updates without what says nothing, so that they can be compared and printed. Source: stub 8 (Strip).
import { FIELDS, type FieldRow } from "./fields.js";
import type { ContainerAdjustment, ContainerUpdate } from "./gen/messages.js";
import { isEmptyMap } from "./maps.js";
import type { Init } from "./message.js";

type Loose = { readonly [key: string]: unknown };

// Entries of maps are data, not members of a message: they stay, whatever they hold.
const MAPS: ReadonlySet<string> = new Set(
  Object.values(FIELDS).flatMap((row: FieldRow) => (row.kind === "map" ? [row.path, row.update ?? row.path] : [])),
);

function strip(message: Loose, path: string): Loose | undefined {
  let kept: { [key: string]: unknown } | undefined;
  for (const [name, member] of Object.entries(message)) {
    const value = stripMember(member, path === "" ? name : `${path}.${name}`);
    if (value === undefined) continue;
    kept ??= {};
    kept[name] = value;
  }
  return kept;
}

function stripMember(value: unknown, path: string): unknown {
  if (value === undefined || value === null || value === "" || value === 0 || value === 0n || value === false) {
    return undefined;
  }
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (MAPS.has(path)) return isEmptyMap(value as Loose) ? undefined : value;
  // An optional value of its own is set by being there, even to 0 or "".
  if ("value" in value) return value;
  return strip(value as Loose, path);
}

/**
 * An adjustment with nothing but what it sets: without members at their defaults and without messages that hold nothing
 * else. Optional values stay when present, entries of lists and maps stay as they are. Undefined when nothing is left.
 */
export function stripAdjustment(
  adjustment: Init<ContainerAdjustment> | undefined,
): Init<ContainerAdjustment> | undefined {
  return adjustment && strip(adjustment, "");
}

/** The same for an update. */
export function stripUpdate(update: Init<ContainerUpdate> | undefined): Init<ContainerUpdate> | undefined {
  return update && strip(update, "");
}
