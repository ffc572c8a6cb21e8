// Packs every package of this repository, as for publishing.
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { conformanceDir } from "../paths.js";
import type { Packed } from "./registry.js";

const ROOT = join(conformanceDir, "..");

/** Packs into `folder`, each tarball with its manifest beside it. */
export function packAll(folder: string): Packed[] {
  const names = readdirSync(join(ROOT, "packages"));
  const workspaces = names.map((name) => `--workspace=packages/${name}`);
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, ...workspaces];
  const told: unknown = JSON.parse(execFileSync("npm", args, { cwd: ROOT, encoding: "utf8" }));
  const packed = Object.values(told as readonly Packed[] | { readonly [name: string]: Packed });
  for (const { name, filename } of packed) {
    const source = join(ROOT, "packages", name.replace("@nri/", ""), "package.json");
    copyFileSync(source, join(folder, `${filename}.json`));
  }
  return packed;
}
