// A program run to its end, bounded in time and output.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
export async function runProgram(path: string, args: readonly string[], options: RunOptions): Promise<Output> {
  if (options.stdin === undefined) return await toItsEnd(path, args, options, "ignore");
  const input = await namelessFile(options.stdin);
  try {
    return await toItsEnd(path, args, options, input.fd);
  } finally {
    await input.close();
  }
}

/** A file without a name: crun opens /dev/stdin anew, which cannot be done with the sockets that Node.js makes. */
async function namelessFile(text: string): Promise<FileHandle> {
  const path = join(tmpdir(), `nri-${randomBytes(12).toString("hex")}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  await file.write(text, 0);
  return file;
}

function toItsEnd(
  path: string,
  args: readonly string[],
  { signal, timeoutMs, maxOutputBytes }: RunOptions,
  stdin: number | "ignore",
): Promise<Output> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(path, args, { stdio: [stdin, "pipe", "pipe"], cwd: "/" });
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
