// What the options of nri runtime make of the adaptation, measured or not.
import { resolve } from "node:path";
import type { AdaptationOptions, Logger } from "@nri/adaptation";
import { readPolicies, readValidator } from "../config-file.js";
import { type Host, UsageError } from "../host.js";
import type { RuntimeFlags } from "./options.js";

/** What `--spawn-cmd` has to know. */
export function spawnPlace(flags: RuntimeFlags, host: Host): { socket: string; cwd: string } {
  return { socket: path(flags.text("socket"), host) ?? "", cwd: host.cwd };
}

/** The adaptation that the options ask for, without the callbacks. */
export async function adaptationOptions(
  flags: RuntimeFlags,
  host: Host,
): Promise<Omit<AdaptationOptions, "synchronize" | "updateContainers">> {
  const compat = flags.choice("compat", ["default", "reference"], "default");
  const file = flags.text("policies");
  if (file !== undefined && compat === "reference")
    throw new UsageError("--policies and --compat reference exclude each other: the reference has no policies");
  const validator = await readValidator(flags.text("validator"), host);
  return {
    runtime: { name: flags.text("name") ?? "refruntime", version: flags.text("version") ?? "v0.0.1" },
    socketPath: path(flags.text("socket"), host),
    pluginDir: path(flags.text("plugin-path"), host),
    pluginConfigDir: path(flags.text("conf-dir"), host),
    registrationTimeoutMs: flags.duration("reg-timeout"),
    requestTimeoutMs: flags.duration("req-timeout"),
    compat,
    policies: await readPolicies(file, host),
    relay: relay(flags),
    builtins: validator === undefined ? [] : [validator],
    log: logger(flags.has("v"), host),
  };
}

function path(given: string | undefined, host: Host): string | undefined {
  return given === undefined ? undefined : resolve(host.cwd, given);
}

function relay(flags: RuntimeFlags): AdaptationOptions["relay"] {
  const mode = flags.choice("relay", ["serial", "pipelined"], "serial");
  const fanOut = flags.has("fan-out") ? flags.choice("fan-out", ["on", "off"], "on") === "on" : undefined;
  const takes = (flags.text("takes") ?? "").split(",").filter((part) => part !== "");
  const plugins = takes.map((part): [string, number] => {
    const [name = "", count = ""] = part.split("=");
    if (name === "" || !/^\d{1,9}$/.test(count)) throw new UsageError(`--takes "${part}": must be NAME=NUMBER`);
    return [name, Number(count)];
  });
  return { mode, fanOut, outstanding: flags.number("outstanding", 1), plugins: Object.fromEntries(plugins) };
}

/** Warnings and errors always, everything else with -v; one letter tells which. */
function logger(verbose: boolean, { stderr }: Host): Logger {
  const line = (level: string) => (text: string) => stderr.write(`${level} ${text}\n`);
  const quiet = (): void => undefined;
  return {
    debug: verbose ? line("D") : quiet,
    info: verbose ? line("I") : quiet,
    warn: line("W"),
    error: line("E"),
  };
}
