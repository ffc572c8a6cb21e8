// nri runtime: the adaptation behind JSON lines, or behind a measurement.
import { compileSooner } from "@nri/protocol/warm-up";
import { Scenario } from "@nri/testing/stand-ins";
import { EXIT, type Host, UsageError } from "../host.js";
import { readFlags } from "../stand-in/flags.js";
import { asStartProblem } from "../start-problem.js";
import { adaptationOptions, spawnPlace } from "./adaptation.js";
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
    await compileSooner(); // as in a runtime that stays: nri serve
    const { bench } = await import("./bench/bench.js");
    return await bench(flags, host);
  }
  return await scenario(flags, host);
}

async function scenario(flags: RuntimeFlags, host: Host): Promise<number> {
  const waitTimeoutMs = flags.duration("wait") ?? 10_000;
  const count = flags.number("spawn", 0);
  if (count > 0 && flags.text("spawn-cmd") === undefined) throw new UsageError("--spawn needs --spawn-cmd");
  if (flags.has("spawn-cmd") && !flags.has("spawn")) throw new UsageError("--spawn-cmd needs --spawn N");
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
