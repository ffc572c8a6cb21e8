// Who each plugin of a fake node is: settings, then the plugin's own definition or file name, then a free index.
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPluginIndex, checkPluginName, type PluginIdentity } from "@nri/protocol";
import { asError, TestingError } from "../errors.js";
import { LIMITS } from "../limits.js";
import { type InProcessPlugin, isPlugin, type PluginInput, type ProgramPlugin } from "./options.js";

/** Files that Node.js runs. */
const NODE_FILES: readonly string[] = [".js", ".mjs", ".cjs"];
/** Files that it does not run on every release that we support. */
const SOURCES: readonly string[] = [".ts", ".mts", ".cts"];

/** A plugin with everything known that starting it needs. */
export type NamedPlugin = PluginIdentity & {
  readonly config: string | undefined;
} & ({ readonly inProcess: InProcessPlugin } | { readonly command: string; readonly args: readonly string[] });

/** Gives plugins their identities; those without an index get 10, 11, ... */
export class Identities {
  #free = 10;

  /** Refuses (`invalid-option`) what NRI does not take as index or name, and source files. */
  name(input: PluginInput): NamedPlugin {
    if ("program" in input) return this.#program(input);
    const inProcess = isPlugin(input) ? { plugin: input } : input;
    const { plugin, index = plugin.index, name = plugin.name, config } = inProcess;
    return { ...this.#checked(index, name ?? "plugin"), config, inProcess };
  }

  #program({ program, index, name, config, args = [] }: ProgramPlugin): NamedPlugin {
    const file = typeof program === "string" ? program : fileURLToPath(program);
    const extension = extname(file);
    if (SOURCES.includes(extension)) {
      const text = `${file}: only programs can be started; build it, or give its definePlugin() object`;
      throw new TestingError("invalid-option", text);
    }
    const node = NODE_FILES.includes(extension);
    const base = basename(file, node ? extension : "");
    const [, fileIndex, fileName = base] = /^(\d\d)-(.+)$/.exec(base) ?? [];
    return {
      ...this.#checked(index ?? fileIndex, name ?? fileName),
      config,
      command: node ? process.execPath : file.includes("/") ? file : `./${file}`,
      args: node ? [file, ...args] : args,
    };
  }

  #checked(given: string | undefined, name: string): PluginIdentity {
    const index = given ?? this.#next();
    try {
      checkPluginIndex(index);
      checkPluginName(name);
    } catch (thrown) {
      const { message } = asError(thrown);
      throw new TestingError("invalid-option", `plugin "${index}-${name}": ${message}`, { cause: thrown });
    }
    return { index, name };
  }

  #next(): string {
    if (this.#free >= 10 + LIMITS.unnumberedPlugins)
      throw new TestingError("invalid-option", `more than ${LIMITS.unnumberedPlugins} plugins without an index`);
    return String(this.#free++);
  }
}
