// Plugins as one file, built by `nri build` for the tests of this folder; and the places where this machine has Node.js.
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nriProgram, repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";

/** Builds a sample plugin of `plugins/` from its source into `file` and returns what `nri build --json` says. */
export async function buildSample(name: string, file: string, ...args: readonly string[]): Promise<Built> {
  const source = join(repositoryDir, "plugins", name, `${name}.ts`);
  return JSON.parse(
    await output(process.execPath, [nriProgram, "build", "--json", source, "-o", file, ...args]),
  ) as Built;
}

/** What was written. */
export interface Built {
  readonly file: string;
  readonly kind: "executable" | "bundle";
  readonly bytes: number;
}

const NAMES = ["node", "nodejs", "npm", "npx", "bun"] as const;

/** Every Node.js (and npm) that a program could find by PATH, where programs usually are, or beside the one that runs us. */
export function nodesOfThisMachine(): string[] {
  const usual = [
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    dirname(process.execPath),
    dirname(realpathSync(process.execPath)),
  ];
  const folders = new Set(
    [...(process.env.PATH ?? "").split(":"), ...usual].filter(existsSync).map((dir) => realpathSync(dir)),
  );
  const found = [...folders].flatMap((folder) => NAMES.map((name) => join(folder, name)).filter(existsSync));
  // A Node.js under another name is one too.
  return [...new Set([...found, join(realpathSync(dirname(process.execPath)), basename(process.execPath))])];
}
