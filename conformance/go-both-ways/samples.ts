// One sample per adjustable field, as protojson at the field's own path: what a plugin sets, what it removes, and what
// a container that has the field already looks like.
import { FIELDS, type FieldName } from "@nri/protocol";
import type { JsonObject, JsonValue } from "../peers/json.js";

/** Values of one field at its path. */
export interface FieldSample {
  /** What a plugin sets. */
  readonly set: JsonValue;
  /** What a plugin sends to take away what the container came with, for fields that can be removed. */
  readonly remove?: JsonValue;
  /** A second value that touches the same thing, as another plugin would set it: a conflict. */
  readonly again?: JsonValue;
}

/** Samples of all fields. */
export const SAMPLES: Readonly<Record<FieldName, FieldSample>> = {
  Annotations: { set: { "sample/key": "value", __proto: "x" }, remove: { "-a": "" }, again: { "sample/key": "other" } },
  Mounts: {
    set: [{ destination: "/run/new", type: "bind", source: "/srv/new", options: ["rbind", "rw"] }],
    remove: [{ destination: "-/data" }],
    again: [{ destination: "/run/new", type: "tmpfs", source: "tmpfs" }],
  },
  Env: { set: [{ key: "NEW", value: "x=y" }], remove: [{ key: "-HOME" }], again: [{ key: "NEW", value: "z" }] },
  Args: { set: ["/bin/new", "arg"], remove: ["", "/bin/new", "arg"], again: ["/bin/other"] },
  OciHooks: {
    set: {
      prestart: [{ path: "/bin/prestart" }],
      createRuntime: [{ path: "/bin/hook", args: ["hook", "1"], env: ["A=B"], timeout: { value: "3" } }],
      createContainer: [{ path: "/bin/create" }],
      startContainer: [{ path: "/bin/start" }],
      poststart: [{ path: "/bin/poststart" }],
      poststop: [{ path: "/bin/poststop" }],
    },
  },
  Devices: {
    set: [
      { path: "/dev/new", type: "c", major: "10", minor: "200", fileMode: { value: 384 }, uid: {}, gid: { value: 5 } },
    ],
    remove: [{ path: "-/dev/null" }],
    again: [{ path: "/dev/new", type: "b", major: "8", minor: "1" }],
  },
  MemLimit: { set: { value: "268435456" }, again: { value: "1" } },
  MemReservation: { set: { value: "134217728" }, again: { value: "1" } },
  MemSwapLimit: { set: { value: "-1" }, again: { value: "1" } },
  MemKernelLimit: { set: { value: "9223372036854775807" }, again: { value: "1" } },
  MemTCPLimit: { set: { value: "1048576" }, again: { value: "1" } },
  MemSwappiness: { set: { value: "60" }, again: { value: "1" } },
  MemDisableOomKiller: { set: { value: true }, again: { value: false } },
  MemUseHierarchy: { set: { value: true }, again: { value: false } },
  CPUShares: { set: { value: "2048" }, again: { value: "3" } },
  CPUQuota: { set: { value: "25000" }, again: { value: "1" } },
  CPUPeriod: { set: { value: "50000" }, again: { value: "1" } },
  CPURealtimeRuntime: { set: { value: "950" }, again: { value: "1" } },
  CPURealtimePeriod: { set: { value: "18446744073709551615" }, again: { value: "1" } },
  CPUSetCPUs: { set: "1", again: "0" },
  CPUSetMems: { set: "0-1", again: "0" },
  HugepageLimits: { set: [{ pageSize: "1GB", limit: "1073741824" }], again: [{ pageSize: "1GB", limit: "1" }] },
  DeviceRules: { set: [{ allow: true, type: "c", major: { value: "10" }, minor: { value: "200" }, access: "rw" }] },
  CgroupsUnified: { set: { "cpu.weight": "77" }, again: { "cpu.weight": "78" } },
  BlockioClass: { set: { value: "slow" }, again: { value: "fast" } },
  RdtClass: { set: { value: "gold" }, again: { value: "silver" } },
  PidsLimit: { set: { limit: "50" }, again: { limit: "51" } },
  CgroupsPath: { set: "/kubepods/pod0/other", again: "/else" },
  OomScoreAdj: { set: { value: 100 }, again: { value: 0 } },
  IoPriority: { set: { class: "IOPRIO_CLASS_BE", priority: 4 }, again: { class: "IOPRIO_CLASS_RT", priority: 1 } },
  SeccompPolicy: {
    set: {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrno: { value: 1 },
      architectures: ["SCMP_ARCH_X86_64"],
      flags: ["SECCOMP_FILTER_FLAG_LOG"],
      listenerPath: "/run/listener",
      listenerMetadata: "data",
      syscalls: [
        {
          names: ["read", "write"],
          action: "SCMP_ACT_ALLOW",
          errnoRet: { value: 2 },
          args: [{ index: 1, value: "18446744073709551615", valueTwo: "3", op: "SCMP_CMP_MASKED_EQ" }],
        },
      ],
    },
    again: { defaultAction: "SCMP_ACT_ALLOW" },
  },
  Namespace: {
    set: [{ type: "ipc", path: "/proc/1/ns/ipc" }],
    remove: [{ type: "-pid" }],
    again: [{ type: "ipc", path: "/proc/2/ns/ipc" }],
  },
  Sysctl: {
    set: { "kernel.msgmax": "65536" },
    remove: { "-net.core.somaxconn": "" },
    again: { "kernel.msgmax": "1" },
  },
  LinuxNetDevices: {
    set: { eth1: { name: "net1" } },
    remove: { "-eth9": {} },
    again: { eth1: { name: "net2" } },
  },
  LinuxSched: {
    set: {
      policy: "SCHED_DEADLINE",
      nice: 5,
      priority: 7,
      flags: ["SCHED_FLAG_RESET_ON_FORK"],
      runtime: "1000",
      deadline: "2000",
      period: "18446744073709551615",
    },
    again: { policy: "SCHED_BATCH" },
  },
  RdtClosID: { set: { value: "c1" }, again: { value: "c2" } },
  RdtSchemata: { set: { value: ["L3:0=f", "MB:0=50"] }, again: { value: ["L3:0=1"] } },
  RdtEnableMonitoring: { set: { value: true }, again: { value: false } },
  MemoryPolicy: {
    set: { mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"] },
    again: { mode: "MPOL_INTERLEAVE", nodes: "0" },
  },
  Rlimits: {
    set: [{ type: "RLIMIT_CORE", hard: "18446744073709551615", soft: "1" }],
    again: [{ type: "RLIMIT_CORE", hard: "1", soft: "1" }],
  },
  CdiDevices: { set: [{ name: "vendor.com/dev=one" }], again: [{ name: "vendor.com/dev=one" }] },
};

/** A message that holds `value` at `path` and nothing else. */
export function at(path: string, value: JsonValue): JsonObject {
  return path.split(".").reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), value) as JsonObject;
}

/** The adjustment that holds `value` for `field`. */
export function adjustmentOf(field: FieldName, value: JsonValue): JsonObject {
  return at(FIELDS[field].path, value);
}

/** A pod as a runtime sends it. */
export const POD: JsonObject = {
  id: "pod0",
  name: "pod-0",
  uid: "uid-0",
  namespace: "default",
  labels: { app: "demo" },
  annotations: { "k.example/x": "y" },
  runtimeHandler: "runc",
  linux: {
    cgroupParent: "/kubepods/pod0",
    cgroupsPath: "/kubepods/pod0/sandbox",
    namespaces: [{ type: "network", path: "/var/run/netns/n0" }],
    podOverhead: { memory: { limit: { value: "1048576" } } },
    podResources: { cpu: { shares: { value: "1024" } } },
  },
  pid: 4242,
  ips: ["10.88.0.7", "fd00::7"],
};

/** A container as a runtime sends it, with something in every field that plugins can remove. */
export function containerJson(name: string, more: JsonObject = {}): JsonObject {
  return {
    id: `id-${name}`,
    podSandboxId: "pod0",
    name,
    state: "CONTAINER_CREATED",
    labels: { "io.kubernetes.container.name": name },
    annotations: { a: "1" },
    args: ["/bin/sh", "-c", "sleep 3600"],
    env: ["PATH=/usr/bin:/bin", "HOME=/srv"],
    mounts: [
      { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
      { destination: "/data", type: "bind", source: "/srv/data", options: ["rbind", "ro"] },
    ],
    hooks: { poststop: [{ path: "/bin/before" }] },
    linux: {
      namespaces: [{ type: "pid" }, { type: "mount" }],
      devices: [{ path: "/dev/null", type: "c", major: "1", minor: "3", fileMode: { value: 438 }, uid: {}, gid: {} }],
      resources: {
        memory: { limit: { value: "134217728" }, swap: { value: "-1" }, disableOomKiller: { value: true } },
        cpu: {
          shares: { value: "512" },
          quota: { value: "50000" },
          period: { value: "100000" },
          cpus: "0-1",
          mems: "0",
        },
        hugepageLimits: [{ pageSize: "2MB", limit: "0" }],
        unified: { "memory.high": "max" },
        pids: { limit: "100" },
      },
      oomScoreAdj: { value: "-5" },
      cgroupsPath: `/kubepods/pod0/${name}`,
      sysctl: { "net.core.somaxconn": "1024" },
      netDevices: { eth9: { name: "old" } },
    },
    rlimits: [{ type: "RLIMIT_NOFILE", hard: "1024", soft: "1024" }],
    createdAt: "1700000000000000001",
    pid: 0,
    user: { uid: 1000, gid: 1000, additionalGids: [10, 20] },
    image: { name: "registry.example/pause:3.10" },
    ...more,
  };
}

/** One step per event, in the order of a pod's life. */
export const LIFE: readonly { readonly op: string; readonly req: JsonObject }[] = [
  { op: "RunPodSandbox", req: { pod: POD } },
  {
    op: "UpdatePodSandbox",
    req: {
      pod: POD,
      overheadLinuxResources: { memory: { limit: { value: "2097152" } } },
      linuxResources: { cpu: { shares: { value: "999" } } },
    },
  },
  { op: "PostUpdatePodSandbox", req: { pod: POD } },
  { op: "CreateContainer", req: { pod: POD, container: containerJson("main") } },
  { op: "PostCreateContainer", req: { pod: POD, container: containerJson("main") } },
  { op: "StartContainer", req: { pod: POD, container: containerJson("main", { state: "CONTAINER_CREATED" }) } },
  {
    op: "PostStartContainer",
    req: { pod: POD, container: containerJson("main", { state: "CONTAINER_RUNNING", pid: 77 }) },
  },
  {
    op: "UpdateContainer",
    req: {
      pod: POD,
      container: containerJson("main", { state: "CONTAINER_RUNNING", pid: 77 }),
      linuxResources: { cpu: { quota: { value: "20000" } }, memory: { limit: { value: "67108864" } } },
    },
  },
  {
    op: "PostUpdateContainer",
    req: { pod: POD, container: containerJson("main", { state: "CONTAINER_RUNNING", pid: 77 }) },
  },
  { op: "StopContainer", req: { pod: POD, container: containerJson("main", { state: "CONTAINER_STOPPED", pid: 77 }) } },
  {
    op: "RemoveContainer",
    req: {
      pod: POD,
      container: containerJson("main", { state: "CONTAINER_STOPPED", exitCode: 7, statusReason: "Completed" }),
    },
  },
  { op: "StopPodSandbox", req: { pod: POD } },
  { op: "RemovePodSandbox", req: { pod: POD } },
];
