// The hooks of several directories: which files count, what is wrong with them, and what happens when they change.
import { type FSWatcher, mkdirSync, readdirSync, readFileSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import type { Logger } from "@nri/plugin";
import { errorText } from "../common/error-text.js";
import { type HookFile, MissingProgram, parseHookFile } from "./hook-file.js";

/** Where hooks are looked for, later directories before earlier ones. */
export const DEFAULT_DIRECTORIES: readonly string[] = [
  "/usr/share/containers/oci/hooks.d",
  "/etc/containers/oci/hooks.d",
];
/** The largest hook file, in bytes, and the most files with hooks that a directory may have. */
export const MAX_HOOK_FILE_BYTES = 1 << 20;
export const MAX_HOOK_FILES = 1000;

/** Hooks by file name. */
export type HookFiles = ReadonlyMap<string, HookFile>;

/** What is wrong with a directory: the text, and whether its first problem is a program or a directory that is not there. */
interface Problem {
  readonly text: string;
  readonly missing: boolean;
}

/** Reads the files of `directory` into `hooks`, over those of the same name. The problems of all of them are one, the last first. */
function readDirectory(directory: string, hooks: Map<string, HookFile>): Problem | undefined {
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith(".json"));
  } catch (error) {
    return { text: errorText(error), missing: (error as NodeJS.ErrnoException).code === "ENOENT" };
  }
  if (names.length > MAX_HOOK_FILES)
    return { text: `${directory} has ${names.length} hook files, at most ${MAX_HOOK_FILES} are read`, missing: false };
  let problem: Problem | undefined;
  for (const name of names.sort()) {
    try {
      const hook = readFile(join(directory, name));
      if (hook !== undefined) hooks.set(name, hook);
    } catch (error) {
      problem =
        problem === undefined
          ? { text: errorText(error), missing: error instanceof MissingProgram }
          : { text: `${errorText(error)}: ${problem.text}`, missing: problem.missing };
    }
  }
  return problem;
}

/** The hook in a file; undefined when the file is not there, which is where a link leads to nothing. */
function readFile(file: string): HookFile | undefined {
  try {
    const about = statSync(file);
    // a pipe would be waited for
    if (!about.isFile()) throw new Error(`read ${file}: is no file`);
    if (about.size > MAX_HOOK_FILE_BYTES)
      throw new Error(`parsing hook "${file}": ${about.size} bytes, at most ${MAX_HOOK_FILE_BYTES} are read`);
    return parseHookFile(file, readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * The hooks at the start. A directory that is not there has none. Throws what is wrong with the first directory that has a
 * problem, unless its first one is a program that is not there: then its other files count.
 */
export function loadHooks(directories: readonly string[]): HookFiles {
  const hooks = new Map<string, HookFile>();
  for (const directory of directories) {
    const problem = readDirectory(directory, hooks);
    if (problem !== undefined && !problem.missing) throw new Error(problem.text);
  }
  return hooks;
}

/** The hooks after a change: problems are logged, and what is right counts. */
function reloadHooks(directories: readonly string[], log: Logger): HookFiles {
  const hooks = new Map<string, HookFile>();
  for (const directory of directories) {
    const problem = readDirectory(directory, hooks);
    if (problem !== undefined) log.error(`Failed loading hooks of ${directory}: ${problem.text}`);
  }
  return hooks;
}

/**
 * Makes the directories where they are missing, and calls `changed` with all hooks after every change in one of them. Several
 * changes at once are one. Throws when a directory cannot be made or watched. The function that comes back ends the watching.
 */
export function watchHooks(
  directories: readonly string[],
  log: Logger,
  changed: (hooks: HookFiles) => void,
): () => void {
  for (const directory of directories) {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o755 });
    } catch (error) {
      throw new Error(`failed to create directory "${directory}": ${errorText(error)}`);
    }
  }
  let pending: NodeJS.Immediate | undefined;
  const reload = (): void => {
    pending ??= setImmediate(() => {
      pending = undefined;
      changed(reloadHooks(directories, log));
    });
  };
  const watchers = directories.map((directory) => watchOne(directory, log, reload));
  log.info(`watching directories "${directories.join(" ")}" for new changes`);
  // what has changed since they were read
  reload();
  return () => {
    for (const watcher of watchers) watcher.close();
    clearImmediate(pending);
  };
}

function watchOne(directory: string, log: Logger, changed: () => void): FSWatcher {
  try {
    // the plugin ends with its connection, not with its directories
    const watcher = watch(directory, { persistent: false }, changed);
    return watcher.on("error", (error) => log.error(`watching ${directory}: ${errorText(error)}`));
  } catch (error) {
    throw new Error(`failed to monitor hook directories: ${errorText(error)}`);
  }
}
