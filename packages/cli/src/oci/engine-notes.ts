// What each engine's configuration needs, so that it calls the wrapper.
import type { EngineName, FlavourName } from "@nri/runtime";
import type { EngineChange } from "./engine-config.js";
import { podmanConfig } from "./podman-config.js";
import { WRAPPER_NAME } from "./wrapper-name.js";

/** Text for people: where the wrapper is named, and how it is tried. */
export function engineNotes(engine: EngineName, wrapper: string, flavour: FlavourName, socket: string): string {
  return `${NOTES[engine](wrapper, flavour)}\n${whereItAsks(socket)}`;
}

/** Text for people whose engine was configured: what was written, and what makes it hold. */
export function nextSteps(engine: EngineName, change: EngineChange, socket: string): string {
  const { file, changed, backup } = change;
  const before = backup === undefined ? "" : `; the file from before is ${backup}`;
  const written = changed
    ? `${file}: it is the default runtime now${before}`
    : `${file}: it is the default runtime already`;
  return `${written}\n${engine === "docker" ? RELOAD_DOCKER : ""}\n${whereItAsks(socket)}`;
}

const RELOAD_DOCKER = `
dockerd reads that file again at SIGHUP, without harm to containers:
  systemctl reload docker     (or: kill -HUP $(cat /run/docker.pid))
`;

function whereItAsks(socket: string): string {
  return `nri serve answers at ${socket}; without it, see "What fails open and what closed" in docs/bridge-failures.md.\n`;
}

const NOTES: Readonly<Record<EngineName, (wrapper: string, flavour: FlavourName) => string>> = {
  containerd: (wrapper) => `CRI, containerd 2.x (config version 3), in /etc/containerd/config.toml:
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
    BinaryName = ${JSON.stringify(wrapper)}

CRI, containerd 1.6 and 1.7 (config version 2):
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    BinaryName = ${JSON.stringify(wrapper)}

ctr, for one container:
  ctr run --runc-binary ${wrapper} IMAGE ID

containerd 1.7 and 2.x serve NRI for CRI themselves. Where they do, the wrapper passes CRI's calls; to have nri serve do it,
turn it off there:
  [plugins."io.containerd.nri.v1.nri"]
    disable = true
`,
  docker: (wrapper) => `In /etc/docker/daemon.json (with --configure it is put there):
  { "runtimes": { "${WRAPPER_NAME}": { "path": ${JSON.stringify(wrapper)} } }, "default-runtime": "${WRAPPER_NAME}" }
${RELOAD_DOCKER}
For one container, without "default-runtime":
  docker run --runtime ${WRAPPER_NAME} IMAGE
`,
  podman: (wrapper, flavour) => `In /etc/containers/containers.conf.d/50-nri.conf (with --configure it is put there):
${podmanConfig(wrapper, flavour)
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => `  ${line}\n`)
  .join("")}
For one container:
  podman --runtime ${wrapper} run IMAGE
`,
  oci: (wrapper) => `Call it in place of the runtime:
  ${wrapper} run --bundle DIR ID
`,
};
