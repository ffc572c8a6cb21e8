// A plugin's configuration: where it comes from, how the sources are put together, and what a schema says to it. Pure.
import { hasOwn, setOwn, type WireMap } from "@nri/protocol";
import { errorText, PluginError } from "../errors.js";
import { MAX_NAMED_FAULTS } from "../limits.js";
import type { SchemaIssue, StandardSchema } from "./standard-schema.js";

/** An environment variable that gives one member of the configuration. */
export interface EnvironmentVariable {
  /** Name of the variable. */
  readonly name: string;
  /** Makes a value of its text, such as `Number` or `JSON.parse`; throws for what is none. */
  readonly read: (text: string) => unknown;
}

/**
 * What a plugin's configuration looks like and where it comes from. Sources, the later one counts: the file, the
 * environment, the text that the runtime gives in Configure. Objects are put together member by member, also deeper
 * ones; anything else, lists too, is replaced. The schema sees the result, and `{}` when no source says anything.
 */
export interface ConfigurationSource<Config, Input = unknown> {
  /** Checks the configuration, fills in defaults, and gives it its type: zod, valibot, arktype, or made by hand. */
  readonly schema: StandardSchema<Input, Config>;
  /** Path of a file. It may be missing; while the plugin runs it is watched. */
  readonly file?: string | undefined;
  /** Members that variables give: by name of the variable (the value is its text), or with a function that reads it. */
  readonly environment?: { readonly [Key in keyof NoInfer<Input>]?: string | EnvironmentVariable } | undefined;
  /** Makes a value of the text of the file, or of the runtime; `JSON.parse` when absent. Give `parse` of a YAML library for YAML. */
  readonly parse?: ((text: string) => unknown) | undefined;
  /** How often the file is looked at for changes; 1000 ms when absent, `false` never. */
  readonly watchMs?: number | false | undefined;
}

/** What one source says. */
export interface Layer {
  /** Such as `file "/etc/pinner.json"`; errors name it. */
  readonly source: string;
  readonly value: WireMap<unknown>;
}

/** The layer of a text; undefined for an empty one. Throws code `invalid-configuration` for what is no object. */
export function textLayer(source: string, text: string, parse: (text: string) => unknown): Layer | undefined {
  if (text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new PluginError("invalid-configuration", `${source}: ${errorText(cause)}`, { cause });
  }
  if (value === undefined || value === null) return undefined;
  if (!isMembers(value)) {
    const found = Array.isArray(value) ? "a list" : `a ${typeof value}`;
    throw new PluginError("invalid-configuration", `${source}: expected an object, got ${found}`);
  }
  return { source, value };
}

/** The layers of those variables that are set. */
export function environmentLayers(
  variables: Readonly<Record<string, string | EnvironmentVariable | undefined>>,
  environment: NodeJS.ProcessEnv,
): Layer[] {
  return Object.entries(variables).flatMap(([key, variable]) => {
    if (variable === undefined) return [];
    const { name, read } = typeof variable === "string" ? { name: variable, read: (text: string) => text } : variable;
    const text = environment[name];
    if (text === undefined) return [];
    const value: WireMap<unknown> = {};
    try {
      setOwn(value, key, read(text));
    } catch (cause) {
      const error = `environment variable ${name}: ${key}: ${errorText(cause)}`;
      throw new PluginError("invalid-configuration", error, { cause });
    }
    return [{ source: `environment variable ${name}`, value }];
  });
}

/** All layers as one value; the later one counts. */
export function mergeLayers(layers: readonly Layer[]): WireMap<unknown> {
  const merged: WireMap<unknown> = {};
  for (const { value } of layers) mergeInto(merged, value);
  return merged;
}

function mergeInto(target: WireMap<unknown>, from: WireMap<unknown>): void {
  for (const [key, value] of Object.entries(from)) {
    if (!isMembers(value)) {
      setOwn(target, key, value);
      continue;
    }
    const before = hasOwn(target, key) ? target[key] : undefined;
    const members: WireMap<unknown> = isMembers(before) ? before : {};
    mergeInto(members, value);
    setOwn(target, key, members);
  }
}

function isMembers(value: unknown): value is WireMap<unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * What `schema` makes of the layers. Throws code `invalid-configuration` with source, path and reason of each fault,
 * such as `file "/etc/pinner.json": cpus.max: expected number`.
 */
export async function checkLayers<Config>(
  schema: StandardSchema<unknown, Config>,
  layers: readonly Layer[],
): Promise<Config> {
  const result = await schema["~standard"].validate(mergeLayers(layers));
  if (result.issues === undefined) return result.value;
  const named = result.issues.slice(0, MAX_NAMED_FAULTS).map((issue) => faultText(issue, layers));
  const more = result.issues.length - named.length;
  if (more > 0) named.push(`and ${more} more`);
  throw new PluginError("invalid-configuration", named.join("; "));
}

function faultText({ message, path = [] }: SchemaIssue, layers: readonly Layer[]): string {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part));
  const where = keys.length === 0 ? "" : `${keys.map(String).join(".")}: `;
  return `${sourceOf(keys, layers)}: ${where}${message}`;
}

/** The last source that says anything about the path, or about as much of it as possible. */
function sourceOf(keys: readonly PropertyKey[], layers: readonly Layer[]): string {
  let best = { depth: 0, source: "" };
  for (const { source, value } of layers) {
    const depth = depthOf(keys, value);
    if (depth > 0 && depth >= best.depth) best = { depth, source };
  }
  if (best.depth > 0) return best.source;
  return layers.length === 0 ? "nothing configured" : layers.map(({ source }) => source).join(", ");
}

function depthOf(keys: readonly PropertyKey[], value: unknown): number {
  let at: unknown = value;
  for (const [depth, key] of keys.entries()) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return depth;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return keys.length;
}
