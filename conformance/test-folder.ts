// A folder and socket of its own for one test, gone afterwards.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonValue } from "./peers/json.js";

/** A folder for one test. Sockets have short paths: it is right in the folder for temporary files. */
export class TestFolder implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), "nri-test-"));
  readonly socket = join(this.dir, "nri.sock");

  /** Writes a file and gives its path. */
  file(name: string, content: JsonValue | string, mode = 0o644): string {
    const path = join(this.dir, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content), { mode });
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
