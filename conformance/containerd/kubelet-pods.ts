// Real containerd on a node like the simulated one (cgroup v2, a network for pods, shared mounts), and what it makes of
// kubelet's requests: the OCI specs of its bundles and what an NRI plugin is told.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definePlugin, silentLogger } from "@nri/plugin";
import { CreateContainerRequest, RunPodSandboxRequest } from "@nri/protocol";
import { type JsonValue, toJson } from "@nri/protocol/json";
import { output } from "../peers/child.js";
import { type Containerd, type ContainerdFiles, startContainerd } from "../peers/containerd.js";
import type { KubeletCase } from "./kubelet-requests.js";

const ORIGINAL = "config.json.containerd";

/**
 * An OCI runtime that keeps the spec of a bundle as containerd wrote it, and runs it without limits: where a machine has
 * its controllers on cgroup v1 there are none on v2, and runc refuses to set what is not there.
 */
const withoutLimits = (runc: string): string => `#!${process.execPath}
const { copyFileSync, readFileSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
if (args.includes("create")) {
  const bundle = args[args.indexOf("--bundle") + 1];
  const file = bundle + "/config.json";
  copyFileSync(file, bundle + "/${ORIGINAL}");
  const spec = JSON.parse(readFileSync(file, "utf8"));
  spec.linux.resources = { devices: spec.linux.resources.devices };
  writeFileSync(file, JSON.stringify(spec));
}
process.exit(require("node:child_process").spawnSync(${JSON.stringify(runc)}, args, { stdio: "inherit" }).status ?? 1);
`;

/** A node: containerd, and the folder that stands for kubelet's. */
export interface Node extends AsyncDisposable {
  readonly containerd: Containerd;
  readonly kubelet: string;
}

/** Starts the node. */
export async function startNode(files: ContainerdFiles): Promise<Node> {
  const dir = mkdtempSync(join(tmpdir(), "nri-node-"));
  const runtime = join(dir, "runc-without-limits");
  writeFileSync(runtime, withoutLimits(join(files.dir, "bin/runc")), { mode: 0o755 });
  let containerd: Containerd | undefined;
  const end = async (): Promise<void> => {
    await containerd?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    containerd = await startContainerd(files, {
      env: { CNI_SUBNET: "10.88.77.0/24", CGROUPS: "v2", RUNC: runtime },
    });
    const kubelet = join(containerd.stateDir, "kubelet");
    mkdirSync(kubelet);
    // kubelet's folder is shared on a node; without that no mount could be propagated
    const share = 'mount --bind "$0" "$0" && mount --make-shared "$0"';
    const pid = readFileSync(join(containerd.stateDir, "pid"), "utf8").trim();
    await output("nsenter", ["-t", pid, "-m", "sh", "-c", share, kubelet]);
    return { containerd, kubelet, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** One pod as containerd made it: OCI specs from its bundles, messages of NRI as protojson. */
export interface RealPod {
  readonly id: string;
  readonly spec: JsonValue;
  readonly request: JsonValue;
  readonly containers: ReadonlyMap<
    string,
    { readonly id: string; readonly spec: JsonValue; readonly request: JsonValue }
  >;
}

/** Makes the pod of a case with all its containers running, and takes it away again. */
export async function makePod({ containerd, kubelet }: Node, wanted: KubeletCase): Promise<RealPod> {
  const { cri, stateDir, nriSocket } = containerd;
  let request: JsonValue = null;
  const requests = new Map<string, JsonValue>();
  await using _plugin = await definePlugin({
    runPodSandbox: (call) => {
      request = toJson(RunPodSandboxRequest, RunPodSandboxRequest.create({ pod: call.pod }));
    },
    createContainer: ({ pod, container }) => {
      requests.set(container.id, toJson(CreateContainerRequest, CreateContainerRequest.create({ pod, container })));
    },
  }).start({ socketPath: nriSocket, index: "00", name: wanted.pod, environment: {}, log: silentLogger });
  await containerd.joined(`00-${wanted.pod}`);
  const config = { ...wanted.sandbox(), log_directory: join(stateDir, "pods", wanted.pod) };
  mkdirSync(config.log_directory, { recursive: true });
  const spec = (id: string): JsonValue =>
    JSON.parse(
      readFileSync(join(stateDir, "state/io.containerd.runtime.v2.task/k8s.io", id, ORIGINAL), "utf8"),
    ) as JsonValue;
  const { pod_sandbox_id } = await cri.runPodSandbox({ config });
  try {
    const containers = new Map<string, { id: string; spec: JsonValue; request: JsonValue }>();
    for (const [name, container] of Object.entries(wanted.containers(kubelet))) {
      const { container_id } = await cri.createContainer({ pod_sandbox_id, config: container, sandbox_config: config });
      await cri.startContainer({ container_id });
      containers.set(name, { id: container_id, spec: spec(container_id), request: requests.get(container_id) ?? null });
    }
    return { id: pod_sandbox_id, spec: spec(pod_sandbox_id), request, containers };
  } finally {
    await cri.stopPodSandbox({ pod_sandbox_id });
    await cri.removePodSandbox({ pod_sandbox_id });
  }
}
