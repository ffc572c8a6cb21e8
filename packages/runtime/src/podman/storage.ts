// What containers/storage has written down of a container and its image: read without asking podman, which may hold the container.
// Both files are replaced as a whole when something changes, so that they can be read at any time.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { parseAnyJson } from "@nri/oci";
import { systemCode } from "../error-text.js";
import { at, type Json, list, text } from "../json.js";
import { keepLatest } from "../keep-latest.js";
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

/** Files of storages, each read again when it is another one than before: lists of containers are long, and asked about often. */
export class StorageFiles {
  readonly #files = new Map<string, { readonly state: string; readonly entries: ReadonlyMap<string, Json> }>();

  /** What the storage knows of a container; undefined when that is nothing. Throws for files that cannot be read. */
  async container({ storage }: Place, id: string): Promise<StoredContainer | undefined> {
    for (const name of FILES) {
      const found = (await this.#entries(join(storage, name))).get(id);
      if (found === undefined) continue;
      const metadata = parseAnyJson(text(at(found, "metadata")) || "{}", { name: `metadata of ${id} in ${name}` });
      const imageId = text(at(found, "image"));
      const images = join(storage.replace(/-containers$/, "-images"), "images.json");
      const image = imageId === "" ? undefined : (await this.#entries(images)).get(imageId);
      return {
        name: text(at(metadata, "name")),
        imageName: text(at(metadata, "image-name")),
        imageId,
        imageDigest: text(at(image, "digest")),
      };
    }
    return undefined;
  }

  async #entries(path: string): Promise<ReadonlyMap<string, Json>> {
    try {
      const { ino, size, mtimeNs } = await stat(path, { bigint: true });
      const state = `${ino} ${size} ${mtimeNs}`;
      const known = this.#files.get(path);
      if (known?.state === state) return known.entries;
      const all = list(parseAnyJson(await readBounded(path, LIMITS.podman.maxStorageBytes), { name: path }));
      const entries = new Map(all.map((entry) => [text(at(entry, "id")), entry]));
      keepLatest(this.#files, path, { state, entries }, LIMITS.podman.maxStorageFiles);
      return entries;
    } catch (error) {
      if (systemCode(error) === "ENOENT") return new Map();
      throw error;
    }
  }
}
