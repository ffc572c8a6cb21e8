// nri oci install --configure: the engine's own configuration names the wrapper, as its default runtime.
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, chown, copyFile, lstat, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "@nri/adaptation";
import type { EngineName, FlavourName } from "@nri/runtime";
import { fileProblem } from "../files.js";
import { UsageError } from "../host.js";
import { dockerConfig } from "./docker-config.js";
import { checkOurs, podmanConfig } from "./podman-config.js";

/** A change of an engine's configuration, before it is made. */
export interface EngineChange {
  /** The file, as the machine knows it. */
  readonly file: string;
  /** Where the old one goes; absent when there is none, or nothing changes. */
  readonly backup?: string | undefined;
  /** False when everything is there already. */
  readonly changed: boolean;
  /** Makes it. Throws when the file cannot be written; then nothing has changed. */
  make(): Promise<void>;
}

const FILES: Readonly<Partial<Record<EngineName, string>>> = {
  docker: "/etc/docker/daemon.json",
  podman: "/etc/containers/containers.conf.d/50-nri.conf",
};

/** What is beside the file when it was there before us. */
const BEFORE = ".before-nri";

/** The file of the engine. Throws UsageError for an engine whose configuration is not ours to write. */
export function configFileOf(engine: EngineName): string {
  const file = FILES[engine];
  if (file !== undefined) return file;
  throw new UsageError(
    engine === "containerd"
      ? "--configure: containerd's configuration is yours to write; what is printed without it goes there, and ctr needs none"
      : "--configure: there is no engine to configure",
  );
}

/**
 * Looks at what the engine's configuration would become; `reach` gives the name by which this process reaches a file of the
 * engine's machine. Throws UsageError for a file that must be left alone.
 */
export async function planEngineConfig(
  engine: EngineName,
  file: string,
  names: { readonly wrapper: string; readonly runtime: string; readonly flavour: FlavourName },
  reach: (path: string) => string,
): Promise<EngineChange> {
  const path = await target(file, reach);
  const old = await textOf(path);
  let text: string;
  if (engine === "docker") text = dockerConfig(old, file, names.wrapper, names.runtime);
  else {
    checkOurs(old, file);
    text = podmanConfig(names.wrapper, names.flavour);
  }
  const changed = text !== old;
  const backup = changed && old !== undefined && engine === "docker" ? `${file}${BEFORE}` : undefined;
  return {
    file,
    backup,
    changed,
    make: async () => {
      if (!changed) return;
      try {
        if (backup !== undefined) await keep(path);
        await replace(path, text);
      } catch (error) {
        throw new Error(`${file} cannot be written: ${fileProblem(error)}`, { cause: error });
      }
    },
  };
}

/** The file behind a link, which stays one. A link of another machine leads to a place of that one. */
async function target(file: string, reach: (path: string) => string): Promise<string> {
  const path = reach(file);
  const found = await lstat(path).catch((error: unknown) => absent(error, undefined));
  if (found?.isSymbolicLink() !== true) return path;
  const behind =
    reach("/") === "/" ? await realpath(path).catch((error: unknown) => absent(error, undefined)) : undefined;
  if (behind === undefined) throw new UsageError(`${file}: is a link that cannot be followed; it was left alone`);
  return behind;
}

async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch((error: unknown) => absent(error, undefined));
}

function absent<T>(error: unknown, otherwise: T): T {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return otherwise;
  throw error;
}

/** The first one is kept, however often this is done: it is the one from before us. */
async function keep(path: string): Promise<void> {
  await copyFile(path, `${path}${BEFORE}`, constants.COPYFILE_EXCL).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
}

/** In one step, with the old one's mode and owner. */
async function replace(path: string, text: string): Promise<void> {
  makeFolder(dirname(path), 0o755);
  const old = await stat(path).catch((error: unknown) => absent(error, undefined));
  const half = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(half, text, { flag: "wx" });
    await chmod(half, old === undefined ? 0o644 : old.mode & 0o7777);
    if (old !== undefined) await chown(half, old.uid, old.gid);
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true }).catch(() => undefined); // there may be no such folder
    throw error;
  }
}
