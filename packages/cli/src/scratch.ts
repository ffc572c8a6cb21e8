// A temporary folder that is gone when the command ends, however it ends.
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders of mode 0700 under the system's temporary folder, made on demand. */
export class Scratch implements AsyncDisposable {
  readonly #folders = new Set<string>();
  readonly #atExit = (): void => {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  };

  constructor() {
    process.once("exit", this.#atExit);
  }

  /** A new folder that only this user can look into. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "nri-"));
    this.#folders.add(folder);
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#atExit);
    await Promise.all([...this.#folders].map((folder) => rm(folder, { recursive: true, force: true })));
    this.#folders.clear();
  }
}
