// create-nri-plugin: what was given, what is asked for, and the project that comes of it.
import { join, relative, resolve } from "node:path";
import { EXIT, type Host, InterruptedError, UsageError } from "./host.js";
import { nameOfFolder, nameProblem } from "./names.js";
import { HELP, type Options, readOptions } from "./options.js";
import { version, withPackages } from "./packages.js";
import { projectFiles, TEMPLATES, type TemplateName } from "./templates.js";
import { checkFolder, writeProject } from "./write.js";

const DEFAULT_INDEX = "10";
const DEFAULT_TEMPLATE = "bare";

/** Runs the command and resolves with its exit code; never rejects. `args` are those after the program's name. */
export async function main(args: readonly string[], host: Host): Promise<number> {
  try {
    const options = readOptions(args);
    if (options === "help" || options === "version") {
      host.print(options === "help" ? HELP : `${version()}\n`);
      return EXIT.ok;
    }
    const project = await complete(options, host);
    make(project, host);
    host.print(nextSteps(project, host.cwd));
    return EXIT.ok;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    host.complain(`create-nri-plugin: ${text}\n`);
    if (error instanceof InterruptedError) return EXIT.interrupted;
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/** Everything decided. */
interface Project {
  /** Absolute path. */
  readonly folder: string;
  readonly name: string;
  readonly index: string;
  readonly template: TemplateName;
  readonly packages: string | undefined;
}

/** Fills in defaults, and asks for the rest when there is somebody to ask. Throws UsageError. */
async function complete(options: Options, host: Host): Promise<Project> {
  const { folder: given, yes, packages } = options;
  if (given !== undefined) checkFolder(resolve(host.cwd, given), given);
  const suggested = given === undefined ? undefined : nameOfFolder(resolve(host.cwd, given));
  const terminal = yes ? undefined : host.terminal;
  let { name = suggested, template, index } = options;
  if (terminal === undefined) {
    const missing = [
      ...(name === undefined ? ["FOLDER or --name"] : []),
      ...(template === undefined && !yes ? [`--template (${Object.keys(TEMPLATES).join(", ")})`] : []),
    ];
    if (missing.length > 0)
      throw new UsageError(`nobody to ask at this input: give ${missing.join(" and ")}${yes ? "" : ", or --yes"}`);
  } else {
    const ask = await import("./ask.js");
    const asking = name === undefined || template === undefined;
    name ??= await ask.askName(terminal);
    template ??= await ask.askTemplate(terminal);
    if (asking) index ??= await ask.askIndex(terminal, DEFAULT_INDEX);
  }
  const problem = nameProblem(name ?? "");
  if (problem !== undefined) throw new UsageError(`${problem}; give another one with --name`);
  const folder = resolve(host.cwd, given ?? name ?? "");
  if (given === undefined) checkFolder(folder, name ?? "");
  return { folder, name: name ?? "", index: index ?? DEFAULT_INDEX, template: template ?? DEFAULT_TEMPLATE, packages };
}

function make({ folder, name, index, template, packages }: Project, host: Host): void {
  const files = projectFiles(template, { name, index, version: version() });
  const manifest = files.get("package.json");
  if (manifest !== undefined) files.set("package.json", withPackages(manifest, host.cwd, packages));
  writeProject(folder, files);
}

function nextSteps({ folder, name, template }: Project, cwd: string): string {
  const shown = relative(cwd, folder);
  const enter = shown === "" ? "" : `  cd ${shown}\n`;
  return `Made ${join(shown, ".")}: plugin ${name}, which ${TEMPLATES[template]}.

${enter}  npm install
  npm test            # the plugin on a node without an engine
  npm run simulate    # what it makes of sample/pod.yaml

README.md says how it gets onto nodes.
`;
}
