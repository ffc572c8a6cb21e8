// Where a project gets our packages from: a registry, by the version of this one, or tarballs of a folder.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError } from "./host.js";

/** Our packages that a project names itself. */
const DIRECT = { dependencies: ["@nri/plugin"], devDependencies: ["@nri/cli", "@nri/testing"] } as const;
/** Those that they need; npm would look for them in a registry. */
const INDIRECT = ["@nri/adaptation", "@nri/oci", "@nri/protocol", "@nri/runtime", "@nri/ttrpc"] as const;

/** Version of this package, which is that of all of ours. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return String((manifest as { version?: unknown }).version);
}

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  overrides?: Record<string, string>;
}

/** A project's package.json with our packages in it. Throws UsageError when a tarball is missing in `folder`. */
export function withPackages(text: string, cwd: string, folder: string | undefined): string {
  const manifest = JSON.parse(text) as Manifest;
  const source = folder === undefined ? () => version() : tarballs(resolve(cwd, folder), folder);
  for (const kind of ["dependencies", "devDependencies"] as const) {
    const ours = DIRECT[kind].map((name) => [name, source(name)] as const);
    const all = [...Object.entries(manifest[kind] ?? {}), ...ours].sort(([a], [b]) => (a < b ? -1 : 1));
    manifest[kind] = Object.fromEntries(all);
  }
  if (folder !== undefined) manifest.overrides = Object.fromEntries(INDIRECT.map((name) => [name, source(name)]));
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** `nri-plugin-0.1.0.tgz`, as `npm pack` calls it. */
function tarballs(folder: string, given: string): (name: string) => string {
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch (error) {
    throw new UsageError(`--packages ${given}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return (name) => {
    const file = `${name.replace("@", "").replace("/", "-")}-${version()}.tgz`;
    if (!files.includes(file)) throw new UsageError(`--packages ${given}: no ${file} there (npm pack makes it)`);
    return `file:${join(folder, file)}`;
  };
}
