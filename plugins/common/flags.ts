// Command line flags as the reference's sample plugins take them; spec: plugins 0.
import { parseBoolean } from "./boolean.js";

/** One flag: what it is for, and the name of its value; no value name makes it a switch. */
export interface Flag {
  readonly help: string;
  readonly value?: string;
}

/** Values by flag name: text, or true for a switch that was given. */
export type FlagValues<Flags> = {
  readonly [Name in keyof Flags]: Flags[Name] extends { readonly value: string } ? string : boolean;
};

/** What parsing comes to. */
export type ParsedFlags<Flags> =
  | { readonly kind: "values"; readonly values: FlagValues<Flags> }
  | { readonly kind: "help" }
  | { readonly kind: "error"; readonly text: string };

/** Reads flags with one dash or two, `-flag value` or `-flag=value`. Flags not given are "" or false. */
export function parseFlags<const Flags extends Readonly<Record<string, Flag>>>(
  flags: Flags,
  args: readonly string[],
): ParsedFlags<Flags> {
  const values: Record<string, string | boolean> = {};
  for (const [name, flag] of Object.entries(flags)) values[name] = flag.value === undefined ? false : "";
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined && word !== "--"; word = rest.shift()) {
    const match = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(word);
    if (match === null) return { kind: "error", text: `unexpected argument: ${word}` };
    const [, name = "", given] = match;
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) {
      const help = name === "h" || name === "help";
      return help ? { kind: "help" } : { kind: "error", text: `flag provided but not defined: -${name}` };
    }
    if (flag.value !== undefined) {
      const value = given ?? rest.shift();
      if (value === undefined) return { kind: "error", text: `flag needs an argument: -${name}` };
      values[name] = value;
    } else {
      const value = given === undefined ? true : parseBoolean(given);
      if (value === undefined)
        return { kind: "error", text: `invalid boolean value "${given}" for -${name}: parse error` };
      values[name] = value;
    }
  }
  return { kind: "values", values: values as FlagValues<Flags> };
}

/** The usage text. */
export function usage(program: string, flags: Readonly<Record<string, Flag>>): string {
  const lines = Object.entries(flags).map(([name, { value, help }]) => {
    return `  -${name}${value === undefined ? "" : ` ${value}`}\n        ${help}`;
  });
  return [`Usage of ${program}:`, ...lines, ""].join("\n");
}

/** The flags of this process. Prints usage and ends the process with status 0 for `-h`, 2 for wrong flags. */
export function readFlags<const Flags extends Readonly<Record<string, Flag>>>(
  program: string,
  flags: Flags,
): FlagValues<Flags> {
  const parsed = parseFlags(flags, process.argv.slice(2));
  if (parsed.kind === "values") return parsed.values;
  if (parsed.kind === "error") wrongFlags(program, flags, parsed.text);
  process.stderr.write(usage(program, flags));
  process.exit(0);
}

/** Ends the process with status 2, after `text` and the usage. */
export function wrongFlags(program: string, flags: Readonly<Record<string, Flag>>, text: string): never {
  process.stderr.write(`${text}\n${usage(program, flags)}`);
  process.exit(2);
}
