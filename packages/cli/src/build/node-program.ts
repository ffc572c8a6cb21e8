// The Node.js that goes into an executable: what it is, and whether it can be one.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { errorText } from "../error-text.js";
import { fileProblem } from "../files.js";
import { UsageError } from "../host.js";
import { LIMITS } from "../limits.js";

/** The oldest release that plugins run on. */
const OLDEST = [20, 19] as const;

/** A Node.js that executables can be made of. */
export interface NodeProgram {
  readonly file: string;
  /** Such as `v20.20.2`. */
  readonly version: string;
}

interface Facts {
  readonly version: string;
  readonly executables: boolean;
  readonly shared: boolean;
}

const QUESTION = `JSON.stringify({
  version: process.version,
  executables: process.config.variables.single_executable_application !== false,
  shared: process.config.variables.node_shared === true,
})`;

/** Looks at the program. Throws UsageError for what is not Node.js, too old, built without the feature, or not one file. */
export async function nodeProgram(file: string, signal: AbortSignal): Promise<NodeProgram> {
  const refuse = (why: string, cause?: unknown) => new UsageError(`--node ${file}: ${why}`, { cause });
  let facts: Facts;
  try {
    facts = JSON.parse(await runTool(file, ["-p", QUESTION], { signal })) as Facts;
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw refuse(typeof code === "string" ? fileProblem(error) : "is not Node.js, or does not run here", error);
  }
  const [major = 0, minor = 0] = facts.version.replace(/^v/, "").split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw refuse(`is Node.js ${facts.version}, plugins need ${OLDEST.join(".")} or later`);
  if (!facts.executables) throw refuse("was built without single executables; use --bundle or another Node.js");
  if (facts.shared)
    throw refuse("is in parts (libnode.so); use --bundle or another Node.js, such as that of nodejs.org");
  return { file, version: facts.version };
}

/** Runs a tool to its end and returns its stdout. Throws when it fails, with what it printed. */
export async function runTool(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly signal: AbortSignal },
): Promise<string> {
  // What the user tells all Node.js programs (an inspector, an import) is not meant for this one.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(file, [...args], { ...options, env, timeout: LIMITS.toolMs });
  return stdout;
}

/** The last line that a failed tool printed, or why it failed. */
export function toolProblem(error: unknown): string {
  const printed = error instanceof Error && "stdout" in error && "stderr" in error ? [error.stderr, error.stdout] : [];
  const line = printed
    .flatMap((text) => String(text).trim().split("\n"))
    .filter((text) => text !== "")
    .at(-1);
  return line ?? errorText(error);
}
