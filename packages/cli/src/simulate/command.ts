// nri simulate: reads the input, starts the plugins, plays the pods, prints what came of it.
import { EXIT, type Host, UsageError } from "../host.js";
import { printable } from "../printable.js";
import { Scratch } from "../scratch.js";
import { type Input, readInputs } from "./input.js";
import { HELP, readOptions, type SimulateOptions } from "./options.js";
import { type Played, play, type RealPods } from "./play.js";
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

/** Makes the containers of the input real. */
export type RealStage = (input: Input, progress: Progress) => Promise<RealPods>;

/** Plays all pods of the input, on a simulated node unless there is a real one, and prints the result. */
export async function playInputs(options: SimulateOptions, host: Host, stage?: RealStage): Promise<number> {
  const input = await readInputs(options.inputs, host);
  checkContainer(options, input);
  await using scratch = new Scratch();
  const plugins = await findPlugins(options, host, scratch);
  for (const line of await checkFolders(options, host)) host.stderr.write(`nri: ${printable(line)}\n`);
  const progress = new Progress(host.stderr);
  const played = async (): Promise<Played> => {
    await using real = await stage?.(input, progress);
    return await play({ options, input, plugins, host, progress, real });
  };
  const { result, notes } = await played();
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
