// nri run: nri simulate with real containers behind it.
import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { findMachine, type Machine, Runner } from "@nri/runtime/embedded";
import { type PodPlan, resolveImage } from "@nri/testing";
import { fileProblem } from "../files.js";
import { EXIT, type Host, UsageError } from "../host.js";
import { printable } from "../printable.js";
import { playInputs } from "../simulate/command.js";
import type { Input } from "../simulate/input.js";
import type { RealPods } from "../simulate/play.js";
import type { Progress } from "../simulate/progress.js";
import { HELP, type RunOptions, readRunOptions } from "./options.js";

/** Runs the command. Throws UsageError for wrong use; everything else is an exit code. */
export async function run(args: readonly string[], host: Host): Promise<number> {
  const options = readRunOptions(args);
  if (options === undefined) {
    host.stdout.write(HELP);
    return EXIT.ok;
  }
  const path = host.env.PATH ?? "";
  const runtime = options.runtime?.includes("/") ? resolve(host.cwd, options.runtime) : options.runtime;
  const machine = findMachine(path, runtime);
  if ("missing" in machine) {
    if (runtime !== undefined && machine.missing.startsWith(runtime))
      throw new UsageError(`--runtime: ${machine.missing}`);
    host.stderr.write(`nri: nothing is run, only simulated: ${machine.missing}\n`);
    return await playInputs(options.simulate, host);
  }
  host.endsByItself(["SIGTERM", "SIGINT"]);
  return await playInputs(options.simulate, host, (input, progress) =>
    realPods(options, machine, input, host, progress),
  );
}

async function realPods(
  options: RunOptions,
  machine: Machine,
  input: Input,
  host: Host,
  progress: Progress,
): Promise<RealPods> {
  const folders = await rootFolders(options, input, host);
  const nameOf = containerNames(input);
  const runner = await Runner.start({
    machine,
    path: host.env.PATH ?? "",
    graceMs: options.graceMs,
    ending: host.signal,
    output: (id, line) => progress.line(`${nameOf(id)} | ${line.split("\t").map(printable).join("\t")}`),
    log: (text) => progress.line(`nri: ${printable(text)}`),
  });
  return {
    pod: async (plan) => {
      const bundle = input.bundles.get(plan);
      if (bundle !== undefined) return runner.bundle(plan, bundle);
      return await runner.pod(plan, (id) => folders.get(id) ?? "");
    },
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}

/** The folder that each container's root filesystem is made of, by its id. Throws UsageError when there is none. */
async function rootFolders(options: RunOptions, input: Input, host: Host): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  const otherwise = options.rootfs === undefined ? undefined : await folder("--rootfs", options.rootfs, host);
  const images = new Map<string, string>();
  for (const [reference, given] of options.images)
    images.set(resolveImage(reference).name, await folder(`--image ${reference}`, given, host));
  for (const plan of input.pods) {
    refuseRequest(plan, input);
    if (input.bundles.has(plan)) continue;
    for (const { container } of plan.containers) {
      const label = `${plan.pod.namespace}/${plan.pod.name}/${container.name}`;
      const image = container.image?.name ?? "";
      const rootfs = images.get(image) ?? otherwise;
      if (rootfs === undefined)
        throw new UsageError(
          `${label}: nothing is known of image ${image}: give --image ${image}=DIR, or --rootfs DIR for all`,
        );
      if (container.args[0]?.startsWith("<entrypoint"))
        throw new UsageError(`${label}: has no command, and a folder of image ${image} tells none`);
      folders.set(container.id, rootfs);
    }
  }
  return folders;
}

function refuseRequest(plan: PodPlan, { requests, bundles }: Input): void {
  const name = plan.pod.namespace === "" ? plan.pod.name : `${plan.pod.namespace}/${plan.pod.name}`;
  if (requests.has(plan))
    throw new UsageError(
      `${name}: a CreateContainerRequest can only be simulated: it does not tell all of a container`,
    );
  if (bundles.has(plan) && bundles.get(plan) === undefined)
    throw new UsageError(`${name}: an OCI spec on stdin can only be simulated: give the bundle's folder`);
}

async function folder(option: string, given: string, host: Host): Promise<string> {
  const path = isAbsolute(given) ? given : resolve(host.cwd, given);
  const found = await stat(path).catch((error: unknown) => {
    throw new UsageError(`${option} ${given}: ${fileProblem(error)}`);
  });
  if (!found.isDirectory()) throw new UsageError(`${option} ${given}: is no folder`);
  return path;
}

/** What a line of a container begins with: its name, with its pod's when there are several. */
function containerNames({ pods }: Input): (id: string) => string {
  const names = new Map<string, string>();
  for (const { pod, containers } of pods) {
    for (const { container } of containers)
      names.set(container.id, pods.length > 1 ? `${pod.name}/${container.name}` : container.name);
  }
  return (id) => printable(names.get(id) ?? id);
}
