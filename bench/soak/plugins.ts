// Plugins in processes of their own: those that stay, and those that join, leave and crash all the time.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A program with its first words. */
export type PluginCommand = readonly string[];

const LEAVE_MS = 5_000;

/** How one that was told to leave did it. */
export type Leaving = "in order" | "crash";

/** All that were started; none of them outlives this process in order. */
export class Plugins implements AsyncDisposable {
  readonly #running = new Set<ChildProcess>();
  /** Those that ended without being told to, with their last words. */
  readonly ended: string[] = [];
  readonly #told = new WeakSet<ChildProcess>();

  constructor(readonly socketPath: string) {}

  /** Starts one. */
  start([program = "", ...args]: PluginCommand, index: string, name: string): ChildProcess {
    const options = ["-idx", index, "-name", name, "-socket", this.socketPath, "-mode", "adjust"];
    const child = spawn(program, [...args, ...options], { stdio: ["pipe", "ignore", "pipe"] });
    let words = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-500);
    });
    // A plugin need not read its stdin.
    child.stdin.on("error", () => undefined);
    child.once("error", (error) => this.ended.push(`${index}-${name}: ${error.message}`));
    child.once("close", (code, signal) => {
      this.#running.delete(child);
      if (!this.#told.has(child)) this.ended.push(`${index}-${name}: ${signal ?? `exit code ${code}`} ${words.trim()}`);
    });
    this.#running.add(child);
    return child;
  }

  /** Makes one leave: by SIGTERM, or by SIGKILL as a crash would. Resolves when it is gone. */
  async leave(child: ChildProcess, how: Leaving): Promise<void> {
    this.#told.add(child);
    if (!this.#running.has(child)) return;
    const gone = once(child, "close");
    child.kill(how === "crash" ? "SIGKILL" : "SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), LEAVE_MS);
    await gone;
    clearTimeout(late);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.leave(child, "in order")));
  }
}
