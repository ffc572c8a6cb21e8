// What is wrong with a command's arguments, in our words.

import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest } from "@nri/runtime/nearest";
import { errorText } from "./error-text.js";
import { UsageError } from "./host.js";

/** The arguments of `nri COMMAND` as `parseArgs` has them. Throws UsageError, with the option that was probably meant. */
export function readArguments<const Config extends ParseArgsConfig>(
  command: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw argumentProblem(error, command, Object.keys(config.options ?? {}));
  }
}

/** The error of `parseArgs` for `nri COMMAND`, with the option that was probably meant. */
export function argumentProblem(error: unknown, command: string, options: readonly string[]): UsageError {
  // The first sentence says what is wrong; the rest is advice about programs, not about this one.
  const text = errorText(error);
  const mistyped = /^Unknown option '--([^']*)'/.exec(text)?.[1];
  const meant = mistyped === undefined ? undefined : nearest(mistyped, options);
  const hint = meant === undefined ? "" : `, did you mean --${meant}?`;
  const unexpected = /^Unexpected argument '([^']*)'/.exec(text)?.[1];
  const problem =
    mistyped !== undefined
      ? `unknown option "--${mistyped}"`
      : unexpected !== undefined
        ? `unexpected "${unexpected}"`
        : text.split(/\. |\n/)[0];
  return new UsageError(`${problem}${hint}; see nri ${command} --help`, { cause: error });
}
