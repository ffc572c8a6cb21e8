// The plugins that a containerd has started itself.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "../peers/child.js";

/** A started plugin. */
export interface Started {
  readonly pid: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** The plugins among the children of a process, with the environment that they were started with. Throws when there is none. */
export async function startedFrom(stateDir: string, parent: number): Promise<Started[]> {
  const children = (await output("ps", ["--ppid", String(parent), "-o", "pid="])).trim().split(/\s+/).map(Number);
  const found: Started[] = [];
  for (const pid of children) {
    const text = readFileSync(`/proc/${pid}/environ`, "utf8");
    if (!text.includes("NRI_PLUGIN_NAME=")) continue;
    const entries = text.split("\0").filter((entry) => entry !== "");
    found.push({
      pid,
      environment: Object.fromEntries(
        entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
      ),
    });
  }
  if (found.length === 0)
    throw new Error(`containerd has started no plugin: ${readFileSync(join(stateDir, "log"), "utf8").slice(-2000)}`);
  return found;
}
