// Edge: a configuration file, read whole and watched. Loads the module for that when it is needed: most plugins have no such
// file, and a plugin that starts is waited for.
import type { BigIntStats, Stats } from "node:fs";
import { errorText, PluginError } from "../errors.js";

/** A file at one moment: its text, and what tells that it is another one now. */
export interface FileVersion {
  /** Undefined when there is no file. */
  readonly text: string | undefined;
  readonly mark: string;
}

const MISSING: FileVersion = { text: undefined, mark: "missing" };

/** Follows links, as far as there are: a ConfigMap changes by a link to another folder. */
async function markOf(path: string): Promise<string> {
  const { stat } = await import("node:fs/promises");
  try {
    return mark(await stat(path, { bigint: true }));
  } catch (error) {
    return isMissing(error) ? MISSING.mark : errorText(error);
  }
}

function mark({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join();
}

function isMissing(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Reads the file. A missing one is no error; one over `maxBytes`, or one that cannot be read, is `invalid-configuration`. */
export async function readFileVersion(path: string, maxBytes: number): Promise<FileVersion> {
  const source = `file ${JSON.stringify(path)}`;
  const { open } = await import("node:fs/promises");
  try {
    const file = await open(path, "r");
    try {
      const before: BigIntStats = await file.stat({ bigint: true });
      if (!before.isFile()) throw new PluginError("invalid-configuration", `${source}: is no file`);
      const text = await readText(file, maxBytes, source);
      return { text, mark: mark(before) };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof PluginError) throw cause;
    if (isMissing(cause)) return MISSING;
    throw new PluginError("invalid-configuration", `${source}: ${errorText(cause)}`, { cause });
  }
}

interface Readable {
  stat(): Promise<Stats>;
  read(buffer: Uint8Array, offset: number, length: number): Promise<{ bytesRead: number }>;
}

async function readText(file: Readable, maxBytes: number, source: string): Promise<string> {
  const { size } = await file.stat();
  const buffer = new Uint8Array(Math.min(size, maxBytes) + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
    if (length > maxBytes) {
      throw new PluginError("invalid-configuration", `${source}: is longer than ${maxBytes} bytes`);
    }
    // It has grown while it was read: what comes next is another version.
    if (length === buffer.length) break;
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, Math.min(length, size)));
}

/**
 * Calls `changed` after the file at `path` has become another one than that of `mark`, has appeared or disappeared, and
 * has stayed the same for one look, so that half-written files are not read. Looks instead of listening: that also sees
 * files and links being swapped anywhere above, and works on every file system. Returns the function that ends it.
 */
export function watchFile(path: string, mark: string, everyMs: number, changed: (mark: string) => void): () => void {
  let known = mark;
  let candidate = mark;
  let ended = false;
  let timer: NodeJS.Timeout;
  const look = async () => {
    const found = await markOf(path);
    if (ended) return;
    if (found !== known && found === candidate) {
      known = found;
      changed(found);
    }
    candidate = found;
    timer = setTimeout(look, everyMs);
    timer.unref();
  };
  timer = setTimeout(look, everyMs);
  timer.unref();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
