// A small CRI client for the tests: every call of cri-min.proto in lower camel case, with plain objects whose field
// names are those of the .proto (snake case).
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as loader from "@grpc/proto-loader";
import { peersDir } from "../paths.js";

const DEADLINE_MS = 60_000;
const MAX_MESSAGE_BYTES = 64 << 20;

/** The calls that tests make, with the parts of the answers they read. */
export interface Cri {
  version(): Promise<{ runtime_name: string; runtime_version: string; runtime_api_version: string }>;
  runPodSandbox(request: { config: object; runtime_handler?: string }): Promise<{ pod_sandbox_id: string }>;
  stopPodSandbox(request: { pod_sandbox_id: string }): Promise<object>;
  removePodSandbox(request: { pod_sandbox_id: string }): Promise<object>;
  createContainer(request: { pod_sandbox_id: string; config: object; sandbox_config: object }): Promise<{
    container_id: string;
  }>;
  startContainer(request: { container_id: string }): Promise<object>;
  stopContainer(request: { container_id: string; timeout: number }): Promise<object>;
  removeContainer(request: { container_id: string }): Promise<object>;
  updateContainerResources(request: { container_id: string; linux: object }): Promise<object>;
  containerStatus(request: { container_id: string; verbose?: boolean }): Promise<{
    status: { state: string; exit_code: number; log_path: string };
    info: Record<string, string>;
  }>;
  execSync(request: { container_id: string; cmd: readonly string[]; timeout: number }): Promise<{
    stdout: Buffer;
    stderr: Buffer;
    exit_code: number;
  }>;
  close(): void;
}

type Method = (
  request: object,
  options: object,
  done: (error: grpc.ServiceError | null, answer: object) => void,
) => void;

/** Connects to a CRI v1 server on a unix socket. */
export function connectCri(socket: string): Cri {
  const definition = loader.loadSync(join(peersDir, "cri-min.proto"), {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
  const { v1 } = (grpc.loadPackageDefinition(definition) as unknown as { runtime: { v1: grpc.GrpcObject } }).runtime;
  const Service = v1.RuntimeService as grpc.ServiceClientConstructor;
  const client = new Service(`unix://${resolve(socket)}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  });
  const calls: Record<string, unknown> = { close: () => client.close() };
  for (const { path } of Object.values(Service.service)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const method = (client as unknown as Record<string, Method>)[name];
    calls[name.charAt(0).toLowerCase() + name.slice(1)] = (request: object = {}) =>
      new Promise((done, fail) => {
        method?.call(client, request, { deadline: Date.now() + DEADLINE_MS }, (error, answer) => {
          if (error) fail(new Error(`${name}: ${error.details || error.message}`, { cause: error }));
          else done(answer);
        });
      });
  }
  const cri = calls as unknown as Cri;
  return {
    ...cri,
    stopContainer: (request) => cri.stopContainer(request).catch(againIfLost(() => cri.stopContainer(request))),
  };
}

/** containerd may lose its shim's connection while it kills a container (seen with 2.1.9, and with 1.6.20 in other words); as kubelet does, it is asked again. */
function againIfLost<T>(again: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof Error && /ttrpc: closed(: unknown)?$/.test(error.message)) return again();
    throw error;
  };
}

/** Whose network a pod has: the host's, so that no CNI is needed, or one of its own. */
export type PodNetwork = "NODE" | "POD";

function namespaceOptions(network: PodNetwork = "NODE"): object {
  return { namespace_options: { network, pid: "CONTAINER", ipc: "POD" } };
}

/** A pod, with the host's network unless it says otherwise. */
export function podConfig(pod: {
  name: string;
  namespace?: string;
  labels?: object;
  annotations?: object;
  network?: PodNetwork | undefined;
  logDir: string;
}): object {
  return {
    metadata: { name: pod.name, uid: `${pod.name}-uid`, namespace: pod.namespace ?? "default", attempt: 0 },
    hostname: "",
    log_directory: pod.logDir,
    labels: pod.labels ?? {},
    annotations: pod.annotations ?? {},
    linux: { security_context: namespaceOptions(pod.network) },
  };
}

/** A container of the busybox image; sleeps, and leaves with 7 on SIGTERM. */
export function containerConfig(container: {
  name: string;
  command?: readonly string[];
  env?: Readonly<Record<string, string>>;
  labels?: object;
  annotations?: object;
  resources?: object;
  network?: PodNetwork | undefined;
}): object {
  return {
    metadata: { name: container.name, attempt: 0 },
    image: { image: "localhost/peers/busybox:1" },
    command: container.command ?? [
      "sh",
      "-c",
      'echo started; trap "echo got TERM; exit 7" TERM; while :; do sleep 1 & wait $!; done',
    ],
    args: [],
    envs: Object.entries(container.env ?? {}).map(([key, value]) => ({ key, value })),
    mounts: [],
    devices: [],
    labels: container.labels ?? {},
    annotations: container.annotations ?? {},
    log_path: `${container.name}.log`,
    linux: {
      resources: container.resources,
      security_context: namespaceOptions(container.network),
    },
  };
}

/** A controller file of a process's cgroup: version 1 by controller, else the unified tree. */
export function cgroupFile(pid: number, controller: string, v1file: string, v2file: string): string | undefined {
  const memberships = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
  for (const line of memberships) {
    const [, controllers = "", ...rest] = line.split(":");
    if (!controllers.split(",").includes(controller)) continue;
    for (const mount of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
      const fields = mount.split(" ");
      const dash = fields.indexOf("-");
      if (fields[dash + 1] !== "cgroup" || !fields[dash + 3]?.split(",").includes(controller)) continue;
      return readFileSync(join(fields[4] ?? "", rest.join(":"), v1file), "utf8").trim();
    }
  }
  const unified = memberships.find((line) => line.startsWith("0::"))?.slice(3) ?? "/";
  for (const base of ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]) {
    const file = join(base, unified, v2file);
    if (existsSync(file)) return readFileSync(file, "utf8").trim();
  }
  return undefined;
}
