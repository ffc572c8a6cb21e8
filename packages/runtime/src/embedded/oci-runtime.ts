// runc or crun as a run uses it: with a root of its own, and the reason of a failure in its own words.
import { open } from "node:fs/promises";
import { LIMITS } from "../limits.js";
import { RealRuntime } from "../oci/real-runtime.js";
import { problemOf } from "./problem-of.js";

/** An OCI runtime with a state folder of its own. */
export class OciRuntime extends RealRuntime {
  readonly #command: readonly string[];

  /** `program` by absolute name, `root` a folder. */
  constructor(program: string, root: string) {
    super({ path: program, root, timeoutMs: LIMITS.embedded.callMs });
    this.#command = [program, "--root", root];
  }

  /** Program and arguments of one command; what goes wrong is written to `log`. */
  command(log: string, args: readonly string[]): readonly string[] {
    return [...this.#command, "--log", log, "--log-format", "json", ...args];
  }

  /** Lets the process of a created container begin. Rejects with the runtime's reason. */
  async start(id: string, log: string): Promise<void> {
    const problem = await problemOf(this.command(log, ["start", id]), LIMITS.embedded.callMs);
    if (problem !== undefined) throw new Error((await lastError(log)) ?? problem);
  }
}

/** The last error in a runtime's log, which has a JSON object in each line. Undefined when there is none. */
export async function lastError(log: string): Promise<string | undefined> {
  const lines = (await tail(log)).split("\n").reverse();
  for (const line of lines) {
    try {
      const entry: unknown = JSON.parse(line);
      if (typeof entry !== "object" || entry === null || !("level" in entry) || !("msg" in entry)) continue;
      if (entry.level === "error" || entry.level === "fatal") return String(entry.msg).trim().replaceAll("\n", "; ");
    } catch {
      // A line that is none: cut off, or of a runtime that writes something else. The one before may say more.
    }
  }
  return undefined;
}

async function tail(file: string): Promise<string> {
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return "";
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, LIMITS.embedded.logBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
