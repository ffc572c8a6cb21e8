// Generated from proto/ by scripts/generate.mjs; do not edit.
import { type MessageType, messageType } from "../message.js";
import * as c from "./codec.js";
import * as s from "./shapes.js";

/** Where a profile comes from. */
export const SecurityProfile_ProfileType = {
  /** The runtime's own. */
  RUNTIME_DEFAULT: 0,
  /** None. */
  UNCONFINED: 1,
  /** A file on the node. */
  LOCALHOST: 2,
} as const;
/** A value of `SecurityProfile_ProfileType`; any number, because newer peers know more values. */
export type SecurityProfile_ProfileType = number;

/** Where a container is in its life. */
export const ContainerState = {
  /** Not created yet, or not known. */
  CONTAINER_UNKNOWN: 0,
  /** Created, its process waits to be let go. */
  CONTAINER_CREATED: 1,
  /** Frozen. */
  CONTAINER_PAUSED: 2,
  /** Running. */
  CONTAINER_RUNNING: 3,
  /** Its process has ended. */
  CONTAINER_STOPPED: 4,
} as const;
/** A value of `ContainerState`; any number, because newer peers know more values. */
export type ContainerState = number;

/** Classes of I/O priority, as of ioprio_set(2). */
export const IOPrioClass = {
  /** Not set; in an adjustment it removes the priority. */
  IOPRIO_CLASS_NONE: 0,
  /** Real time. */
  IOPRIO_CLASS_RT: 1,
  /** Best effort. */
  IOPRIO_CLASS_BE: 2,
  /** When nobody else wants the disk. */
  IOPRIO_CLASS_IDLE: 3,
} as const;
/** A value of `IOPrioClass`; any number, because newer peers know more values. */
export type IOPrioClass = number;

/** Scheduling policies, as of sched_setattr(2). */
export const LinuxSchedulerPolicy = {
  /** Not set; in an adjustment it removes the setting. */
  SCHED_NONE: 0,
  /** The default, time sharing. */
  SCHED_OTHER: 1,
  /** Real time, runs until it yields. */
  SCHED_FIFO: 2,
  /** Real time, in turns. */
  SCHED_RR: 3,
  /** Time sharing, without hurry. */
  SCHED_BATCH: 4,
  /** Reserved by the kernel. */
  SCHED_ISO: 5,
  /** When nobody else wants the processor. */
  SCHED_IDLE: 6,
  /** A guaranteed share of each period. */
  SCHED_DEADLINE: 7,
} as const;
/** A value of `LinuxSchedulerPolicy`; any number, because newer peers know more values. */
export type LinuxSchedulerPolicy = number;

/** Flags of scheduling, as of sched_setattr(2). */
export const LinuxSchedulerFlag = {
  /** Children get the default policy. */
  SCHED_FLAG_RESET_ON_FORK: 0,
  /** May use what other deadline tasks leave. */
  SCHED_FLAG_RECLAIM: 1,
  /** Be told by a signal about overruns. */
  SCHED_FLAG_DL_OVERRUN: 2,
  /** Leave the policy as it is. */
  SCHED_FLAG_KEEP_POLICY: 3,
  /** Leave the parameters as they are. */
  SCHED_FLAG_KEEP_PARAMS: 4,
  /** A lower bound of utilization is given. */
  SCHED_FLAG_UTIL_CLAMP_MIN: 5,
  /** An upper bound of utilization is given. */
  SCHED_FLAG_UTIL_CLAMP_MAX: 6,
} as const;
/** A value of `LinuxSchedulerFlag`; any number, because newer peers know more values. */
export type LinuxSchedulerFlag = number;

/** Memory policies, as of set_mempolicy(2). */
export const MpolMode = {
  /** The system's default. */
  MPOL_DEFAULT: 0,
  /** One node first, then any. */
  MPOL_PREFERRED: 1,
  /** These nodes only. */
  MPOL_BIND: 2,
  /** Pages spread over the nodes in turn. */
  MPOL_INTERLEAVE: 3,
  /** The node of the processor. */
  MPOL_LOCAL: 4,
  /** These nodes first, then any. */
  MPOL_PREFERRED_MANY: 5,
  /** Pages spread over the nodes by their weights. */
  MPOL_WEIGHTED_INTERLEAVE: 6,
} as const;
/** A value of `MpolMode`; any number, because newer peers know more values. */
export type MpolMode = number;

/** Flags of memory policies, as of set_mempolicy(2). */
export const MpolFlag = {
  /** Node numbers are kept when the cpuset changes. */
  MPOL_F_STATIC_NODES: 0,
  /** Node numbers are relative to the cpuset. */
  MPOL_F_RELATIVE_NODES: 1,
  /** The kernel may move pages to where they are used. */
  MPOL_F_NUMA_BALANCING: 2,
} as const;
/** A value of `MpolFlag`; any number, because newer peers know more values. */
export type MpolFlag = number;

/** Events that a plugin can subscribe to. Event n is bit n-1 of the mask in ConfigureResponse. */
export const Event = {
  /** No event. */
  UNKNOWN: 0,
  /** A pod has been started. */
  RUN_POD_SANDBOX: 1,
  /** A pod has been stopped. */
  STOP_POD_SANDBOX: 2,
  /** A pod is removed. */
  REMOVE_POD_SANDBOX: 3,
  /** A container is about to be created. */
  CREATE_CONTAINER: 4,
  /** A container has been created. */
  POST_CREATE_CONTAINER: 5,
  /** A container is about to be started. */
  START_CONTAINER: 6,
  /** A container has been started. */
  POST_START_CONTAINER: 7,
  /** The resources of a container are about to be changed. */
  UPDATE_CONTAINER: 8,
  /** The resources of a container have been changed. */
  POST_UPDATE_CONTAINER: 9,
  /** A container has been stopped. */
  STOP_CONTAINER: 10,
  /** A container is removed. */
  REMOVE_CONTAINER: 11,
  /** The resources of a pod are about to be changed. */
  UPDATE_POD_SANDBOX: 12,
  /** The resources of a pod have been changed. */
  POST_UPDATE_POD_SANDBOX: 13,
  /** The adjustment of a new container is up for validation. */
  VALIDATE_CONTAINER_ADJUSTMENT: 14,
  /** One more than the last event; never sent. */
  LAST: 15,
} as const;
/** A value of `Event`; any number, because newer peers know more values. */
export type Event = number;

/** Fields that have owners. The names appear in the texts of conflicts. */
export const Field = {
  /** No field. */
  None: 0,
  /** Annotations, by key. */
  Annotations: 1,
  /** Mounts, by destination. */
  Mounts: 2,
  /** OCI hooks; the owners of a container's hooks are listed, separated by commas. */
  OciHooks: 3,
  /** Devices, by path. */
  Devices: 4,
  /** CDI devices, by name. */
  CdiDevices: 5,
  /** Environment, by variable. */
  Env: 6,
  /** Command line. */
  Args: 7,
  /** Memory limit. */
  MemLimit: 8,
  /** Memory reservation. */
  MemReservation: 9,
  /** Limit of memory and swap together. */
  MemSwapLimit: 10,
  /** Limit of the kernel's memory. */
  MemKernelLimit: 11,
  /** Limit of TCP buffers. */
  MemTCPLimit: 12,
  /** Willingness to swap. */
  MemSwappiness: 13,
  /** Whether the OOM killer is off. */
  MemDisableOomKiller: 14,
  /** Whether children count towards the memory limit. */
  MemUseHierarchy: 15,
  /** Weight on processors. */
  CPUShares: 16,
  /** Processor time per period. */
  CPUQuota: 17,
  /** Length of that period. */
  CPUPeriod: 18,
  /** Real-time processor time per period. */
  CPURealtimeRuntime: 19,
  /** Length of the real-time period. */
  CPURealtimePeriod: 20,
  /** Processors to run on. */
  CPUSetCPUs: 21,
  /** Memory nodes to use. */
  CPUSetMems: 22,
  /** Number of processes. */
  PidsLimit: 23,
  /** Huge pages, by size. */
  HugepageLimits: 24,
  /** Class of block I/O. */
  BlockioClass: 25,
  /** RDT class. */
  RdtClass: 26,
  /** Files of cgroup v2, by name. */
  CgroupsUnified: 27,
  /** Cgroup. */
  CgroupsPath: 28,
  /** How willingly the kernel kills it when memory is short. */
  OomScoreAdj: 29,
  /** Limits of processes, by type. */
  Rlimits: 30,
  /** I/O priority. */
  IoPriority: 31,
  /** Seccomp filter. */
  SeccompPolicy: 32,
  /** Namespaces, by type. */
  Namespace: 33,
  /** Kernel parameters, by name. */
  Sysctl: 34,
  /** Network devices, by name on the host. */
  LinuxNetDevices: 35,
  /** Scheduling. */
  LinuxSched: 36,
  /** RDT class of service. */
  RdtClosID: 37,
  /** RDT schemata. */
  RdtSchemata: 38,
  /** RDT monitoring. */
  RdtEnableMonitoring: 39,
  /** Memory policy. */
  MemoryPolicy: 40,
} as const;
/** A value of `Field`; any number, because newer peers know more values. */
export type Field = number;

/** How much a log line matters. */
export const LogRequest_Level = {
  /** Not said; logged like LEVEL_DEBUG. */
  LEVEL_UNSPECIFIED: 0,
  /** For developers. */
  LEVEL_DEBUG: 1,
  /** Worth knowing. */
  LEVEL_INFO: 2,
  /** Something is odd. */
  LEVEL_WARN: 3,
  /** Something has failed. */
  LEVEL_ERROR: 4,
} as const;
/** A value of `LogRequest_Level`; any number, because newer peers know more values. */
export type LogRequest_Level = number;

/** A string or nothing. */
export interface OptionalString {
  /** The string. */
  value: string;
}
/** Codec of {@link OptionalString}. */
export const OptionalString: MessageType<OptionalString> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalString",
  c.writeOptionalString,
  c.readOptionalString,
  c.copyOptionalString,
  s.shapeOptionalString,
);

/** A list of strings or nothing. */
export interface OptionalRepeatedString {
  /** The strings. */
  value: string[];
}
/** Codec of {@link OptionalRepeatedString}. */
export const OptionalRepeatedString: MessageType<OptionalRepeatedString> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalRepeatedString",
  c.writeOptionalRepeatedString,
  c.readOptionalRepeatedString,
  c.copyOptionalRepeatedString,
  s.shapeOptionalRepeatedString,
);

/** An integer or nothing; 64 bits, in spite of the name. */
export interface OptionalInt {
  /** The integer. */
  value: bigint;
}
/** Codec of {@link OptionalInt}. */
export const OptionalInt: MessageType<OptionalInt> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalInt",
  c.writeOptionalInt,
  c.readOptionalInt,
  c.copyOptionalInt,
  s.shapeOptionalInt,
);

/** A 32-bit integer or nothing. */
export interface OptionalInt32 {
  /** The integer. */
  value: number;
}
/** Codec of {@link OptionalInt32}. */
export const OptionalInt32: MessageType<OptionalInt32> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalInt32",
  c.writeOptionalInt32,
  c.readOptionalInt32,
  c.copyOptionalInt32,
  s.shapeOptionalInt32,
);

/** An unsigned 32-bit integer or nothing. */
export interface OptionalUInt32 {
  /** The integer. */
  value: number;
}
/** Codec of {@link OptionalUInt32}. */
export const OptionalUInt32: MessageType<OptionalUInt32> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalUInt32",
  c.writeOptionalUInt32,
  c.readOptionalUInt32,
  c.copyOptionalUInt32,
  s.shapeOptionalUInt32,
);

/** A 64-bit integer or nothing. */
export interface OptionalInt64 {
  /** The integer. */
  value: bigint;
}
/** Codec of {@link OptionalInt64}. */
export const OptionalInt64: MessageType<OptionalInt64> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalInt64",
  c.writeOptionalInt64,
  c.readOptionalInt64,
  c.copyOptionalInt64,
  s.shapeOptionalInt64,
);

/** An unsigned 64-bit integer or nothing. */
export interface OptionalUInt64 {
  /** The integer. */
  value: bigint;
}
/** Codec of {@link OptionalUInt64}. */
export const OptionalUInt64: MessageType<OptionalUInt64> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalUInt64",
  c.writeOptionalUInt64,
  c.readOptionalUInt64,
  c.copyOptionalUInt64,
  s.shapeOptionalUInt64,
);

/** A truth value or nothing. */
export interface OptionalBool {
  /** The truth value. */
  value: boolean;
}
/** Codec of {@link OptionalBool}. */
export const OptionalBool: MessageType<OptionalBool> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalBool",
  c.writeOptionalBool,
  c.readOptionalBool,
  c.copyOptionalBool,
  s.shapeOptionalBool,
);

/** Permissions of a file or nothing. */
export interface OptionalFileMode {
  /** Permission bits, as of chmod(2). */
  value: number;
}
/** Codec of {@link OptionalFileMode}. */
export const OptionalFileMode: MessageType<OptionalFileMode> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalFileMode",
  c.writeOptionalFileMode,
  c.readOptionalFileMode,
  c.copyOptionalFileMode,
  s.shapeOptionalFileMode,
);

/** Resources that cgroups and resctrl limit. */
export interface LinuxResources {
  /** Memory. */
  memory?: LinuxMemory | undefined;
  /** Processors. */
  cpu?: LinuxCPU | undefined;
  /** Huge pages, by size. */
  hugepageLimits: HugepageLimit[];
  /** Class of block I/O that the runtime resolves; present and empty removes it. */
  blockioClass?: OptionalString | undefined;
  /** RDT class that the runtime resolves; present and empty removes it. */
  rdtClass?: OptionalString | undefined;
  /** Files of cgroup v2, by name. */
  unified: { [key: string]: string };
  /** Rules about access to devices, in order. */
  devices: LinuxDeviceCgroup[];
  /** Number of processes; absent if not set. */
  pids?: LinuxPids | undefined;
}
/** Codec of {@link LinuxResources}. */
export const LinuxResources: MessageType<LinuxResources> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxResources",
  c.writeLinuxResources,
  c.readLinuxResources,
  c.copyLinuxResources,
  s.shapeLinuxResources,
);

/** Limits of memory, in bytes if nothing else is said. */
export interface LinuxMemory {
  /** Most memory; -1 for no limit. */
  limit?: OptionalInt64 | undefined;
  /** Below this it is not reclaimed when memory is short. */
  reservation?: OptionalInt64 | undefined;
  /** Most memory and swap together; -1 for no limit. */
  swap?: OptionalInt64 | undefined;
  /** Most memory of the kernel (cgroup v1). */
  kernel?: OptionalInt64 | undefined;
  /** Most memory of TCP buffers (cgroup v1). */
  kernelTcp?: OptionalInt64 | undefined;
  /** Willingness to swap, 0 to 100 (cgroup v1). */
  swappiness?: OptionalUInt64 | undefined;
  /** Whether processes wait instead of being killed at the limit (cgroup v1). */
  disableOomKiller?: OptionalBool | undefined;
  /** Whether children count towards the limit (cgroup v1). */
  useHierarchy?: OptionalBool | undefined;
}
/** Codec of {@link LinuxMemory}. */
export const LinuxMemory: MessageType<LinuxMemory> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxMemory",
  c.writeLinuxMemory,
  c.readLinuxMemory,
  c.copyLinuxMemory,
  s.shapeLinuxMemory,
);

/** Limits of processors. */
export interface LinuxCPU {
  /** Weight against others. */
  shares?: OptionalUInt64 | undefined;
  /** Microseconds per period; -1 for no limit. */
  quota?: OptionalInt64 | undefined;
  /** Microseconds of a period. */
  period?: OptionalUInt64 | undefined;
  /** Microseconds of real time per real-time period (cgroup v1). */
  realtimeRuntime?: OptionalInt64 | undefined;
  /** Microseconds of a real-time period (cgroup v1). */
  realtimePeriod?: OptionalUInt64 | undefined;
  /** Processors it may run on, such as `0-3,7`; empty if not set. */
  cpus: string;
  /** Memory nodes it may use, such as `0`; empty if not set. */
  mems: string;
}
/** Codec of {@link LinuxCPU}. */
export const LinuxCPU: MessageType<LinuxCPU> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxCPU",
  c.writeLinuxCPU,
  c.readLinuxCPU,
  c.copyLinuxCPU,
  s.shapeLinuxCPU,
);

/** A limit of huge pages of one size. */
export interface HugepageLimit {
  /** Size as the kernel names it, such as `2MB`. */
  pageSize: string;
  /** Most bytes. */
  limit: bigint;
}
/** Codec of {@link HugepageLimit}. */
export const HugepageLimit: MessageType<HugepageLimit> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.HugepageLimit",
  c.writeHugepageLimit,
  c.readHugepageLimit,
  c.copyHugepageLimit,
  s.shapeHugepageLimit,
);

/** A rule about access to devices. */
export interface LinuxDeviceCgroup {
  /** Whether it allows or denies. */
  allow: boolean;
  /** `a` for all, `c` or `b`. */
  type: string;
  /** Major number; absent for all. */
  major?: OptionalInt64 | undefined;
  /** Minor number; absent for all. */
  minor?: OptionalInt64 | undefined;
  /** Letters of `rwm`: read, write, make a node. */
  access: string;
}
/** Codec of {@link LinuxDeviceCgroup}. */
export const LinuxDeviceCgroup: MessageType<LinuxDeviceCgroup> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxDeviceCgroup",
  c.writeLinuxDeviceCgroup,
  c.readLinuxDeviceCgroup,
  c.copyLinuxDeviceCgroup,
  s.shapeLinuxDeviceCgroup,
);

/** Limit of processes. */
export interface LinuxPids {
  /** Most processes; -1 for no limit. */
  limit: bigint;
}
/** Codec of {@link LinuxPids}. */
export const LinuxPids: MessageType<LinuxPids> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxPids",
  c.writeLinuxPids,
  c.readLinuxPids,
  c.copyLinuxPids,
  s.shapeLinuxPids,
);

/** A container. What does not apply yet is left at its default: times before they come, the pid before there is one. */
export interface Container {
  /** The runtime's id of the container. */
  id: string;
  /** Id of its pod. */
  podSandboxId: string;
  /** Name in Kubernetes. */
  name: string;
  /** Where it is in its life. */
  state: ContainerState;
  /** Labels; not adjustable. */
  labels: { [key: string]: string };
  /** Annotations. */
  annotations: { [key: string]: string };
  /** Command line. */
  args: string[];
  /** Environment as `NAME=value`. */
  env: string[];
  /** Mounts, in the order they are made. */
  mounts: Mount[];
  /** OCI hooks. */
  hooks?: Hooks | undefined;
  /** What only containers on Linux have. */
  linux?: LinuxContainer | undefined;
  /** Its first process, in the host's numbers. */
  pid: number;
  /** Limits of its processes. */
  rlimits: POSIXRlimit[];
  /** When it was created, in nanoseconds since 1970. */
  createdAt: bigint;
  /** When it was started, in nanoseconds since 1970. */
  startedAt: bigint;
  /** When it ended, in nanoseconds since 1970. */
  finishedAt: bigint;
  /** What its process returned. */
  exitCode: number;
  /** Why it is in its state, in one word. */
  statusReason: string;
  /** Why it is in its state, for people. */
  statusMessage: string;
  /** CDI devices asked for by name; not those that plugins injected. */
  CDIDevices: CDIDevice[];
  /** Whom its process runs as. */
  user?: User | undefined;
  /** What it was made from. */
  image?: Image | undefined;
}
/** Codec of {@link Container}. */
export const Container: MessageType<Container> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Container",
  c.writeContainer,
  c.readContainer,
  c.copyContainer,
  s.shapeContainer,
);

/** The image of a container. */
export interface Image {
  /** Name it was resolved to. */
  name: string;
  /** Digest of its manifest or index. */
  digest: string;
  /** Digest of its configuration, which runtimes call the image's id. */
  configDigest: string;
}
/** Codec of {@link Image}. */
export const Image: MessageType<Image> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Image",
  c.writeImage,
  c.readImage,
  c.copyImage,
  s.shapeImage,
);

/** Something mounted into a container. In an adjustment a destination with `-` in front removes the mount there. */
export interface Mount {
  /** Where, inside the container. */
  destination: string;
  /** File system type, such as `bind` or `tmpfs`. */
  type: string;
  /** What: a path on the host, or a word for file systems that have none. */
  source: string;
  /** Options of mount(8); `relabel` asks the runtime for SELinux labels. */
  options: string[];
}
/** Codec of {@link Mount}. */
export const Mount: MessageType<Mount> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Mount",
  c.writeMount,
  c.readMount,
  c.copyMount,
  s.shapeMount,
);

/** OCI hooks by the moment they run. Those of several plugins run in the order of the plugins. */
export interface Hooks {
  /** After the namespaces are made, before the process starts; deprecated by OCI. */
  prestart: Hook[];
  /** While the container is created, in the runtime's namespaces. */
  createRuntime: Hook[];
  /** While the container is created, in its namespaces. */
  createContainer: Hook[];
  /** Just before its process is let go, in its namespaces. */
  startContainer: Hook[];
  /** After its process has started. */
  poststart: Hook[];
  /** After it is deleted. */
  poststop: Hook[];
}
/** Codec of {@link Hooks}. */
export const Hooks: MessageType<Hooks> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Hooks",
  c.writeHooks,
  c.readHooks,
  c.copyHooks,
  s.shapeHooks,
);

/** A program to run at some moment of a container's life. */
export interface Hook {
  /** Absolute path of the program. */
  path: string;
  /** Its command line, its own name included. */
  args: string[];
  /** Its environment as `NAME=value`. */
  env: string[];
  /** Seconds it may take; absent for no limit. */
  timeout?: OptionalInt | undefined;
}
/** Codec of {@link Hook}. */
export const Hook: MessageType<Hook> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Hook",
  c.writeHook,
  c.readHook,
  c.copyHook,
  s.shapeHook,
);

/** The Linux part of a container. */
export interface LinuxContainer {
  /** Its namespaces. */
  namespaces: LinuxNamespace[];
  /** Its device nodes. */
  devices: LinuxDevice[];
  /** What it may use. */
  resources?: LinuxResources | undefined;
  /** How willingly the kernel kills it when memory is short; absent if not set. */
  oomScoreAdj?: OptionalInt | undefined;
  /** Its cgroup, in the notation of the runtime's cgroup manager. */
  cgroupsPath: string;
  /** Priority of its I/O. */
  ioPriority?: LinuxIOPriority | undefined;
  /** Which seccomp profile was asked for. */
  seccompProfile?: SecurityProfile | undefined;
  /** The seccomp filter itself. */
  seccompPolicy?: LinuxSeccomp | undefined;
  /** Kernel parameters of its namespaces. */
  sysctl: { [key: string]: string };
  /** Network devices moved into it, by their name on the host. */
  netDevices: { [key: string]: LinuxNetDevice };
  /** How its process is scheduled. */
  scheduler?: LinuxScheduler | undefined;
  /** Its share of caches and memory bandwidth. */
  rdt?: LinuxRdt | undefined;
}
/** Codec of {@link LinuxContainer}. */
export const LinuxContainer: MessageType<LinuxContainer> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxContainer",
  c.writeLinuxContainer,
  c.readLinuxContainer,
  c.copyLinuxContainer,
  s.shapeLinuxContainer,
);

/** A namespace of a container. In an adjustment a type with `-` in front removes it. */
export interface LinuxNamespace {
  /** `pid`, `network`, `mount`, `ipc`, `uts`, `user`, `cgroup` or `time`. */
  type: string;
  /** A namespace to join; empty for one of its own. */
  path: string;
}
/** Codec of {@link LinuxNamespace}. */
export const LinuxNamespace: MessageType<LinuxNamespace> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxNamespace",
  c.writeLinuxNamespace,
  c.readLinuxNamespace,
  c.copyLinuxNamespace,
  s.shapeLinuxNamespace,
);

/** A device node in a container. In an adjustment a path with `-` in front removes it. */
export interface LinuxDevice {
  /** Where, inside the container. */
  path: string;
  /** `c`, `b`, `u` or `p`, as in mknod(1). */
  type: string;
  /** Major number. */
  major: bigint;
  /** Minor number. */
  minor: bigint;
  /** Permissions of the node; absent for the runtime's default. */
  fileMode?: OptionalFileMode | undefined;
  /** Owner; absent for the runtime's default. */
  uid?: OptionalUInt32 | undefined;
  /** Group; absent for the runtime's default. */
  gid?: OptionalUInt32 | undefined;
}
/** Codec of {@link LinuxDevice}. */
export const LinuxDevice: MessageType<LinuxDevice> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxDevice",
  c.writeLinuxDevice,
  c.readLinuxDevice,
  c.copyLinuxDevice,
  s.shapeLinuxDevice,
);

/** A device by its CDI name; the runtime looks up what that means. */
export interface CDIDevice {
  /** `vendor/class=device`. */
  name: string;
}
/** Codec of {@link CDIDevice}. */
export const CDIDevice: MessageType<CDIDevice> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.CDIDevice",
  c.writeCDIDevice,
  c.readCDIDevice,
  c.copyCDIDevice,
  s.shapeCDIDevice,
);

/** Whom a process runs as. */
export interface User {
  /** User id. */
  uid: number;
  /** Group id. */
  gid: number;
  /** Further groups. */
  additionalGids: number[];
}
/** Codec of {@link User}. */
export const User: MessageType<User> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.User",
  c.writeUser,
  c.readUser,
  c.copyUser,
  s.shapeUser,
);

/** Which seccomp profile was asked for; the filter made from it is in LinuxSeccomp. */
export interface SecurityProfile {
  /** Where it comes from. */
  profileType: SecurityProfile_ProfileType;
  /** The file, for LOCALHOST. */
  localhostRef: string;
}
/** Codec of {@link SecurityProfile}. */
export const SecurityProfile: MessageType<SecurityProfile> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.SecurityProfile",
  c.writeSecurityProfile,
  c.readSecurityProfile,
  c.copySecurityProfile,
  s.shapeSecurityProfile,
);

/** A limit as of setrlimit(2). 2^64-1 is no limit. */
export interface POSIXRlimit {
  /** Name, such as `RLIMIT_NOFILE`. */
  type: string;
  /** What the soft limit may be raised to. */
  hard: bigint;
  /** What holds now. */
  soft: bigint;
}
/** Codec of {@link POSIXRlimit}. */
export const POSIXRlimit: MessageType<POSIXRlimit> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.POSIXRlimit",
  c.writePOSIXRlimit,
  c.readPOSIXRlimit,
  c.copyPOSIXRlimit,
  s.shapePOSIXRlimit,
);

/** Priority of I/O. */
export interface LinuxIOPriority {
  /** Its class. */
  class: IOPrioClass;
  /** Priority in the class; 0 is the highest. */
  priority: number;
}
/** Codec of {@link LinuxIOPriority}. */
export const LinuxIOPriority: MessageType<LinuxIOPriority> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxIOPriority",
  c.writeLinuxIOPriority,
  c.readLinuxIOPriority,
  c.copyLinuxIOPriority,
  s.shapeLinuxIOPriority,
);

/**
 * A network device of the host that is moved into the container. In an adjustment the key of an entry to remove has
 * `-` in front, and the entry no value.
 */
export interface LinuxNetDevice {
  /** Its name inside; empty to keep the one it has. */
  name: string;
}
/** Codec of {@link LinuxNetDevice}. */
export const LinuxNetDevice: MessageType<LinuxNetDevice> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxNetDevice",
  c.writeLinuxNetDevice,
  c.readLinuxNetDevice,
  c.copyLinuxNetDevice,
  s.shapeLinuxNetDevice,
);

/** How the process of a container is scheduled. */
export interface LinuxScheduler {
  /** The policy. */
  policy: LinuxSchedulerPolicy;
  /** Niceness, -20 to 19, for SCHED_OTHER and SCHED_BATCH. */
  nice: number;
  /** Static priority, for SCHED_FIFO and SCHED_RR. */
  priority: number;
  /** Flags. */
  flags: LinuxSchedulerFlag[];
  /** Nanoseconds of each period that are guaranteed, for SCHED_DEADLINE. */
  runtime: bigint;
  /** Nanoseconds after the start of a period by which they are given. */
  deadline: bigint;
  /** Nanoseconds of a period. */
  period: bigint;
}
/** Codec of {@link LinuxScheduler}. */
export const LinuxScheduler: MessageType<LinuxScheduler> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxScheduler",
  c.writeLinuxScheduler,
  c.readLinuxScheduler,
  c.copyLinuxScheduler,
  s.shapeLinuxScheduler,
);

/** A seccomp filter. Names are those of the OCI runtime spec (`SCMP_ACT_*`, `SCMP_ARCH_*`) and are not checked here. */
export interface LinuxSeccomp {
  /** What happens to calls that no rule names. */
  defaultAction: string;
  /** Error number that the default action returns; absent for the runtime's default. */
  defaultErrno?: OptionalUInt32 | undefined;
  /** Architectures the filter is for. */
  architectures: string[];
  /** Flags of seccomp(2). */
  flags: string[];
  /** Socket that is handed the notification descriptor. */
  listenerPath: string;
  /** What that socket is told besides. */
  listenerMetadata: string;
  /** The rules. */
  syscalls: LinuxSyscall[];
}
/** Codec of {@link LinuxSeccomp}. */
export const LinuxSeccomp: MessageType<LinuxSeccomp> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxSeccomp",
  c.writeLinuxSeccomp,
  c.readLinuxSeccomp,
  c.copyLinuxSeccomp,
  s.shapeLinuxSeccomp,
);

/** A rule of a seccomp filter. */
export interface LinuxSyscall {
  /** System calls it is for. */
  names: string[];
  /** What happens to them. */
  action: string;
  /** Error number that the action returns; absent for the runtime's default. */
  errnoRet?: OptionalUInt32 | undefined;
  /** Conditions on the arguments; all must hold. */
  args: LinuxSeccompArg[];
}
/** Codec of {@link LinuxSyscall}. */
export const LinuxSyscall: MessageType<LinuxSyscall> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxSyscall",
  c.writeLinuxSyscall,
  c.readLinuxSyscall,
  c.copyLinuxSyscall,
  s.shapeLinuxSyscall,
);

/** A condition on one argument of a system call. */
export interface LinuxSeccompArg {
  /** Which argument, from 0. */
  index: number;
  /** What it is compared with. */
  value: bigint;
  /** Second operand, for masked comparison. */
  valueTwo: bigint;
  /** The comparison, such as `SCMP_CMP_EQ`. */
  op: string;
}
/** Codec of {@link LinuxSeccompArg}. */
export const LinuxSeccompArg: MessageType<LinuxSeccompArg> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxSeccompArg",
  c.writeLinuxSeccompArg,
  c.readLinuxSeccompArg,
  c.copyLinuxSeccompArg,
  s.shapeLinuxSeccompArg,
);

/** Share of caches and memory bandwidth (Intel RDT, AMD QoS, through resctrl). */
export interface LinuxRdt {
  /** Class of service to put the container in; absent if not set. */
  closId?: OptionalString | undefined;
  /** Lines for the schemata file of the class; absent if not set. */
  schemata?: OptionalRepeatedString | undefined;
  /** Whether to make a monitoring group; absent if not set. */
  enableMonitoring?: OptionalBool | undefined;
  /** In an adjustment: drop all settings made so far, before the ones given here. */
  remove: boolean;
}
/** Codec of {@link LinuxRdt}. */
export const LinuxRdt: MessageType<LinuxRdt> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxRdt",
  c.writeLinuxRdt,
  c.readLinuxRdt,
  c.copyLinuxRdt,
  s.shapeLinuxRdt,
);

/** Changes of a new container. What is absent or empty stays as it is. */
export interface ContainerAdjustment {
  /** Annotations to set; `-key` removes. */
  annotations: { [key: string]: string };
  /** Mounts to add, in place of those with the same destination; `-destination` removes. */
  mounts: Mount[];
  /** Variables to set; `-NAME` removes. */
  env: KeyValue[];
  /** OCI hooks to add; the only thing that all plugins may add to without conflict besides device rules. */
  hooks?: Hooks | undefined;
  /** What only containers on Linux have. */
  linux?: LinuxContainerAdjustment | undefined;
  /** Limits to set, by type. */
  rlimits: POSIXRlimit[];
  /** CDI devices to inject. */
  CDIDevices: CDIDevice[];
  /** A new command line. An empty first element overrides another plugin's, and is dropped. */
  args: string[];
}
/** Codec of {@link ContainerAdjustment}. */
export const ContainerAdjustment: MessageType<ContainerAdjustment> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ContainerAdjustment",
  c.writeContainerAdjustment,
  c.readContainerAdjustment,
  c.copyContainerAdjustment,
  s.shapeContainerAdjustment,
);

/** The Linux part of an adjustment. */
export interface LinuxContainerAdjustment {
  /** Devices to add, in place of those with the same path; `-path` removes. */
  devices: LinuxDevice[];
  /** Resources to set, each value for itself. */
  resources?: LinuxResources | undefined;
  /** Cgroup; empty if not changed. */
  cgroupsPath: string;
  /** How willingly the kernel kills it when memory is short; absent if not changed. */
  oomScoreAdj?: OptionalInt | undefined;
  /** I/O priority, replaced as a whole. */
  ioPriority?: LinuxIOPriority | undefined;
  /** Seccomp filter, replaced as a whole. */
  seccompPolicy?: LinuxSeccomp | undefined;
  /** Namespaces to add or change; `-type` removes. */
  namespaces: LinuxNamespace[];
  /** Kernel parameters to set; `-name` removes. */
  sysctl: { [key: string]: string };
  /** Network devices to move in, by their name on the host; `-name` without a value removes. */
  netDevices: { [key: string]: LinuxNetDevice };
  /** Scheduling, replaced as a whole. */
  scheduler?: LinuxScheduler | undefined;
  /** Share of caches and memory bandwidth, each value for itself. */
  rdt?: LinuxRdt | undefined;
  /** Memory policy, replaced as a whole. */
  memoryPolicy?: LinuxMemoryPolicy | undefined;
}
/** Codec of {@link LinuxContainerAdjustment}. */
export const LinuxContainerAdjustment: MessageType<LinuxContainerAdjustment> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxContainerAdjustment",
  c.writeLinuxContainerAdjustment,
  c.readLinuxContainerAdjustment,
  c.copyLinuxContainerAdjustment,
  s.shapeLinuxContainerAdjustment,
);

/** A variable of the environment. */
export interface KeyValue {
  /** Its name. */
  key: string;
  /** Its value. */
  value: string;
}
/** Codec of {@link KeyValue}. */
export const KeyValue: MessageType<KeyValue> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.KeyValue",
  c.writeKeyValue,
  c.readKeyValue,
  c.copyKeyValue,
  s.shapeKeyValue,
);

/** Where the memory of a container's process comes from. */
export interface LinuxMemoryPolicy {
  /** The policy. */
  mode: MpolMode;
  /** Nodes it is about, such as `0-1`. */
  nodes: string;
  /** Flags. */
  flags: MpolFlag[];
}
/** Codec of {@link LinuxMemoryPolicy}. */
export const LinuxMemoryPolicy: MessageType<LinuxMemoryPolicy> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxMemoryPolicy",
  c.writeLinuxMemoryPolicy,
  c.readLinuxMemoryPolicy,
  c.copyLinuxMemoryPolicy,
  s.shapeLinuxMemoryPolicy,
);

/** A pod: containers that share namespaces, a cgroup parent and a fate. */
export interface PodSandbox {
  /** The runtime's id of the pod. */
  id: string;
  /** Name in Kubernetes. */
  name: string;
  /** UID in Kubernetes. */
  uid: string;
  /** Namespace in Kubernetes. */
  namespace: string;
  /** Labels; any key is possible, `__proto__` too. */
  labels: { [key: string]: string };
  /** Annotations. */
  annotations: { [key: string]: string };
  /** Which of the runtime's handlers runs it (RuntimeClass); empty for the default. */
  runtimeHandler: string;
  /** What only pods on Linux have. */
  linux?: LinuxPodSandbox | undefined;
  /** Process that holds its namespaces; 0 when there is none. */
  pid: number;
  /** Addresses, the main one first; none in the host's network. */
  ips: string[];
}
/** Codec of {@link PodSandbox}. */
export const PodSandbox: MessageType<PodSandbox> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PodSandbox",
  c.writePodSandbox,
  c.readPodSandbox,
  c.copyPodSandbox,
  s.shapePodSandbox,
);

/** The Linux part of a pod. */
export interface LinuxPodSandbox {
  /** What the pod's own machinery may use, as asked for when it was started. */
  podOverhead?: LinuxResources | undefined;
  /** What its containers together may use, as asked for when it was started. */
  podResources?: LinuxResources | undefined;
  /** Cgroup under which those of its containers are made. */
  cgroupParent: string;
  /** Its own cgroup. */
  cgroupsPath: string;
  /** Namespaces its containers share. */
  namespaces: LinuxNamespace[];
  /** Resources of the process that holds the namespaces. */
  resources?: LinuxResources | undefined;
}
/** Codec of {@link LinuxPodSandbox}. */
export const LinuxPodSandbox: MessageType<LinuxPodSandbox> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxPodSandbox",
  c.writeLinuxPodSandbox,
  c.readLinuxPodSandbox,
  c.copyLinuxPodSandbox,
  s.shapeLinuxPodSandbox,
);

/** A change of one container. */
export interface ContainerUpdate {
  /** Which container. */
  containerId: string;
  /** What only containers on Linux have. */
  linux?: LinuxContainerUpdate | undefined;
  /** Whether the request goes on when this update cannot be applied. */
  ignoreFailure: boolean;
}
/** Codec of {@link ContainerUpdate}. */
export const ContainerUpdate: MessageType<ContainerUpdate> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ContainerUpdate",
  c.writeContainerUpdate,
  c.readContainerUpdate,
  c.copyContainerUpdate,
  s.shapeContainerUpdate,
);

/** The Linux part of a change. */
export interface LinuxContainerUpdate {
  /** Resources to set; what is absent stays as it is. */
  resources?: LinuxResources | undefined;
}
/** Codec of {@link LinuxContainerUpdate}. */
export const LinuxContainerUpdate: MessageType<LinuxContainerUpdate> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxContainerUpdate",
  c.writeLinuxContainerUpdate,
  c.readLinuxContainerUpdate,
  c.copyLinuxContainerUpdate,
  s.shapeLinuxContainerUpdate,
);

/** A wish to have a container evicted. Runtimes do not act on it so far. */
export interface ContainerEviction {
  /** Which container. */
  containerId: string;
  /** Why, for people. */
  reason: string;
}
/** Codec of {@link ContainerEviction}. */
export const ContainerEviction: MessageType<ContainerEviction> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ContainerEviction",
  c.writeContainerEviction,
  c.readContainerEviction,
  c.copyContainerEviction,
  s.shapeContainerEviction,
);

/** An answer that says nothing. */
export interface Empty {
}
/** Codec of {@link Empty}. */
export const Empty: MessageType<Empty> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Empty",
  c.writeEmpty,
  c.readEmpty,
  c.copyEmpty,
  s.shapeEmpty,
);

/** A pod has been started. */
export interface RunPodSandboxRequest {
  /** The pod. */
  pod?: PodSandbox | undefined;
}
/** Codec of {@link RunPodSandboxRequest}. */
export const RunPodSandboxRequest: MessageType<RunPodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RunPodSandboxRequest",
  c.writeRunPodSandboxRequest,
  c.readRunPodSandboxRequest,
  c.copyRunPodSandboxRequest,
  s.shapeRunPodSandboxRequest,
);

/** Taken note. */
export interface RunPodSandboxResponse {
}
/** Codec of {@link RunPodSandboxResponse}. */
export const RunPodSandboxResponse: MessageType<RunPodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RunPodSandboxResponse",
  c.writeRunPodSandboxResponse,
  c.readRunPodSandboxResponse,
  c.copyRunPodSandboxResponse,
  s.shapeRunPodSandboxResponse,
);

/** The resources of a pod are about to be changed. */
export interface UpdatePodSandboxRequest {
  /** The pod as it is. */
  pod?: PodSandbox | undefined;
  /** What the pod's own machinery may use from now on. */
  overheadLinuxResources?: LinuxResources | undefined;
  /** What its containers together may use from now on. */
  linuxResources?: LinuxResources | undefined;
}
/** Codec of {@link UpdatePodSandboxRequest}. */
export const UpdatePodSandboxRequest: MessageType<UpdatePodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdatePodSandboxRequest",
  c.writeUpdatePodSandboxRequest,
  c.readUpdatePodSandboxRequest,
  c.copyUpdatePodSandboxRequest,
  s.shapeUpdatePodSandboxRequest,
);

/** Taken note; a plugin cannot change the change. */
export interface UpdatePodSandboxResponse {
}
/** Codec of {@link UpdatePodSandboxResponse}. */
export const UpdatePodSandboxResponse: MessageType<UpdatePodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdatePodSandboxResponse",
  c.writeUpdatePodSandboxResponse,
  c.readUpdatePodSandboxResponse,
  c.copyUpdatePodSandboxResponse,
  s.shapeUpdatePodSandboxResponse,
);

/** The resources of a pod have been changed. */
export interface PostUpdatePodSandboxRequest {
  /** The pod. */
  pod?: PodSandbox | undefined;
}
/** Codec of {@link PostUpdatePodSandboxRequest}. */
export const PostUpdatePodSandboxRequest: MessageType<PostUpdatePodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostUpdatePodSandboxRequest",
  c.writePostUpdatePodSandboxRequest,
  c.readPostUpdatePodSandboxRequest,
  c.copyPostUpdatePodSandboxRequest,
  s.shapePostUpdatePodSandboxRequest,
);

/** Taken note. */
export interface PostUpdatePodSandboxResponse {
}
/** Codec of {@link PostUpdatePodSandboxResponse}. */
export const PostUpdatePodSandboxResponse: MessageType<PostUpdatePodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostUpdatePodSandboxResponse",
  c.writePostUpdatePodSandboxResponse,
  c.readPostUpdatePodSandboxResponse,
  c.copyPostUpdatePodSandboxResponse,
  s.shapePostUpdatePodSandboxResponse,
);

/** A pod has been stopped. */
export interface StopPodSandboxRequest {
  /** The pod. */
  pod?: PodSandbox | undefined;
}
/** Codec of {@link StopPodSandboxRequest}. */
export const StopPodSandboxRequest: MessageType<StopPodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StopPodSandboxRequest",
  c.writeStopPodSandboxRequest,
  c.readStopPodSandboxRequest,
  c.copyStopPodSandboxRequest,
  s.shapeStopPodSandboxRequest,
);

/** Taken note. */
export interface StopPodSandboxResponse {
}
/** Codec of {@link StopPodSandboxResponse}. */
export const StopPodSandboxResponse: MessageType<StopPodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StopPodSandboxResponse",
  c.writeStopPodSandboxResponse,
  c.readStopPodSandboxResponse,
  c.copyStopPodSandboxResponse,
  s.shapeStopPodSandboxResponse,
);

/** A pod is removed. */
export interface RemovePodSandboxRequest {
  /** The pod. */
  pod?: PodSandbox | undefined;
}
/** Codec of {@link RemovePodSandboxRequest}. */
export const RemovePodSandboxRequest: MessageType<RemovePodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RemovePodSandboxRequest",
  c.writeRemovePodSandboxRequest,
  c.readRemovePodSandboxRequest,
  c.copyRemovePodSandboxRequest,
  s.shapeRemovePodSandboxRequest,
);

/** Taken note. */
export interface RemovePodSandboxResponse {
}
/** Codec of {@link RemovePodSandboxResponse}. */
export const RemovePodSandboxResponse: MessageType<RemovePodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RemovePodSandboxResponse",
  c.writeRemovePodSandboxResponse,
  c.readRemovePodSandboxResponse,
  c.copyRemovePodSandboxResponse,
  s.shapeRemovePodSandboxResponse,
);

/** A container is about to be created. */
export interface CreateContainerRequest {
  /** Its pod. */
  pod?: PodSandbox | undefined;
  /** The container as plugins called earlier have adjusted it. */
  container?: Container | undefined;
}
/** Codec of {@link CreateContainerRequest}. */
export const CreateContainerRequest: MessageType<CreateContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.CreateContainerRequest",
  c.writeCreateContainerRequest,
  c.readCreateContainerRequest,
  c.copyCreateContainerRequest,
  s.shapeCreateContainerRequest,
);

/** What a plugin makes of a new container. */
export interface CreateContainerResponse {
  /** Changes of the new container. */
  adjust?: ContainerAdjustment | undefined;
  /** Changes of other containers; naming the new one is an error. */
  update: ContainerUpdate[];
  /** Containers to evict. Runtimes do not act on it so far. */
  evict: ContainerEviction[];
}
/** Codec of {@link CreateContainerResponse}. */
export const CreateContainerResponse: MessageType<CreateContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.CreateContainerResponse",
  c.writeCreateContainerResponse,
  c.readCreateContainerResponse,
  c.copyCreateContainerResponse,
  s.shapeCreateContainerResponse,
);

/** A container has been created. */
export interface PostCreateContainerRequest {
  /** Its pod. */
  pod?: PodSandbox | undefined;
  /** The container, with all adjustments. */
  container?: Container | undefined;
}
/** Codec of {@link PostCreateContainerRequest}. */
export const PostCreateContainerRequest: MessageType<PostCreateContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostCreateContainerRequest",
  c.writePostCreateContainerRequest,
  c.readPostCreateContainerRequest,
  c.copyPostCreateContainerRequest,
  s.shapePostCreateContainerRequest,
);

/** Taken note. */
export interface PostCreateContainerResponse {
}
/** Codec of {@link PostCreateContainerResponse}. */
export const PostCreateContainerResponse: MessageType<PostCreateContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostCreateContainerResponse",
  c.writePostCreateContainerResponse,
  c.readPostCreateContainerResponse,
  c.copyPostCreateContainerResponse,
  s.shapePostCreateContainerResponse,
);

/** A container is about to be started. */
export interface StartContainerRequest {
  /** Its pod. */
  pod?: PodSandbox | undefined;
  /** The container. */
  container?: Container | undefined;
}
/** Codec of {@link StartContainerRequest}. */
export const StartContainerRequest: MessageType<StartContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StartContainerRequest",
  c.writeStartContainerRequest,
  c.readStartContainerRequest,
  c.copyStartContainerRequest,
  s.shapeStartContainerRequest,
);

/** Taken note. */
export interface StartContainerResponse {
}
/** Codec of {@link StartContainerResponse}. */
export const StartContainerResponse: MessageType<StartContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StartContainerResponse",
  c.writeStartContainerResponse,
  c.readStartContainerResponse,
  c.copyStartContainerResponse,
  s.shapeStartContainerResponse,
);

/** A container has been started. */
export interface PostStartContainerRequest {
  /** Its pod. */
  pod?: PodSandbox | undefined;
  /** The container. */
  container?: Container | undefined;
}
/** Codec of {@link PostStartContainerRequest}. */
export const PostStartContainerRequest: MessageType<PostStartContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostStartContainerRequest",
  c.writePostStartContainerRequest,
  c.readPostStartContainerRequest,
  c.copyPostStartContainerRequest,
  s.shapePostStartContainerRequest,
);

/** Taken note. */
export interface PostStartContainerResponse {
}
/** Codec of {@link PostStartContainerResponse}. */
export const PostStartContainerResponse: MessageType<PostStartContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostStartContainerResponse",
  c.writePostStartContainerResponse,
  c.readPostStartContainerResponse,
  c.copyPostStartContainerResponse,
  s.shapePostStartContainerResponse,
);

/** The resources of a container are about to be changed. */
export interface UpdateContainerRequest {
  /** Its pod. */
  pod?: PodSandbox | undefined;
  /** The container as it is. */
  container?: Container | undefined;
  /** What it is to get, as plugins called earlier have changed it. */
  linuxResources?: LinuxResources | undefined;
}
/** Codec of {@link UpdateContainerRequest}. */
export const UpdateContainerRequest: MessageType<UpdateContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdateContainerRequest",
  c.writeUpdateContainerRequest,
  c.readUpdateContainerRequest,
  c.copyUpdateContainerRequest,
  s.shapeUpdateContainerRequest,
);

/** What a plugin makes of a change. */
export interface UpdateContainerResponse {
  /** Changes of this container or of others. */
  update: ContainerUpdate[];
  /** Containers to evict. Runtimes do not act on it so far. */
  evict: ContainerEviction[];
}
/** Codec of {@link UpdateContainerResponse}. */
export const UpdateContainerResponse: MessageType<UpdateContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdateContainerResponse",
  c.writeUpdateContainerResponse,
  c.readUpdateContainerResponse,
  c.copyUpdateContainerResponse,
  s.shapeUpdateContainerResponse,
);

/** The resources of a container have been changed. */
export interface PostUpdateContainerRequest {
  /** Its pod. */
  pod?: PodSandbox | undefined;
  /** The container. */
  container?: Container | undefined;
}
/** Codec of {@link PostUpdateContainerRequest}. */
export const PostUpdateContainerRequest: MessageType<PostUpdateContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostUpdateContainerRequest",
  c.writePostUpdateContainerRequest,
  c.readPostUpdateContainerRequest,
  c.copyPostUpdateContainerRequest,
  s.shapePostUpdateContainerRequest,
);

/** Taken note. */
export interface PostUpdateContainerResponse {
}
/** Codec of {@link PostUpdateContainerResponse}. */
export const PostUpdateContainerResponse: MessageType<PostUpdateContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostUpdateContainerResponse",
  c.writePostUpdateContainerResponse,
  c.readPostUpdateContainerResponse,
  c.copyPostUpdateContainerResponse,
  s.shapePostUpdateContainerResponse,
);

/** A container has been stopped. */
export interface StopContainerRequest {
  /** Its pod. */
  pod?: PodSandbox | undefined;
  /** The container. */
  container?: Container | undefined;
}
/** Codec of {@link StopContainerRequest}. */
export const StopContainerRequest: MessageType<StopContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StopContainerRequest",
  c.writeStopContainerRequest,
  c.readStopContainerRequest,
  c.copyStopContainerRequest,
  s.shapeStopContainerRequest,
);

/** What a plugin makes of the resources that are free now. */
export interface StopContainerResponse {
  /** Changes of containers. */
  update: ContainerUpdate[];
}
/** Codec of {@link StopContainerResponse}. */
export const StopContainerResponse: MessageType<StopContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StopContainerResponse",
  c.writeStopContainerResponse,
  c.readStopContainerResponse,
  c.copyStopContainerResponse,
  s.shapeStopContainerResponse,
);

/** A container is removed. */
export interface RemoveContainerRequest {
  /** Its pod. */
  pod?: PodSandbox | undefined;
  /** The container. */
  container?: Container | undefined;
}
/** Codec of {@link RemoveContainerRequest}. */
export const RemoveContainerRequest: MessageType<RemoveContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RemoveContainerRequest",
  c.writeRemoveContainerRequest,
  c.readRemoveContainerRequest,
  c.copyRemoveContainerRequest,
  s.shapeRemoveContainerRequest,
);

/** Taken note. */
export interface RemoveContainerResponse {
}
/** Codec of {@link RemoveContainerResponse}. */
export const RemoveContainerResponse: MessageType<RemoveContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RemoveContainerResponse",
  c.writeRemoveContainerResponse,
  c.readRemoveContainerResponse,
  c.copyRemoveContainerResponse,
  s.shapeRemoveContainerResponse,
);

/** Any event without an answer, for plugins older than the dedicated calls. */
export interface StateChangeEvent {
  /** Which event. */
  event: Event;
  /** The pod it happened to, or the container's pod. */
  pod?: PodSandbox | undefined;
  /** The container it happened to; absent for events of pods. */
  container?: Container | undefined;
}
/** Codec of {@link StateChangeEvent}. */
export const StateChangeEvent: MessageType<StateChangeEvent> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StateChangeEvent",
  c.writeStateChangeEvent,
  c.readStateChangeEvent,
  c.copyStateChangeEvent,
  s.shapeStateChangeEvent,
);

/** All that a verdict can rest on. All validators get the same request at the same time. */
export interface ValidateContainerAdjustmentRequest {
  /** The container's pod. */
  pod?: PodSandbox | undefined;
  /** The container before any plugin was asked. */
  container?: Container | undefined;
  /** The adjustments of all plugins together, removals included. */
  adjust?: ContainerAdjustment | undefined;
  /** The updates of other containers. */
  update: ContainerUpdate[];
  /** Who changed what. */
  owners?: OwningPlugins | undefined;
  /** All registered plugins in the order they are called. */
  plugins: PluginInstance[];
}
/** Codec of {@link ValidateContainerAdjustmentRequest}. */
export const ValidateContainerAdjustmentRequest: MessageType<ValidateContainerAdjustmentRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ValidateContainerAdjustmentRequest",
  c.writeValidateContainerAdjustmentRequest,
  c.readValidateContainerAdjustmentRequest,
  c.copyValidateContainerAdjustmentRequest,
  s.shapeValidateContainerAdjustmentRequest,
);

/** A registered plugin. */
export interface PluginInstance {
  /** Its name without index. */
  name: string;
  /** Its index, two digits. */
  index: string;
}
/** Codec of {@link PluginInstance}. */
export const PluginInstance: MessageType<PluginInstance> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PluginInstance",
  c.writePluginInstance,
  c.readPluginInstance,
  c.copyPluginInstance,
  s.shapePluginInstance,
);

/** A verdict. One rejection is enough for the creation to fail. */
export interface ValidateContainerAdjustmentResponse {
  /** Whether the container must not be created like this. */
  reject: boolean;
  /** Why, for people. */
  reason: string;
}
/** Codec of {@link ValidateContainerAdjustmentResponse}. */
export const ValidateContainerAdjustmentResponse: MessageType<ValidateContainerAdjustmentResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ValidateContainerAdjustmentResponse",
  c.writeValidateContainerAdjustmentResponse,
  c.readValidateContainerAdjustmentResponse,
  c.copyValidateContainerAdjustmentResponse,
  s.shapeValidateContainerAdjustmentResponse,
);

/**
 * Who changed what, by container id. Plugins are named `index-name`; a `-` in front means that this plugin removed
 * what was set, and nobody has set it since.
 */
export interface OwningPlugins {
  /** Owners by container id. */
  owners: { [key: string]: FieldOwners };
}
/** Codec of {@link OwningPlugins}. */
export const OwningPlugins: MessageType<OwningPlugins> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OwningPlugins",
  c.writeOwningPlugins,
  c.readOwningPlugins,
  c.copyOwningPlugins,
  s.shapeOwningPlugins,
);

/** Who changed what in one container, by number of enum Field. */
export interface FieldOwners {
  /** Fields with one value. */
  simple: { [key: number]: string };
  /** Fields with a value per key. */
  compound: { [key: number]: CompoundFieldOwners };
}
/** Codec of {@link FieldOwners}. */
export const FieldOwners: MessageType<FieldOwners> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.FieldOwners",
  c.writeFieldOwners,
  c.readFieldOwners,
  c.copyFieldOwners,
  s.shapeFieldOwners,
);

/** Who changed what in one field, by key. */
export interface CompoundFieldOwners {
  /** Owners by key of the field: an annotation's name, a mount's destination, ... */
  owners: { [key: string]: string };
}
/** Codec of {@link CompoundFieldOwners}. */
export const CompoundFieldOwners: MessageType<CompoundFieldOwners> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.CompoundFieldOwners",
  c.writeCompoundFieldOwners,
  c.readCompoundFieldOwners,
  c.copyCompoundFieldOwners,
  s.shapeCompoundFieldOwners,
);

/** A plugin introduces itself. */
export interface RegisterPluginRequest {
  /** Name without index. A plugin that the runtime started keeps the name of its file, whatever it says here. */
  pluginName: string;
  /** Two digits that give its place in the order of plugins. */
  pluginIdx: string;
  /** NRI version it was built with; empty if it does not know. */
  NRIVersion: string;
}
/** Codec of {@link RegisterPluginRequest}. */
export const RegisterPluginRequest: MessageType<RegisterPluginRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RegisterPluginRequest",
  c.writeRegisterPluginRequest,
  c.readRegisterPluginRequest,
  c.copyRegisterPluginRequest,
  s.shapeRegisterPluginRequest,
);

/** Changes of containers outside any event. */
export interface UpdateContainersRequest {
  /** The changes, in the order to apply them. */
  update: ContainerUpdate[];
  /** Containers to evict. Runtimes do not act on it so far. */
  evict: ContainerEviction[];
}
/** Codec of {@link UpdateContainersRequest}. */
export const UpdateContainersRequest: MessageType<UpdateContainersRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdateContainersRequest",
  c.writeUpdateContainersRequest,
  c.readUpdateContainersRequest,
  c.copyUpdateContainersRequest,
  s.shapeUpdateContainersRequest,
);

/** What became of an UpdateContainersRequest. */
export interface UpdateContainersResponse {
  /** The updates that could not be applied. */
  failed: ContainerUpdate[];
}
/** Codec of {@link UpdateContainersResponse}. */
export const UpdateContainersResponse: MessageType<UpdateContainersResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdateContainersResponse",
  c.writeUpdateContainersResponse,
  c.readUpdateContainersResponse,
  c.copyUpdateContainersResponse,
  s.shapeUpdateContainersResponse,
);

/** One line for the runtime's log, from a WebAssembly plugin. */
export interface LogRequest {
  /** The text. */
  msg: string;
  /** Its weight. */
  level: LogRequest_Level;
}
/** Codec of {@link LogRequest}. */
export const LogRequest: MessageType<LogRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LogRequest",
  c.writeLogRequest,
  c.readLogRequest,
  c.copyLogRequest,
  s.shapeLogRequest,
);

/** What a plugin must know of its runtime and its own configuration. */
export interface ConfigureRequest {
  /** Content of the plugin's configuration file; empty without one, and for plugins that the runtime did not start. */
  config: string;
  /** Name of the runtime, such as `containerd`. */
  runtimeName: string;
  /** Version of the runtime. */
  runtimeVersion: string;
  /** Milliseconds that a plugin has from connecting to registering. */
  registrationTimeout: bigint;
  /** Milliseconds that a plugin has to answer a request. */
  requestTimeout: bigint;
  /** NRI version of the runtime; empty for old ones. */
  NRIVersion: string;
}
/** Codec of {@link ConfigureRequest}. */
export const ConfigureRequest: MessageType<ConfigureRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ConfigureRequest",
  c.writeConfigureRequest,
  c.readConfigureRequest,
  c.copyConfigureRequest,
  s.shapeConfigureRequest,
);

/** Which events the plugin subscribes to, and what it asks for should it fail. */
export interface ConfigureResponse {
  /** Bit n-1 stands for event number n of enum Event. 0 subscribes to all of them, validation included. */
  events: number;
  /**
   * What becomes of a request that the plugin does not answer, and of the plugin. Absent: both fields false. Runtimes
   * older than NRI v0.12.4 do not read it.
   */
  failurePolicy?: FailurePolicy | undefined;
}
/** Codec of {@link ConfigureResponse}. */
export const ConfigureResponse: MessageType<ConfigureResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ConfigureResponse",
  c.writeConfigureResponse,
  c.readConfigureResponse,
  c.copyConfigureResponse,
  s.shapeConfigureResponse,
);

/**
 * What a plugin asks for should it not answer a request: its time is over, its connection lost, its protocol broken. An
 * error that it answers is none of these, and fails the request whatever this says.
 */
export interface FailurePolicy {
  /** The request fails, and plugins that come later are not asked. Otherwise it goes on without this plugin's answer. */
  failRequest: boolean;
  /**
   * A plugin that is only late stays registered. Otherwise it is disconnected, as one is that has lost its connection
   * or broken the protocol in any case.
   */
  keepConnected: boolean;
}
/** Codec of {@link FailurePolicy}. */
export const FailurePolicy: MessageType<FailurePolicy> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.FailurePolicy",
  c.writeFailurePolicy,
  c.readFailurePolicy,
  c.copyFailurePolicy,
  s.shapeFailurePolicy,
);

/** Everything that exists when a plugin joins; in several messages if one would be too long. */
export interface SynchronizeRequest {
  /** Pods of this piece. */
  pods: PodSandbox[];
  /** Containers of this piece; their pods may have come in an earlier one. */
  containers: Container[];
  /** There is more to come; the plugin answers with `more` set and nothing else. */
  more: boolean;
}
/** Codec of {@link SynchronizeRequest}. */
export const SynchronizeRequest: MessageType<SynchronizeRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.SynchronizeRequest",
  c.writeSynchronizeRequest,
  c.readSynchronizeRequest,
  c.copySynchronizeRequest,
  s.shapeSynchronizeRequest,
);

/** The plugin's answer to what exists. */
export interface SynchronizeResponse {
  /** Changes of the containers it was shown; only in the answer to the last piece. */
  update: ContainerUpdate[];
  /** Repeats `more` of the request: the plugin understands pieces. */
  more: boolean;
}
/** Codec of {@link SynchronizeResponse}. */
export const SynchronizeResponse: MessageType<SynchronizeResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.SynchronizeResponse",
  c.writeSynchronizeResponse,
  c.readSynchronizeResponse,
  c.copySynchronizeResponse,
  s.shapeSynchronizeResponse,
);

/** Codec by message name, without the package. */
export const MESSAGES = {
  OptionalString,
  OptionalRepeatedString,
  OptionalInt,
  OptionalInt32,
  OptionalUInt32,
  OptionalInt64,
  OptionalUInt64,
  OptionalBool,
  OptionalFileMode,
  LinuxResources,
  LinuxMemory,
  LinuxCPU,
  HugepageLimit,
  LinuxDeviceCgroup,
  LinuxPids,
  Container,
  Image,
  Mount,
  Hooks,
  Hook,
  LinuxContainer,
  LinuxNamespace,
  LinuxDevice,
  CDIDevice,
  User,
  SecurityProfile,
  POSIXRlimit,
  LinuxIOPriority,
  LinuxNetDevice,
  LinuxScheduler,
  LinuxSeccomp,
  LinuxSyscall,
  LinuxSeccompArg,
  LinuxRdt,
  ContainerAdjustment,
  LinuxContainerAdjustment,
  KeyValue,
  LinuxMemoryPolicy,
  PodSandbox,
  LinuxPodSandbox,
  ContainerUpdate,
  LinuxContainerUpdate,
  ContainerEviction,
  Empty,
  RunPodSandboxRequest,
  RunPodSandboxResponse,
  UpdatePodSandboxRequest,
  UpdatePodSandboxResponse,
  PostUpdatePodSandboxRequest,
  PostUpdatePodSandboxResponse,
  StopPodSandboxRequest,
  StopPodSandboxResponse,
  RemovePodSandboxRequest,
  RemovePodSandboxResponse,
  CreateContainerRequest,
  CreateContainerResponse,
  PostCreateContainerRequest,
  PostCreateContainerResponse,
  StartContainerRequest,
  StartContainerResponse,
  PostStartContainerRequest,
  PostStartContainerResponse,
  UpdateContainerRequest,
  UpdateContainerResponse,
  PostUpdateContainerRequest,
  PostUpdateContainerResponse,
  StopContainerRequest,
  StopContainerResponse,
  RemoveContainerRequest,
  RemoveContainerResponse,
  StateChangeEvent,
  ValidateContainerAdjustmentRequest,
  PluginInstance,
  ValidateContainerAdjustmentResponse,
  OwningPlugins,
  FieldOwners,
  CompoundFieldOwners,
  RegisterPluginRequest,
  UpdateContainersRequest,
  UpdateContainersResponse,
  LogRequest,
  ConfigureRequest,
  ConfigureResponse,
  FailurePolicy,
  SynchronizeRequest,
  SynchronizeResponse,
} as const;
