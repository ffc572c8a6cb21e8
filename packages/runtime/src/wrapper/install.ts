// Installs a wrapper: looks at the runtime and at what the machine has, and writes the script.
import { randomBytes } from "node:crypto";
import { chmod, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, isAbsolute } from "node:path";
import { makeFolder } from "@nri/adaptation";
import { errorText } from "../error-text.js";
import { fileProblem } from "../file-problem.js";
import { SYSTEM_PATH } from "../oci/find-program.js";
import type { FlavourName } from "./flavour.js";
import { type Machine, machineBelow, THIS_MACHINE } from "./machine.js";
import { wrapperScript } from "./script.js";
import type { Tools, WrapperSettings } from "./settings.js";

const NEEDED = ["cat", "cp", "date", "grep", "head", "ln", "mkfifo", "mv", "rm", "sleep", "timeout"] as const;

/** What a runtime says of itself. */
export interface FoundRuntime {
  /** Which of the two it is. */
  readonly flavour: FlavourName;
  /** Its version. */
  readonly version: string;
}

/**
 * What the runtime at a path is, from its `--version`. `hostRoot` is where the root folder of the machine is mounted that it is
 * on, when that is not this one. Throws for what is missing, cannot be run, or is neither.
 */
export async function lookAtRuntime(path: string, hostRoot?: string): Promise<FoundRuntime> {
  if (!isAbsolute(path))
    throw new Error(`runtime "${path}": an absolute name is needed, as engines call it without PATH`);
  let text: string;
  try {
    text = await machine(hostRoot).run(path, "--version");
  } catch (error) {
    throw new Error(`runtime "${path}" cannot be run: ${errorText(error)}`, { cause: error });
  }
  const [, name, version = ""] = /^(runc|crun) version (\S+)/.exec(text) ?? [];
  if (name !== "runc" && name !== "crun")
    throw new Error(
      `runtime "${path}" is neither runc nor crun: its version is ${JSON.stringify(text.split("\n")[0])}`,
    );
  return { flavour: name, version };
}

/** The first of these runtimes in the system's folders; undefined when there is none. `hostRoot` as for `lookAtRuntime`. */
export async function findRuntime(names: readonly FlavourName[], hostRoot?: string): Promise<string | undefined> {
  for (const name of names) {
    const found = await machine(hostRoot).find(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function machine(hostRoot: string | undefined): Machine {
  return hostRoot === undefined ? THIS_MACHINE : machineBelow(hostRoot);
}

/** The programs that the script needs, by absolute name. Throws for those that are missing. */
async function findTools(on: Machine): Promise<Tools> {
  const found = await Promise.all(NEEDED.map(async (name) => [name, await on.find(name)] as const));
  const missing = found.flatMap(([name, path]) => (path === undefined ? [name] : []));
  if (missing.length > 0)
    throw new Error(`not found in ${SYSTEM_PATH.replaceAll(delimiter, ", ")}: ${missing.join(", ")}`);
  return { ...(Object.fromEntries(found) as Record<(typeof NEEDED)[number], string>), setpriv: await deathSignal(on) };
}

/**
 * Writes the script, mode 0755, in one step, into a folder that is made when it is not there. `hostRoot` is where the root folder
 * of another machine is mounted that the script is for; it has no Node.js then. Throws when the file cannot be written, or the
 * machine has not the programs that the script needs.
 */
export async function installWrapper(out: string, settings: WrapperSettings, hostRoot?: string): Promise<void> {
  const on = machine(hostRoot);
  const text = wrapperScript(settings, await findTools(on), hostRoot === undefined ? process.execPath : "");
  const file = on.reach(out);
  const half = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    makeFolder(dirname(file), 0o755);
    await writeFile(half, text, { flag: "wx" });
    await chmod(half, 0o755); // whatever our umask is
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true }).catch(() => undefined); // there may be no such folder
    throw new Error(`wrapper "${out}" cannot be written: ${fileProblem(error)}`, { cause: error });
  }
}

/** `setpriv` where it can let a program end with its parent; empty where it cannot. */
async function deathSignal(on: Machine): Promise<string> {
  const path = await on.find("setpriv");
  if (path === undefined) return "";
  try {
    await on.run(path, "--pdeathsig", "KILL", path, "--version");
    return path;
  } catch (error) {
    // busybox has one without that option; the script does without it.
    if (error instanceof Error) return "";
    throw error;
  }
}
