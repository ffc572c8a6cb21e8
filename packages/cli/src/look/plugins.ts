// nri plugins: which plugins a running daemon has, and what they have done.
import type { PluginEntry } from "@nri/runtime/serve";
import { EXIT, type Host } from "../host.js";
import { printable, short } from "../printable.js";
import { readArguments } from "../usage.js";
import { columns } from "./columns.js";
import { LOOK_HELP, LOOK_OPTIONS, look } from "./question.js";

const HELP = `Usage: nri plugins [--json] [--control PATH]

The plugins of the daemon that runs, in the order in which they are asked, and the latest that are gone, with the reason.

Options:
  --json              one document (docs/control-api.md)
${LOOK_HELP}

Example:
  nri plugins
`;

/** Runs the command. Throws UsageError for wrong use. */
export async function plugins(args: readonly string[], host: Host): Promise<number> {
  const { values } = readArguments("plugins", { args: [...args], options: LOOK_OPTIONS });
  if (values.help) {
    host.stdout.write(HELP);
    return EXIT.ok;
  }
  return await look<{ readonly plugins: readonly PluginEntry[] }>("/v1/plugins", values, host, (document, paint) => {
    const rows = document.plugins.map(({ name, kind, state, pid, events, calls, failures, adjusted }) => [
      name,
      kind,
      state,
      pid === undefined ? "" : String(pid),
      events.length === 14 ? "all" : String(events.length),
      String(calls),
      String(failures),
      String(adjusted),
    ]);
    const headings = ["PLUGIN", "KIND", "STATE", "PID", "EVENTS", "CALLS", "FAILED", "ADJUSTED"];
    const problems = document.plugins.flatMap(({ name, reason, lastError }) => {
      const text = reason ?? lastError;
      return text === undefined ? [] : [paint.red(`${printable(name)}: ${short(text, 300)}`)];
    });
    return [columns(headings, rows, "no plugins", paint), ...problems.map((line) => `${line}\n`)].join("");
  });
}
