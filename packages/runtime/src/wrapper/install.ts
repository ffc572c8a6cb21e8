// Installs a wrapper: looks at the runtime and at what the machine has, and writes the script.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, rename, rm, stat, writeFile } from "node:fs/promises";
import { delimiter, isAbsolute } from "node:path";
import { promisify } from "node:util";
import { errorText } from "../error-text.js";
import { findProgram, SYSTEM_PATH } from "../oci/find-program.js";
import type { FlavourName } from "./flavour.js";
import { wrapperScript } from "./script.js";
import type { Tools, WrapperSettings } from "./settings.js";

const run = promisify(execFile);
const LOOK_MS = 10_000;
const NEEDED = ["cat", "cp", "date", "grep", "head", "ln", "mkfifo", "mv", "rm", "sleep", "timeout"] as const;

/** What a runtime says of itself. */
export interface FoundRuntime {
  /** Which of the two it is. */
  readonly flavour: FlavourName;
  /** Its version. */
  readonly version: string;
}

/** What the runtime at a path is, from its `--version`. Throws for what is missing, cannot be run, or is neither. */
export async function lookAtRuntime(path: string): Promise<FoundRuntime> {
  if (!isAbsolute(path))
    throw new Error(`runtime "${path}": an absolute name is needed, as engines call it without PATH`);
  let text: string;
  try {
    await access(path, constants.X_OK);
    if (!(await stat(path)).isFile()) throw new Error("it is no file");
    text = (await run(path, ["--version"], { timeout: LOOK_MS })).stdout;
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

/** The programs that the script needs, by absolute name. Throws for those that are missing. */
async function findTools(): Promise<Tools> {
  const found = NEEDED.map((name) => [name, findProgram(name, SYSTEM_PATH)] as const);
  const missing = found.flatMap(([name, path]) => (path === undefined ? [name] : []));
  if (missing.length > 0)
    throw new Error(`not found in ${SYSTEM_PATH.replaceAll(delimiter, ", ")}: ${missing.join(", ")}`);
  return { ...(Object.fromEntries(found) as Record<(typeof NEEDED)[number], string>), setpriv: await deathSignal() };
}

/**
 * Writes the script, mode 0755, in one step. Throws when the file cannot be written, or the machine has not the programs
 * that the script needs.
 */
export async function installWrapper(out: string, settings: WrapperSettings): Promise<void> {
  const text = wrapperScript(settings, await findTools());
  const half = `${out}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(half, text, { mode: 0o755, flag: "wx" });
    await rename(half, out);
  } catch (error) {
    await rm(half, { force: true });
    throw new Error(`wrapper "${out}" cannot be written: ${errorText(error)}`, { cause: error });
  }
}

/** `setpriv` where it can let a program end with its parent; empty where it cannot. */
async function deathSignal(): Promise<string> {
  const path = findProgram("setpriv", SYSTEM_PATH);
  if (path === undefined) return "";
  try {
    await run(path, ["--pdeathsig", "KILL", path, "--version"], { timeout: LOOK_MS });
    return path;
  } catch (error) {
    // busybox has one without that option; the script does without it.
    if (error instanceof Error) return "";
    throw error;
  }
}
