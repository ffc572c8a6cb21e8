// Packs every package of this repository, as for publishing.
import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../paths.js";
import type { Packed } from "./registry.js";

/** Packs into `folder`, each tarball with its manifest beside it. */
export function packAll(folder: string): Packed[] {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, "--workspace=packages"];
  const told: unknown = JSON.parse(execFileSync("npm", args, { cwd: repositoryDir, encoding: "utf8" }));
  const packed = Object.values(told as readonly Packed[] | { readonly [name: string]: Packed });
  for (const { name, filename } of packed) {
    const source = join(repositoryDir, "packages", name.replace("@nri/", ""), "package.json");
    copyFileSync(source, join(folder, `${filename}.json`));
  }
  return packed;
}
