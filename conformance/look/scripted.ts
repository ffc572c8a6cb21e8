// Four plugins, two of them in Go, that are scripted field by field: who sets what in which container.
import { adjustment } from "@nri/plugin";
import {
  ContainerAdjustment as Adjustment,
  type ContainerAdjustment,
  FIELD_NAMES,
  FIELD_READERS,
  FIELDS,
  type FieldName,
  type FieldRow,
  isSet,
} from "@nri/protocol";
import { toJson } from "@nri/protocol/json";
import type { FactPlace } from "../bridge/fact-place.js";
import { FACTS, type Fact } from "../bridge/facts.js";
import type { Language } from "../go-both-ways/sides.js";
import type { JsonValue } from "../peers/json.js";
import type { Script } from "../peers/refplugin.js";

/** Who they are, in the order in which they are asked. */
export const PLUGINS: readonly { readonly index: string; readonly name: string; readonly language: Language }[] = [
  { index: "10", name: "go-one", language: "go" },
  { index: "20", name: "ts-one", language: "ts" },
  { index: "30", name: "go-two", language: "go" },
  { index: "40", name: "ts-two", language: "ts" },
];

/** One field that a plugin is scripted to set: an entry of it, or all of it. */
export interface Scripted {
  readonly field: FieldName;
  readonly key: string | undefined;
  readonly plugin: string;
  /** It takes away what the container came with. */
  readonly removes: boolean;
}

/** A container, and what becomes of it. */
export interface ScriptedContainer {
  readonly name: string;
  /** By plugin, as it answers. */
  readonly adjustments: ReadonlyMap<string, ContainerAdjustment>;
  /** All of that, in the order of the plugins, then of the field table. */
  readonly expected: readonly Scripted[];
}

const MAIN = "main";
/** Where the facts of a container set more than their own field, one plugin sets all of them. */
const TOGETHER: readonly string[] = ["realtime", "network"];

/**
 * Every field of the table, by the values with which it is tried in real containers: one plugin after the other has one. Another
 * one takes a variable over from the first.
 */
export function scriptedContainers(place: FactPlace, without: readonly Fact["of"][]): ScriptedContainer[] {
  const facts = FACTS.filter(({ of }) => of === undefined || !without.includes(of));
  const names = [...new Set(facts.map(({ container = MAIN }) => container))];
  return names.map((name, at) => {
    const own = facts.filter(({ container = MAIN }) => container === name);
    const fields = [...new Set(own.map(({ field }) => field))];
    const builders = new Map(PLUGINS.map((plugin) => [displayName(plugin), adjustment()]));
    for (const fact of own) {
      const turn = TOGETHER.includes(name) ? at : at + fields.indexOf(fact.field);
      const plugin = PLUGINS[turn % PLUGINS.length];
      const builder = plugin && builders.get(displayName(plugin));
      if (builder !== undefined) fact.adjust(builder, place);
    }
    const adjustments = new Map(
      Array.from(builders, ([plugin, builder]) => [plugin, Adjustment.create(builder.draft())]),
    );
    const expected = Array.from(adjustments, ([plugin, adjust]) => scriptedIn(plugin, adjust)).flat();
    return { name: `look-${name}`, adjustments, expected };
  });
}

/** The script of one plugin. */
export function scriptOf(plugin: string, containers: readonly ScriptedContainer[]): Script {
  const answers = containers.map(({ name, adjustments }) => {
    const adjust = toJson(Adjustment, adjustments.get(plugin) ?? {}) as JsonValue;
    return [name, { adjust }] as const;
  });
  return { create: Object.fromEntries(answers) };
}

/** `10-go-one`. */
export function displayName({ index, name }: { readonly index: string; readonly name: string }): string {
  return `${index}-${name}`;
}

function scriptedIn(plugin: string, adjust: ContainerAdjustment): Scripted[] {
  return FIELD_NAMES.flatMap((field): Scripted[] => {
    const row: FieldRow = FIELDS[field];
    const value = FIELD_READERS[field].adjustment(adjust);
    if (!isSet(value, row)) return [];
    return keysOf(row, value).map((marked) => {
      const key = marked?.replace(/^-/, "");
      return { field, key, plugin, removes: key !== marked };
    });
  });
}

function keysOf(row: FieldRow, value: unknown): readonly (string | undefined)[] {
  switch (row.kind) {
    case "map":
      return Object.keys(value as object);
    case "keyed-list":
      return (value as readonly unknown[]).map((entry) => row.key(entry));
    default:
      return [undefined];
  }
}
