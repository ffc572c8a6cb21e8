// Joins and leaves for as long as it runs: a plugin every few seconds, every other one crashing, and the launched one killed.
import type { Leaving, PluginCommand, Plugins } from "./plugins.js";

/** How often something happens. */
export interface ChurnTimes {
  readonly joinMs: number;
  readonly stayMs: number;
  readonly killLaunchedMs: number;
}

/** What has happened. */
export interface ChurnFacts {
  readonly joined: number;
  readonly left: Readonly<Record<Leaving, number>>;
  readonly launchedKilled: number;
}

/** Indices of those that come and go: never two at once with the same. */
const FIRST = 50;
const COUNT = 40;

/** Comes and goes until it is disposed of. */
export class Churn implements AsyncDisposable {
  readonly #timers: NodeJS.Timeout[];
  readonly #stays = new Set<NodeJS.Timeout>();
  readonly #left: Record<Leaving, number> = { "in order": 0, crash: 0 };
  #joined = 0;
  #killed = 0;

  /** `launched` gives the process that the adaptation has started, when it is there. */
  constructor(
    readonly plugins: Plugins,
    readonly commands: readonly PluginCommand[],
    launched: () => number | undefined,
    readonly times: ChurnTimes,
  ) {
    this.#timers = [
      setInterval(() => this.#join(), times.joinMs),
      setInterval(() => this.#kill(launched()), times.killLaunchedMs),
    ];
  }

  get facts(): ChurnFacts {
    return { joined: this.#joined, left: { ...this.#left }, launchedKilled: this.#killed };
  }

  #join(): void {
    const number = this.#joined++;
    const command = this.commands[number % this.commands.length] ?? [];
    const child = this.plugins.start(command, String(FIRST + (number % COUNT)), `guest${number}`);
    // With two languages both of them leave in both ways.
    const how: Leaving = (number >> 1) % 2 === 0 ? "in order" : "crash";
    const stay = setTimeout(() => {
      this.#stays.delete(stay);
      this.#left[how]++;
      void this.plugins.leave(child, how);
    }, this.times.stayMs);
    this.#stays.add(stay);
  }

  #kill(pid: number | undefined): void {
    if (pid === undefined) return;
    process.kill(pid, "SIGKILL");
    this.#killed++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of [...this.#timers, ...this.#stays]) clearTimeout(timer);
    await this.plugins[Symbol.asyncDispose]();
  }
}
