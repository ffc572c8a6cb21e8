// A child process of a test: its output in lines, a wait for a line, and an end that leaves nothing behind.
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { until } from "../waits.js";

const KILL_AFTER_MS = 5_000;
const MAX_KEPT_LINES = 20_000;

/** A started program whose stdout and stderr are collected line by line. */
export class Child implements AsyncDisposable {
  /** Lines of stdout so far. */
  readonly stdout: string[] = [];
  /** Lines of stderr so far. */
  readonly stderr: string[] = [];
  /** Resolves when the process is gone, with its exit code or the name of the signal. */
  readonly exited: Promise<number | string>;
  readonly #process: ChildProcess;
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly command: string,
    args: readonly string[],
    options: SpawnOptions = {},
  ) {
    this.#process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
    this.exited = new Promise((resolve) => {
      this.#process.once("error", (error) => {
        this.stderr.push(error.message);
        resolve(error.message);
        this.#changed();
      });
      this.#process.once("close", (code, signal) => {
        resolve(code ?? signal ?? "gone");
        this.#changed();
      });
    });
    this.#collect(this.#process.stdout, this.stdout);
    this.#collect(this.#process.stderr, this.stderr);
    // a child that ended early is told by `exited`, not by EPIPE here
    this.#process.stdin?.on("error", () => undefined);
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`${this.command} did not start: ${this.stderr.join("\n")}`);
    return this.#process.pid;
  }

  /** Whether it still runs. */
  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Writes to its stdin. */
  write(text: string): void {
    this.#process.stdin?.write(text);
  }

  /** Closes its stdin. */
  endInput(): void {
    this.#process.stdin?.end();
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    this.#process.kill(signal);
  }

  /**
   * The first value which `find` gives for what the process printed so far; asked again after each new line. Throws
   * after `timeoutMs`, or when the process ends first, with the last lines of stderr.
   */
  async until<T>(
    what: string,
    find: (stdout: readonly string[], stderr: readonly string[]) => T | undefined,
    timeoutMs = 10_000,
  ): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      const fail = (why: string): void => {
        stop();
        reject(new Error(`${this.command}: ${why} while waiting for ${what}\n${this.stderr.slice(-15).join("\n")}`));
      };
      const look = (): void => {
        const found = find(this.stdout, this.stderr);
        if (found !== undefined) {
          stop();
          resolve(found);
        } else if (!this.running) fail(`ended (${this.#process.exitCode ?? this.#process.signalCode})`);
      };
      const timer = setTimeout(() => fail(`nothing after ${timeoutMs} ms`), timeoutMs);
      this.#listeners.add(look);
      look();
    });
  }

  /** Ends it with SIGTERM, then SIGKILL, and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running && this.#process.pid !== undefined) {
      this.kill();
      const timer = setTimeout(() => this.kill("SIGKILL"), KILL_AFTER_MS);
      await this.exited;
      clearTimeout(timer);
    }
  }

  #collect(stream: NodeJS.ReadableStream | null, lines: string[]): void {
    let rest = "";
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      if (parts.length === 0) return;
      lines.push(...parts);
      if (lines.length > MAX_KEPT_LINES) lines.splice(0, lines.length - MAX_KEPT_LINES);
      this.#changed();
    });
    stream?.on("end", () => {
      if (rest !== "") lines.push(rest);
      this.#changed();
    });
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Runs a program to its end and returns its stdout. Throws with its stderr when it fails. */
export async function output(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${code ?? signal}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

/**
 * Throws unless the running process `pid` is the Go program `file`, linked with the reference library: what answers on
 * the other end must be the reference and not ourselves.
 */
export function assertGoProcess(pid: number, file: string): void {
  const exe = readlinkSync(`/proc/${pid}/exe`);
  if (exe !== realpathSync(file)) throw new Error(`process ${pid} is ${exe}, not ${file}`);
  // the linker writes the modules a program is made of into it
  if (!readFileSync(exe).includes("github.com/containerd/nri\tv"))
    throw new Error(`${exe} is not linked with containerd/nri`);
}

/** Waits until a process that was told to end, not a child of ours, is gone. */
export async function gone(pid: number): Promise<void> {
  await until(`process ${pid} ends`, () => !existsSync(`/proc/${pid}`));
}
