// What is started: the plugin in its forms, the Go plugin, and a script that does nothing.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const nri = here("../../../packages/cli/bin/nri.js");

/** The forms of a plugin, the Go plugin last. */
export const FORMS = ["executable", "bundle", "go"] as const;
/** One of them. */
export type Form = (typeof FORMS)[number];

/** Programs in a folder of their own, gone when disposed of. */
export class Programs implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "nri-bench-"));
  /** A script that does nothing, for a Node.js that is named in it as in a bundle. */
  readonly empty: string;

  constructor(readonly goPlugin: string) {
    for (const form of FORMS) mkdirSync(this.folder(form));
    const build = (form: Form, ...args: string[]): void => {
      const output = ["-o", this.program(form)];
      execFileSync(process.execPath, [nri, "build", here("plugin.js"), ...output, ...args], { stdio: "ignore" });
    };
    build("executable");
    build("bundle", "--bundle");
    symlinkSync(goPlugin, this.program("go"));
    this.empty = join(this.#folder, "empty");
    writeFileSync(this.empty, `#!${process.execPath}\nimport(${JSON.stringify(here("empty.js"))});\n`);
    chmodSync(this.empty, 0o755);
  }

  /** Plugin folder with nothing but this form in it. */
  folder(form: Form): string {
    return join(this.#folder, form);
  }

  /** The program. */
  program(form: Form): string {
    return join(this.folder(form), `10-${form}`);
  }

  /** Its size. */
  bytes(form: Form): number {
    return statSync(this.program(form)).size;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
