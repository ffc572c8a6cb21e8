// One program, run once: text in, bytes out, within a time and a size; then it is gone, with what it has started.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { errorText, LegacyError, systemCode } from "./errors.js";
import type { LegacyLimits } from "./limits.js";
import { strerror } from "./program.js";

/** A process that does not end after SIGKILL (stuck in the kernel) is waited for no longer than this. */
const KILL_WAIT_MS = 1000;

/** What is run. */
export interface Invocation {
  /** Type of the plugin, and the name under which the program is started. */
  readonly type: string;
  readonly file: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its stderr goes. */
  readonly stderr: "inherit" | "ignore";
  readonly stdin: string;
  /** What it is asked, for error texts: `create of c1`. */
  readonly about: string;
  readonly signal: AbortSignal | undefined;
}

/** What came of it. */
export interface Outcome {
  readonly output: Uint8Array;
  /** -1 for a program that a signal has ended. */
  readonly exitCode: number;
}

/**
 * Runs a program until it has ended and nobody holds its stdout any more. When it takes too long, prints too much, or
 * `signal` is aborted, it is killed with everything in its process group. Throws `not-started`, `timed-out`,
 * `too-much-output`, `aborted`.
 */
export async function runProgram(invocation: Invocation, limits: LegacyLimits): Promise<Outcome> {
  const { type, file, about, signal } = invocation;
  const fail = (code: "timed-out" | "too-much-output" | "aborted" | "not-started", text: string, cause?: unknown) =>
    new LegacyError(code, text, { plugin: type, cause });
  const aborted = () => fail("aborted", `given up (${about}): ${errorText(signal?.reason)}`, signal?.reason);
  if (signal?.aborted) throw aborted();
  let child: ChildProcess;
  try {
    child = start(invocation);
  } catch (cause) {
    throw fail("not-started", `fork/exec ${file}: ${errorText(cause)}`, cause);
  }
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let stopped: LegacyError | undefined;
    let lastWait: NodeJS.Timeout | undefined;
    const settle = (): void => {
      clearTimeout(deadline);
      clearTimeout(lastWait);
      signal?.removeEventListener("abort", abort);
      if (stopped !== undefined) reject(stopped);
      else resolve({ output: Buffer.concat(chunks), exitCode: child.exitCode ?? -1 });
    };
    const stop = (why: LegacyError): void => {
      if (stopped !== undefined) return;
      stopped = why;
      killGroup(child);
      // a process of another group may hold the other ends
      child.stdin?.destroy();
      child.stdout?.destroy();
      lastWait = setTimeout(settle, KILL_WAIT_MS);
    };
    const abort = (): void => stop(aborted());
    const deadline = setTimeout(
      () => stop(fail("timed-out", `not done in ${limits.timeoutMs} ms (${about})`)),
      limits.timeoutMs,
    );
    signal?.addEventListener("abort", abort);
    child.stdout?.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > limits.maxOutputBytes)
        stop(fail("too-much-output", `more than ${limits.maxOutputBytes} bytes of output (${about})`));
      else chunks.push(chunk);
    });
    // It may end, or close its stdin, without having read all: what it answers counts.
    child.stdin?.on("error", () => undefined);
    child.once("error", (error) => {
      stopped ??= fail("not-started", `fork/exec ${file}: ${strerror(systemCode(error) ?? error.message)}`, error);
      if (child.pid === undefined) settle();
    });
    child.once("close", settle);
    child.stdin?.end(invocation.stdin);
  });
}

function start({ type, file, args, env, stderr }: Invocation): ChildProcess {
  return spawn(file, args, {
    argv0: type,
    env: { ...env, NODE_V8_COVERAGE: undefined }, // unless named, Node adds its own to every environment
    stdio: ["pipe", "pipe", stderr],
    detached: true, // leads a process group, so that what it starts can be ended with it
    windowsHide: true,
  });
}

/** Never signals a number that went to others: a group whose leader was reaped is looked up first. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined) return;
  const reaped = exitCode !== null || signalCode !== null;
  if (reaped && existsSync(`/proc/${pid}`)) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (systemCode(error) !== "ESRCH" && systemCode(error) !== "EPERM") throw error; // all of it has gone, or changed its user
  }
}
