// What containers/storage has written down of a container and its image: read without asking podman, which may hold the container.
// Both files are replaced as a whole when something changes, so that they can be read at any time.
import { join } from "node:path";
import { parseAnyJson } from "@nri/oci";
import { systemCode } from "../error-text.js";
import { at, type Json, list, text } from "../json.js";
import { LIMITS } from "../limits.js";
import { readBounded } from "../read-bounded.js";
import type { Place } from "./place.js";

/** A container in the storage. */
export interface StoredContainer {
  readonly name: string;
  /** As its user named it. */
  readonly imageName: string;
  /** Hexadecimal digits of the digest of the image's configuration; empty for one without an image. */
  readonly imageId: string;
  /** Digest of the image's manifest. */
  readonly imageDigest: string;
}

/** Those that end with the machine are in a file of their own. */
const FILES = ["containers.json", "volatile-containers.json"] as const;

/** What the storage knows of a container; undefined when that is nothing. Throws for files that cannot be read. */
export async function stored({ storage }: Place, id: string): Promise<StoredContainer | undefined> {
  for (const name of FILES) {
    const found = (await entries(join(storage, name))).find((entry) => text(at(entry, "id")) === id);
    if (found === undefined) continue;
    const metadata = parseAnyJson(text(at(found, "metadata")) || "{}", { name: `metadata of ${id} in ${name}` });
    const imageId = text(at(found, "image"));
    return {
      name: text(at(metadata, "name")),
      imageName: text(at(metadata, "image-name")),
      imageId,
      imageDigest: imageId === "" ? "" : await digestOf(storage, imageId),
    };
  }
  return undefined;
}

async function digestOf(storage: string, imageId: string): Promise<string> {
  const images = await entries(join(storage.replace(/-containers$/, "-images"), "images.json"));
  return text(
    at(
      images.find((entry) => text(at(entry, "id")) === imageId),
      "digest",
    ),
  );
}

async function entries(path: string): Promise<readonly Json[]> {
  try {
    return list(parseAnyJson(await readBounded(path, LIMITS.podman.maxStorageBytes), { name: path }));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
