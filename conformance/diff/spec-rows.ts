// The rows of docs/deviations.md about the OCI spec generator: what each makes of the spec that the reference wrote.
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { Outcome } from "./cell.js";
import type { Step } from "./scenario.js";

/** The rows about the spec generator. */
export const SPEC_ROWS = [
  "oci-memory",
  "oci-seccomp-errno",
  "oci-rlimits",
  "oci-pids",
  "oci-removals-first",
  "oci-env-odd",
  "oci-env-twice",
  "oci-propagation",
] as const;
type Rows = ReadonlySet<string>;

const LISTS: readonly { path: readonly string[]; key: string }[] = [
  { path: ["devices"], key: "path" },
  { path: ["namespaces"], key: "type" },
];

function isMark(entry: JsonObject, key: string): boolean {
  return typeof entry[key] === "string" && (entry[key] as string).startsWith("-");
}

function removalsFirst(list: JsonValue | undefined, key: string): JsonValue | undefined {
  if (!Array.isArray(list)) return list;
  const entries = list as JsonObject[];
  return [...entries.filter((entry) => isMark(entry, key)), ...entries.filter((entry) => !isMark(entry, key))];
}

const PROPAGATIONS = ["rprivate", "rshared", "rslave"];

function namesPropagation({ options }: JsonObject): boolean {
  return ((options ?? []) as string[]).some((option) => PROPAGATIONS.includes(option));
}

/**
 * The adjustment in the words in which the reference does what the rows say about order and propagation; undefined when it
 * has none of it. Its outcome is what the step itself should give.
 */
export function inOtherWords({ op, req }: Step, rows: Rows): JsonObject | undefined {
  if (op !== "ApplyAdjustment") return undefined;
  const adjust = structuredClone(req);
  if (rows.has("oci-removals-first")) {
    adjust.mounts = removalsFirst(adjust.mounts, "destination") ?? [];
    const linux = adjust.linux as JsonObject | undefined;
    for (const { path, key } of LISTS) {
      const name = path[0] ?? "";
      const list = removalsFirst(linux?.[name], key);
      if (linux !== undefined && list !== undefined) linux[name] = list;
    }
  }
  if (rows.has("oci-propagation")) {
    for (const mount of (adjust.mounts ?? []) as JsonObject[]) {
      if (isMark(mount, "destination") || namesPropagation(mount)) continue;
      mount.options = [...((mount.options ?? []) as string[]), "rprivate"];
    }
  }
  if ((adjust.mounts as JsonValue[] | undefined)?.length === 0) delete adjust.mounts;
  return JSON.stringify(adjust) === JSON.stringify(req) ? undefined : adjust;
}

function at(root: JsonValue | undefined, ...path: string[]): JsonValue | undefined {
  let node = root;
  for (const part of path) node = (node as JsonObject | undefined)?.[part];
  return node;
}

function child(root: JsonObject, name: string): JsonObject {
  root[name] ??= {};
  return root[name] as JsonObject;
}

/** A number of an adjustment as it stands in a spec that was read. */
function number(wrapper: JsonValue | undefined): JsonValue {
  const value = at(wrapper, "value") ?? 0;
  return String(value).replace("-", "").length < 16 ? Number(value) : String(value);
}

/** The outcome of a step as it should be when `rows` hold. `worded` is what the reference made of the other words. */
export function rewriteSpec(step: Step, reference: Outcome, worded: Outcome | undefined, rows: Rows): Outcome {
  const { res, ...rest } = structuredClone(worded ?? reference);
  if (res === undefined) return rest;
  const spec = res as JsonObject;
  const { req: adjust, spec: given } = step;
  if (worded !== undefined && rows.has("oci-propagation")) withoutRprivate(spec, adjust);
  if (rows.has("oci-memory")) memory(spec, at(adjust, "linux", "resources", "memory") as JsonObject | undefined);
  const errno = at(adjust, "linux", "seccompPolicy", "defaultErrno");
  if (rows.has("oci-seccomp-errno") && errno !== undefined) {
    child(child(spec, "linux"), "seccomp").defaultErrnoRet = number(errno);
  }
  if (rows.has("oci-rlimits")) rlimits(spec, adjust, given);
  const pids = at(adjust, "linux", "resources", "pids", "limit");
  const hasLimit = at(given, "linux", "resources", "pids", "limit") !== undefined;
  if (rows.has("oci-pids") && hasLimit && typeof pids === "string" && pids.startsWith("-")) {
    child(child(child(spec, "linux"), "resources"), "pids").limit = -1;
  }
  env(spec, adjust, given, rows);
  return { ...rest, res: spec };
}

function withoutRprivate(spec: JsonObject, adjust: JsonObject): void {
  const added = new Set(
    ((adjust.mounts ?? []) as JsonObject[])
      .filter((mount) => !isMark(mount, "destination") && !namesPropagation(mount))
      .map(({ destination }) => destination ?? ""),
  );
  for (const mount of (spec.mounts ?? []) as JsonObject[]) {
    const options = (mount.options ?? []) as string[];
    if (added.has(mount.destination ?? "") && options.at(-1) === "rprivate") mount.options = options.slice(0, -1);
  }
}

const MEMORY: { readonly [field: string]: string } = {
  reservation: "reservation",
  swap: "swap",
  kernel: "kernel",
  kernelTcp: "kernelTCP",
  swappiness: "swappiness",
};
const MEMORY_FLAGS: { readonly [field: string]: string } = {
  disableOomKiller: "disableOOMKiller",
  useHierarchy: "useHierarchy",
};

function memory(spec: JsonObject, asked: JsonObject | undefined): void {
  for (const [field, value] of Object.entries(asked ?? {})) {
    const [name, flag] = [MEMORY[field], MEMORY_FLAGS[field]];
    const target = () => child(child(child(spec, "linux"), "resources"), "memory");
    if (name !== undefined) target()[name] = number(value);
    if (flag !== undefined) target()[flag] = at(value, "value") ?? false;
  }
}

function rlimits(spec: JsonObject, adjust: JsonObject, given: JsonObject | undefined): void {
  const asked = (adjust.rlimits ?? []) as JsonObject[];
  if (asked.length === 0) return;
  const before = ((at(given, "process", "rlimits") ?? []) as JsonValue[]).length;
  const all = (at(spec, "process", "rlimits") ?? []) as JsonObject[];
  let old = all.slice(0, before);
  for (const limit of all.slice(before)) {
    const index = old.findIndex(({ type }) => type === limit.type);
    if (index < 0) old.push(limit);
    else old = old.flatMap((one, nth) => (nth === index ? [limit] : one.type === limit.type ? [] : [one]));
  }
  child(spec, "process").rlimits = old;
}

/** Environment by the reference's rules, each of which a row changes. */
function env(spec: JsonObject, adjust: JsonObject, given: JsonObject | undefined, rows: Rows): void {
  const asked = (adjust.env ?? []) as JsonObject[];
  if (asked.length === 0) return;
  const removalFirst = rows.has("oci-removals-first");
  const plan = new Map<string, string | undefined>();
  const nameOf = (entry: JsonObject) => ((entry.key ?? "") as string).replace(/^-/, "");
  const sorted = removalFirst ? (removalsFirst(asked, "key") as JsonObject[]) : asked;
  for (const entry of sorted) {
    plan.set(nameOf(entry), isMark(entry, "key") ? undefined : ((entry.value ?? "") as string));
  }
  const additions = asked.filter((entry) => !isMark(entry, "key") && (entry.key ?? "") !== "");
  const result: { name: string; text: string }[] = [];
  const join = (name: string, value: string): void => {
    const known = result.find((one) => one.name === name);
    if (known === undefined) result.push({ name, text: `${name}=${value}` });
    else known.text = `${name}=${value}`;
  };
  const met = new Set<string>();
  for (const text of (at(given, "process", "env") ?? []) as string[]) {
    const end = text.indexOf("=");
    const odd = end <= 0;
    const name = end < 0 ? text : text.slice(0, end);
    if (odd && !rows.has("oci-env-odd")) {
      if (end === 0) met.add("");
      continue;
    }
    const again = met.has(name);
    const planned = plan.has(name) && !(name === "" && plan.get(name) !== undefined);
    if (rows.has("oci-env-twice") || odd) {
      if (!planned) result.push({ name, text });
      else if (plan.get(name) !== undefined && !again) result.push({ name, text: `${name}=${plan.get(name)}` });
    } else if (!planned || again) join(name, text.slice(end + 1));
    else if (plan.get(name) !== undefined) join(name, plan.get(name) ?? "");
    met.add(name);
  }
  for (const entry of additions) {
    const name = nameOf(entry);
    if (!met.has(name)) join(name, (entry.value ?? "") as string);
  }
  child(spec, "process").env = result.map(({ text }) => text);
}
