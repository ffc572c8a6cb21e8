// What is wrong with a configuration, told.
import type { ConfigError } from "@nri/runtime/config";
import { EXIT, type Host } from "../host.js";
import { printable } from "../printable.js";

/** Writes each problem as a line, and is the exit code. */
export function tellProblems({ message }: ConfigError, host: Host): number {
  for (const line of message.split("\n")) host.stderr.write(`${printable(line)}\n`);
  return EXIT.usage;
}
