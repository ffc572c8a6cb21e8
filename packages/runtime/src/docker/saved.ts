// What dockerd has written down of a container. While it starts it runs containers before it answers anybody.
import { basename, dirname, join } from "node:path";
import { parseAnyJson, type Spec } from "@nri/oci";
import { at, type Json, strings, text } from "../json.js";
import { LIMITS } from "../limits.js";
import { readBounded } from "../read-bounded.js";
import { nanoseconds } from "../rfc3339-time.js";
import { withoutSlash } from "./api.js";
import type { ListedByDocker } from "./api-types.js";

/** Files that dockerd makes for each container, and where it mounts them. */
export const OWN_FILES = {
  "/etc/hosts": "hosts",
  "/etc/hostname": "hostname",
  "/etc/resolv.conf": "resolv.conf",
} as const;

/**
 * The folder in which dockerd keeps a container; undefined when its spec does not tell. It mounts files from there; of a container in the
 * network of another one from that one's folder, which stands beside it.
 */
export function containerFolder({ mounts }: Spec, id: string): string | undefined {
  const folders = (mounts ?? []).flatMap(({ destination, source = "" }) => {
    const file = Object.entries(OWN_FILES).find(([mounted]) => mounted === destination)?.[1];
    const isOwn =
      file !== undefined && basename(source) === file && basename(dirname(dirname(source))) === "containers";
    return isOwn ? [dirname(source)] : [];
  });
  // another folder of its name can nobody have mounted, as the id is made up when the container is
  const own = folders.find((folder) => basename(folder) === id);
  return own ?? (folders[0] && join(dirname(folders[0]), id));
}

/** What is written in a container's folder. Throws when it cannot be read, or is of another container. */
export async function readSaved(folder: string, id: string): Promise<ListedByDocker> {
  const saved = await readConfig(folder, id);
  return {
    id,
    name: withoutSlash(text(at(saved, "Name"))),
    image: text(at(saved, "Config", "Image")),
    imageId: text(at(saved, "Image")),
    labels: strings(at(saved, "Config", "Labels")),
    state: "created",
    exitCode: 0,
    createdAt: nanoseconds(text(at(saved, "Created"))),
  };
}

/** `config.v2.json` as it is. Throws when it cannot be read, or is of another container. */
export async function readConfig(folder: string, id: string): Promise<Json> {
  const config = await readSavedFile(folder, "config.v2.json");
  if (text(at(config, "ID")) !== id) throw new Error(`${join(folder, "config.v2.json")} is not of container "${id}"`);
  return config;
}

/** One of the files as it is. Throws when it cannot be read. */
export async function readSavedFile(folder: string, file: string): Promise<Json> {
  const path = join(folder, file);
  return parseAnyJson(await readBounded(path, LIMITS.docker.maxSavedBytes), { name: path });
}
