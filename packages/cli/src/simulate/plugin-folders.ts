// The folders that a runtime would search: a runtime is silent about what is not there, people want to know.
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileProblem } from "../files.js";
import { type Host, UsageError } from "../host.js";
import { LIMITS } from "../limits.js";
import type { SimulateOptions } from "./options.js";

/**
 * One line for each thing that will be passed over: a folder of configuration that is missing, a file that is called as
 * a plugin and is not executable. Throws UsageError when the folder of plugins is missing or no folder.
 */
export async function checkFolders(options: SimulateOptions, host: Host): Promise<readonly string[]> {
  const lines: string[] = [];
  const { pluginDir, pluginConfigDir } = options;
  const configProblem = pluginConfigDir === undefined ? undefined : await problemOf(resolve(host.cwd, pluginConfigDir));
  if (configProblem !== undefined) lines.push(`--plugin-config-dir ${pluginConfigDir}: ${configProblem}`);
  if (pluginDir === undefined) return lines;
  const folder = resolve(host.cwd, pluginDir);
  const problem = await problemOf(folder);
  if (problem !== undefined) throw new UsageError(`--plugin-dir ${pluginDir}: ${problem}`);
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d\d-.*(?<!\.conf)$/.test(name));
  for (const name of names.sort().slice(0, LIMITS.plugins)) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true && (found.mode & 0o111) === 0)
      lines.push(`skipping ${join(pluginDir, name)}: is not executable (chmod +x it)`);
  }
  return lines;
}

async function problemOf(folder: string): Promise<string | undefined> {
  try {
    return (await stat(folder)).isDirectory() ? undefined : "is no folder";
  } catch (error) {
    return fileProblem(error).replace(/^no such file$/, "no such folder");
  }
}
