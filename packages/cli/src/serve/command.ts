// nri serve: the bridge in the foreground.
import { resolve } from "node:path";
import { ConfigError, loadConfig } from "@nri/runtime/config";
import { EXIT, type Host } from "../host.js";
import { printable } from "../printable.js";
import { readServeOptions, SERVE_HELP } from "./options.js";

/** Runs the command. Throws UsageError for wrong use. */
export async function serve(args: readonly string[], host: Host): Promise<number> {
  const options = readServeOptions(args, host.cwd);
  if (options === undefined) {
    host.stdout.write(SERVE_HELP);
    return EXIT.ok;
  }
  try {
    await loadConfig(resolve(host.cwd, options.config), options.config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const line of error.message.split("\n")) host.stderr.write(`${printable(line)}\n`);
    return EXIT.usage;
  }
  host.stdout.write(`${printable(options.config)}: valid\n`);
  return EXIT.ok;
}
