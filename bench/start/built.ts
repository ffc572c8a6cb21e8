// Our plugin as users start it: an executable of `nri build`, which holds no more than a plugin needs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nri } from "../sides.js";

/** The executable in a folder of its own, gone when disposed of. */
export class BuiltPlugin implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "nri-bench-"));
  /** How it is started; what is in braces is replaced. */
  readonly command: string;

  constructor() {
    const program = join(this.#folder, "10-built");
    const source = fileURLToPath(new URL("external.js", import.meta.url));
    execFileSync(process.execPath, [nri, "build", source, "-o", program], { stdio: ["ignore", "ignore", "inherit"] });
    this.command = `${program} {idx} {name} {socket}`;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
