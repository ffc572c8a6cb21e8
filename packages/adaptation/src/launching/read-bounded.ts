// Reads a whole file whose size nobody has promised.
import { constants as fs } from "node:fs";
import { open } from "node:fs/promises";

/** The bytes of a file. Throws when it is no regular file, or has more than `maxBytes`. */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path, fs.O_RDONLY | fs.O_NONBLOCK); // a pipe must not hold us up
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new Error("no regular file");
    }
    const { size } = stats;
    if (size > maxBytes) {
      throw new Error(`${size} bytes, more than the maximum of ${maxBytes}`);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
