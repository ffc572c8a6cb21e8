// When a hook is injected: the conditions of its file, and whether a container meets them; spec: plugins 2.
import { RE2JS } from "re2js";

/** An unanchored regular expression as Go has it: RE2, matched in linear time, without look-around and back-references. */
export interface Pattern {
  test(text: string): boolean;
}

/** Conditions. What is not given is no condition; none at all matches nothing. */
export interface When {
  readonly always?: boolean | undefined;
  readonly hasBindMounts?: boolean | undefined;
  /** Each pair asks for an annotation with such a key and such a value. */
  readonly annotations: readonly (readonly [key: Pattern, value: Pattern])[];
  /** One of them must match the program, when there are any. */
  readonly commands: readonly Pattern[];
  /** One condition is enough, as in the format 0.1.0; else all that are given must hold. */
  readonly any: boolean;
}

/** What conditions look at. */
export interface Subject {
  readonly args: readonly string[];
  readonly annotations: ReadonlyMap<string, string>;
  readonly hasBindMounts: boolean;
}

/** Compiles a regular expression. Throws an Error that begins with `what` for one that Go would not compile. */
export function pattern(what: string, source: string): Pattern {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether the subject meets the conditions. Throws for commands when it has no command line. */
export function matches(when: When, subject: Subject): boolean {
  const given = conditions(when, subject);
  if (when.any && given.includes(true)) return true;
  if (!when.any && given.includes(false)) return false;
  if (when.commands.length === 0) return given.includes(true);
  const [command] = subject.args;
  if (command === undefined) throw new Error("process.args must have at least one entry");
  return when.commands.some((expected) => expected.test(command));
}

/** Each condition that is given but the commands, and whether it holds. */
function conditions({ always, hasBindMounts, annotations }: When, subject: Subject): boolean[] {
  const given = annotations.map(([key, value]) =>
    [...subject.annotations].some((annotation) => key.test(annotation[0]) && value.test(annotation[1])),
  );
  if (always !== undefined) given.push(always);
  if (hasBindMounts !== undefined) given.push(hasBindMounts && subject.hasBindMounts);
  return given;
}
