// Records of many containers, as a bridge leaves them behind: made by one, whose engine and runtime are not real.
import { printSpec, type Spec } from "@nri/oci";
import { PodSandbox } from "@nri/protocol";
import { type Answer, createBridge, type Domain, type Engine, type Lease, type RuntimeVerb } from "@nri/runtime";

/** Fills the folder with records of containers that run in containerd's namespace `default`. */
export async function knowMany(stateDir: string, count: number): Promise<void> {
  await using bridge = createBridge({
    adaptation: { runtime: { name: "many", version: "1" } },
    engines: [new NoEngine()],
    stateDir,
  });
  await bridge.start();
  const payload = Buffer.from(printSpec(SPEC));
  for (let index = 0; index < count; index++) {
    const id = `known-${index}`;
    await bridge.handle(leaseOf("create", id, payload, index + 1));
    await bridge.handle(leaseOf("start", id, new Uint8Array(0), 0));
  }
}

function leaseOf(verb: RuntimeVerb, id: string, payload: Uint8Array, pid: number): Lease {
  return {
    call: { verb, id, root: "", bundle: "", engine: "containerd" },
    payload,
    signal: new AbortController().signal,
    answer: async ({ kind }: Answer) => (kind === "refuse" ? undefined : { code: 0, pid }),
  };
}

class NoEngine implements Engine {
  readonly name = "none";
  readonly domains: readonly Domain[] = [
    {
      name: "containerd:default",
      servesNri: false,
      list: async () => ({ pods: [], containers: [] }),
      describe: async ({ id }) => {
        const labels = { "io.kubernetes.pod.name": `pod-of-${id}`, app: "server", tier: "back" };
        const pod = PodSandbox.create({ id, name: id, namespace: "default", labels });
        return { kind: "container", known: { id, name: id, labels }, pod, ownPod: true };
      },
      pid: async () => 0,
      update: async () => undefined,
      evict: async () => undefined,
    },
  ];

  domainFor(): Domain | undefined {
    return this.domains[0];
  }

  async start(): Promise<void> {
    // nothing happens by itself
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // nothing is open
  }
}

const numbered = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** As large as that of a container in a busy cluster: services in the environment, and volumes. */
const SPEC: Spec = {
  ociVersion: "1.1.0",
  process: {
    cwd: "/",
    user: { uid: 0, gid: 0 },
    args: ["/bin/server", "--config", "/etc/server/config.yaml"],
    env: numbered(40, (i) => `SERVICE_${i}_PORT_443_TCP=tcp://10.96.0.${i}:443`),
    rlimits: [{ type: "RLIMIT_NOFILE", hard: 1_048_576n, soft: 1_048_576n }],
  },
  root: { path: "rootfs" },
  mounts: numbered(20, (i) => ({
    destination: `/var/volumes/${i}`,
    type: "bind",
    source: `/var/lib/kubelet/pods/00000000-0000-0000-0000-000000000000/volumes/config/${i}`,
    options: ["rbind", "rprivate", "ro"],
  })),
  annotations: { "io.kubernetes.cri.container-name": "server" },
  linux: {
    resources: { memory: { limit: 134_217_728n }, cpu: { shares: 512n } },
    namespaces: ["pid", "ipc", "uts", "mount", "network"].map((type) => ({ type })),
  },
};
