// The options of `nri build`: read, checked, and explained.
import { basename, extname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { checkPluginName, type PluginIdentity, parsePluginName } from "@nri/protocol";
import { errorText } from "../error-text.js";
import { UsageError } from "../host.js";
import { NODE_FILES } from "../node-files.js";
import { argumentProblem } from "../usage.js";

/** Everything that was asked for. */
export interface BuildOptions {
  /** The plugin's file as given. */
  readonly input: string;
  /** Absolute path of the file to be written. */
  readonly output: string;
  /** What the plugin is called by that file's name. */
  readonly identity: PluginIdentity;
  /** A script for a Node that is there, in place of an executable. */
  readonly bundle: boolean;
  /** Node to put in, or to be named; the one that runs us when absent. */
  readonly node: string | undefined;
  readonly json: boolean;
}

/** What `nri build --help` prints. */
export const BUILD_HELP = `Usage: nri build PLUGIN [-o NN-name] [options]

Makes one file of a plugin and everything it imports: an executable that needs neither Node.js nor npm where it runs. Put
it into the plugin directory of a runtime (/opt/nri/plugins), or start it by hand; its name is the plugin's index and name.

PLUGIN is a .ts, .mts, .js, .mjs or .cjs file.

Options:
  -o, --output NN-name       the file to write; its folder is made (default: the name of PLUGIN when it is NN-name)
  --bundle                   a small script in place of the executable; its first line is the path of Node.js, which must
                             be there. With the ending .mjs or without
  --node FILE                Node.js to put in, or with --bundle to be named (default: the one that runs nri)
  --json                     what was written, as JSON
  --help                     print this

Exit code: 0 written; 1 the executable could not be made; 2 wrong use, an error in the plugin.

Example:
  nri build my-plugin.ts -o 10-my-plugin
`;

const OPTIONS = {
  output: { type: "string", short: "o" },
  bundle: { type: "boolean" },
  node: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the arguments; undefined when help was asked for. Throws UsageError. */
export function readBuildOptions(args: readonly string[], cwd: string): BuildOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const [input, ...rest] = positionals;
  if (input === undefined) throw new UsageError("no PLUGIN given; see nri build --help");
  if (rest[0] !== undefined)
    throw new UsageError(`unexpected "${rest[0]}": one plugin at a time; see nri build --help`);
  const extension = extname(input);
  if (!NODE_FILES.includes(extension)) {
    throw new UsageError(`plugin ${input}: not a ${NODE_FILES.join(", ")} file`);
  }
  const bundle = values.bundle ?? false;
  const output = values.output ?? `${basename(input, extension)}${bundle ? ".mjs" : ""}`;
  return {
    input,
    output: resolve(cwd, output),
    identity: identityOf(output, bundle, values.output !== undefined),
    bundle,
    node: values.node,
    json: values.json ?? false,
  };
}

function identityOf(output: string, bundle: boolean, given: boolean): PluginIdentity {
  const name = basename(output);
  try {
    const identity = parsePluginName(bundle ? name.replace(/\.mjs$/, "") : name);
    checkPluginName(identity.name);
    return identity;
  } catch (error) {
    if (!given) throw new UsageError(`${errorText(error)}; say what it shall be called: -o NN-name`, { cause: error });
    throw new UsageError(`-o "${output}": ${errorText(error)}`, { cause: error });
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, strict: true, options: OPTIONS });
  } catch (error) {
    throw argumentProblem(error, "build", Object.keys(OPTIONS));
  }
}
