// A container as Docker has configured it, at a moment at which dockerd holds it and answers nothing about it.
import { join } from "node:path";
import { parseAnyJson, type Spec } from "@nri/oci";
import { at, type Json, list, strings, text } from "../../json.js";
import { LIMITS } from "../../limits.js";
import { readBounded } from "../../read-bounded.js";
import type { ListedByDocker } from "../api-types.js";
import type { DockerContainer } from "../moby/index.js";

/** A container that is to be created, and where its user has mounted something. */
export interface Configuration {
  readonly container: DockerContainer;
  readonly taken: readonly string[];
}

/** What dockerd has written down in a container's folder. Throws when it cannot be read, or is of another container. */
export async function readConfiguration(folder: string, id: string): Promise<Configuration> {
  const saved = await read(join(folder, "config.v2.json"));
  const host = await read(join(folder, "hostconfig.json"));
  if (text(at(saved, "ID")) !== id) throw new Error(`${folder} is not of container "${id}"`);
  return {
    container: {
      ...NEW,
      id,
      name: text(at(saved, "Name")),
      labels: strings(at(saved, "Config", "Labels")),
      annotations: strings(at(host, "Annotations")),
      args: [text(at(saved, "Path")), ...list(at(saved, "Args")).map(text)],
      env: list(at(saved, "Config", "Env")).map(text),
    },
    taken: [
      ...list(at(host, "Mounts")).map((mount) => text(at(mount, "Target"))),
      ...list(at(host, "Binds")).map((bind) => text(bind).split(":")[1] ?? ""),
    ],
  };
}

/** What can be said of it without: its spec, in which there are variables and mounts of Docker's own, and the list. */
export function configurationOf(id: string, spec: Spec, listed: ListedByDocker | undefined): Configuration {
  const { args = [], env = [] } = spec.process ?? {};
  const mounted = (spec.mounts ?? []).filter(({ type }) => type === "bind").map(({ destination }) => destination);
  return {
    container: {
      ...NEW,
      id,
      name: `/${listed?.name ?? id}`,
      labels: strings(listed?.labels),
      annotations: strings(spec.annotations ?? undefined),
      args: args ?? [],
      env: env ?? [],
    },
    taken: mounted.filter((path) => !["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"].includes(path)),
  };
}

const NEW = { state: "created", pid: 0 } as const;

async function read(path: string): Promise<Json> {
  return parseAnyJson(await readBounded(path, LIMITS.docker.maxSavedBytes), { name: path });
}
