// conmon's exit files: as soon as the process of a container has ended its code is in a file of the container's id. podman takes the
// file away when it has read it, a hundredth of a second later when it waits for the end itself (tried with 5.8): so the folders are
// watched, and a file is read the moment it is there.
import { existsSync, type FSWatcher, readFileSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import type { Logger } from "@nri/adaptation";
import { errorText, systemCode } from "../error-text.js";
import { LIMITS } from "../limits.js";

/** How a container has ended. */
export interface FoundExit {
  readonly code: number;
  /** Nanoseconds since the epoch. */
  readonly at: bigint;
}

/** Watches the folders that it is told of. */
export class ExitFiles implements Disposable {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #appeared: (id: string, exit: FoundExit) => void;
  readonly #log: Logger | undefined;

  /** `appeared` is told of each file, whoever's it is. */
  constructor(appeared: (id: string, exit: FoundExit) => void, log: Logger | undefined) {
    this.#appeared = appeared;
    this.#log = log;
  }

  /** Watches a folder. One that is not there yet is tried again when it is named again. */
  add(folder: string): void {
    if (this.#watchers.has(folder) || folder === "") return;
    if (this.#watchers.size >= LIMITS.podman.maxExitFolders) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null) return;
        const exit = readExit(folder, name);
        if (exit !== undefined) this.#appeared(name, exit);
        else if (!existsSync(folder)) this.#forget(folder);
      });
      watcher.once("error", (error) => this.#lost(folder, error));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      if (systemCode(error) !== "ENOENT") this.#lost(folder, error);
    }
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  // Of one that was removed, or whose watching failed, what is made anew in its place is watched when it is named again.
  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #lost(folder: string, error: unknown): void {
    this.#forget(folder);
    this.#log?.warn(`podman: ends of containers are seen late, ${folder} cannot be watched: ${errorText(error)}`);
  }
}

/** How a container has ended by its file; undefined when there is none, or it is not written yet. */
export function readExit(folder: string, id: string): FoundExit | undefined {
  try {
    const path = join(folder, id);
    const { mtimeMs, size } = statSync(path);
    const text = size > MOST_DIGITS ? "" : readFileSync(path, "utf8").trim();
    return /^\d+$/.test(text) ? { code: Number(text), at: BigInt(Math.round(mtimeMs * 1000)) * 1000n } : undefined;
  } catch (error) {
    if (systemCode(error) !== undefined) return undefined;
    throw error;
  }
}

/** Of a code; conmon writes no line's end. */
const MOST_DIGITS = 16;
