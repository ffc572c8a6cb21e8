/**
 * `nri`: try NRI plugins without a node. `main` is the whole program behind its streams.
 *
 * @packageDocumentation
 */

import { nearest } from "@nri/runtime/nearest";
import { errorText } from "./error-text.js";
import { EXIT, type Host, InputError, UsageError } from "./host.js";
import { printable } from "./printable.js";
import { version } from "./version.js";

export { EXIT, type Host, type Output } from "./host.js";

const HELP = `Usage: nri COMMAND [options]

Plugins of NRI, the Node Resource Interface: tried without a node, and run for engines that have no NRI.

Commands:
  simulate INPUT...   play pods of a manifest through real plugins and show what they change
  run INPUT...        the same, and then really run the containers with runc or crun (takes root)
  runtime             the runtime side alone: JSON lines in, JSON lines out (a stand-in for tests of plugins)
  build PLUGIN        make one file of a plugin: an executable that needs no Node.js, or a script
  plugin --script F   a plugin that answers from a script and records what it is asked (a stand-in for tests of runtimes)
  serve               the bridge: NRI for container engines that have none
  oci install         the wrapper that an engine is told is its OCI runtime
  info                what the bridge is: version, paths, domains and what plugins see of them
  plugins             the plugins of the bridge that runs
  ps                  its containers, and who adjusted them
  events              what happened on the node; --follow: what happens
  explain ID          who changed what in a container, from what to what, and why not
  config default      a configuration for nri serve, with every key explained

Options:
  --version           print the version
  --help              print this; "nri COMMAND --help" tells a command's options

Example:
  nri simulate pod.yaml --plugin ./my-plugin.ts
`;

const COMMANDS = [
  "simulate",
  "run",
  "build",
  "runtime",
  "plugin",
  "serve",
  "oci",
  "config",
  "info",
  "plugins",
  "ps",
  "events",
  "explain",
];

/** Runs one command and resolves with its exit code; never rejects. `args` are those after the program's name. */
export async function main(args: readonly string[], host: Host): Promise<number> {
  const [command, ...rest] = args;
  try {
    switch (command) {
      case "simulate": {
        const { simulate } = await import("./simulate/command.js");
        return await simulate(rest, host);
      }
      case "run": {
        const { run } = await import("./run/command.js");
        return await run(rest, host);
      }
      case "runtime": {
        const { runtime } = await import("./runtime/command.js");
        return await runtime(rest, host);
      }
      case "build": {
        const { buildPlugin } = await import("./build/command.js");
        return await buildPlugin(rest, host);
      }
      case "plugin": {
        const { plugin } = await import("./plugin/command.js");
        return await plugin(rest, host);
      }
      case "serve": {
        const { serve } = await import("./serve/command.js");
        return await serve(rest, host);
      }
      case "oci": {
        const { oci } = await import("./oci/command.js");
        return await oci(rest, host);
      }
      case "info": {
        const { info } = await import("./info/command.js");
        return await info(rest, host);
      }
      case "plugins": {
        const { plugins } = await import("./look/plugins.js");
        return await plugins(rest, host);
      }
      case "ps": {
        const { ps } = await import("./look/ps.js");
        return await ps(rest, host);
      }
      case "events": {
        const { events } = await import("./look/events.js");
        return await events(rest, host);
      }
      case "explain": {
        const { explain } = await import("./look/explain.js");
        return await explain(rest, host);
      }
      case "config": {
        const { config } = await import("./config/command.js");
        return await config(rest, host);
      }
      case "--version":
        host.stdout.write(`${version()}\n`);
        return EXIT.ok;
      case "--help":
      case "-h":
      case "help":
        if (command === "help" && rest[0] !== undefined) return await main([rest[0], "--help"], host);
        host.stdout.write(HELP);
        return EXIT.ok;
      case undefined:
        host.stderr.write(HELP);
        return EXIT.usage;
      default: {
        const kind = command.startsWith("-") ? "option" : "command";
        const meant = nearest(command, [...COMMANDS, "--version", "--help"]);
        const hint = meant === undefined ? "" : `, did you mean ${meant}?`;
        throw new UsageError(`unknown ${kind} "${command}"${hint}; see nri --help`);
      }
    }
  } catch (error) {
    const prefix = error instanceof InputError ? "" : "nri: ";
    host.stderr.write(`${prefix}${printable(oneLine(error))}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/** The text of an error on one line. */
function oneLine(error: unknown): string {
  return errorText(error).replace(/\s*\n\s*/g, " ");
}
