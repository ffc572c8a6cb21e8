// Finds the pre-installed plugins of a directory, and the configuration of each.
import { constants as fs, type Stats } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { parsePluginName } from "@nri/protocol";
import { AdaptationError, errorText, systemCode } from "../errors.js";
import type { Compat } from "../merge/index.js";
import type { LaunchSpec } from "./launch.js";
import { readBounded } from "./read-bounded.js";

/** Where configurations are. */
export interface ConfigOptions {
  readonly pluginConfigDir?: string | undefined;
  readonly maxConfigBytes: number;
}

/** Where to look, and how strictly. */
export interface DiscoverOptions extends ConfigOptions {
  readonly pluginDir: string;
  readonly compat: Compat;
  /** Told of each entry that was skipped for a reason worth knowing. */
  readonly skipped: (level: "warn" | "error", text: string) => void;
}

const EXECUTABLE = fs.S_IXUSR | fs.S_IXGRP | fs.S_IXOTH;

/**
 * The plugins of a directory in byte order of their names; none when the directory does not exist. Entries without any
 * execute bit, and directories, are no plugins. Symbolic links are followed, the link's name is the plugin's name; a
 * dangling link, a loop or a link to a directory is skipped with a warning, a bad name with an error.
 *
 * With `compat: "reference"` links are not looked through (they fail at launch), and a bad name makes it throw
 * (`discovery-failed`). Throws `discovery-failed` when the directory, `config-unreadable` when a configuration cannot be read.
 */
export async function discoverPlugins(options: DiscoverOptions): Promise<LaunchSpec[]> {
  const { pluginDir, skipped } = options;
  const found: LaunchSpec[] = [];
  for (const entry of await entriesOf(pluginDir)) {
    const name = entry.toString("utf8");
    const path = join(pluginDir, name);
    if (!(await isProgram(path, options))) {
      continue;
    }
    let identity: { readonly index: string; readonly name: string };
    try {
      identity = parsePluginName(name);
      if (options.compat === "default" && identity.name === "") {
        throw new Error(`invalid plugin name "${name}", idx-pluginname expected`);
      }
    } catch (error) {
      if (options.compat === "reference") {
        throw new AdaptationError(
          "discovery-failed",
          `failed to discover plugins in ${pluginDir}: ${errorText(error)}`,
          {
            cause: error,
          },
        );
      }
      skipped("error", `skipping ${path}: ${errorText(error)}`);
      continue;
    }
    found.push({
      index: identity.index,
      name: identity.name,
      command: path,
      config: await readConfig(options, identity.index, identity.name),
    });
  }
  return found;
}

async function entriesOf(directory: string): Promise<Buffer[]> {
  try {
    return (await readdir(directory, { encoding: "buffer" })).sort(Buffer.compare);
  } catch (error) {
    if (systemCode(error) === "ENOENT") {
      return [];
    }
    throw new AdaptationError("discovery-failed", `failed to discover plugins in ${directory}: ${errorText(error)}`, {
      cause: error,
    });
  }
}

/** Whether an entry is a program to start. An entry that vanishes while we look is none. */
async function isProgram(path: string, { compat, skipped }: DiscoverOptions): Promise<boolean> {
  let stats: Stats;
  try {
    stats = await lstat(path);
  } catch {
    return false; // as the reference: entries whose information cannot be read are skipped
  }
  if (compat === "reference") {
    return !stats.isDirectory() && (stats.mode & EXECUTABLE) !== 0;
  }
  if (!stats.isSymbolicLink()) {
    return stats.isFile() && (stats.mode & EXECUTABLE) !== 0;
  }
  try {
    const target = await stat(path);
    if (target.isFile() && (target.mode & EXECUTABLE) !== 0) {
      return true;
    }
    const what = target.isDirectory() ? "a directory" : "no executable file";
    skipped("warn", `skipping ${path}: the symbolic link leads to ${what}`);
  } catch (error) {
    const code = systemCode(error);
    const why = code === "ENOENT" ? "leads nowhere" : code === "ELOOP" ? "is a loop" : `fails: ${errorText(error)}`;
    skipped("warn", `skipping ${path}: the symbolic link ${why}`);
  }
  return false;
}

/** `<index>-<name>.conf`, else `<name>.conf`, else nothing: the whole text, not interpreted. */
export async function readConfig(options: ConfigOptions, index: string, name: string): Promise<string> {
  if (options.pluginConfigDir === undefined) {
    return "";
  }
  for (const file of [`${index}-${name}.conf`, `${name}.conf`]) {
    const path = join(options.pluginConfigDir, file);
    try {
      const text = await readText(path, options.maxConfigBytes);
      if (text !== undefined) {
        return text;
      }
    } catch (error) {
      const plugin = `${index}-${name}`;
      throw new AdaptationError(
        "config-unreadable",
        `failed to read configuration for plugin "${plugin}": ${path}: ${errorText(error)}`,
        { plugin, cause: error },
      );
    }
  }
  return "";
}

/** The file's text; undefined when it does not exist. Refuses more than `maxBytes` and what is not UTF-8. */
async function readText(path: string, maxBytes: number): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readBounded(path, maxBytes));
  } catch (error) {
    if (systemCode(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
