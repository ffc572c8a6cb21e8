// The user of an engine: takes containers through their life, and tries again what failed.
import { existsSync, readFileSync } from "node:fs";
import { until } from "../../waits.js";
import type { SupervisedDaemon } from "./supervised.js";
import { FACT, type Watcher } from "./watcher.js";

const MAX_TRIES = 3;

/** Something that a user does with a container, and may have to do again. */
export interface Command {
  run(id: string): Promise<void>;
  /** After a failure: throws when the container is there nevertheless; clears up what is left. */
  failed?(id: string): Promise<void>;
}

/** How containers are handled with an engine. */
export interface Commands {
  /** Until it runs. */
  readonly begin: readonly Command[];
  /** While it runs. */
  readonly use: readonly Command[];
  /** What plugins know it by, where that is not its name. */
  idOf?(name: string): string;
  pid(id: string): Promise<number>;
  kill(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Does what users do. */
export class User {
  readonly #commands: Commands;
  readonly #daemon: SupervisedDaemon;
  readonly #watcher: Watcher;

  constructor(commands: Commands, daemon: SupervisedDaemon, watcher: Watcher) {
    this.#commands = commands;
    this.#daemon = daemon;
    this.#watcher = watcher;
  }

  /** A container's whole life. Throws when it is ever half-adjusted, or something fails for good. */
  async live(id: string): Promise<void> {
    const { begin, use, kill, remove } = this.#commands;
    for (const command of begin) await this.#insist(command, id);
    await this.#assertAdjusted(id);
    for (const command of use) await this.#insist(command, id);
    const known = this.#commands.idOf?.(id) ?? id;
    await kill(id);
    await until(`${id} has ended`, () => this.#isOver("stopContainer", known));
    await remove(id);
    await this.gone(id);
  }

  /** Until it runs; nothing may fail. Gives the milliseconds of the first command, its creation. */
  async begin(id: string): Promise<number> {
    const began = performance.now();
    let ms: number | undefined;
    for (const { run } of this.#commands.begin) {
      await run(id);
      ms ??= performance.now() - began;
    }
    await this.#assertAdjusted(id);
    return ms ?? 0;
  }

  /** Waits until it is told that a container and its pod are gone. */
  async gone(id: string): Promise<void> {
    const known = this.#commands.idOf?.(id) ?? id;
    await until(`${id} is gone`, () => this.#isOver("removePodSandbox", known));
  }

  /** The daemon takes calls, and its plugin is back. */
  async allThere(): Promise<void> {
    await this.#daemon.there();
    await until("the plugin is back", () => this.#watcher.synchronized > this.#daemon.deaths);
  }

  /** Does something until it succeeds; after each failure the daemon is there again, and its plugin. */
  async #insist({ run, failed }: Command, id: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await run(id);
        await this.allThere();
        return;
      } catch (error) {
        await this.allThere();
        if (tries === MAX_TRIES) throw error;
        await failed?.(id);
      }
    }
  }

  /** Whether the plugin was told, or has not known it any more since it was synchronised last. */
  #isOver(event: "stopContainer" | "removePodSandbox", id: string): boolean {
    const { story } = this.#watcher;
    const from = story.findLastIndex((told) => told.event === "synchronize");
    const known = story[from];
    if (known === undefined || !("containers" in known)) return false;
    const all = story.slice(from + 1).filter((each) => "pod" in each && each.pod === id);
    // Of its last life: one that failed has ended as well.
    const told = all.slice(
      Math.max(
        0,
        all.findLastIndex((each) => each.event === "runPodSandbox"),
      ),
    );
    if (told.some((each) => each.event === event)) return true;
    return told.length === 0 && !(event === "stopContainer" ? known.containers : known.pods).includes(id);
  }

  async #assertAdjusted(id: string): Promise<void> {
    const pid = await this.#commands.pid(id);
    const file = `/proc/${pid}/environ`;
    // The runtime's own, or empty, until its process has become the container's.
    const env = await until(`${id} has an environment`, () => {
      const text = existsSync(file) ? readFileSync(file, "utf8") : "";
      return text !== "" && !text.includes("_LIBCONTAINER_") && text;
    });
    if (!env.includes(`${FACT}=1`)) throw new Error(`${id} (process ${pid}) is not adjusted: ${env}`);
  }
}
