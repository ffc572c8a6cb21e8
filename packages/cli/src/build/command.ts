// nri build: one file of a plugin.
import { existsSync } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { nodeLine } from "@nri/plugin/install";
import { displayName } from "@nri/protocol";
import { pluginScript } from "../bundle/script.js";
import { errorText } from "../error-text.js";
import { fileProblem } from "../files.js";
import { EXIT, type Host, UsageError } from "../host.js";
import { printable } from "../printable.js";
import { Scratch } from "../scratch.js";
import { makeExecutable } from "./executable.js";
import { type NodeProgram, nodeProgram } from "./node-program.js";
import { BUILD_HELP, type BuildOptions, readBuildOptions } from "./options.js";
import { putFile } from "./output.js";

/** Runs the command. Throws UsageError for wrong use and for errors in the plugin. */
export async function buildPlugin(args: readonly string[], host: Host): Promise<number> {
  const options = readBuildOptions(args, host.cwd);
  if (options === undefined) {
    host.stdout.write(BUILD_HELP);
    return EXIT.ok;
  }
  const input = resolve(host.cwd, options.input);
  await checkInput(input, options);
  await checkFolder(options.output);
  const node = options.bundle ? await writeBundle(input, options, host) : await writeExecutable(input, options, host);
  host.stdout.write(await told(options, node));
  return EXIT.ok;
}

async function checkInput(input: string, { input: shown, output }: BuildOptions): Promise<void> {
  try {
    if ((await stat(input)).isDirectory()) throw new UsageError(`plugin ${shown}: is a folder`);
    await access(input, constants.R_OK);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`plugin ${shown}: ${fileProblem(error)}`);
  }
  if (input === output) throw new UsageError(`-o ${output}: is the plugin itself`);
}

/** An executable takes seconds to make: that there is no place for it is said before. Folders that are missing are made later. */
async function checkFolder(output: string): Promise<void> {
  let folder = dirname(output);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    await access(`${folder}/.`, constants.W_OK);
  } catch (error) {
    throw new UsageError(`-o ${output}: ${fileProblem(error)}`, { cause: error });
  }
}

/** The script, with what esbuild warns of on stderr. `file` as in `pluginScript`. */
async function scriptOf(input: string, shown: string, file: string, host: Host): Promise<string> {
  const { text, warnings } = await pluginScript(input, shown, file);
  for (const warning of warnings) host.stderr.write(`${printable(warning)}\n`);
  return text;
}

async function writeExecutable(input: string, options: BuildOptions, host: Host): Promise<NodeProgram> {
  await using scratch = new Scratch();
  const script = await scriptOf(input, options.input, "process.execPath", host);
  const node = await nodeProgram(options.node ? resolve(host.cwd, options.node) : process.execPath, host.signal);
  const name = displayName(options.identity.index, options.identity.name);
  await putFile(options.output, { from: await makeExecutable(script, { name, node }, scratch, host.signal) });
  return node;
}

async function writeBundle(input: string, options: BuildOptions, host: Host): Promise<Pick<NodeProgram, "file">> {
  const file = options.node ?? process.execPath;
  const own = 'process.getBuiltinModule("node:fs").realpathSync(process.argv[1])';
  const script = await scriptOf(input, options.input, own, host);
  await putFile(options.output, { text: `${firstLine(file)}\n${script}` });
  return { file };
}

function firstLine(node: string): string {
  try {
    return nodeLine(node);
  } catch (error) {
    throw new UsageError(`--node ${errorText(error)}`, { cause: error });
  }
}

async function told(options: BuildOptions, node: { file: string; version?: string }): Promise<string> {
  const { output, bundle, identity } = options;
  const { size } = await stat(output);
  const kind = bundle ? "bundle" : "executable";
  if (options.json) return `${JSON.stringify({ file: output, kind, ...identity, bytes: size, node }, null, 2)}\n`;
  const amount = bundle ? `${Math.ceil(size / 1024)} KiB` : `${(size / 1024 / 1024).toFixed(0)} MiB`;
  const runs = bundle ? `runs with ${node.file}` : `Node.js ${node.version} inside`;
  return `${printable(output)}: plugin ${displayName(identity.index, identity.name)}, ${amount}, ${runs}\n`;
}
