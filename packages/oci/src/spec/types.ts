// The OCI runtime spec (v1.3) as types, as far as Linux goes. 64-bit integers are bigint, and so are the ones whose width
// the specification leaves to the platform (Go's `int` and `uint`); narrower ones are number.

/** The OCI runtime spec of one container: `config.json` of a bundle. Keys that these types do not name are kept at run time. */
export interface Spec {
  /** Version of the OCI runtime specification. */
  ociVersion: string;
  /** What runs. */
  process?: Process | undefined;
  /** The root file system. */
  root?: Root | undefined;
  /** Host name inside the container. */
  hostname?: string | undefined;
  /** Domain name inside the container. */
  domainname?: string | undefined;
  /** Mounts besides the root, in the order they are made. */
  mounts?: Mount[] | undefined;
  /** Programs that the OCI runtime runs at points of the life. */
  hooks?: Hooks | undefined;
  /** Free-form metadata. */
  annotations?: { [key: string]: string } | undefined;
  /** What only Linux has. */
  linux?: Linux | undefined;
}

/** The container's first process. */
export interface Process {
  /** Whether a terminal is attached. */
  terminal?: boolean | undefined;
  /** Size of the terminal. */
  consoleSize?: Box | undefined;
  /** Who it runs as. */
  user?: User | undefined;
  /** Program and arguments. */
  args?: string[] | undefined;
  /** Environment as `NAME=value`. */
  env?: string[] | undefined;
  /** Working folder. */
  cwd?: string | undefined;
  /** Capability sets. */
  capabilities?: LinuxCapabilities | undefined;
  /** Resource limits. */
  rlimits?: POSIXRlimit[] | undefined;
  /** Whether privileges can be gained by exec. */
  noNewPrivileges?: boolean | undefined;
  /** AppArmor profile. */
  apparmorProfile?: string | undefined;
  /** Bias of the kernel's out-of-memory killer. */
  oomScoreAdj?: bigint | undefined;
  /** Scheduling policy. */
  scheduler?: Scheduler | undefined;
  /** SELinux label. */
  selinuxLabel?: string | undefined;
  /** I/O priority. */
  ioPriority?: LinuxIOPriority | undefined;
  /** CPU affinity of exec'ed processes. */
  execCPUAffinity?: CPUAffinity | undefined;
}

/** Size of a terminal in characters. */
export interface Box {
  /** Rows. */
  height?: bigint | undefined;
  /** Columns. */
  width?: bigint | undefined;
}

/** A user by numbers. */
export interface User {
  /** User id. */
  uid?: number | undefined;
  /** Group id. */
  gid?: number | undefined;
  /** File mode mask. */
  umask?: number | undefined;
  /** Further groups. */
  additionalGids?: number[] | undefined;
  /** Name; Windows only. */
  username?: string | undefined;
}

/** Capability sets by name (`CAP_*`). */
export interface LinuxCapabilities {
  /** Bounding set. */
  bounding?: string[] | undefined;
  /** Effective set. */
  effective?: string[] | undefined;
  /** Inheritable set. */
  inheritable?: string[] | undefined;
  /** Permitted set. */
  permitted?: string[] | undefined;
  /** Ambient set. */
  ambient?: string[] | undefined;
}

/** One resource limit. */
export interface POSIXRlimit {
  /** Name such as `RLIMIT_NOFILE`. */
  type: string;
  /** Ceiling of the soft limit; 2^64-1 is unlimited. */
  hard: bigint;
  /** Limit that the kernel enforces; 2^64-1 is unlimited. */
  soft: bigint;
}

/** Scheduling policy, as `sched_setattr` takes it. */
export interface Scheduler {
  /** Name such as `SCHED_FIFO`. */
  policy: string;
  /** Nice value for the ordinary policies. */
  nice?: number | undefined;
  /** Static priority for the real-time policies. */
  priority?: number | undefined;
  /** Names such as `SCHED_FLAG_RESET_ON_FORK`. */
  flags?: string[] | undefined;
  /** Nanoseconds; deadline policy only. */
  runtime?: bigint | undefined;
  /** Nanoseconds; deadline policy only. */
  deadline?: bigint | undefined;
  /** Nanoseconds; deadline policy only. */
  period?: bigint | undefined;
}

/** I/O priority. */
export interface LinuxIOPriority {
  /** `IOPRIO_CLASS_RT`, `IOPRIO_CLASS_BE` or `IOPRIO_CLASS_IDLE`. */
  class: string;
  /** Level inside the class, 0 to 7. */
  priority: bigint;
}

/** CPU lists for exec'ed processes. */
export interface CPUAffinity {
  /** CPUs before the process is moved into the container's cgroup. */
  initial?: string | undefined;
  /** CPUs afterwards. */
  final?: string | undefined;
}

/** The root file system. */
export interface Root {
  /** Folder, absolute or inside the bundle. */
  path: string;
  /** Whether it is mounted read-only. */
  readonly?: boolean | undefined;
}

/** One mount. */
export interface Mount {
  /** Absolute path inside the container. */
  destination: string;
  /** File system type, or `bind`. */
  type?: string | undefined;
  /** Device, folder or name. */
  source?: string | undefined;
  /** Mount options. */
  options?: string[] | undefined;
  /** User id mapping of the mount. */
  uidMappings?: LinuxIDMapping[] | undefined;
  /** Group id mapping of the mount. */
  gidMappings?: LinuxIDMapping[] | undefined;
}

/** One range of mapped ids. */
export interface LinuxIDMapping {
  /** First id inside. */
  containerID: number;
  /** First id outside. */
  hostID: number;
  /** Number of ids. */
  size: number;
}

/** Programs run at points of the container's life. */
export interface Hooks {
  /** After the namespaces exist, before the user's program; deprecated by OCI. */
  prestart?: Hook[] | undefined;
  /** During create, in the runtime's namespaces. */
  createRuntime?: Hook[] | undefined;
  /** During create, in the container's namespaces. */
  createContainer?: Hook[] | undefined;
  /** During start, in the container's namespaces. */
  startContainer?: Hook[] | undefined;
  /** After the user's program started. */
  poststart?: Hook[] | undefined;
  /** After the container was deleted. */
  poststop?: Hook[] | undefined;
}

/** A program to run. */
export interface Hook {
  /** Absolute path. */
  path: string;
  /** Arguments, the program's name first. */
  args?: string[] | undefined;
  /** Environment as `NAME=value`. */
  env?: string[] | undefined;
  /** Seconds until it is killed. */
  timeout?: bigint | undefined;
}

/** What only Linux has. */
export interface Linux {
  /** User ids of the user namespace. */
  uidMappings?: LinuxIDMapping[] | undefined;
  /** Group ids of the user namespace. */
  gidMappings?: LinuxIDMapping[] | undefined;
  /** Kernel parameters by name. */
  sysctl?: { [key: string]: string } | undefined;
  /** Cgroup settings. */
  resources?: LinuxResources | undefined;
  /** Where the cgroup lies. */
  cgroupsPath?: string | undefined;
  /** Namespaces to create or join. */
  namespaces?: LinuxNamespace[] | undefined;
  /** Device nodes to create. */
  devices?: LinuxDevice[] | undefined;
  /** Network devices to move in, by their name on the host. */
  netDevices?: { [key: string]: LinuxNetDevice } | undefined;
  /** System call filter. */
  seccomp?: LinuxSeccomp | undefined;
  /** Mount propagation of the root. */
  rootfsPropagation?: string | undefined;
  /** Paths that cannot be read. */
  maskedPaths?: string[] | undefined;
  /** Paths that cannot be written. */
  readonlyPaths?: string[] | undefined;
  /** SELinux label of mounts. */
  mountLabel?: string | undefined;
  /** Cache and memory bandwidth control (resctrl). */
  intelRdt?: LinuxIntelRdt | undefined;
  /** NUMA memory policy. */
  memoryPolicy?: LinuxMemoryPolicy | undefined;
  /** Execution domain. */
  personality?: LinuxPersonality | undefined;
  /** Clock offsets of the time namespace, by clock. */
  timeOffsets?: { [key: string]: LinuxTimeOffset } | undefined;
}

/** A namespace to create or join. */
export interface LinuxNamespace {
  /** `pid`, `network`, `mount`, `ipc`, `uts`, `user`, `cgroup` or `time`. */
  type: string;
  /** Namespace to join; absent: a new one. */
  path?: string | undefined;
}

/** A device node. */
export interface LinuxDevice {
  /** Path inside the container. */
  path: string;
  /** `c`, `b`, `u` or `p`. */
  type: string;
  /** Major number. */
  major?: bigint | undefined;
  /** Minor number. */
  minor?: bigint | undefined;
  /** Permission bits. */
  fileMode?: number | undefined;
  /** Owner. */
  uid?: number | undefined;
  /** Group. */
  gid?: number | undefined;
}

/** A network device moved into the container. */
export interface LinuxNetDevice {
  /** Its name inside; absent: as on the host. */
  name?: string | undefined;
}

/** One rule of the device cgroup. */
export interface LinuxDeviceCgroup {
  /** Whether the rule allows or denies. */
  allow: boolean;
  /** `a`, `b` or `c`. */
  type?: string | undefined;
  /** Major number; absent: all. */
  major?: bigint | undefined;
  /** Minor number; absent: all. */
  minor?: bigint | undefined;
  /** Letters of `rwm`. */
  access?: string | undefined;
}

/** Cgroup settings. */
export interface LinuxResources {
  /** Device rules, in order. */
  devices?: LinuxDeviceCgroup[] | undefined;
  /** Memory. */
  memory?: LinuxMemory | undefined;
  /** CPU. */
  cpu?: LinuxCPU | undefined;
  /** Number of processes. */
  pids?: LinuxPids | undefined;
  /** Block I/O. */
  blockIO?: LinuxBlockIO | undefined;
  /** Huge pages, by page size. */
  hugepageLimits?: LinuxHugepageLimit[] | undefined;
  /** Network classes. */
  network?: LinuxNetwork | undefined;
  /** RDMA limits by device. */
  rdma?: { [key: string]: LinuxRdma } | undefined;
  /** Cgroup v2 files by name. */
  unified?: { [key: string]: string } | undefined;
}

/** Memory limits in bytes; -1 is unlimited. */
export interface LinuxMemory {
  /** Hard limit. */
  limit?: bigint | undefined;
  /** Soft limit. */
  reservation?: bigint | undefined;
  /** Limit of memory and swap together. */
  swap?: bigint | undefined;
  /** Kernel memory; deprecated by OCI. */
  kernel?: bigint | undefined;
  /** Kernel memory of TCP buffers. */
  kernelTCP?: bigint | undefined;
  /** Tendency to swap, 0 to 100. */
  swappiness?: bigint | undefined;
  /** Whether the out-of-memory killer leaves the cgroup alone. */
  disableOOMKiller?: boolean | undefined;
  /** Hierarchical accounting; cgroup v1. */
  useHierarchy?: boolean | undefined;
  /** Refuse a limit below what is used. */
  checkBeforeUpdate?: boolean | undefined;
}

/** CPU limits. */
export interface LinuxCPU {
  /** Relative weight. */
  shares?: bigint | undefined;
  /** Microseconds of CPU time in a period; -1 is unlimited. */
  quota?: bigint | undefined;
  /** Microseconds that may be saved up. */
  burst?: bigint | undefined;
  /** Microseconds of a period. */
  period?: bigint | undefined;
  /** Microseconds of real-time scheduling in a period. */
  realtimeRuntime?: bigint | undefined;
  /** Microseconds of a real-time period. */
  realtimePeriod?: bigint | undefined;
  /** List of CPUs such as `0-3,7`. */
  cpus?: string | undefined;
  /** List of memory nodes. */
  mems?: string | undefined;
  /** 1 schedules the cgroup as idle. */
  idle?: bigint | undefined;
}

/** Number of processes. */
export interface LinuxPids {
  /** Maximum; -1 (or absent) is unlimited. */
  limit?: bigint | undefined;
}

/** Block I/O control. */
export interface LinuxBlockIO {
  /** Relative weight. */
  weight?: number | undefined;
  /** Weight against child cgroups; cgroup v1. */
  leafWeight?: number | undefined;
  /** Weights by device. */
  weightDevice?: LinuxWeightDevice[] | undefined;
  /** Bytes a second read, by device. */
  throttleReadBpsDevice?: LinuxThrottleDevice[] | undefined;
  /** Bytes a second written, by device. */
  throttleWriteBpsDevice?: LinuxThrottleDevice[] | undefined;
  /** Reads a second, by device. */
  throttleReadIOPSDevice?: LinuxThrottleDevice[] | undefined;
  /** Writes a second, by device. */
  throttleWriteIOPSDevice?: LinuxThrottleDevice[] | undefined;
}

/** Weight for one block device. */
export interface LinuxWeightDevice {
  /** Major number. */
  major: bigint;
  /** Minor number. */
  minor: bigint;
  /** Relative weight. */
  weight?: number | undefined;
  /** Weight against child cgroups; cgroup v1. */
  leafWeight?: number | undefined;
}

/** Rate for one block device. */
export interface LinuxThrottleDevice {
  /** Major number. */
  major: bigint;
  /** Minor number. */
  minor: bigint;
  /** Bytes or operations a second. */
  rate: bigint;
}

/** Limit for one huge page size. */
export interface LinuxHugepageLimit {
  /** Size such as `2MB`. */
  pageSize: string;
  /** Bytes. */
  limit: bigint;
}

/** Network classes; cgroup v1. */
export interface LinuxNetwork {
  /** Class of packets. */
  classID?: number | undefined;
  /** Priorities by interface. */
  priorities?: LinuxInterfacePriority[] | undefined;
}

/** Priority for one interface. */
export interface LinuxInterfacePriority {
  /** Interface. */
  name: string;
  /** Priority. */
  priority: number;
}

/** Limits for one RDMA device. */
export interface LinuxRdma {
  /** Handles. */
  hcaHandles?: number | undefined;
  /** Objects. */
  hcaObjects?: number | undefined;
}

/** System call filter. */
export interface LinuxSeccomp {
  /** What happens to calls that no rule names, such as `SCMP_ACT_ERRNO`. */
  defaultAction: string;
  /** Error number of the default action. */
  defaultErrnoRet?: bigint | undefined;
  /** Names such as `SCMP_ARCH_X86_64`. */
  architectures?: string[] | undefined;
  /** Names such as `SECCOMP_FILTER_FLAG_LOG`. */
  flags?: string[] | undefined;
  /** Socket that gets the notification descriptor. */
  listenerPath?: string | undefined;
  /** Data sent along with it. */
  listenerMetadata?: string | undefined;
  /** Rules. */
  syscalls?: LinuxSyscall[] | undefined;
}

/** One rule of the filter. */
export interface LinuxSyscall {
  /** System calls. */
  names: string[];
  /** What happens. */
  action: string;
  /** Error number of the action. */
  errnoRet?: bigint | undefined;
  /** Conditions on arguments, all of which must hold. */
  args?: LinuxSeccompArg[] | undefined;
}

/** A condition on one argument. */
export interface LinuxSeccompArg {
  /** Which argument, from 0. */
  index: bigint;
  /** What it is compared with. */
  value: bigint;
  /** Second value, for masked comparison. */
  valueTwo?: bigint | undefined;
  /** Comparison such as `SCMP_CMP_EQ`. */
  op: string;
}

/** Cache and memory bandwidth control through resctrl. */
export interface LinuxIntelRdt {
  /** Name of the control group. */
  closID?: string | undefined;
  /** Lines of its schemata file. */
  schemata?: string[] | undefined;
  /** Line for the L3 cache; superseded by schemata. */
  l3CacheSchema?: string | undefined;
  /** Line for memory bandwidth; superseded by schemata. */
  memBwSchema?: string | undefined;
  /** Cache monitoring; removed from OCI in 1.3. */
  enableCMT?: boolean | undefined;
  /** Bandwidth monitoring; removed from OCI in 1.3. */
  enableMBM?: boolean | undefined;
  /** Monitoring group of its own. */
  enableMonitoring?: boolean | undefined;
}

/** NUMA memory policy, as `set_mempolicy` takes it. */
export interface LinuxMemoryPolicy {
  /** Name such as `MPOL_BIND`. */
  mode: string;
  /** List of nodes. */
  nodes: string;
  /** Names such as `MPOL_F_STATIC_NODES`. */
  flags?: string[] | undefined;
}

/** Execution domain. */
export interface LinuxPersonality {
  /** `LINUX` or `LINUX32`. */
  domain: string;
  /** Further flags. */
  flags?: string[] | undefined;
}

/** Offset of one clock. */
export interface LinuxTimeOffset {
  /** Seconds. */
  secs?: bigint | undefined;
  /** Nanoseconds. */
  nanosecs?: number | undefined;
}
