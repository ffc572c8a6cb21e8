// A folder with configuration and programs of v0.1.0 plugins, gone at the end of its test.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type ClientOptions, createClient } from "./client.js";

/** A result in shell. */
export const OK = `echo '{"plugin":"p","version":"0.1","error":""}'`;

export class Place {
  readonly dir = mkdtempSync(join(tmpdir(), "nri-legacy-"));
  readonly options = {
    confPath: join(this.dir, "conf.json"),
    confDir: join(this.dir, "resource.d"),
    binDir: join(this.dir, "bin"),
  };

  constructor(context: TestContext) {
    context.after(() => rmSync(this.dir, { recursive: true, force: true }));
  }

  /** Writes a file and gives its path. */
  file(name: string, text: string | Uint8Array, mode = 0o644): string {
    const path = join(this.dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  /** Puts shell programs there and configures them in this order. */
  programs(scripts: Readonly<Record<string, string>>): void {
    for (const [type, script] of Object.entries(scripts)) this.file(`bin/${type}`, `#!/bin/sh\n${script}\n`, 0o755);
    this.file("conf.json", JSON.stringify({ version: "0.1", plugins: Object.keys(scripts).map((type) => ({ type })) }));
  }

  /** A client with the paths of this place. */
  async client(options: ClientOptions = {}) {
    return await createClient({ ...this.options, ...options });
  }
}
