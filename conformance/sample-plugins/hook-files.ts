// Hook directories by chance, right and wrong in every way, and containers for them.
import type { Chance } from "../diff/chance.js";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { Request } from "./annotations.js";

/** The texts of the files of a directory, by name. */
export type Directory = Readonly<Record<string, string>>;

const PROGRAMS = ["/bin/true", "/bin/false", "/bin/sh"] as const;
const STAGES = ["createContainer", "createRuntime", "prestart", "poststart", "poststop", "startContainer"] as const;
const COMMANDS = ["sh$", "^/bin/", "(?i)SLEEP", "^$", ".*", "[[:alpha:]]+p$", "a{2,3}"] as const;
const KEYS = ["^app", "tier", "example\\\\.com/", ".*", "^$", "(?P<x>a)"] as const;
const VALUES = ["web|db", "^front$", "", "^\\\\d+$", "\\\\Qa.b\\\\E", "x\\\\z"] as const;
const BAD_PATTERNS = [
  "[",
  "(",
  "*",
  "(?=a)",
  "a**",
  "\\\\8",
  "a{1001}",
  "(?<x",
  "\\\\pX",
  "[z-a]",
  "x{2}{3}{1000}",
] as const;

const path = (chance: Chance): string => chance.one(PROGRAMS);
const one = (chance: Chance, key: string, value: (chance: Chance) => JsonValue, n = 3): JsonObject =>
  chance.rarely(n) ? { [key]: value(chance) } : {};
const patterns = (from: readonly [string, ...string[]]) => (chance: Chance) =>
  chance.times(0, 2, () => chance.one(from));

function conditions(chance: Chance): JsonObject {
  return {
    ...one(chance, "always", () => !chance.rarely(4)),
    ...one(chance, "hasBindMounts", () => !chance.rarely(4)),
    ...one(chance, "commands", patterns(COMMANDS)),
    ...one(chance, "annotations", () =>
      Object.fromEntries(chance.times(0, 2, () => [chance.one(KEYS), chance.one(VALUES)] as const)),
    ),
  };
}

function version1(chance: Chance): JsonObject {
  return {
    version: "1.0.0",
    hook: {
      path: path(chance),
      ...one(chance, "args", () => chance.times(0, 2, () => chance.one(["true", "-x", ""]))),
      ...one(chance, "env", () => chance.times(0, 2, () => chance.one(["A=1", "B"]))),
      ...one(chance, "timeout", () => chance.one([0, 1, 10, -1])),
    },
    when: conditions(chance),
    stages: chance.times(0, 3, () => chance.one(STAGES)),
  };
}

function version0(chance: Chance): JsonObject {
  const either = (name: string): string => chance.one([name, `${name}s`]);
  return {
    ...one(chance, "version", () => "0.1.0"),
    hook: path(chance),
    ...one(chance, "arguments", () => chance.times(0, 2, () => chance.one(["-x", "a b"]))),
    [either("stage")]: chance.times(1, 2, () => chance.one(STAGES)),
    ...one(chance, either("cmd"), patterns(COMMANDS)),
    ...one(chance, either("annotation"), patterns(VALUES)),
    ...one(chance, "hasbindmounts", () => !chance.rarely(3)),
  };
}

/** Makes a file wrong in one way, or in one that is right after all. */
function spoilt(chance: Chance, file: JsonObject): string {
  const bad = chance.one(BAD_PATTERNS);
  const changes: readonly [JsonObject, ...JsonObject[]] = [
    { stages: ["never"] },
    { stages: null, stage: null },
    { stages: "poststop" },
    { version: chance.one(["2", "1.0", "1.0.1"]) },
    { version: 1 },
    { version: null },
    { hook: null },
    { hook: {} },
    { hook: { path: 5 } },
    { hook: { path: "/bin/true", timeout: "1" }, version: "1.0.0" },
    { hook: { path: "/nonexistent/hook" }, version: "1.0.0" },
    { hook: { path: "/bin/true/hook" }, version: "1.0.0" },
    { hook: "/nonexistent/hook", version: "0.1.0", stages: ["poststop"] },
    { when: { commands: [bad] }, cmds: [bad], cmd: null },
    { when: { annotations: { [bad]: "a" } } },
    { when: { annotations: { a: bad } }, annotations: [bad] },
    { when: [] },
    { when: null },
    { when: { always: "true" } },
    { stage: ["poststop"], stages: ["poststop"] },
    { cmd: ["a"], cmds: ["a"] },
    { unknown: 1 },
  ];
  const text = JSON.stringify({ ...file, ...chance.one(changes) });
  switch (chance.below(8)) {
    case 0:
      return text.slice(0, chance.below(text.length));
    case 1:
      return chance.one(["null", "[]", "{}", "5", '""', " ", "{}x", "\ufeff{}"]);
    case 2:
      return text.replace(/"timeout":-?\d+/, `"timeout":${chance.one(["1e3", "1.0", "9223372036854775808", "null"])}`);
    case 3:
      return text.replace('"hook"', chance.one(['"HOOK"', '"Hook"']));
    default:
      return text;
  }
}

/** One directory; where `wrong` is given, some files are. */
export function hookDirectory(chance: Chance, wrong: boolean): Directory {
  const files = chance.times(0, 4, () => {
    const file = chance.rarely(2) ? version1(chance) : version0(chance);
    const name =
      chance.one(["10-a", "20-b", "B", "c", "Z", "x.y", "D"]) + chance.one([".json", ".json", ".json", ".txt"]);
    return [name, wrong && chance.rarely(2) ? spoilt(chance, file) : JSON.stringify(file)] as const;
  });
  return Object.fromEntries(files);
}

/** A container that hooks may match. */
export function containerForHooks(chance: Chance): Request {
  const annotations = (): Record<string, string> =>
    Object.fromEntries(
      chance.times(0, 3, () => [
        chance.one(["app.example.com/name", "tier", "a", "other"]),
        chance.one(["web", "front", "12", "a.b", "x", ""]),
      ]),
    );
  const args = chance.one([["/bin/sh", "-c"], ["sleep", "inf"], ["/usr/bin/aaap"], [""], []] as [
    string[],
    ...string[][],
  ]);
  const mounts = chance.times(0, 1, () => ({ destination: "/data", source: "/srv", type: "bind" }));
  const container = { id: "main", podSandboxId: "pod0", name: "main", args, mounts, annotations: annotations() };
  return { pod: { id: "pod0", uid: "uid0", namespace: "default", name: "web", annotations: annotations() }, container };
}
