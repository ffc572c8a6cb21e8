// The options of `nri plugin`: those of the Go program it stands in for.
import { type Flags, type FlagTable, flagsHelp } from "../stand-in/flags.js";

/** Every option. */
export const PLUGIN_FLAGS = {
  script: { kind: "text", value: "FILE", help: "what to answer: a JSON file (docs/testing.md)" },
  mode: {
    kind: "text",
    value: "MODE",
    help: "noop: change nothing; adjust: the same changes for each container;\nevents-only: only events without an answer; scripted (default with --script)",
  },
  idx: {
    kind: "text",
    value: "NN",
    help: "index, two digits (default: what the runtime gives a plugin that it starts)",
  },
  name: { kind: "text", value: "NAME", help: "name (default as for --idx)" },
  socket: {
    kind: "text",
    value: "PATH",
    help: "NRI socket (default: the connection given by the runtime, else\n/var/run/nri/nri.sock)",
  },
  record: { kind: "text", value: "FILE", help: "append every call to this file, one JSON line each" },
  events: { kind: "text", value: "A,B", help: "events to subscribe to (default: all but validation)" },
  validate: { kind: "switch", help: "subscribe to ValidateContainerAdjustment too" },
  shares: { kind: "switch", help: "mode adjust: set cpu shares, so that two such plugins are in conflict" },
  concurrency: {
    kind: "number",
    value: "N",
    help: "say that it takes so many requests at once (default: say nothing)",
  },
  linger: { kind: "switch", help: "stay until stdin ends, after the connection is gone" },
  v: { kind: "switch", help: "log what the SDK does, on stderr" },
} as const satisfies FlagTable;

/** What was given to `nri plugin`. */
export type PluginFlags = Flags<typeof PLUGIN_FLAGS>;

/** What `nri plugin --help` prints. */
export const PLUGIN_HELP = `Usage: nri plugin --script FILE [options]
       nri plugin --mode MODE [options]

A plugin that answers from a script and records what it is asked, for tests of runtimes in any language. It runs until
the runtime ends the connection. Options are also understood with one dash.

Options:
${flagsHelp(PLUGIN_FLAGS)}
  --help                    print this

Example:
  echo '{"create": {"web": {"adjust": {"env": [{"key": "A", "value": "1"}]}}}}' > script.json
  nri plugin --script script.json --idx 10 --name demo --socket /tmp/nri.sock --record calls.jsonl
`;
