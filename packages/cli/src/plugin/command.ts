// nri plugin: a plugin of ours that answers from a script, or in one of a few fixed ways.
import { closeSync, openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { definePlugin, type Logger, type PluginDefinition, PluginError, silentLogger, stderrLogger } from "@nri/plugin";
import {
  checkPluginIndex,
  checkPluginName,
  EVENTS,
  PLUGIN_IDX_ENV,
  PLUGIN_NAME_ENV,
  parseEventMask,
} from "@nri/protocol";
import { TestingError } from "@nri/testing";
import {
  goJson,
  messageJson,
  type PluginScript,
  parseScript,
  scriptedPlugin,
  standInEvents,
} from "@nri/testing/stand-ins";
import { errorText } from "../error-text.js";
import { fileProblem } from "../files.js";
import { EXIT, type Host, InputError, UsageError } from "../host.js";
import { readFlags } from "../stand-in/flags.js";
import { PLUGIN_FLAGS, PLUGIN_HELP, type PluginFlags } from "./options.js";

const MODES = ["noop", "adjust", "events-only", "scripted"] as const;

/** Runs the command until the connection ends. Throws UsageError for wrong use. */
export async function plugin(args: readonly string[], host: Host): Promise<number> {
  const flags = readFlags("plugin", args, PLUGIN_FLAGS);
  if (flags === undefined) {
    host.stdout.write(PLUGIN_HELP);
    return EXIT.ok;
  }
  if (!flags.has("script") && !flags.has("mode"))
    throw new UsageError("a stand-in needs --script FILE or --mode MODE; see nri plugin --help");
  checked("idx", flags, checkPluginIndex);
  checked("name", flags, checkPluginName);
  const script = await readScript(flags, host);
  const mode = flags.choice("mode", MODES, "scripted");
  const index = flags.text("idx") ?? host.env[PLUGIN_IDX_ENV] ?? "";
  const name = flags.text("name") ?? host.env[PLUGIN_NAME_ENV] ?? "";
  const record = recorder(flags, host, `${index}-${name}`);
  const definition = scriptedPlugin({
    index,
    name,
    mode,
    script,
    events: subscription(flags, mode),
    shares: flags.has("shares"),
    concurrency: flags.has("concurrency") ? flags.number("concurrency", 1) : undefined,
    record: record?.write,
  });
  try {
    if (index === "" || name === "")
      throw new UsageError("a stand-in needs --idx NN and --name NAME; see nri plugin --help");
    const code = await live(definition, flags, host);
    if (host.signal.aborted) return code;
    record?.write("Closed", []);
    if (flags.has("linger")) await host.readStdin();
    return code;
  } finally {
    record?.close();
  }
}

function checked(name: "idx" | "name", flags: PluginFlags, check: (text: string) => void): void {
  const text = flags.text(name);
  try {
    if (text !== undefined) check(text);
  } catch (error) {
    throw new UsageError(`--${name} "${text}": ${errorText(error)}`, { cause: error });
  }
}

/** One connection from its beginning to its end; it is not made again. */
async function live(definition: PluginDefinition, flags: PluginFlags, host: Host): Promise<number> {
  const { index, name, ...handlers } = definition;
  const [idx, base, socket] = [flags.text("idx"), flags.text("name"), flags.text("socket")];
  try {
    const session = await definePlugin(handlers).start({
      ...(idx === undefined ? {} : { index: idx }),
      ...(base === undefined ? {} : { name: base }),
      ...(socket === undefined ? {} : { socketPath: resolve(host.cwd, socket) }),
      environment: { ...host.env },
      signal: host.signal,
      log: flags.has("v") ? stderrLogger() : problems(host),
    });
    await session.closed;
    return EXIT.ok;
  } catch (error) {
    if (host.signal.aborted) return EXIT.failed;
    host.stderr.write(`nri: ${errorText(error)}\n`);
    return error instanceof PluginError && error.code === "invalid-identity" ? EXIT.usage : EXIT.failed;
  }
}

/** Only warnings and errors. */
function problems({ stderr }: Host): Logger {
  const line = (level: string) => (text: string) => stderr.write(`${level}: ${text}\n`);
  return { ...silentLogger, warn: line("W"), error: line("E") };
}

async function readScript(flags: PluginFlags, host: Host): Promise<PluginScript | undefined> {
  const file = flags.text("script");
  if (file === undefined) return undefined;
  try {
    return parseScript(await readFile(resolve(host.cwd, file), "utf8"), file);
  } catch (error) {
    if (error instanceof TestingError) throw new InputError(error.message, { cause: error });
    throw new UsageError(`--script ${file}: ${fileProblem(error)}`, { cause: error });
  }
}

function subscription(flags: PluginFlags, mode: (typeof MODES)[number]): number {
  const events = flags.text("events");
  const validation = flags.has("validate") ? EVENTS.validateContainerAdjustment.mask : 0;
  if (events === undefined) return standInEvents(mode) | validation;
  try {
    return parseEventMask(...events.split(",")) | validation;
  } catch (error) {
    throw new UsageError(`--events "${events}": ${errorText(error)}`, { cause: error });
  }
}

/** Writes each call at once: whoever reads the file sees a call before its answer. */
function recorder(flags: PluginFlags, host: Host, who: string) {
  const file = flags.text("record");
  if (file === undefined) return undefined;
  let descriptor: number;
  try {
    descriptor = openSync(resolve(host.cwd, file), "a", 0o644);
  } catch (error) {
    throw new UsageError(`--record ${file}: ${fileProblem(error)}`, { cause: error });
  }
  return {
    write: (method: string, args: readonly Parameters<typeof messageJson>[0][]): void => {
      const line = goJson({ plugin: who, pid: process.pid, method, args: args.map(messageJson) });
      writeSync(descriptor, `${line}\n`);
    },
    close: () => closeSync(descriptor),
  };
}
