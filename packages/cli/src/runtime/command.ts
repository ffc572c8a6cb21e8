// nri runtime: the adaptation behind JSON lines, or behind a measurement.
import { resolve } from "node:path";
import type { AdaptationOptions, Logger } from "@nri/adaptation";
import { Scenario } from "@nri/testing/stand-ins";
import { readPolicies, readValidator } from "../config-file.js";
import { EXIT, type Host, UsageError } from "../host.js";
import { readFlags } from "../stand-in/flags.js";
import { asStartProblem } from "../start-problem.js";
import { RUNTIME_FLAGS, RUNTIME_HELP, type RuntimeFlags, readState } from "./options.js";
import { SpawnedPlugins } from "./spawned.js";

/** Runs the command. Throws UsageError for wrong use. */
export async function runtime(args: readonly string[], host: Host): Promise<number> {
  const flags = readFlags("runtime", args, RUNTIME_FLAGS);
  if (flags === undefined) {
    host.stdout.write(RUNTIME_HELP);
    return EXIT.ok;
  }
  if (flags.text("bench") !== undefined) {
    const { bench } = await import("./bench/bench.js");
    return await bench(flags, host);
  }
  return await scenario(flags, host);
}

async function scenario(flags: RuntimeFlags, host: Host): Promise<number> {
  const waitTimeoutMs = flags.duration("wait") ?? 10_000;
  const count = flags.number("spawn", 0);
  const wanted = flags.number("plugins", 0);
  const state = await readState(flags, host);
  const adaptation = await adaptationOptions(flags, host);
  const emit = (line: string): void => host.stdout.write(`${line}\n`);
  const scenario = new Scenario({ emit, adaptation, state, waitTimeoutMs });
  const spawned = new SpawnedPlugins();
  // Ended by the user: the step under way is given up with the adaptation.
  const stop = (): void => void scenario.adaptation.stop();
  host.signal.addEventListener("abort", stop, { once: true });
  try {
    await scenario.start().catch(asStartProblem);
    const running = scenario.adaptation;
    const before = running.plugins.length;
    const joined = (index: number) => running.waitForPlugins(before + index + 1, { timeoutMs: waitTimeoutMs });
    await spawned.start(count, flags.text("spawn-cmd") ?? "", spawnPlace(flags, host), joined);
    if (wanted > 0) await running.waitForPlugins(wanted, { timeoutMs: waitTimeoutMs });
    scenario.ready();
    await scenario.run(host.stdinLines());
  } finally {
    host.signal.removeEventListener("abort", stop);
    await scenario.adaptation.stop();
    await spawned.end();
  }
  return EXIT.ok;
}

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
    builtins: validator === undefined ? [] : [validator],
    log: logger(flags.has("v"), host),
  };
}

function path(given: string | undefined, host: Host): string | undefined {
  return given === undefined ? undefined : resolve(host.cwd, given);
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
