// The parts as they are.
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import type { Logger } from "@nri/adaptation";
import { createBridge } from "../common/create-bridge.js";
import type { Settings } from "../config/settings.js";
import { createContainerdEngine } from "../containerd/engine.js";
import type { Engine } from "../domain.js";
import { createEmbeddedEngine } from "../embedded/engine.js";
import { listenForLeases } from "../lease/server.js";
import type { Parts } from "./parts.js";

/** The bridge on the engines that there are. */
export const PARTS: Parts = {
  engines: (settings, log) => [
    ...(settings.containerdEnable ? [containerd(settings, log)] : []),
    // The last: it takes whatever no other engine knows.
    ...(settings.embeddedEnable ? embedded(settings, log) : []),
  ],
  createBridge,
  listenForLeases,
};

function containerd(settings: Settings, log: Logger): Engine {
  return createContainerdEngine({
    address: settings.containerdAddress,
    namespaces: settings.containerdNamespaces,
    servesNri: settings.containerdServesNri,
    nriSocket: settings.containerdNriSocket,
    runtime: settings.containerdRuntime === "" ? found("runc") : settings.containerdRuntime,
    log,
  });
}

function embedded({ embeddedRuntime, embeddedRoot }: Settings, log: Logger): readonly Engine[] {
  const runtime = embeddedRuntime === "" ? (found("runc") ?? found("crun")) : embeddedRuntime;
  if (runtime !== undefined) return [createEmbeddedEngine({ runtime, root: embeddedRoot, log })];
  log.info(
    `there is no domain embedded: neither runc nor crun is in ${FOLDERS.join(", ")}; domains.embedded.runtime can name one`,
  );
  return [];
}

/** Where programs of the system are. Not PATH: that is whoever's who starts the daemon. */
const FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

function found(program: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, program)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false; // not there
    }
  });
}
