// The repository as data for the tests about it: its packages, their entries, its tracked files.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Record<string, { readonly types: string }>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

export interface Package {
  /** Folder from the root, such as `packages/ttrpc`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
}

/** The published packages. */
export function packages(): Package[] {
  return readdirSync(join(ROOT, "packages"))
    .map((name) => `packages/${name}`)
    .map((folder) => ({ folder, manifest: readManifest(folder) }));
}

/** Every manifest of the repository, the root's first. */
export function manifests(): Package[] {
  return [".", "plugins"].map((folder) => ({ folder, manifest: readManifest(folder) })).concat(packages());
}

/** Public entries: `name` is what the API report is called. */
export function entries(): {
  readonly name: string;
  readonly folder: string;
  readonly path: string;
  readonly types: string;
}[] {
  return packages().flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).map(([path, { types }]) => ({
      name: (manifest.name.replace("@nri/", "") + path.slice(1)).replaceAll("/", "-"),
      folder,
      path,
      types: join(ROOT, folder, types),
    })),
  );
}

/** Files that git knows or would add, as paths from the root. */
export function trackedFiles(): string[] {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return list.split("\0").filter((path) => path !== "");
}

/** TypeScript sources below `folder`, tests included, generated code too. */
export function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/(^|\/)(node_modules|dist|\.cache)\//.test(path))
    .map((path) => `${folder}/${path}`);
}

/** Module names that a source imports or re-exports. */
export function imports(path: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [
    ...text.matchAll(
      /(?:^|[\s;])(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']|import\(\s*["']([^"']+)["']/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? "");
}
