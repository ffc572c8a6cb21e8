// A made-up container with something in every field that real ones have, and its pod.
import type { EventRequest } from "../events.js";
import type { Init } from "../message.js";

const ID = "0123456789abcdef".repeat(4);

const LABELS = {
  "io.kubernetes.container.name": "main",
  "io.kubernetes.pod.name": "web-5d4f8c7b9-x2x7k",
  "io.kubernetes.pod.namespace": "default",
};

const NAMESPACES = [{ type: "pid" }, { type: "network", path: "/proc/1234/ns/net" }];

/** The pod. */
export const SAMPLE_POD: Init<NonNullable<EventRequest<"createContainer">["pod"]>> = {
  id: ID,
  name: "web-5d4f8c7b9-x2x7k",
  uid: "1b2c3d4e-0000-4000-8000-0123456789ab",
  namespace: "default",
  labels: LABELS,
  annotations: { "annotation.example.com/key": "a value of some length, as annotations have" },
  runtimeHandler: "runc",
  pid: 1234,
  ips: ["10.88.0.7"],
  linux: {
    cgroupParent: "/kubepods/burstable/pod1b2c3d4e",
    cgroupsPath: `/kubepods/burstable/pod1b2c3d4e/${ID}`,
    namespaces: NAMESPACES,
    podResources: { cpu: { shares: { value: 1024n } }, memory: { limit: { value: 536870912n } } },
  },
};

/** The container. */
export const SAMPLE_CONTAINER: Init<NonNullable<EventRequest<"createContainer">["container"]>> = {
  id: ID,
  podSandboxId: ID,
  name: "main",
  labels: LABELS,
  annotations: { "annotation.example.com/key": "a value of some length, as annotations have" },
  args: ["/usr/bin/program", "--option=value"],
  env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "SERVICE_PORT=tcp://10.96.0.1:443"],
  mounts: [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    { destination: "/etc/hosts", type: "bind", source: "/var/lib/kubelet/pods/1b2c3d4e/etc-hosts", options: ["rbind"] },
  ],
  createdAt: 1_700_000_000_000_000_000n,
  user: { uid: 1000, gid: 1000, additionalGids: [10, 20] },
  rlimits: [{ type: "RLIMIT_NOFILE", hard: 1_048_576n, soft: 1024n }],
  linux: {
    cgroupsPath: `/kubepods/burstable/pod1b2c3d4e/${ID}`,
    oomScoreAdj: { value: 999n },
    namespaces: NAMESPACES,
    devices: [{ path: "/dev/fuse", type: "c", major: 10n, minor: 229n, fileMode: { value: 0o660 } }],
    resources: {
      memory: { limit: { value: 536870912n }, swap: { value: 536870912n } },
      cpu: { shares: { value: 1024n }, quota: { value: 100000n }, period: { value: 100000n }, cpus: "0-3" },
      hugepageLimits: [{ pageSize: "2MB", limit: 0n }],
      devices: [{ allow: false, access: "rwm" }],
      unified: { "memory.high": "max" },
    },
  },
};
