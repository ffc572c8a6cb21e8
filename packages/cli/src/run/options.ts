// The options of `nri run`: those of `nri simulate`, and what the containers are run with.
import { parseArgs } from "node:util";
import { parseDuration } from "../duration.js";
import { UsageError } from "../host.js";
import { LIMITS } from "../limits.js";
import { OPTIONS, type SimulateOptions, simulateOptions } from "../simulate/options.js";
import { argumentProblem } from "../usage.js";

/** Everything that was asked for. */
export interface RunOptions {
  readonly simulate: SimulateOptions;
  /** Root filesystem of every container whose image is not given. */
  readonly rootfs: string | undefined;
  /** Folders and archives by image, as written. */
  readonly images: ReadonlyMap<string, string>;
  /** A name in PATH or a path. */
  readonly runtime: string | undefined;
  readonly graceMs: number;
}

/** What `nri run --help` prints. */
export const HELP = `Usage: nri run INPUT... [options]

Does what nri simulate does, and really runs the containers meanwhile, with runc or crun: plugins see real pods, processes, times
and exit codes, and what they change is so. Takes root and Linux; without, it is nri simulate, and says why.

INPUT is a Kubernetes manifest ("-" for stdin) or an OCI bundle. Pods run side by side. Init containers run to their end, then
the others until they end, or until Ctrl-C or SIGTERM: they get SIGTERM then, and SIGKILL when that takes too long. What
containers write goes to stderr, the result to stdout. In the end nothing is left.

Containers:
  --image REF=DIR|TAR        an image, repeatable: an OCI image layout (folder or tar), an archive of docker save or podman save,
                             or a folder with its files, which stays as it is
  --rootfs DIR               a folder with the files of every other image
  --runtime NAME|PATH        the OCI runtime (default: runc or crun, whichever is found first in PATH)
  --grace DURATION           how long containers may take to end after SIGTERM (default 10s)

And all options of nri simulate: --plugin [NN-name=]FILE, --until, --update (of the running containers), -o and others; see
nri simulate --help.

Exit code: 0 done, and containers ended with code 0 or because they were told to; 1 a container was refused or failed, plugins
conflict, or a plugin died, hung or registered badly; 2 wrong use.

Example:
  nri run pod.yaml --image busybox=busybox.tar --plugin ./my-plugin.ts
`;

const RUN_OPTIONS = {
  ...OPTIONS,
  rootfs: { type: "string" },
  image: { type: "string", multiple: true },
  runtime: { type: "string" },
  grace: { type: "string" },
} as const;

/** Reads the arguments; undefined when help was asked for. Throws UsageError. */
export function readRunOptions(args: readonly string[]): RunOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const { rootfs, image = [], runtime, grace, ...rest } = values;
  return {
    simulate: simulateOptions("run", rest, positionals),
    rootfs,
    images: images(image),
    runtime,
    graceMs: grace === undefined ? LIMITS.containerGraceMs : parseDuration(grace, "--grace"),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, strict: true, options: RUN_OPTIONS });
  } catch (error) {
    throw argumentProblem(error, "run", Object.keys(RUN_OPTIONS));
  }
}

function images(given: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of given) {
    // A reference may hold `=` nowhere, a path may.
    const end = text.indexOf("=");
    if (end < 1 || end === text.length - 1) throw new UsageError(`--image "${text}": must be REF=DIR or REF=TAR`);
    const reference = text.slice(0, end);
    if (found.has(reference)) throw new UsageError(`--image: ${reference} is given twice`);
    found.set(reference, text.slice(end + 1));
  }
  return found;
}
