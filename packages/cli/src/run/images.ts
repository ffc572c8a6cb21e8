// The images that a run is given.
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type OpenImage, openImage } from "@nri/runtime/embedded";
import { type KnownImages, resolveImage } from "@nri/testing";
import { errorText } from "../error-text.js";
import { fileProblem } from "../files.js";
import { type Host, UsageError } from "../host.js";
import type { RunOptions } from "./options.js";

/** Images by their full names. */
export interface Images {
  /** What an image says of its containers; undefined for one that says nothing. */
  readonly config: KnownImages;
  /** The folder with its files; undefined when nothing was given for it. */
  folder(name: string): string | undefined;
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/** Opens all that were given; what has to be unpacked goes into `scratch`. Throws UsageError. */
export async function openImages({ images, rootfs }: RunOptions, host: Host, scratch: string): Promise<Images> {
  const open = new Map<string, OpenImage>();
  const notes: string[] = [];
  for (const [reference, given] of images) {
    const { name } = resolveImage(reference);
    const matches = (found: string) => found === reference || resolveImage(found).name === name;
    const option = `--image ${reference}=${given}`;
    try {
      const image = await openImage(resolve(host.cwd, given), matches, join(scratch, `image-${open.size}`));
      open.set(name, image);
      const { length } = image.leftOut;
      if (length > 0) notes.push(`${option}: ${length} device files are left out, such as ${image.leftOut[0]}`);
    } catch (error) {
      const isSystem = error instanceof Error && "syscall" in error && error.cause === undefined;
      throw new UsageError(`${option}: ${isSystem ? fileProblem(error) : errorText(error)}`, { cause: error });
    }
  }
  const others = rootfs === undefined ? undefined : await folderOf(rootfs, host);
  return {
    config: (name) => open.get(name)?.config,
    folder: (name) => open.get(name)?.folder ?? others,
    notes,
  };
}

async function folderOf(given: string, host: Host): Promise<string> {
  const path = resolve(host.cwd, given);
  const found = await stat(path).catch((error: unknown) => {
    throw new UsageError(`--rootfs ${given}: ${fileProblem(error)}`);
  });
  if (!found.isDirectory()) throw new UsageError(`--rootfs ${given}: is no folder`);
  return path;
}
