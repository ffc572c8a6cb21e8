// Pods with annotations by chance for the plugins that read them: every key in every scope, old ones too, and values of every
// kind, right and wrong.
import type { Chance } from "../diff/chance.js";
import type { JsonObject } from "../peers/json.js";

/** How a value is put together: text, a number, one of some words, a list, a mapping with these fields, or one with any. */
type Shape =
  | "text"
  | "number"
  | { readonly words: readonly [string, ...string[]] }
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> }
  | { readonly any: Shape };

interface Kind {
  readonly keys: readonly [string, ...string[]];
  readonly scopes: readonly [string, ...string[]];
  readonly shape: Shape;
}

const ALL_SCOPES = ["/container.main", "/container.other", "/pod", ""] as const;
const OWN_SCOPES = ["/container.main", "/container.main", "/container.other", "/pod"] as const;
const policies = ["SCHED_OTHER", "SCHED_FIFO", "SCHED_DEADLINE", "sched_rr"] as const;
const limits = ["NOFILE", "RLIMIT_CORE", "memlock", "rlimit_cpu", "RLIMIT_RLIMIT_AS", "STACKS"] as const;

function kind(name: string, domains: readonly string[], shape: Shape, scopes: Kind["scopes"] = ALL_SCOPES): Kind {
  const [first = "", ...others] = domains.map((domain) => `${name}.${domain}`);
  return { keys: [first, ...others], scopes, shape };
}

const OLD = ["noderesource.dev", "nri.io"];
/** What each plugin reads; spec: plugins 1, 7, 9. */
const KINDS: Readonly<Record<string, readonly Kind[]>> = {
  "device-injector": [
    kind("devices", OLD, {
      list: {
        fields: {
          path: { words: ["/dev/null", "/dev/a", "-/dev/b"] },
          type: { words: ["c", "b", "p"] },
          major: "number",
          minor: "number",
          file_mode: "number",
          uid: "number",
          gid: "number",
        },
      },
    }),
    kind("cdi-devices", OLD, { list: { words: ["vendor.com/device=null", "vendor.com/device=all", "x"] } }),
    kind("mounts", OLD, {
      list: {
        fields: {
          source: "text",
          destination: { words: ["/mnt/a", "/mnt/b", "/data", "-/data"] },
          type: { words: ["bind", "tmpfs"] },
          options: { list: { words: ["ro", "rbind"] } },
        },
      },
    }),
    kind("io-priority", OLD, {
      fields: {
        class: { words: ["IOPRIO_CLASS_RT", "IOPRIO_CLASS_NONE", "IOPRIO_CLASS_IDLE", "RT"] },
        priority: "number",
      },
    }),
    kind("scheduling-policy", OLD, {
      fields: {
        policy: { words: policies },
        nice: "number",
        priority: "number",
        flags: { list: { words: ["SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "NONE"] } },
        runtime: "number",
        deadline: "number",
        period: "number",
      },
    }),
    kind("network-devices", OLD, { list: { fields: { hostIf: { words: ["eth0", "eth1", "-eth2"] }, name: "text" } } }),
    kind("sysctl", ["noderesource.dev"], { any: "text" }),
    kind("memory-policy", OLD, {
      fields: {
        mode: { words: ["MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_BIND", "bind"] },
        nodes: { words: ["0", "0-1", '"0"'] },
        flags: { list: { words: ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES", "STATIC"] } },
      },
    }),
  ],
  "ulimit-adjuster": [
    kind(
      "ulimits",
      ["noderesource.dev", "nri.containerd.io"],
      { list: { fields: { type: { words: limits }, hard: "number", soft: "number" } } },
      OWN_SCOPES,
    ),
  ],
  rdt: [
    kind("closid.rdt", ["noderesource.dev"], "text", OWN_SCOPES),
    kind("schemata.rdt", ["noderesource.dev"], { words: ["L3:0=f", "L3:0=f,MB:0=50", ","] }, OWN_SCOPES),
    kind("enablemonitoring.rdt", ["noderesource.dev"], { words: ["true", "F", "1", "yes", "tRUE"] }, OWN_SCOPES),
    kind("x.closid.rdt", ["noderesource.dev"], "text", OWN_SCOPES),
  ],
};

const TEXTS = [
  ...["a", "/srv/data", '"quoted"', "'single'", "ü", '"é\\n\\u00fc"', '"tab\\there"', "a b", "a#b", "1.2.3"],
  ...["5", "0644", "1_000", "0x1f", "1.50", "1e3", "1e21", "-0.0", "123456789.5", ".5", "18446744073709551616"],
  ...["yes", "Off", "true", "~", "null", '""', "2024-01-01", "1:30", ".inf", ".nan", "<<"],
  ...["!!str 5", "!!int '7'", "!own x", "[a]", "{a: b}", "|\n    x\n", "&anchor x"],
] as const;
const NUMBERS = [
  ...["0", "1", "7", "1024", "65535", "1000", "100", "3"],
  ...["-1", "+5", "0660", "0o17", "0b11", "1_000", "3.0", "1e3", "1.5", "-0.0", "1e21", ".inf", "~"],
  ...["2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808"],
  ...["18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809"],
  ...['"5"', "five", "yes", "[1]", "{}", "08", "!!int 9", "!!float 9"],
] as const;
/** Most values are plain ones: a single wrong one refuses all. */
const PLAIN_NUMBERS = 8;

function scalar(chance: Chance, pool: readonly [string, ...string[]], plain: number): string {
  return chance.rarely(6) ? chance.one(pool) : (pool[chance.below(plain)] ?? pool[0]);
}

/** The text of a value in flow style, which fits anywhere. */
function value(chance: Chance, shape: Shape): string {
  if (chance.rarely(60)) return chance.one(["~", "5", "[]", "{}", "x", "[~]", "{a: 1}"]);
  if (shape === "text") return scalar(chance, TEXTS, 10);
  if (shape === "number") return scalar(chance, NUMBERS, PLAIN_NUMBERS);
  if ("words" in shape) return chance.rarely(15) ? chance.one(TEXTS) : chance.one(shape.words);
  if ("list" in shape) return `[${chance.times(0, 3, () => value(chance, shape.list)).join(", ")}]`;
  return `{${entries(chance, shape).join(", ")}}`;
}

function entries(chance: Chance, shape: Exclude<Shape, string | { words: unknown } | { list: unknown }>): string[] {
  if ("any" in shape) {
    return chance.times(0, 3, () => {
      const key = chance.one(["net.core.somaxconn", "kernel.shm_rmid_forced", "a", "5", "yes", "b", "__proto__"]);
      return `${key}: ${value(chance, shape.any)}`;
    });
  }
  const given = Object.entries(shape.fields).flatMap(([name, field]) => {
    if (chance.rarely(6)) return [];
    const spelled = chance.rarely(25) ? name.toUpperCase() : name;
    return [`${spelled}: ${value(chance, field)}`];
  });
  if (chance.rarely(12)) given.push(`${chance.one(["unknown", "Path ", "1", "kind"])}: ${value(chance, "text")}`);
  if (chance.rarely(25)) given.push(...given.slice(0, 1));
  return chance.shuffled(given);
}

/** A value over several lines, where its shape has several parts. */
function block(chance: Chance, shape: Shape): string {
  if (typeof shape === "object" && "list" in shape) {
    const items = chance.times(0, 3, () => `- ${value(chance, shape.list)}`);
    return items.join("\n");
  }
  return typeof shape === "object" && !("words" in shape) ? entries(chance, shape).join("\n") : value(chance, shape);
}

/** Whole values that are special in some way. */
const SPECIAL = [
  ...["", " ", "~", "[]", "{}", "x", "5", "true", "[~]", "- ", "# nothing", "---", "--- []\n...\n", "[[]]", "[{}]"],
  ...["{", "[", '"', "- [", "a: b: c", "\t- x", "- a\n b: {", "*none", "&a [*a]", "[&a {path: /dev/x}, *a]", "%", "@"],
  ...["- &a {path: /dev/a, type: c}\n- <<: *a\n  path: /dev/b", "<<: 5", "? [a]\n: b", "~: x", "a: 1\na: 2"],
] as const;

/** Spoils a text: cut off, with a character more, or with something before or after it. */
function spoilt(chance: Chance, text: string): string {
  const at = chance.below(text.length + 1);
  switch (chance.below(4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + chance.one(["{", "}", "[", "]", ":", ",", "&", "*", "!", '"', "'"]) + text.slice(at);
    case 2:
      return `---\n${text}`;
    default:
      return text + chance.one(["\n---\n{", "\n...\n", " # comment", "\n\n", "]", "\nx: 1"]);
  }
}

function annotation(chance: Chance, { shape }: Kind): string {
  if (chance.rarely(12)) return chance.one(SPECIAL);
  const text = chance.rarely(3) ? value(chance, shape) : block(chance, shape);
  return chance.rarely(12) ? spoilt(chance, text) : text;
}

/** The pod and the container of one request. */
export interface Request extends JsonObject {
  readonly pod: JsonObject & { readonly annotations: Readonly<Record<string, string>> };
  readonly container: JsonObject;
}

/** A request for one plugin, with few annotations of its own or many. */
export function requestFor(plugin: string, chance: Chance, container: JsonObject): Request {
  const kinds = KINDS[plugin] ?? [];
  const annotations: Record<string, string> = {};
  // most have one or two: the first wrong one hides the others
  const drawn = chance.shuffled(kinds).slice(0, chance.rarely(5) ? kinds.length : 1 + chance.below(2));
  for (const one of drawn) {
    for (let left = 1 + chance.below(chance.rarely(3) ? 4 : 1); left > 0; left--) {
      annotations[chance.one(one.keys) + chance.one(one.scopes)] = annotation(chance, one);
    }
  }
  return {
    pod: { id: "pod0", uid: "uid0", namespace: "default", name: "web", annotations },
    container: { id: "main", podSandboxId: "pod0", name: "main", args: ["sleep", "inf"], ...container },
  };
}
