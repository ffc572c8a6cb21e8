// Where libpod keeps a container: a folder in its storage, whose `userdata` is the bundle (spec: oci-annotations 4).
import { basename, dirname, join } from "node:path";

/** A container's place. */
export interface Place {
  /** Its folder: there as long as podman has the container, whether it runs or not. */
  readonly folder: string;
  /** The folder of all containers of that storage, such as `/var/lib/containers/storage/overlay-containers`. */
  readonly storage: string;
}

const ID = /^[0-9a-f]{64}$/;

/** The place that a bundle is in; undefined when it is none of libpod's. */
export function placeOf(bundle: string, id: string): Place | undefined {
  const folder = dirname(bundle);
  const storage = dirname(folder);
  const isLibpods = basename(bundle) === "userdata" && basename(folder) === id && storage.endsWith("-containers");
  return isLibpods && isId(id) ? { folder, storage } : undefined;
}

/** The place of another container of the same storage. */
export function neighbour({ storage }: Place, id: string): Place {
  return { folder: join(storage, id), storage };
}

/** Whether it is an id of libpod: nothing else becomes part of a path. */
export function isId(id: string): boolean {
  return ID.test(id);
}
