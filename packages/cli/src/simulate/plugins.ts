// --plugin arguments to programs that can be started: identity, program, configuration.
import { constants } from "node:fs";
import { access, open, readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, extname, join, resolve } from "node:path";
import type { LaunchSpec } from "@nri/adaptation";
import { checkPluginIndex, checkPluginName } from "@nri/protocol";
import { errorText } from "../error-text.js";
import { fileProblem } from "../files.js";
import { type Host, UsageError } from "../host.js";
import { LIMITS } from "../limits.js";
import { NODE_FILES } from "../node-files.js";
import type { Scratch } from "../scratch.js";
import type { SimulateOptions } from "./options.js";

/** Extensions that are not part of a plugin's name. */
const EXTENSIONS: readonly string[] = [...NODE_FILES, ".wasm"];
/** Magic and version of a WebAssembly module. */
const WASM_MODULE = "\0asm\x01\0\0\0";

/** Every plugin of --plugin. Throws UsageError for one that is missing, cannot be started, or has no valid name. */
export async function findPlugins(options: SimulateOptions, host: Host, scratch: Scratch): Promise<LaunchSpec[]> {
  if (options.plugins.length > LIMITS.plugins) throw new UsageError(`more than ${LIMITS.plugins} plugins`);
  const specs: LaunchSpec[] = [];
  let free = 10;
  for (const given of options.plugins) {
    const { identity, file } = await split(given, host);
    const [index, name] = identity ?? fromFile(file, () => String(free++).padStart(2, "0"));
    checkIdentity(given, index, name);
    if (specs.some((spec) => spec.index === index && spec.name === name)) {
      throw new UsageError(
        `--plugin "${given}": two plugins are called ${index}-${name}; give it another name: --plugin NN-name=FILE`,
      );
    }
    const path = resolve(host.cwd, file);
    const config = await configOf(index, name, options, host);
    specs.push({ index, name, config, ...(await program(path, given, scratch)) });
  }
  for (const known of options.pluginConfigs.keys()) {
    if (!specs.some(({ index, name }) => `${index}-${name}` === known)) {
      const names = specs.map(({ index, name }) => `${index}-${name}`).join(", ");
      throw new UsageError(
        `--plugin-config ${known}: no such plugin among --plugin (${names === "" ? "none" : names})`,
      );
    }
  }
  return specs;
}

/** `NN-name=FILE`, or a file whose name has a `=` in it. */
async function split(given: string, host: Host): Promise<{ identity?: [index: string, name: string]; file: string }> {
  const end = given.indexOf("=");
  if (end < 0) return { file: given };
  const match = /^([^-/]*)-([^/]*)$/.exec(given.slice(0, end));
  if (match?.[1] !== undefined && match[2] !== undefined)
    return { identity: [match[1], match[2]], file: given.slice(end + 1) };
  const exists = await stat(resolve(host.cwd, given)).then(
    () => true,
    () => false,
  );
  if (exists) return { file: given };
  throw new UsageError(`--plugin "${given}": the name before = must be NN-name, such as 10-foo`);
}

/** A file's name as identity; of a file for Node.js, or a module, without the extension. */
function fromFile(file: string, freeIndex: () => string): [index: string, name: string] {
  const extension = extname(file);
  const base = EXTENSIONS.includes(extension) ? basename(file, extension) : basename(file);
  const match = /^(\d\d)-(.+)$/.exec(base);
  return match?.[1] !== undefined && match[2] !== undefined ? [match[1], match[2]] : [freeIndex(), base];
}

function checkIdentity(given: string, index: string, name: string): void {
  try {
    checkPluginIndex(index);
    checkPluginName(name);
  } catch (error) {
    throw new UsageError(`--plugin "${given}": ${errorText(error)}; give it one: --plugin NN-name=FILE`);
  }
}

async function program(path: string, given: string, scratch: Scratch): Promise<Pick<LaunchSpec, "command" | "args">> {
  const refuse = (why: string, cause?: unknown) => new UsageError(`plugin ${given}: ${why}`, { cause });
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw refuse("is a folder (--plugin-dir takes one)");
    if (!found.isFile()) throw refuse("is no file");
    const extension = extname(path);
    if (NODE_FILES.includes(extension)) {
      await access(path, constants.R_OK);
      if (extension === ".ts" || extension === ".mts") {
        const { bundle } = await import("./bundle.js");
        return { command: process.execPath, args: ["--enable-source-maps", await bundle(path, given, scratch)] };
      }
      return { command: process.execPath, args: [...findOurPackages(path), path] };
    }
    const head = await headOf(path);
    if (head === WASM_MODULE) return { command: path };
    if ((found.mode & 0o111) === 0) throw refuse("is not executable (chmod +x it, or name it .js, .mjs or .ts)");
    await access(path, constants.X_OK);
    if (!looksStartable(head))
      throw refuse("is not executable: neither a program, a WebAssembly module nor a script that begins with #!");
    return { command: path };
  } catch (error) {
    throw error instanceof UsageError ? error : refuse(fileProblem(error), error);
  }
}

/** The first bytes of a file, as characters; undefined when it cannot be read: programs may be executable all the same. */
async function headOf(path: string): Promise<string | undefined> {
  const handle = await open(path, "r").catch(() => undefined);
  try {
    const read = await handle?.read(Buffer.alloc(WASM_MODULE.length), 0, WASM_MODULE.length, 0);
    return read?.buffer.toString("latin1", 0, read.bytesRead);
  } finally {
    await handle?.close();
  }
}

function looksStartable(head: string | undefined): boolean {
  return process.platform !== "linux" || head === undefined || head.startsWith("#!") || head.startsWith("\x7fELF");
}

/** A plugin that lies where no `node_modules` has our packages gets them from here. */
function findOurPackages(path: string): string[] {
  try {
    createRequire(path).resolve("@nri/plugin");
    return [];
  } catch {
    return ["--import", new URL("./our-packages.js", import.meta.url).href];
  }
}

async function configOf(
  index: string,
  name: string,
  options: SimulateOptions,
  host: Host,
): Promise<string | undefined> {
  const identity = `${index}-${name}`;
  const given = options.pluginConfigs.get(identity);
  if (given !== undefined) return readConfig(resolve(host.cwd, given), given, identity);
  if (options.pluginConfigDir === undefined) return undefined;
  for (const file of [`${identity}.conf`, `${name}.conf`]) {
    const path = join(resolve(host.cwd, options.pluginConfigDir), file);
    const exists = await stat(path).then(
      () => true,
      () => false,
    );
    if (exists) return readConfig(path, join(options.pluginConfigDir, file), identity);
  }
  return undefined;
}

async function readConfig(path: string, shown: string, identity: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > LIMITS.configBytes) throw new Error(`more than ${LIMITS.configBytes} bytes`);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const why = error instanceof TypeError ? "not UTF-8" : fileProblem(error);
    throw new UsageError(`${shown}: configuration of plugin ${identity}: ${why}`, { cause: error });
  }
}
