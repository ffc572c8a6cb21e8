// nri simulate: reads the input, starts the plugins, plays the pods, prints what came of it.
import type { KnownImages } from "@nri/testing";
import { EXIT, type Host, UsageError } from "../host.js";
import { printable } from "../printable.js";
import { Scratch } from "../scratch.js";
import { type Input, readInputs } from "./input.js";
import { HELP, readOptions, type SimulateOptions } from "./options.js";
import { play, type RealPods } from "./play.js";
import { checkFolders } from "./plugin-folders.js";
import { findPlugins } from "./plugins.js";
import { problemLines } from "./problems.js";
import { Progress } from "./progress.js";

/** Runs the command. Throws UsageError for wrong use; everything else is an exit code. */
export async function simulate(args: readonly string[], host: Host): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    host.stdout.write(HELP);
    return EXIT.ok;
  }
  return await playInputs(options, host);
}

/** What makes the containers of the input real. */
export interface RealStage {
  /** Where lines are written. */
  readonly progress: Progress;
  /** Images that are known. */
  readonly images: KnownImages;
  /** Makes ready for the input. Throws UsageError for what cannot be run. */
  prepare(input: Input): RealPods;
}

/** Plays all pods of the input, on a simulated node unless there is a real one, and prints the result. */
export async function playInputs(options: SimulateOptions, host: Host, stage?: RealStage): Promise<number> {
  const input = await readInputs(options.inputs, host, stage?.images);
  checkContainer(options, input);
  await using scratch = new Scratch();
  const plugins = await findPlugins(options, host, scratch);
  for (const line of await checkFolders(options, host)) host.stderr.write(`nri: ${printable(line)}\n`);
  const progress = stage?.progress ?? new Progress(host.stderr);
  const { result, notes } = await play({ options, input, plugins, host, progress, real: stage?.prepare(input) });
  for (const line of problemLines(result)) host.stderr.write(`nri: ${printable(line)}\n`);
  const { print } = await import("./print.js");
  host.stdout.write(await print(result, options, { input: input.notes, play: notes }, host));
  return result.ok ? EXIT.ok : EXIT.failed;
}

function checkContainer({ container }: SimulateOptions, { pods }: Input): void {
  if (container === undefined) return;
  const names = pods.flatMap(({ containers }) => containers.map(({ container: { name } }) => name));
  if (!names.includes(container)) {
    throw new UsageError(`--container "${container}": no such container in the input; there are ${names.join(", ")}`);
  }
}
