// A command line of runc or crun, read as they read it. Pure; the script (shell/wrapper.sh) does the same in its own words.
import { LIFECYCLE, type RuntimeVerb } from "../runtime-call.js";
import { FLAVOURS, type Flavour, type FlavourName } from "./flavour.js";

/** An option with its value. */
export interface GivenOption {
  readonly name: string;
  /** Empty for one that takes none. */
  readonly value: string;
  /** Index of the word that the value is in, and what stands before it there; to put another value in its place. */
  readonly at: number;
  readonly head: string;
}

/** A call that the daemon is asked about. */
export interface CommandLine {
  readonly verb: RuntimeVerb;
  /** Index of the command's word. */
  readonly at: number;
  readonly id: string;
  /** Options before the command. */
  readonly global: readonly GivenOption[];
  /** Options of the command. */
  readonly own: readonly GivenOption[];
}

/**
 * Reads a command line. Undefined when it is none of ours to ask about: another command, an unknown option, a missing value or
 * container, a word too many. The runtime itself says what is wrong then.
 */
export function readCommandLine(flavour: FlavourName, words: readonly string[]): CommandLine | undefined {
  const { style, global: globalWords, commands } = FLAVOURS[flavour];
  const global: GivenOption[] = [];
  const own: GivenOption[] = [];
  let verb: RuntimeVerb | undefined;
  let verbAt = 0;
  let id: string | undefined;
  let wanted: string | undefined;
  let optionsEnded = false;
  for (const [at, word] of words.entries()) {
    const given = verb === undefined ? global : own;
    if (wanted !== undefined) {
      given.push({ name: wanted, value: word, at, head: "" });
      wanted = undefined;
    } else if (!optionsEnded && word === "--") {
      optionsEnded = true;
    } else if (!optionsEnded && word.length > 1 && word.startsWith("-")) {
      const read = readOptions(style, known(verb === undefined ? globalWords : commands[verb]), word, at);
      if (read === undefined) return undefined;
      given.push(...read.given);
      wanted = read.wanted;
    } else if (verb === undefined) {
      verb = LIFECYCLE.find((one) => one === word);
      if (verb === undefined) return undefined;
      verbAt = at;
      optionsEnded = false;
    } else if (id === undefined) {
      id = word;
      if (style === "getopt") optionsEnded = true;
    } else {
      return undefined;
    }
  }
  if (verb === undefined || id === undefined || id === "" || wanted !== undefined) return undefined;
  return { verb, at: verbAt, id, global, own };
}

/** The last value of an option, as the runtimes take it. */
export function lastOf(options: readonly GivenOption[], name: string): GivenOption | undefined {
  return options.findLast((option) => option.name === name);
}

interface Known {
  readonly name: string;
  readonly letter: string | undefined;
  readonly takesValue: boolean;
}

function known(words: string): Known[] {
  return words.split(" ").flatMap((word) => {
    const [, letter, name, equals] = /^(?:(.):)?([^=]+)(=?)$/.exec(word) ?? [];
    return name === undefined ? [] : [{ name, letter, takesValue: equals === "=" }];
  });
}

interface ReadOptions {
  readonly given: readonly GivenOption[];
  /** The option whose value is the next word. */
  readonly wanted: string | undefined;
}

function readOptions(
  style: Flavour["style"],
  all: readonly Known[],
  word: string,
  at: number,
): ReadOptions | undefined {
  if (style === "getopt" && !word.startsWith("--")) return readLetters(all, word, at);
  const body = word.replace(style === "go" ? /^--?/ : /^--/, "");
  const equals = body.indexOf("=");
  const name = equals < 0 ? body : body.slice(0, equals);
  const value = equals < 0 ? undefined : body.slice(equals + 1);
  const found = findNamed(style, all, name);
  if (found === undefined) return undefined;
  if (value !== undefined) {
    // Go takes --debug=true; getopt refuses a value that is not wanted.
    if (!found.takesValue && style === "getopt") return undefined;
    const head = word.slice(0, word.length - value.length);
    return { given: [{ name: found.name, value, at, head }], wanted: undefined };
  }
  if (found.takesValue) return { given: [], wanted: found.name };
  return { given: [{ name: found.name, value: "", at, head: word }], wanted: undefined };
}

function findNamed(style: Flavour["style"], all: readonly Known[], name: string): Known | undefined {
  if (name === "") return undefined;
  if (style === "go") return all.find((one) => one.name === name || one.letter === name);
  const names = all.filter((one) => one.letter === undefined);
  const exact = names.find((one) => one.name === name);
  if (exact !== undefined) return exact;
  const near = names.filter((one) => one.name.startsWith(name));
  return near.length === 1 ? near[0] : undefined;
}

function readLetters(all: readonly Known[], word: string, at: number): ReadOptions | undefined {
  const given: GivenOption[] = [];
  for (let i = 1; i < word.length; i++) {
    const found = all.find((one) => one.letter === word[i]);
    if (found === undefined) return undefined;
    if (!found.takesValue) given.push({ name: found.name, value: "", at, head: word.slice(0, i + 1) });
    else if (i + 1 === word.length) return { given, wanted: found.name };
    else {
      const [value, head] = [word.slice(i + 1), word.slice(0, i + 1)];
      return { given: [...given, { name: found.name, value, at, head }], wanted: undefined };
    }
  }
  return { given, wanted: undefined };
}
