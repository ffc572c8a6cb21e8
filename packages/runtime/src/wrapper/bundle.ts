// The spec beside the engine's own: put in its place at once, and taken back.
import { chmod, chown, copyFile, link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";

/** Names beside the engine's file: ours before it is complete, and the engine's own. The script uses the same. */
const NEW = ".nri";
const BEFORE = ".before-nri";

/** The bytes of a spec; undefined when it cannot be read, which the runtime tells better. */
export async function readSpec(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    // What is too large is refused by the daemon, by its size.
    if (found.size > maxBytes) return Buffer.alloc(maxBytes + 1);
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Puts these bytes in the place of the spec, with its mode and owner; the old one stays beside it. */
export async function replaceSpec(path: string, payload: Uint8Array): Promise<void> {
  const { mode, uid, gid } = await stat(path);
  const half = path + NEW;
  await rm(half, { force: true });
  await writeFile(half, payload, { mode: 0o600, flag: "wx" });
  await chown(half, uid, gid);
  await chmod(half, mode & 0o7777);
  await rm(path + BEFORE, { force: true });
  // Some file systems have no links.
  await link(path, path + BEFORE).catch(() => copyFile(path, path + BEFORE));
  await rename(half, path);
}

/** The old one comes back. */
export async function restoreSpec(path: string): Promise<void> {
  await rename(path + BEFORE, path);
}
