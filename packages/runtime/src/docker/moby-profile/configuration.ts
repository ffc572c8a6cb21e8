// A container as Docker has configured it, at a moment at which dockerd holds it and answers nothing about it.
import type { Spec } from "@nri/oci";
import { at, list, strings, text } from "../../json.js";
import type { ListedByDocker } from "../api-types.js";
import type { DockerContainer } from "../moby/index.js";
import { OWN_FILES, readConfig, readSavedFile } from "../saved.js";

/** A container that is to be created, and where its user has mounted something. */
export interface Configuration {
  readonly container: DockerContainer;
  readonly taken: readonly string[];
}

/** What dockerd has written down in a container's folder. Throws when it cannot be read, or is of another container. */
export async function readConfiguration(folder: string, id: string): Promise<Configuration> {
  const saved = await readConfig(folder, id);
  const host = await readSavedFile(folder, "hostconfig.json");
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
    taken: mounted.filter((path) => !Object.hasOwn(OWN_FILES, path)),
  };
}

const NEW = { state: "created", pid: 0 } as const;
