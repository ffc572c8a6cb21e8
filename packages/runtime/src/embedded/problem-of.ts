// A program that either does what it is for, or says why not.
import { LIMITS } from "../limits.js";
import { runProgram } from "../oci/run-program.js";

/** Undefined when the command ended well, else why not, in one line. */
export async function problemOf(
  [program = "", ...args]: readonly string[],
  timeoutMs: number,
): Promise<string | undefined> {
  try {
    const { code, stderr } = await runProgram(program, args, { timeoutMs, maxOutputBytes: LIMITS.embedded.callBytes });
    if (code === 0) return undefined;
    return stderr.trim().replaceAll("\n", "; ") || `${program} ended with code ${code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
