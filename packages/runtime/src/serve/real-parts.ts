// The parts as they are.
import { delimiter } from "node:path";
import type { Logger } from "@nri/adaptation";
import { createBridge } from "../common/create-bridge.js";
import type { Settings } from "../config/settings.js";
import { createContainerdEngine } from "../containerd/engine.js";
import { DockerApi } from "../docker/api.js";
import { createDockerEngine } from "../docker/engine.js";
import { createDockerProfile } from "../docker/moby-profile/profile.js";
import type { Engine } from "../domain.js";
import { createEmbeddedEngine } from "../embedded/engine.js";
import { listenForLeases } from "../lease/server.js";
import { findProgram, SYSTEM_PATH } from "../oci/find-program.js";
import { createPodmanEngine } from "../podman/engine.js";
import type { Parts } from "./parts.js";

/** containerd's namespace of dockerd's own plugins. */
const DOCKER_PLUGINS = "plugins.moby";

/** The bridge on the engines that there are. */
export const PARTS: Parts = {
  engines: (settings, log) => [
    ...(settings.containerdEnable ? [containerd(settings, log)] : []),
    ...(settings.dockerEnable && settings.dockerProfile === "full" ? [docker(settings, log)] : []),
    ...(settings.podmanEnable ? podman(settings, log) : []),
    // The last: it takes whatever no other engine knows.
    ...(settings.embeddedEnable ? embedded(settings, log) : []),
  ],
  dockerProfile: (settings, given, log) =>
    createDockerProfile({
      ...given,
      engine: docker(settings, log),
      api: new DockerApi(settings.dockerAddress),
      compat: settings.compat,
      log,
    }),
  createBridge,
  listenForLeases,
};

function containerd(settings: Settings, log: Logger): Engine {
  return createContainerdEngine({
    address: settings.containerdAddress,
    namespaces: settings.containerdNamespaces,
    // Debian's dockerd has its containers, and its plugins, in the containerd of the system
    except: settings.dockerEnable ? [settings.dockerContainerdNamespace, DOCKER_PLUGINS] : [],
    servesNri: settings.containerdServesNri,
    nriSocket: settings.containerdNriSocket,
    runtime: settings.containerdRuntime === "" ? findProgram("runc", SYSTEM_PATH) : settings.containerdRuntime,
    log,
  });
}

function docker(settings: Settings, log: Logger): Engine {
  return createDockerEngine({
    address: settings.dockerAddress,
    containerdNamespace: settings.dockerContainerdNamespace,
    runtime: settings.dockerRuntime === "" ? findProgram("runc", SYSTEM_PATH) : settings.dockerRuntime,
    log,
  });
}

function podman(settings: Settings, log: Logger): readonly Engine[] {
  // crun is what podman takes first
  const runtime = runtimeOf("podman", settings.podmanRuntime, ["crun", "runc"], log);
  if (runtime === undefined) return [];
  const { podmanAddress: address, podmanExitDir: exitDir, podmanProgram } = settings;
  const program = podmanProgram === "" ? findProgram("podman", SYSTEM_PATH) : podmanProgram;
  return [createPodmanEngine({ address, exitDir, program, runtime, log })];
}

function embedded({ embeddedRuntime, embeddedRoot }: Settings, log: Logger): readonly Engine[] {
  const runtime = runtimeOf("embedded", embeddedRuntime, ["runc", "crun"], log);
  return runtime === undefined ? [] : [createEmbeddedEngine({ runtime, root: embeddedRoot, log })];
}

/** The runtime that is configured for a domain which needs one, or the first of these that the system has. */
function runtimeOf(domain: string, configured: string, names: readonly string[], log: Logger): string | undefined {
  const found = names.map((name) => findProgram(name, SYSTEM_PATH)).find((path) => path !== undefined);
  if (configured !== "" || found !== undefined) return configured === "" ? found : configured;
  log.info(
    `there is no domain ${domain}: neither ${names.join(" nor ")} is in ${SYSTEM_PATH.replaceAll(delimiter, ", ")}; domains.${domain}.runtime can name one`,
  );
  return undefined;
}
