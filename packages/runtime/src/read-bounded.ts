// Files of other programs: read when they are files, and not too large.
import { open } from "node:fs/promises";

/** The whole of a file. Throws what the file system says, and for what is no file or has more bytes. */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > maxBytes) throw new Error(`${path}: no file, or too large`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
