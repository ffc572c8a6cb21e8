// The options of `nri runtime`: those of the Go program it stands in for, and ours.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { SynchronizeRequest } from "@nri/protocol";
import { fromJsonString } from "@nri/protocol/json";
import { errorText } from "../error-text.js";
import { fileProblem } from "../files.js";
import { type Host, InputError, UsageError } from "../host.js";
import { type Flags, type FlagTable, flagsHelp } from "../stand-in/flags.js";

/** Every option. */
export const RUNTIME_FLAGS = {
  socket: {
    kind: "text",
    value: "PATH",
    help: "NRI socket to listen on; without it no plugin can connect from outside",
  },
  "plugin-path": { kind: "text", value: "DIR", help: "folder of plugins to start" },
  "conf-dir": { kind: "text", value: "DIR", help: "folder of their configuration" },
  name: { kind: "text", value: "NAME", help: "name that plugins are told (default refruntime)" },
  version: { kind: "text", value: "TEXT", help: "version that plugins are told (default v0.0.1)" },
  state: { kind: "text", value: "FILE", help: "pods and containers to synchronize: a SynchronizeRequest as protojson" },
  plugins: { kind: "number", value: "N", help: "wait for so many plugins before the first step" },
  wait: { kind: "duration", value: "DURATION", help: "how long to wait for plugins (default 10s)" },
  "reg-timeout": { kind: "duration", value: "DURATION", help: "how long a plugin may take to register (default 5s)" },
  "req-timeout": { kind: "duration", value: "DURATION", help: "how long a plugin may take for a request (default 2s)" },
  compat: {
    kind: "text",
    value: "default|reference",
    help: "what to do where the Go reference loses data or fails open:\nwhat was asked for (default), or as it does",
  },
  validator: {
    kind: "text",
    value: "JSON|FILE",
    help: "options of the default validator; a file may be YAML, TOML or JSON",
  },
  policies: {
    kind: "text",
    value: "FILE",
    help: "failure policies, deadlines and required plugins: YAML, TOML or JSON",
  },
  relay: {
    kind: "text",
    value: "serial|pipelined",
    help: "one request after the other (default), or several under way at the same time",
  },
  outstanding: {
    kind: "number",
    value: "N",
    help: "pipelined: how many requests a plugin has at once that does not say\nhow many it takes (default 1)",
  },
  takes: {
    kind: "text",
    value: "NAME=N,...",
    help: "pipelined: how many requests these plugins have at once, whatever they say",
  },
  "fan-out": {
    kind: "text",
    value: "on|off",
    help: "ask plugins that can change nothing at the same time (default: as pipelined)",
  },
  v: { kind: "switch", help: "log what the adaptation does, on stderr" },
  spawn: { kind: "number", value: "N", help: "start so many plugins with --spawn-cmd and wait for them" },
  "spawn-cmd": {
    kind: "text",
    value: "COMMAND",
    help: "a program with arguments, run without a shell; {idx} {name} {socket}\nand {i} are replaced",
  },
  bench: {
    kind: "text",
    value: "KIND",
    help: "measure instead: create, event, sync, joining, start, codec; dump prints the request",
  },
  rate: { kind: "number", value: "N", help: "joining: creations per second (default 200)" },
  "join-cmd": {
    kind: "text",
    value: "COMMAND",
    help: "joining: the plugin that is started, synchronized and ended, again and again;\nas --spawn-cmd",
  },
  c: { kind: "number", value: "N", help: "callers at the same time (default 1)" },
  k: { kind: "number", value: "N", help: "requests (default 2000)" },
  warm: { kind: "number", value: "N", help: "requests before measuring (default 200)" },
  pace: { kind: "duration", value: "DURATION", help: "from the start of a request to that of the next, one caller" },
  rest: { kind: "duration", value: "DURATION", help: "ask nothing for so long before the first request" },
  mark: { kind: "number", value: "N", help: "read memory also after so many measured requests, one caller" },
  label: { kind: "text", value: "TEXT", help: "label for the result line" },
  lean: { kind: "switch", help: "small pods and containers in place of realistic ones" },
  pad: { kind: "number", value: "BYTES", help: "make the request about so large" },
  "sync-pods": { kind: "number", value: "N", help: "pods to synchronize" },
  "sync-ctrs": { kind: "number", value: "N", help: "containers to synchronize" },
  cpuprofile: { kind: "text", value: "FILE", help: "write a CPU profile of the measured part (.cpuprofile)" },
} as const satisfies FlagTable;

/** What was given to `nri runtime`. */
export type RuntimeFlags = Flags<typeof RUNTIME_FLAGS>;

/** What `nri runtime --help` prints. */
export const RUNTIME_HELP = `Usage: nri runtime [options] < STEPS

The runtime side of NRI without a container runtime, for tests of plugins in any language: takes one step a line from
stdin, such as {"op":"CreateContainer","req":{...}} with the request as protojson, and answers each with one line.
Steps are the 13 calls of a runtime, and WaitPlugins, Plugins, Sleep, SetState, SetFailed, SetUpdateError,
ApplyAdjustment, Stop (docs/testing.md). Options are also understood with one dash.

Options:
${flagsHelp(RUNTIME_FLAGS)}
  --help                    print this

Example:
  printf '%s\\n' '{"op":"WaitPlugins","n":1}' \\
    '{"op":"CreateContainer","req":{"pod":{"id":"p"},"container":{"id":"c","name":"web"}}}' |
    nri runtime --socket /tmp/nri.sock --spawn 1 --spawn-cmd './my-plugin -idx {idx} -socket {socket}'
`;

/** Pods and containers of `--state`; none without it. */
export async function readState(flags: RuntimeFlags, host: Host): Promise<SynchronizeRequest> {
  const file = flags.text("state");
  if (file === undefined) return SynchronizeRequest.create();
  let text: string;
  try {
    text = await readFile(resolve(host.cwd, file), "utf8");
  } catch (error) {
    throw new UsageError(`--state ${file}: ${fileProblem(error)}`, { cause: error });
  }
  try {
    return fromJsonString(SynchronizeRequest, text);
  } catch (error) {
    throw new InputError(`${file}:1: not a SynchronizeRequest: ${errorText(error)}`, { cause: error });
  }
}
