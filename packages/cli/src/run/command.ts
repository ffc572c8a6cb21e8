// nri run: nri simulate with real containers behind it.
import { resolve } from "node:path";
import { findMachine, type Machine, Runner } from "@nri/runtime/embedded";
import { EXIT, type Host, UsageError } from "../host.js";
import { printable } from "../printable.js";
import { playInputs } from "../simulate/command.js";
import type { Input } from "../simulate/input.js";
import { Progress } from "../simulate/progress.js";
import { type Images, openImages } from "./images.js";
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
  if (!("missing" in machine)) return await runFor(options, machine, host);
  if (runtime !== undefined && machine.missing.startsWith(runtime))
    throw new UsageError(`--runtime: ${machine.missing}`);
  host.stderr.write(`nri: nothing is run, only simulated: ${machine.missing}\n`);
  return await playInputs(options.simulate, host);
}

async function runFor(options: RunOptions, machine: Machine, host: Host): Promise<number> {
  host.endsByItself(["SIGTERM", "SIGINT"]);
  const progress = new Progress(host.stderr);
  let nameOf = (id: string): string => id;
  await using runner = await Runner.start({
    machine,
    path: host.env.PATH ?? "",
    graceMs: options.graceMs,
    ending: host.signal,
    output: (id, line) => progress.line(`${nameOf(id)} | ${line.split("\t").map(printable).join("\t")}`),
    log: (text) => progress.line(`nri: ${printable(text)}`),
  });
  progress.begin("unpacking images");
  const images = await openImages(options, host, runner.scratch);
  for (const note of images.notes) progress.line(`nri: ${printable(note)}`);
  return await playInputs(options.simulate, host, {
    progress,
    images: images.config,
    prepare: (input) => {
      nameOf = containerNames(input);
      const folders = rootFolders(input, images);
      return {
        pod: async (plan) => {
          const bundle = input.bundles.get(plan);
          return bundle === undefined
            ? await runner.pod(plan, (id) => folders.get(id) ?? "")
            : runner.bundle(plan, bundle);
        },
      };
    },
  });
}

/** The folder that each container's root filesystem is made of, by its id. Throws UsageError for what cannot be run. */
function rootFolders({ pods, bundles, requests }: Input, images: Images): Map<string, string> {
  const folders = new Map<string, string>();
  for (const plan of pods) {
    const name = plan.pod.namespace === "" ? plan.pod.name : `${plan.pod.namespace}/${plan.pod.name}`;
    if (requests.has(plan))
      throw new UsageError(
        `${name}: a CreateContainerRequest can only be simulated: it does not tell all of a container`,
      );
    if (bundles.has(plan)) {
      if (bundles.get(plan) === undefined)
        throw new UsageError(`${name}: an OCI spec on stdin can only be simulated: give the bundle's folder`);
      continue;
    }
    for (const { container } of plan.containers) {
      const image = container.image?.name ?? "";
      const folder = images.folder(image);
      if (folder === undefined)
        throw new UsageError(
          `${name}/${container.name}: nothing is known of image ${image}: give --image ${image}=DIR|TAR, or --rootfs DIR for all`,
        );
      if (images.config(image) === undefined && container.args[0]?.startsWith("<entrypoint"))
        throw new UsageError(`${name}/${container.name}: has no command, and a folder of image ${image} tells none`);
      folders.set(container.id, folder);
    }
  }
  return folders;
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
