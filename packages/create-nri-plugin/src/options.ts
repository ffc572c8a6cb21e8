// The arguments: read, checked, and explained.
import { parseArgs } from "node:util";
import { UsageError } from "./host.js";
import { indexProblem, nameProblem } from "./names.js";
import { isTemplate, TEMPLATES, type TemplateName } from "./templates.js";

/** What was given; undefined is asked for, or has a default. */
export interface Options {
  readonly folder: string | undefined;
  readonly name: string | undefined;
  readonly index: string | undefined;
  readonly template: TemplateName | undefined;
  /** Folder with tarballs of our packages. */
  readonly packages: string | undefined;
  /** Takes defaults instead of asking. */
  readonly yes: boolean;
}

const LIST = Object.entries(TEMPLATES).map(([name, about]) => `  ${name.padEnd(10)} ${about}\n`);

/** What `--help` prints. */
export const HELP = `Usage: npm create nri-plugin [FOLDER] -- [options]
       create-nri-plugin [FOLDER] [options]

Makes a project for an NRI plugin in TypeScript: the plugin, a test of it, a pod to try it with, and what it takes to run it on
nodes (Dockerfile, DaemonSet, systemd unit). Asks for what is not given.

Templates:
${LIST.join("")}
Options:
  --name NAME        name of the plugin (default: the folder's)
  --template NAME    one of the templates
  --index NN         two digits: the place of the plugin among others (default: 10)
  --yes              ask nothing: what is not given has its default; the template's is bare
  --packages DIR     take our packages from tarballs in DIR (npm pack) instead of a registry
  --version          print the version
  --help             print this

FOLDER must not exist, or be empty; it is the name when not given.

Exit code: 0 made; 1 could not be written, nothing is left; 2 wrong use.

Example:
  npm create nri-plugin pinner -- --template resources
`;

const OPTIONS = {
  name: { type: "string" },
  template: { type: "string" },
  index: { type: "string" },
  packages: { type: "string" },
  yes: { type: "boolean", short: "y" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the arguments; a word when only that was asked for. Throws UsageError. */
export function readOptions(args: readonly string[]): Options | "help" | "version" {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  if (values.version === true) return "version";
  const [folder, ...rest] = positionals;
  if (rest[0] !== undefined) throw new UsageError(`unexpected "${rest[0]}": one folder at a time; see --help`);
  const { name, index, template, packages } = values;
  refuse(name === undefined ? undefined : nameProblem(name));
  refuse(index === undefined ? undefined : indexProblem(index));
  if (template !== undefined && !isTemplate(template))
    throw new UsageError(`unknown template "${template}"; there are ${Object.keys(TEMPLATES).join(", ")}`);
  return { folder, name, index, template, packages, yes: values.yes ?? false };
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new UsageError(problem);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // "To specify a positional argument..." is Node's own advice, and longer than the problem.
    const text = error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error);
    throw new UsageError(`${text}; see --help`);
  }
}
