// A program run to its end, bounded in time and output.
import { spawn } from "node:child_process";

/** What a program gave. */
export interface Output {
  /** Its exit code; 128 and more when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How it is run. */
export interface RunOptions {
  readonly stdin?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

const KILLED = 128;

/** Runs a program without a shell. Rejects when it cannot be started, takes too long, writes too much, or is aborted. */
export function runProgram(path: string, args: readonly string[], options: RunOptions): Promise<Output> {
  const { stdin, signal, timeoutMs, maxOutputBytes } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(path, args, { stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"], cwd: "/" });
    let why: unknown;
    const end = (reason: unknown): void => {
      why ??= reason;
      child.kill("SIGKILL");
    };
    const late = setTimeout(
      () => end(new Error(`${path} ${args.join(" ")} took more than ${timeoutMs} ms`)),
      timeoutMs,
    );
    const aborted = (): void => end(signal?.reason);
    signal?.addEventListener("abort", aborted, { once: true });
    let bytes = 0;
    const chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.on("data", (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes > maxOutputBytes) end(new Error(`${path} ${args.join(" ")} wrote more than ${maxOutputBytes} bytes`));
        else chunks[name].push(chunk);
      });
    }
    // A program that does not read its input says why by its code.
    child.stdin?.on("error", (error) => child.emit("unread", error));
    child.stdin?.end(stdin);
    const settle = (): void => {
      clearTimeout(late);
      signal?.removeEventListener("abort", aborted);
    };
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", (code) => {
      settle();
      const text = (name: "stdout" | "stderr"): string => Buffer.concat(chunks[name]).toString("utf8");
      if (why !== undefined) reject(why);
      else resolve({ code: code ?? KILLED, stdout: text("stdout"), stderr: text("stderr") });
    });
  });
}
