// The environment of an adjustment.
import { type KeyValue, removalOf } from "@nri/protocol";
import { type ApplyContext, processOf } from "./context.js";

export function applyEnv(context: ApplyContext, env: readonly KeyValue[]): void {
  if (context.reference) {
    if (context.spec.process) context.spec.process.env = referenceEnv(context.spec.process.env ?? [], env);
    else addToEmpty(context, env);
    return;
  }
  const process = processOf(context.spec);
  process.env = adjustedEnv(process.env ?? [], env);
}

/**
 * Variables keep their place when they get a new value; new ones follow in the adjustment's order. A name that is both
 * removed and set is set. What the adjustment does not name stays as it is, also entries without `=`.
 */
function adjustedEnv(old: readonly string[], env: readonly KeyValue[]): string[] {
  const removed = new Set(env.map((entry) => removalOf(entry.key)));
  const set = new Map<string, string>();
  for (const { key, value } of env) if (key !== "" && removalOf(key) === undefined) set.set(key, value);
  const result: string[] = [];
  const met = new Set<string>();
  for (const entry of old) {
    const name = nameOf(entry);
    const value = set.get(name);
    if (value === undefined) {
      if (!removed.has(name)) result.push(entry);
    } else if (!met.has(name)) {
      met.add(name);
      result.push(`${name}=${value}`);
    }
  }
  for (const [name, value] of set) if (!met.has(name)) result.push(`${name}=${value}`);
  return result;
}

function nameOf(entry: string): string {
  const end = entry.indexOf("=");
  return end < 0 ? entry : entry.slice(0, end);
}

/**
 * As the reference: entries without `=` get lost, equal names of the spec are joined, the last entry of a name decides (also
 * a removal), and it decides about the first variable of that name only.
 */
function referenceEnv(old: readonly string[], env: readonly KeyValue[]): string[] {
  const last = new Map(env.map((entry) => [removalOf(entry.key) ?? entry.key, entry]));
  const result = new EnvList();
  for (const entry of old) {
    const end = entry.indexOf("=");
    if (end < 0) continue;
    const name = entry.slice(0, end);
    const change = last.get(name);
    last.delete(name);
    if (change === undefined) result.set(name, entry.slice(end + 1));
    else if (removalOf(change.key) === undefined) result.set(name, change.value);
  }
  for (const { key, value } of env) if (removalOf(key) === undefined && last.has(key)) result.set(key, value);
  return result.entries;
}

function addToEmpty(context: ApplyContext, env: readonly KeyValue[]): void {
  const added = referenceEnv([], env);
  if (added.length > 0) processOf(context.spec).env = added;
}

class EnvList {
  readonly entries: string[] = [];

  set(name: string, value: string): void {
    if (name === "") return;
    const index = this.entries.findIndex((entry) => entry.startsWith(`${name}=`));
    this.entries[index < 0 ? this.entries.length : index] = `${name}=${value}`;
  }
}
