// Plugins that are started by a command line and connect from outside.
import { type ChildProcess, spawn } from "node:child_process";
import { UsageError } from "../host.js";
import { LIMITS } from "../limits.js";

/** Programs that were started, and are ended together. */
export class SpawnedPlugins {
  /** When each was started, by `performance.now()`. */
  readonly startedAt: number[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #atExit = (): void => {
    for (const child of this.#children) child.kill("SIGKILL");
  };

  constructor() {
    process.once("exit", this.#atExit);
  }

  /** Process ids in the order of their start. */
  get pids(): readonly number[] {
    return this.#children.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /**
   * Starts `count` of them, each when `joined` says that the one before it is there. `command` is split at blanks; in each
   * word {idx} {name} {socket} {i} are replaced; the first one's {i} is `first`.
   */
  async start(
    count: number,
    command: string,
    { socket, cwd }: { readonly socket: string; readonly cwd: string },
    joined: (index: number) => Promise<unknown>,
    first = 0,
  ): Promise<void> {
    const words = command.split(/\s+/).filter((word) => word !== "");
    if (count > 0 && words.length === 0) throw new UsageError("--spawn needs --spawn-cmd");
    for (let i = first; i < first + count; i++) {
      const [program = "", ...args] = words.map((word) =>
        word
          .replaceAll("{idx}", String(i).padStart(2, "0"))
          .replaceAll("{name}", `plugin${i}`)
          .replaceAll("{socket}", socket)
          .replaceAll("{i}", String(i)),
      );
      this.startedAt.push(performance.now());
      const child = spawn(program, args, { cwd, stdio: ["pipe", "ignore", "inherit"] });
      this.#children.push(child);
      child.stdin?.on("error", ignore);
      await Promise.race([joined(i), ended(child, program)]);
    }
  }

  /**
   * Closes their stdin, tells those that stay for `graceMs` to end, and waits until all have. Their connections are best
   * closed before.
   */
  async end(graceMs: number = LIMITS.spawnedGraceMs): Promise<void> {
    await Promise.all(this.#children.map((child) => end(child, graceMs)));
    process.off("exit", this.#atExit);
  }
}

function ignore(): void {
  // A plugin need not read its stdin.
}

/** Rejects when the program ends, or cannot be started. */
function ended(child: ChildProcess, program: string): Promise<never> {
  return new Promise((_, reject) => {
    child.once("error", (error) => reject(new UsageError(`--spawn-cmd: ${program}: ${error.message}`)));
    child.once("exit", (code, signal) =>
      reject(new Error(`plugin ${program} ended (${signal ?? `exit code ${code}`}) before it was there`)),
    );
  });
}

async function end(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  const timers = [
    setTimeout(() => child.kill("SIGTERM"), graceMs),
    setTimeout(() => child.kill("SIGKILL"), graceMs + LIMITS.spawnedEndMs),
  ];
  await gone;
  for (const timer of timers) clearTimeout(timer);
}
