// What each engine's configuration needs, so that it calls the wrapper.
import type { EngineName } from "@nri/runtime";

/** Text for people: where the wrapper is named, and how it is tried. */
export function engineNotes(engine: EngineName, wrapper: string, socket: string): string {
  return `${NOTES[engine](JSON.stringify(wrapper), wrapper)}
nri serve answers at ${socket}; without it, see "What fails open and what closed" in docs/bridge-failures.md.
`;
}

const NOTES: Readonly<Record<EngineName, (quoted: string, plain: string) => string>> = {
  containerd: (quoted, plain) => `CRI, containerd 2.x (config version 3), in /etc/containerd/config.toml:
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
    BinaryName = ${quoted}

CRI, containerd 1.6 and 1.7 (config version 2):
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    BinaryName = ${quoted}

ctr, for one container:
  ctr run --runc-binary ${plain} IMAGE ID

containerd 1.7 and 2.x serve NRI for CRI themselves. Where they do, the wrapper passes CRI's calls; to have nri serve do it,
turn it off there:
  [plugins."io.containerd.nri.v1.nri"]
    disable = true
`,
  docker: (quoted, plain) => `In /etc/docker/daemon.json:
  { "runtimes": { "nri": { "path": ${quoted} } }, "default-runtime": "nri" }

For one container:
  docker run --runtime nri IMAGE        (with "runtimes" as above)
  docker run --runtime ${plain} IMAGE   (Docker 23 and later, without it)
`,
  podman: (quoted, plain) => `In /etc/containers/containers.conf:
  [engine]
  runtime = "nri"
  [engine.runtimes]
  nri = [${quoted}]

For one container:
  podman --runtime ${plain} run IMAGE
`,
  oci: (_, plain) => `Call it in place of the runtime:
  ${plain} run --bundle DIR ID
`,
};
