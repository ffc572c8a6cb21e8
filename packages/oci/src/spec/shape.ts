// The OCI runtime spec as data: what `parseSpec` checks, and which numbers it reads as bigint. The types are in types.ts; a
// member that is missing here, or has another type there, does not compile.
import { BOOLEAN, INT32, INT64, list, map, STRING, UINT16, UINT32, UINT64 } from "../json/shape.js";
import type * as oci from "./types.js";

/** The shapes that can stand for `T`. */
type ShapeOf<T> = T extends string
  ? typeof STRING
  : T extends boolean
    ? typeof BOOLEAN
    : T extends bigint
      ? typeof INT64 | typeof UINT64
      : T extends number
        ? typeof INT32 | typeof UINT16 | typeof UINT32
        : T extends readonly (infer Item)[]
          ? { readonly kind: "list"; readonly item: ShapeOf<Item> }
          : string extends keyof T
            ? { readonly kind: "map"; readonly value: ShapeOf<T[keyof T]> }
            : ObjectShape<T>;

interface ObjectShape<T> {
  readonly kind: "object";
  readonly members: { readonly [Key in keyof Required<T>]: ShapeOf<NonNullable<T[Key]>> };
}

function object<T>(members: ObjectShape<T>["members"]): ObjectShape<T> {
  return { kind: "object", members };
}

const BOX = object<oci.Box>({
  height: UINT64,
  width: UINT64,
});

const USER = object<oci.User>({
  uid: UINT32,
  gid: UINT32,
  umask: UINT32,
  additionalGids: list(UINT32),
  username: STRING,
});

const LINUX_CAPABILITIES = object<oci.LinuxCapabilities>({
  bounding: list(STRING),
  effective: list(STRING),
  inheritable: list(STRING),
  permitted: list(STRING),
  ambient: list(STRING),
});

const POSIX_RLIMIT = object<oci.POSIXRlimit>({
  type: STRING,
  hard: UINT64,
  soft: UINT64,
});

const SCHEDULER = object<oci.Scheduler>({
  policy: STRING,
  nice: INT32,
  priority: INT32,
  flags: list(STRING),
  runtime: UINT64,
  deadline: UINT64,
  period: UINT64,
});

const LINUX_IO_PRIORITY = object<oci.LinuxIOPriority>({
  class: STRING,
  priority: INT64,
});

const CPU_AFFINITY = object<oci.CPUAffinity>({
  initial: STRING,
  final: STRING,
});

const PROCESS = object<oci.Process>({
  terminal: BOOLEAN,
  consoleSize: BOX,
  user: USER,
  args: list(STRING),
  env: list(STRING),
  cwd: STRING,
  capabilities: LINUX_CAPABILITIES,
  rlimits: list(POSIX_RLIMIT),
  noNewPrivileges: BOOLEAN,
  apparmorProfile: STRING,
  oomScoreAdj: INT64,
  scheduler: SCHEDULER,
  selinuxLabel: STRING,
  ioPriority: LINUX_IO_PRIORITY,
  execCPUAffinity: CPU_AFFINITY,
});

const ROOT = object<oci.Root>({
  path: STRING,
  readonly: BOOLEAN,
});

const LINUX_ID_MAPPING = object<oci.LinuxIDMapping>({
  containerID: UINT32,
  hostID: UINT32,
  size: UINT32,
});

const MOUNT = object<oci.Mount>({
  destination: STRING,
  type: STRING,
  source: STRING,
  options: list(STRING),
  uidMappings: list(LINUX_ID_MAPPING),
  gidMappings: list(LINUX_ID_MAPPING),
});

const HOOK = object<oci.Hook>({
  path: STRING,
  args: list(STRING),
  env: list(STRING),
  timeout: INT64,
});

const HOOKS = object<oci.Hooks>({
  prestart: list(HOOK),
  createRuntime: list(HOOK),
  createContainer: list(HOOK),
  startContainer: list(HOOK),
  poststart: list(HOOK),
  poststop: list(HOOK),
});

const LINUX_DEVICE_CGROUP = object<oci.LinuxDeviceCgroup>({
  allow: BOOLEAN,
  type: STRING,
  major: INT64,
  minor: INT64,
  access: STRING,
});

const LINUX_MEMORY = object<oci.LinuxMemory>({
  limit: INT64,
  reservation: INT64,
  swap: INT64,
  kernel: INT64,
  kernelTCP: INT64,
  swappiness: UINT64,
  disableOOMKiller: BOOLEAN,
  useHierarchy: BOOLEAN,
  checkBeforeUpdate: BOOLEAN,
});

const LINUX_CPU = object<oci.LinuxCPU>({
  shares: UINT64,
  quota: INT64,
  burst: UINT64,
  period: UINT64,
  realtimeRuntime: INT64,
  realtimePeriod: UINT64,
  cpus: STRING,
  mems: STRING,
  idle: INT64,
});

const LINUX_PIDS = object<oci.LinuxPids>({
  limit: INT64,
});

const LINUX_WEIGHT_DEVICE = object<oci.LinuxWeightDevice>({
  major: INT64,
  minor: INT64,
  weight: UINT16,
  leafWeight: UINT16,
});

const LINUX_THROTTLE_DEVICE = object<oci.LinuxThrottleDevice>({
  major: INT64,
  minor: INT64,
  rate: UINT64,
});

const LINUX_BLOCK_IO = object<oci.LinuxBlockIO>({
  weight: UINT16,
  leafWeight: UINT16,
  weightDevice: list(LINUX_WEIGHT_DEVICE),
  throttleReadBpsDevice: list(LINUX_THROTTLE_DEVICE),
  throttleWriteBpsDevice: list(LINUX_THROTTLE_DEVICE),
  throttleReadIOPSDevice: list(LINUX_THROTTLE_DEVICE),
  throttleWriteIOPSDevice: list(LINUX_THROTTLE_DEVICE),
});

const LINUX_HUGEPAGE_LIMIT = object<oci.LinuxHugepageLimit>({
  pageSize: STRING,
  limit: UINT64,
});

const LINUX_INTERFACE_PRIORITY = object<oci.LinuxInterfacePriority>({
  name: STRING,
  priority: UINT32,
});

const LINUX_NETWORK = object<oci.LinuxNetwork>({
  classID: UINT32,
  priorities: list(LINUX_INTERFACE_PRIORITY),
});

const LINUX_RDMA = object<oci.LinuxRdma>({
  hcaHandles: UINT32,
  hcaObjects: UINT32,
});

/** Shape of `linux.resources`. */
export const LINUX_RESOURCES = object<oci.LinuxResources>({
  devices: list(LINUX_DEVICE_CGROUP),
  memory: LINUX_MEMORY,
  cpu: LINUX_CPU,
  pids: LINUX_PIDS,
  blockIO: LINUX_BLOCK_IO,
  hugepageLimits: list(LINUX_HUGEPAGE_LIMIT),
  network: LINUX_NETWORK,
  rdma: map(LINUX_RDMA),
  unified: map(STRING),
});

const LINUX_NAMESPACE = object<oci.LinuxNamespace>({
  type: STRING,
  path: STRING,
});

const LINUX_DEVICE = object<oci.LinuxDevice>({
  path: STRING,
  type: STRING,
  major: INT64,
  minor: INT64,
  fileMode: UINT32,
  uid: UINT32,
  gid: UINT32,
});

const LINUX_NET_DEVICE = object<oci.LinuxNetDevice>({
  name: STRING,
});

const LINUX_SECCOMP_ARG = object<oci.LinuxSeccompArg>({
  index: UINT64,
  value: UINT64,
  valueTwo: UINT64,
  op: STRING,
});

const LINUX_SYSCALL = object<oci.LinuxSyscall>({
  names: list(STRING),
  action: STRING,
  errnoRet: UINT64,
  args: list(LINUX_SECCOMP_ARG),
});

const LINUX_SECCOMP = object<oci.LinuxSeccomp>({
  defaultAction: STRING,
  defaultErrnoRet: UINT64,
  architectures: list(STRING),
  flags: list(STRING),
  listenerPath: STRING,
  listenerMetadata: STRING,
  syscalls: list(LINUX_SYSCALL),
});

const LINUX_INTEL_RDT = object<oci.LinuxIntelRdt>({
  closID: STRING,
  schemata: list(STRING),
  l3CacheSchema: STRING,
  memBwSchema: STRING,
  enableCMT: BOOLEAN,
  enableMBM: BOOLEAN,
  enableMonitoring: BOOLEAN,
});

const LINUX_MEMORY_POLICY = object<oci.LinuxMemoryPolicy>({
  mode: STRING,
  nodes: STRING,
  flags: list(STRING),
});

const LINUX_PERSONALITY = object<oci.LinuxPersonality>({
  domain: STRING,
  flags: list(STRING),
});

const LINUX_TIME_OFFSET = object<oci.LinuxTimeOffset>({
  secs: INT64,
  nanosecs: UINT32,
});

const LINUX = object<oci.Linux>({
  uidMappings: list(LINUX_ID_MAPPING),
  gidMappings: list(LINUX_ID_MAPPING),
  sysctl: map(STRING),
  resources: LINUX_RESOURCES,
  cgroupsPath: STRING,
  namespaces: list(LINUX_NAMESPACE),
  devices: list(LINUX_DEVICE),
  netDevices: map(LINUX_NET_DEVICE),
  seccomp: LINUX_SECCOMP,
  rootfsPropagation: STRING,
  maskedPaths: list(STRING),
  readonlyPaths: list(STRING),
  mountLabel: STRING,
  intelRdt: LINUX_INTEL_RDT,
  memoryPolicy: LINUX_MEMORY_POLICY,
  personality: LINUX_PERSONALITY,
  timeOffsets: map(LINUX_TIME_OFFSET),
});

/** Shape of a whole spec. */
export const SPEC = object<oci.Spec>({
  ociVersion: STRING,
  process: PROCESS,
  root: ROOT,
  hostname: STRING,
  domainname: STRING,
  mounts: list(MOUNT),
  hooks: HOOKS,
  annotations: map(STRING),
  linux: LINUX,
});
