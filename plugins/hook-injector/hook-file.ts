// One hook file: both formats, read and checked; spec: plugins 2.
import { statSync } from "node:fs";
import { getSystemErrorMap } from "node:util";
import { quote } from "@nri/protocol";
import { errorText } from "../common/error-text.js";
import type { YamlValue } from "../common/yaml-document.js";
import { list, mapping, type Reader, record } from "../common/yaml-value.js";
import { flag, optional, parseJson, string, wholeNumber } from "./json-value.js";
import { pattern, type When } from "./when.js";

/** Stages in which a hook can run. */
export type Stage = "createContainer" | "createRuntime" | "prestart" | "poststart" | "poststop" | "startContainer";
const STAGES: ReadonlySet<string> = new Set<Stage>([
  "createContainer",
  "createRuntime",
  "prestart",
  "poststart",
  "poststop",
  "startContainer",
]);

/** A hook, when it is injected, and where. */
export interface HookFile {
  readonly hook: {
    readonly path: string;
    readonly args: readonly string[];
    readonly env: readonly string[];
    /** In seconds. */
    readonly timeout: bigint | undefined;
  };
  readonly when: When;
  readonly stages: readonly Stage[];
}

/** A hook file as it is written, in the words of format 1.0.0. */
interface Written {
  readonly hook: HookFile["hook"];
  readonly when: {
    readonly always?: boolean | undefined;
    readonly hasBindMounts: boolean | undefined;
    readonly annotations: readonly [string, string][];
    readonly commands: readonly string[];
  };
  readonly stages: readonly string[] | undefined;
}

const strings = optional(list(string));

const version1 = record({
  hook: record({ path: string, args: list(string), env: list(string), timeout: wholeNumber }),
  when: record({ always: flag, annotations: mapping(string), commands: list(string), hasBindMounts: flag }),
  stages: strings,
});

const version0 = record({
  hook: optional(string),
  arguments: strings,
  stages: strings,
  stage: strings,
  cmds: strings,
  cmd: strings,
  annotations: strings,
  annotation: strings,
  hasbindmounts: flag,
});

/** Of two names for the same list, the one that is there. */
function either<T>(plural: T | undefined, singular: T | undefined, name: string): T | undefined {
  if (plural !== undefined && singular !== undefined) throw new Error(`cannot set both '${name}' and '${name}s'`);
  return plural ?? singular;
}

function fromVersion0(value: YamlValue): Written {
  const { hook: path, ...given } = version0(value, "hook file");
  if (path === undefined) throw new Error("missing required property: hook");
  const stages = either(given.stages, given.stage, "stage");
  if (stages === undefined) throw new Error("missing required property: stages");
  const commands = either(given.cmds, given.cmd, "cmd") ?? [];
  const annotations = either(given.annotations, given.annotation, "annotation");
  return {
    hook: { path, args: given.arguments === undefined ? [] : [path, ...given.arguments], env: [], timeout: undefined },
    when: {
      hasBindMounts: given.hasbindmounts,
      annotations: annotations === undefined ? [] : [[".*", annotations.join("|")]],
      commands,
    },
    stages,
  };
}

const VERSIONS: Readonly<Record<string, { read: Reader<Written>; any: boolean }>> = {
  "1.0.0": { read: version1, any: false },
  "0.1.0": { read: (value) => fromVersion0(value ?? null), any: true },
  "": { read: (value) => fromVersion0(value ?? null), any: true },
};

/** A hook program that is not there: of all problems the one that may be passed over. */
export class MissingProgram extends Error {}

/** Reads the text of a hook file called `file`. Throws for what is wrong with it; a missing program is a MissingProgram. */
export function parseHookFile(file: string, text: string): HookFile {
  const { written, any } = read(file, text);
  try {
    return checked(written, any);
  } catch (error) {
    const where = `${errorText(error)} (hook file ${file})`;
    throw error instanceof MissingProgram ? new MissingProgram(where) : new Error(where);
  }
}

function read(file: string, text: string): { written: Written; any: boolean } {
  const parsing = (before: string, error: unknown) =>
    new Error(`parsing hook ${quote(file)}: ${before}${errorText(error)}`);
  let value: YamlValue;
  let version: string;
  try {
    value = parseJson(text);
    ({ version } = record({ version: string })(value, "hook file"));
  } catch (error) {
    throw parsing("version check: ", error);
  }
  const format = Object.hasOwn(VERSIONS, version) ? VERSIONS[version] : undefined;
  if (format === undefined) throw parsing("", `unrecognized hook version: ${quote(version)}`);
  try {
    return { written: format.read(value, "hook file"), any: format.any };
  } catch (error) {
    throw parsing(`${version}: `, error);
  }
}

/** What can only be known when the file is read, in the order in which the first problem counts. */
function checked({ hook, when, stages }: Written, any: boolean): HookFile {
  if (hook.path === "") throw new Error("missing required property: hook.path");
  mustExist(hook.path);
  const annotations = when.annotations.map(
    ([key, value]) =>
      [
        pattern(`invalid annotation key ${quote(key)}`, key),
        pattern(`invalid annotation value ${quote(value)}`, value),
      ] as const,
  );
  const commands = when.commands.map((command) => pattern(`invalid command ${quote(command)}`, command));
  if (stages === undefined) throw new Error("missing required property: stages");
  for (const stage of stages) if (!STAGES.has(stage)) throw new Error(`unknown stage ${quote(stage)}`);
  return { hook, when: { ...when, annotations, commands, any }, stages: stages as Stage[] };
}

function mustExist(program: string): void {
  try {
    statSync(program);
  } catch (error) {
    const { errno = 0, code } = error as NodeJS.ErrnoException;
    const text = `faccessat ${program}: ${getSystemErrorMap().get(errno)?.[1] ?? errorText(error)}`;
    throw code === "ENOENT" ? new MissingProgram(text) : new Error(text);
  }
}
