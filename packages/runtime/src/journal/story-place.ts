// Where the stories of living containers are: in the state folder, so that they outlive the daemon, or in memory.
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "@nri/adaptation";
import { keyOf } from "../common/key-queue.js";
import { recordFileName } from "../common/record-files.js";
import { systemCode } from "../error-text.js";
import { keepLatest } from "../keep-latest.js";
import { LIMITS } from "../limits.js";

/** Bytes by domain and id. What the file system refuses is thrown. */
export interface StoryPlace {
  /** Puts bytes in the place of what was there. */
  put(domain: string, id: string, bytes: Uint8Array): void;
  /** Puts bytes behind what is there. */
  append(domain: string, id: string, bytes: Uint8Array): void;
  /** What is there. */
  read(domain: string, id: string): Uint8Array | undefined;
  /** Takes it away. */
  remove(domain: string, id: string): void;
  /** Takes away all but these. */
  keepOnly(known: readonly { readonly domain: string; readonly id: string }[]): void;
}

const SUFFIX = ".story";
const TEMPORARY = ".tmp";

/** A folder in a tmpfs, one file each. */
export class StoryFiles implements StoryPlace {
  readonly #dir: string;

  /** Makes the folder. */
  constructor(dir: string) {
    makeFolder(dir, 0o700);
    this.#dir = dir;
  }

  put(domain: string, id: string, bytes: Uint8Array): void {
    const path = this.#path(domain, id);
    writeFileSync(path + TEMPORARY, bytes, { mode: 0o600 });
    renameSync(path + TEMPORARY, path);
  }

  append(domain: string, id: string, bytes: Uint8Array): void {
    appendFileSync(this.#path(domain, id), bytes, { mode: 0o600 });
  }

  read(domain: string, id: string): Uint8Array | undefined {
    const path = this.#path(domain, id);
    try {
      const most = LIMITS.journal.maxEntryBytes * (2 + 2 * LIMITS.journal.maxUpdates);
      if (statSync(path).size > most) throw new RangeError(`${path} has more than ${most} bytes`);
      return readFileSync(path);
    } catch (error) {
      if (systemCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  remove(domain: string, id: string): void {
    rmSync(this.#path(domain, id), { force: true });
  }

  keepOnly(known: readonly { readonly domain: string; readonly id: string }[]): void {
    const names = new Set(known.map(({ domain, id }) => recordFileName(domain, id, SUFFIX)));
    for (const name of readdirSync(this.#dir)) {
      if (!names.has(name)) rmSync(join(this.#dir, name), { force: true, recursive: true });
    }
  }

  #path(domain: string, id: string): string {
    return join(this.#dir, recordFileName(domain, id, SUFFIX));
  }
}

/** In memory, the latest, for whoever has no folder. */
export class StoryMemory implements StoryPlace {
  readonly #stories = new Map<string, Uint8Array>();

  put(domain: string, id: string, bytes: Uint8Array): void {
    keepLatest(this.#stories, keyOf(domain, id), bytes, LIMITS.journal.maxCreating);
  }

  append(domain: string, id: string, bytes: Uint8Array): void {
    this.put(domain, id, Buffer.concat([this.read(domain, id) ?? new Uint8Array(), bytes]));
  }

  read(domain: string, id: string): Uint8Array | undefined {
    return this.#stories.get(keyOf(domain, id));
  }

  remove(domain: string, id: string): void {
    this.#stories.delete(keyOf(domain, id));
  }

  keepOnly(known: readonly { readonly domain: string; readonly id: string }[]): void {
    const keys = new Set(known.map(({ domain, id }) => keyOf(domain, id)));
    for (const key of this.#stories.keys()) if (!keys.has(key)) this.#stories.delete(key);
  }
}
