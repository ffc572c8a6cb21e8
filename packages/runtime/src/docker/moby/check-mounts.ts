// Whether Docker would take mounts into the configuration of a container, with its error texts (spec: docker 5.2).
import { posix } from "node:path";
import type { DockerMount } from "./accept.js";

/** What must be known of the container and the machine. */
export interface MountPlaces {
  /** Where its user has mounted something already, by `Mounts` or `Binds`. */
  readonly taken: Iterable<string>;
  /** Whether there is such a file or folder. */
  readonly exists: (path: string) => boolean;
}

/** Throws Docker's error for the first mount that it refuses. Names of volumes and images are not looked at. */
export function checkMounts(mounts: readonly DockerMount[], { taken, exists }: MountPlaces): void {
  const targets = new Set([...taken].map(clean));
  for (const mount of mounts) {
    const wrong = targetProblem(mount.target) ?? sourceProblem(mount, exists);
    if (wrong !== undefined) throw new Error(`invalid mount config for type "${mount.type}": ${wrong}`);
    const target = clean(mount.target);
    if (targets.has(target)) throw new Error(`Duplicate mount point: ${mount.target}`);
    targets.add(target);
  }
}

function targetProblem(target: string): string | undefined {
  if (target === "") return "field Target must not be empty";
  if (clean(target) === "/") return "invalid specification: destination can't be '/'";
  return pathProblem(target);
}

function sourceProblem({ type, source }: DockerMount, exists: (path: string) => boolean): string | undefined {
  switch (type) {
    case "bind":
      if (source === "") return "field Source must not be empty";
      return pathProblem(source) ?? (exists(source) ? undefined : `bind source path does not exist: ${source}`);
    case "volume":
      return undefined;
    case "tmpfs":
      return source === "" ? undefined : "field Source must not be specified";
    case "image":
      return source === "" ? "field Source must not be empty" : undefined;
    default:
      return "mount type unknown";
  }
}

function pathProblem(path: string): string | undefined {
  return path.startsWith("/") ? undefined : `invalid mount path: '${path}' mount path must be absolute`;
}

/** Without `..`, and without a slash at the end. */
function clean(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, "");
}
