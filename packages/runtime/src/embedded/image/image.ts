// An image in a file or folder: an OCI image layout, an archive of docker save or podman save, or a folder with its files.
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImageConfig } from "@nri/testing";
import { readConfig } from "./config.js";
import { findParts, json } from "./layout.js";
import { unpack } from "./unpack.js";

/** An image whose files are in a folder. */
export interface OpenImage {
  /** With its files. */
  readonly folder: string;
  /** What it says of its containers; undefined for a plain folder. */
  readonly config: ImageConfig | undefined;
  /** Device files that are not in the folder. */
  readonly leftOut: readonly string[];
}

/**
 * The image in `path`. What has to be unpacked goes into `scratch`, a new folder. `matches` tells the image among several by a name
 * that the archive has for it. Rejects with the path and what is wrong.
 */
export async function openImage(path: string, matches: (name: string) => boolean, scratch: string): Promise<OpenImage> {
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  let top = path;
  if (!(await stat(path)).isDirectory()) {
    top = join(scratch, "archive");
    await mkdir(top);
    await unpack(path, top);
  }
  const found = await findParts(top, path, matches);
  if (found === undefined) {
    if (top === path) return { folder: path, config: undefined, leftOut: [] };
    throw new Error(`${path}: neither an OCI image layout nor an archive of docker save`);
  }
  const folder = join(scratch, "rootfs");
  await mkdir(folder, { mode: 0o755 });
  const leftOut: string[] = [];
  for (const layer of found.layers) leftOut.push(...(await unpack(layer, folder)));
  const config = await readConfig(await json(found.config), folder, path);
  return { folder, config, leftOut };
}
