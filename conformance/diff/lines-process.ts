// A program that is fed lines and answers lines, thousands a second; what it says is kept until it is asked for.
import { type ChildProcess, spawn } from "node:child_process";

const STDERR_KEPT = 20_000;
const KILL_AFTER_MS = 5_000;

/** A running program. */
export class LinesProcess implements AsyncDisposable {
  readonly exited: Promise<number | string>;
  stderr = "";
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #wake: (() => void) | undefined;
  #gone = false;

  constructor(
    readonly command: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...environment } });
    this.exited = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.stderr += error.message;
        this.#gone = true;
        resolve(error.message);
        this.#wake?.();
      });
      this.#child.once("close", (code, signal) => {
        this.#gone = true;
        resolve(code ?? signal ?? "gone");
        this.#wake?.();
      });
    });
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) this.#lines.push(line);
      if (parts.length > 0) this.#wake?.();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      this.stderr = (this.stderr + chunk).slice(-STDERR_KEPT);
    });
    this.#child.stdin?.on("error", () => undefined); // `exited` tells
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** The next line; undefined when the program has ended. Throws after `timeoutMs`. */
  async line(timeoutMs: number): Promise<string | undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#gone) return undefined;
      await this.#change(timeoutMs);
    }
  }

  async #change(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#wake = undefined;
        reject(new Error(`${this.command}: nothing in ${timeoutMs} ms\n${this.stderr.slice(-2000)}`));
      }, timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#gone) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), KILL_AFTER_MS);
    await this.exited;
    clearTimeout(timer);
  }
}
