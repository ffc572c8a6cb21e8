// Made-up pods and containers of a realistic size: the same bytes as the Go program measures with.
import { Container, ContainerState, CreateContainerRequest, PodSandbox } from "@nri/protocol";

/** How large they are. */
export interface ObjectOptions {
  /** Small ones in place of realistic ones. */
  readonly lean: boolean;
  /** About how many bytes a request shall have; 0 leaves it as it is. */
  readonly pad: number;
}

const SPREAD = 0x9e3779b97f4a7c15n;
/** Bytes that the padding's own key and lengths take. */
const PADDING_OVERHEAD = 24;
const POD_CGROUP = "/kubepods/burstable/pod1b2c3d4e";

/** 64 hexadecimal digits, another one for each number. */
export function hexId(n: number): string {
  return BigInt.asUintN(64, BigInt(n) * SPREAD + 1n)
    .toString(16)
    .padStart(64, "0");
}

/** A pod with 10 labels and 10 annotations, or 2. */
export function makePod(i: number, { lean }: ObjectOptions): PodSandbox {
  const numbers = Array.from({ length: lean ? 2 : 10 }, (_, j) => j);
  return PodSandbox.create({
    id: podId(i),
    name: `pod-${i}`,
    uid: `1b2c3d4e-0000-4000-8000-${String(i).padStart(12, "0")}`,
    namespace: "default",
    runtimeHandler: "runc",
    pid: 1000 + i,
    ips: ["10.88.0.7", "fd00::7"],
    labels: Object.fromEntries(numbers.map((j) => [`app.kubernetes.io/label-${j}`, `label-value-${j}`])),
    annotations: Object.fromEntries(
      numbers.map((j) => [`annotation.example.com/key-${j}`, `annotation value number ${j} of pod`]),
    ),
    linux: {
      cgroupParent: POD_CGROUP,
      cgroupsPath: `${POD_CGROUP}/${hexId(i)}`,
      podOverhead: { memory: { limit: { value: 1n << 20n } } },
      podResources: { cpu: { shares: { value: 1024n } } },
      namespaces: [
        { type: "pid" },
        { type: "ipc", path: "/proc/1234/ns/ipc" },
        { type: "network", path: "/var/run/netns/cni-1234" },
        { type: "mount" },
        { type: "uts", path: "/proc/1234/ns/uts" },
      ],
    },
  });
}

/** A container with 40 variables, 15 mounts, 20 annotations, 10 arguments and 5 devices; or a few of each. */
export function makeContainer(i: number, pod: number, { lean }: ObjectOptions): Container {
  const [env, mounts, annotations, args, devices] = lean ? [4, 2, 2, 2, 0] : [40, 15, 20, 10, 5];
  return Container.create({
    id: hexId(i),
    podSandboxId: podId(pod),
    name: `ctr-${i}`,
    state: ContainerState.CONTAINER_CREATED,
    labels: {
      "io.kubernetes.container.name": `ctr-${i}`,
      "io.kubernetes.pod.name": `pod-${pod}`,
      "io.kubernetes.pod.namespace": "default",
      "io.kubernetes.pod.uid": "1b2c3d4e",
    },
    annotations: Object.fromEntries(
      list(annotations, (j) => [
        `annotation.example.com/ctr-key-${two(j)}`,
        `annotation value number ${j} of container`,
      ]),
    ),
    createdAt: 1_700_000_000_000_000_000n + BigInt(i),
    user: { uid: 1000, gid: 1000, additionalGids: [10, 20, 30] },
    image: {
      name: "registry.k8s.io/pause:3.10",
      digest: `sha256:${hexId(7)}`,
      configDigest: `sha256:${hexId(8)}`,
    },
    rlimits: [
      { type: "RLIMIT_NOFILE", hard: 1048576n, soft: 1048576n },
      { type: "RLIMIT_NPROC", hard: 4096n, soft: 4096n },
    ],
    env: list(env, (j) => `SERVICE_VARIABLE_${two(j)}=tcp://10.96.${j}.${j}:8443`),
    mounts: list(mounts, (j) => ({
      destination: `/var/lib/data/volume-${two(j)}`,
      type: "bind",
      source: `/var/lib/kubelet/pods/1b2c3d4e/volumes/kubernetes.io~configmap/volume-${two(j)}`,
      options: ["rbind", "rprivate", "ro"],
    })),
    args: list(args, (j) => `--command-line-option-${j}=some-value-${j}`),
    linux: {
      cgroupsPath: `${POD_CGROUP}/${hexId(i)}`,
      oomScoreAdj: { value: 999n },
      namespaces: [
        { type: "pid" },
        { type: "ipc", path: "/proc/1234/ns/ipc" },
        { type: "uts", path: "/proc/1234/ns/uts" },
        { type: "mount" },
        { type: "network", path: "/var/run/netns/cni-1234" },
      ],
      devices: list(devices, (j) => ({
        path: `/dev/device${j}`,
        type: "c",
        major: 10n,
        minor: BigInt(100 + j),
        fileMode: { value: 0o660 },
        uid: { value: 0 },
        gid: { value: 0 },
      })),
      resources: {
        memory: {
          limit: { value: 536870912n },
          reservation: { value: 268435456n },
          swap: { value: 536870912n },
          kernel: { value: 0n },
          kernelTcp: { value: 0n },
          swappiness: { value: 60n },
          disableOomKiller: { value: false },
          useHierarchy: { value: true },
        },
        cpu: {
          shares: { value: 1024n },
          quota: { value: 100000n },
          period: { value: 100000n },
          realtimeRuntime: { value: 0n },
          realtimePeriod: { value: 0n },
          cpus: "0-3",
          mems: "0",
        },
        hugepageLimits: [
          { pageSize: "2MB", limit: 0n },
          { pageSize: "1GB", limit: 0n },
        ],
        blockioClass: { value: "best-effort" },
        rdtClass: { value: "gold" },
        unified: { "memory.high": "max", "memory.oom.group": "1" },
        pids: { limit: 4096n },
      },
      sysctl: { "net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 2147483647" },
    },
  });
}

/** The request that all creations and events are measured with. */
export function makeCreate(i: number, options: ObjectOptions): CreateContainerRequest {
  const container = makeContainer(i, 1, options);
  const request = CreateContainerRequest.create({ pod: makePod(1, options), container });
  const missing = options.pad - CreateContainerRequest.encode(request).length - PADDING_OVERHEAD;
  if (options.pad > 0 && missing > 0 && request.container !== undefined) {
    request.container.annotations.padding = "x".repeat(missing);
  }
  return request;
}

function podId(i: number): string {
  return hexId(1_000_000 + i);
}

function list<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
