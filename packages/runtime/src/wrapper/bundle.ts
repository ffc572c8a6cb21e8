// The spec beside the engine's own: put in its place at once, and taken back.
import { constants } from "node:fs";
import { access, chmod, chown, copyFile, link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { systemCode } from "../error-text.js";

/** Names beside the engine's file: ours before it is complete, and the engine's own. The script uses the same. */
const NEW = ".nri";
export const BEFORE = ".before-nri";
/** How often files are looked for, in milliseconds. */
const LOOK_MS = 50;

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

/**
 * The bytes of a spec that no other call has put there: that is waited for. Throws when it stays. For bundles that are kept by who
 * calls, who may use one twice; engines make one for each container.
 */
export async function readOwnSpec(path: string, maxBytes: number, waitMs: number): Promise<Uint8Array | undefined> {
  const read = await alone(path, waitMs, async () => {
    const bytes = (await isThere(path + BEFORE)) ? undefined : await readSpec(path, maxBytes);
    return (await isThere(path + BEFORE)) ? undefined : { bytes };
  });
  return read.bytes;
}

/**
 * Puts these bytes in the place of the spec, with its mode and owner; the old one stays beside it. With `waitMs` one call at a time
 * has its spec there: throws when another one's stays for longer.
 */
export async function replaceSpec(path: string, payload: Uint8Array, waitMs: number | undefined): Promise<void> {
  const { mode, uid, gid } = await stat(path);
  const half = path + NEW;
  if (waitMs === undefined) await rm(path + BEFORE, { force: true });
  await alone(path, waitMs ?? 0, () => keptBeside(path));
  try {
    await rm(half, { force: true });
    await writeFile(half, payload, { mode: 0o600, flag: "wx" });
    await chown(half, uid, gid);
    await chmod(half, mode & 0o7777);
    await rename(half, path);
  } catch (error) {
    await Promise.all([half, path + BEFORE].map((file) => rm(file, { force: true })));
    throw error;
  }
}

/** Resolves when a file is there, or `signal` aborts. */
export async function appears(path: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await isThere(path))) await setTimeout(LOOK_MS);
}

/** The old one comes back. */
export async function restoreSpec(path: string): Promise<void> {
  await rename(path + BEFORE, path);
}

/** Keeps the spec under its other name. Undefined when something is there. */
async function keptBeside(path: string): Promise<true | undefined> {
  try {
    await link(path, path + BEFORE).catch((error: unknown) => {
      if (systemCode(error) === "EEXIST") throw error;
      // Some file systems have no links.
      return copyFile(path, path + BEFORE, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return undefined;
    throw error;
  }
}

/** Tries until there is something. Throws when another call's spec is in the way for longer than `waitMs`. */
async function alone<T extends object | true>(
  path: string,
  waitMs: number,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  const until = Date.now() + waitMs;
  for (;;) {
    const found = await attempt();
    if (found !== undefined) return found;
    if (Date.now() >= until)
      throw new Error(`${path}${BEFORE} is there: another call uses this bundle, or was killed; then move it back`);
    await setTimeout(LOOK_MS);
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
