// Options in the spelling of Go programs: one or two dashes, `-name value` or `-name=value`, switches without a value.

import { nearest } from "@nri/runtime/nearest";
import { parseDuration } from "../duration.js";
import { UsageError } from "../host.js";

/** One option. */
export interface FlagRow {
  /** What its value is; a switch has none. */
  readonly kind: "text" | "number" | "duration" | "switch";
  /** How help calls the value. */
  readonly value?: string;
  /** What it is for, in a line or more. */
  readonly help: string;
}

/** The options of a command by name, in the order of its help. */
export type FlagTable = { readonly [name: string]: FlagRow };

/** What was given. */
export class Flags<Table extends FlagTable> {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** Whether a switch is on, or any other option was given. */
  has(name: keyof Table & string): boolean {
    return this.#values.has(name);
  }

  /** The text; undefined when it was not given or is empty. */
  text(name: keyof Table & string): string | undefined {
    const text = this.#values.get(name);
    return text === "" ? undefined : text;
  }

  /** The number, or `otherwise`. */
  number(name: keyof Table & string, otherwise: number): number {
    const text = this.#values.get(name);
    if (text === undefined) return otherwise;
    if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} "${text}": must be a number from 0 to 999999999`);
    return Number(text);
  }

  /** Milliseconds; undefined when it was not given, or is 0. */
  duration(name: keyof Table & string): number | undefined {
    const text = this.#values.get(name);
    return text === undefined || /^0(ms|s|m)?$/.test(text) ? undefined : parseDuration(text, `--${name}`);
  }

  /** One of `choices`. */
  choice<const Choice extends string>(
    name: keyof Table & string,
    choices: readonly Choice[],
    otherwise: Choice,
  ): Choice {
    const text = this.#values.get(name) ?? otherwise;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new UsageError(`--${name} "${text}": must be one of ${choices.join(", ")}`);
    return found;
  }
}

/** Reads the arguments of `nri COMMAND`; undefined when help is asked for. Throws UsageError for what the table lacks. */
export function readFlags<Table extends FlagTable>(
  command: string,
  args: readonly string[],
  table: Table,
): Flags<Table> | undefined {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    const [, name, given] = /^--?([a-zA-Z][\w-]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name === undefined) throw new UsageError(`unexpected "${arg}"; see nri ${command} --help`);
    if (name === "help" || name === "h") return undefined;
    const row = Object.hasOwn(table, name) ? table[name] : undefined;
    if (row === undefined) {
      const meant = nearest(name, Object.keys(table));
      const hint = meant === undefined ? "" : `, did you mean --${meant}?`;
      throw new UsageError(`unknown option "${arg.split("=")[0]}"${hint}; see nri ${command} --help`);
    }
    if (row.kind === "switch") {
      if (given !== undefined && !/^(true|false|1|0)$/.test(given))
        throw new UsageError(`--${name} "${given}": must be true or false`);
      if (given === "false" || given === "0") values.delete(name);
      else values.set(name, "true");
      continue;
    }
    const value = given ?? args[++i];
    if (value === undefined) throw new UsageError(`--${name} needs a value; see nri ${command} --help`);
    values.set(name, value);
  }
  return new Flags(values);
}

const COLUMN = 28;

/** The lines of a help text about these options. */
export function flagsHelp(table: FlagTable): string {
  return Object.entries(table)
    .map(([name, { value, help }]) => {
      const left = `  ${name.length === 1 ? "-" : "--"}${name}${value === undefined ? "" : ` ${value}`}`;
      const [first = "", ...rest] = help.split("\n");
      const head = left.length < COLUMN ? left.padEnd(COLUMN) + first : `${left}\n${" ".repeat(COLUMN)}${first}`;
      return [head, ...rest.map((line) => " ".repeat(COLUMN) + line)].join("\n");
    })
    .join("\n");
}
