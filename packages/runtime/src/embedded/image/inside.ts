// Paths of an image's files: symbolic links in them mean the image's own tree, never that of the machine.
import { lstat, mkdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { LIMITS } from "../../limits.js";

/**
 * The folder below `root` that `path` means, as it would be seen with `root` as `/`; folders that are missing are made when `make` is
 * given with their mode. Undefined when something on the way is no folder, or missing. Rejects for too many links.
 */
export async function folderInside(root: string, path: string, make?: number): Promise<string | undefined> {
  const rest = parts(path);
  const at: string[] = [];
  for (let links = 0; ; ) {
    const name = rest.shift();
    if (name === undefined) return join(root, ...at);
    if (name === "..") {
      at.pop();
      continue;
    }
    const here = join(root, ...at, name);
    const found = await lstat(here).catch(() => undefined);
    if (found?.isSymbolicLink()) {
      links += 1;
      if (links > LIMITS.image.links) throw new Error(`${path}: more than ${LIMITS.image.links} symbolic links`);
      const target = await readlink(here);
      if (target.startsWith("/")) at.length = 0;
      rest.unshift(...parts(target));
      continue;
    }
    if (found === undefined && make !== undefined) await mkdir(here, { mode: make });
    else if (!found?.isDirectory()) return undefined;
    at.push(name);
  }
}

/** Its names without empty ones and `.`. */
export function parts(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
