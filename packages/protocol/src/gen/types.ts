// Generated from proto/nri.proto; do not edit.

/** Enum `nri.pkg.api.v1alpha1.LogRequest.Level`; open: values of newer peers are kept as numbers. */
export const LogRequest_Level = {
  LEVEL_UNSPECIFIED: 0,
  LEVEL_DEBUG: 1,
  LEVEL_INFO: 2,
  LEVEL_WARN: 3,
  LEVEL_ERROR: 4,
} as const;
export type LogRequest_Level = number;

/** Enum `nri.pkg.api.v1alpha1.SecurityProfile.ProfileType`; open: values of newer peers are kept as numbers. */
export const SecurityProfile_ProfileType = {
  RUNTIME_DEFAULT: 0,
  UNCONFINED: 1,
  LOCALHOST: 2,
} as const;
export type SecurityProfile_ProfileType = number;

/** Enum `nri.pkg.api.v1alpha1.Event`; open: values of newer peers are kept as numbers. */
export const Event = {
  UNKNOWN: 0,
  RUN_POD_SANDBOX: 1,
  STOP_POD_SANDBOX: 2,
  REMOVE_POD_SANDBOX: 3,
  CREATE_CONTAINER: 4,
  POST_CREATE_CONTAINER: 5,
  START_CONTAINER: 6,
  POST_START_CONTAINER: 7,
  UPDATE_CONTAINER: 8,
  POST_UPDATE_CONTAINER: 9,
  STOP_CONTAINER: 10,
  REMOVE_CONTAINER: 11,
  UPDATE_POD_SANDBOX: 12,
  POST_UPDATE_POD_SANDBOX: 13,
  VALIDATE_CONTAINER_ADJUSTMENT: 14,
  LAST: 15,
} as const;
export type Event = number;

/** Enum `nri.pkg.api.v1alpha1.ContainerState`; open: values of newer peers are kept as numbers. */
export const ContainerState = {
  CONTAINER_UNKNOWN: 0,
  CONTAINER_CREATED: 1,
  CONTAINER_PAUSED: 2,
  CONTAINER_RUNNING: 3,
  CONTAINER_STOPPED: 4,
} as const;
export type ContainerState = number;

/** Enum `nri.pkg.api.v1alpha1.IOPrioClass`; open: values of newer peers are kept as numbers. */
export const IOPrioClass = {
  IOPRIO_CLASS_NONE: 0,
  IOPRIO_CLASS_RT: 1,
  IOPRIO_CLASS_BE: 2,
  IOPRIO_CLASS_IDLE: 3,
} as const;
export type IOPrioClass = number;

/** Enum `nri.pkg.api.v1alpha1.LinuxSchedulerPolicy`; open: values of newer peers are kept as numbers. */
export const LinuxSchedulerPolicy = {
  SCHED_NONE: 0,
  SCHED_OTHER: 1,
  SCHED_FIFO: 2,
  SCHED_RR: 3,
  SCHED_BATCH: 4,
  SCHED_ISO: 5,
  SCHED_IDLE: 6,
  SCHED_DEADLINE: 7,
} as const;
export type LinuxSchedulerPolicy = number;

/** Enum `nri.pkg.api.v1alpha1.LinuxSchedulerFlag`; open: values of newer peers are kept as numbers. */
export const LinuxSchedulerFlag = {
  SCHED_FLAG_RESET_ON_FORK: 0,
  SCHED_FLAG_RECLAIM: 1,
  SCHED_FLAG_DL_OVERRUN: 2,
  SCHED_FLAG_KEEP_POLICY: 3,
  SCHED_FLAG_KEEP_PARAMS: 4,
  SCHED_FLAG_UTIL_CLAMP_MIN: 5,
  SCHED_FLAG_UTIL_CLAMP_MAX: 6,
} as const;
export type LinuxSchedulerFlag = number;

/** Enum `nri.pkg.api.v1alpha1.MpolMode`; open: values of newer peers are kept as numbers. */
export const MpolMode = {
  MPOL_DEFAULT: 0,
  MPOL_PREFERRED: 1,
  MPOL_BIND: 2,
  MPOL_INTERLEAVE: 3,
  MPOL_LOCAL: 4,
  MPOL_PREFERRED_MANY: 5,
  MPOL_WEIGHTED_INTERLEAVE: 6,
} as const;
export type MpolMode = number;

/** Enum `nri.pkg.api.v1alpha1.MpolFlag`; open: values of newer peers are kept as numbers. */
export const MpolFlag = {
  MPOL_F_STATIC_NODES: 0,
  MPOL_F_RELATIVE_NODES: 1,
  MPOL_F_NUMA_BALANCING: 2,
} as const;
export type MpolFlag = number;

/** Enum `nri.pkg.api.v1alpha1.Field`; open: values of newer peers are kept as numbers. */
export const Field = {
  None: 0,
  Annotations: 1,
  Mounts: 2,
  OciHooks: 3,
  Devices: 4,
  CdiDevices: 5,
  Env: 6,
  Args: 7,
  MemLimit: 8,
  MemReservation: 9,
  MemSwapLimit: 10,
  MemKernelLimit: 11,
  MemTCPLimit: 12,
  MemSwappiness: 13,
  MemDisableOomKiller: 14,
  MemUseHierarchy: 15,
  CPUShares: 16,
  CPUQuota: 17,
  CPUPeriod: 18,
  CPURealtimeRuntime: 19,
  CPURealtimePeriod: 20,
  CPUSetCPUs: 21,
  CPUSetMems: 22,
  PidsLimit: 23,
  HugepageLimits: 24,
  BlockioClass: 25,
  RdtClass: 26,
  CgroupsUnified: 27,
  CgroupsPath: 28,
  OomScoreAdj: 29,
  Rlimits: 30,
  IoPriority: 31,
  SeccompPolicy: 32,
  Namespace: 33,
  Sysctl: 34,
  LinuxNetDevices: 35,
  LinuxSched: 36,
  RdtClosID: 37,
  RdtSchemata: 38,
  RdtEnableMonitoring: 39,
  MemoryPolicy: 40,
} as const;
export type Field = number;

/** Message `nri.pkg.api.v1alpha1.RegisterPluginRequest`. */
export interface RegisterPluginRequest {
  pluginName: string;
  pluginIdx: string;
  NRIVersion: string;
}

/** Message `nri.pkg.api.v1alpha1.UpdateContainersRequest`. */
export interface UpdateContainersRequest {
  update: ContainerUpdate[];
  evict: ContainerEviction[];
}

/** Message `nri.pkg.api.v1alpha1.UpdateContainersResponse`. */
export interface UpdateContainersResponse {
  failed: ContainerUpdate[];
}

/** Message `nri.pkg.api.v1alpha1.LogRequest`. */
export interface LogRequest {
  msg: string;
  level: LogRequest_Level;
}

/** Message `nri.pkg.api.v1alpha1.ConfigureRequest`. */
export interface ConfigureRequest {
  config: string;
  runtimeName: string;
  runtimeVersion: string;
  registrationTimeout: bigint;
  requestTimeout: bigint;
  NRIVersion: string;
}

/** Message `nri.pkg.api.v1alpha1.ConfigureResponse`. */
export interface ConfigureResponse {
  events: number;
}

/** Message `nri.pkg.api.v1alpha1.SynchronizeRequest`. */
export interface SynchronizeRequest {
  pods: PodSandbox[];
  containers: Container[];
  more: boolean;
}

/** Message `nri.pkg.api.v1alpha1.SynchronizeResponse`. */
export interface SynchronizeResponse {
  update: ContainerUpdate[];
  more: boolean;
}

/** Message `nri.pkg.api.v1alpha1.RunPodSandboxRequest`. */
export interface RunPodSandboxRequest {
  pod?: PodSandbox | undefined;
}

/** Message `nri.pkg.api.v1alpha1.RunPodSandboxResponse`. */
export interface RunPodSandboxResponse {
}

/** Message `nri.pkg.api.v1alpha1.UpdatePodSandboxRequest`. */
export interface UpdatePodSandboxRequest {
  pod?: PodSandbox | undefined;
  overheadLinuxResources?: LinuxResources | undefined;
  linuxResources?: LinuxResources | undefined;
}

/** Message `nri.pkg.api.v1alpha1.UpdatePodSandboxResponse`. */
export interface UpdatePodSandboxResponse {
}

/** Message `nri.pkg.api.v1alpha1.PostUpdatePodSandboxRequest`. */
export interface PostUpdatePodSandboxRequest {
  pod?: PodSandbox | undefined;
}

/** Message `nri.pkg.api.v1alpha1.PostUpdatePodSandboxResponse`. */
export interface PostUpdatePodSandboxResponse {
}

/** Message `nri.pkg.api.v1alpha1.StopPodSandboxRequest`. */
export interface StopPodSandboxRequest {
  pod?: PodSandbox | undefined;
}

/** Message `nri.pkg.api.v1alpha1.StopPodSandboxResponse`. */
export interface StopPodSandboxResponse {
}

/** Message `nri.pkg.api.v1alpha1.RemovePodSandboxRequest`. */
export interface RemovePodSandboxRequest {
  pod?: PodSandbox | undefined;
}

/** Message `nri.pkg.api.v1alpha1.RemovePodSandboxResponse`. */
export interface RemovePodSandboxResponse {
}

/** Message `nri.pkg.api.v1alpha1.CreateContainerRequest`. */
export interface CreateContainerRequest {
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
}

/** Message `nri.pkg.api.v1alpha1.CreateContainerResponse`. */
export interface CreateContainerResponse {
  adjust?: ContainerAdjustment | undefined;
  update: ContainerUpdate[];
  evict: ContainerEviction[];
}

/** Message `nri.pkg.api.v1alpha1.PostCreateContainerRequest`. */
export interface PostCreateContainerRequest {
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
}

/** Message `nri.pkg.api.v1alpha1.PostCreateContainerResponse`. */
export interface PostCreateContainerResponse {
}

/** Message `nri.pkg.api.v1alpha1.StartContainerRequest`. */
export interface StartContainerRequest {
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
}

/** Message `nri.pkg.api.v1alpha1.StartContainerResponse`. */
export interface StartContainerResponse {
}

/** Message `nri.pkg.api.v1alpha1.PostStartContainerRequest`. */
export interface PostStartContainerRequest {
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
}

/** Message `nri.pkg.api.v1alpha1.PostStartContainerResponse`. */
export interface PostStartContainerResponse {
}

/** Message `nri.pkg.api.v1alpha1.UpdateContainerRequest`. */
export interface UpdateContainerRequest {
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
  linuxResources?: LinuxResources | undefined;
}

/** Message `nri.pkg.api.v1alpha1.UpdateContainerResponse`. */
export interface UpdateContainerResponse {
  update: ContainerUpdate[];
  evict: ContainerEviction[];
}

/** Message `nri.pkg.api.v1alpha1.PostUpdateContainerRequest`. */
export interface PostUpdateContainerRequest {
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
}

/** Message `nri.pkg.api.v1alpha1.PostUpdateContainerResponse`. */
export interface PostUpdateContainerResponse {
}

/** Message `nri.pkg.api.v1alpha1.StopContainerRequest`. */
export interface StopContainerRequest {
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
}

/** Message `nri.pkg.api.v1alpha1.StopContainerResponse`. */
export interface StopContainerResponse {
  update: ContainerUpdate[];
}

/** Message `nri.pkg.api.v1alpha1.RemoveContainerRequest`. */
export interface RemoveContainerRequest {
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
}

/** Message `nri.pkg.api.v1alpha1.RemoveContainerResponse`. */
export interface RemoveContainerResponse {
}

/** Message `nri.pkg.api.v1alpha1.StateChangeEvent`. */
export interface StateChangeEvent {
  event: Event;
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
}

/** Message `nri.pkg.api.v1alpha1.ValidateContainerAdjustmentRequest`. */
export interface ValidateContainerAdjustmentRequest {
  pod?: PodSandbox | undefined;
  container?: Container | undefined;
  adjust?: ContainerAdjustment | undefined;
  update: ContainerUpdate[];
  owners?: OwningPlugins | undefined;
  plugins: PluginInstance[];
}

/** Message `nri.pkg.api.v1alpha1.PluginInstance`. */
export interface PluginInstance {
  name: string;
  index: string;
}

/** Message `nri.pkg.api.v1alpha1.ValidateContainerAdjustmentResponse`. */
export interface ValidateContainerAdjustmentResponse {
  reject: boolean;
  reason: string;
}

/** Message `nri.pkg.api.v1alpha1.Empty`. */
export interface Empty {
}

/** Message `nri.pkg.api.v1alpha1.PodSandbox`. */
export interface PodSandbox {
  id: string;
  name: string;
  uid: string;
  namespace: string;
  labels: { [key: string]: string };
  annotations: { [key: string]: string };
  runtimeHandler: string;
  linux?: LinuxPodSandbox | undefined;
  pid: number;
  ips: string[];
}

/** Message `nri.pkg.api.v1alpha1.LinuxPodSandbox`. */
export interface LinuxPodSandbox {
  podOverhead?: LinuxResources | undefined;
  podResources?: LinuxResources | undefined;
  cgroupParent: string;
  cgroupsPath: string;
  namespaces: LinuxNamespace[];
  resources?: LinuxResources | undefined;
}

/** Message `nri.pkg.api.v1alpha1.Container`. */
export interface Container {
  id: string;
  podSandboxId: string;
  name: string;
  state: ContainerState;
  labels: { [key: string]: string };
  annotations: { [key: string]: string };
  args: string[];
  env: string[];
  mounts: Mount[];
  hooks?: Hooks | undefined;
  linux?: LinuxContainer | undefined;
  pid: number;
  rlimits: POSIXRlimit[];
  createdAt: bigint;
  startedAt: bigint;
  finishedAt: bigint;
  exitCode: number;
  statusReason: string;
  statusMessage: string;
  CDIDevices: CDIDevice[];
  user?: User | undefined;
  image?: Image | undefined;
}

/** Message `nri.pkg.api.v1alpha1.Image`. */
export interface Image {
  name: string;
  digest: string;
  configDigest: string;
}

/** Message `nri.pkg.api.v1alpha1.Mount`. */
export interface Mount {
  destination: string;
  type: string;
  source: string;
  options: string[];
}

/** Message `nri.pkg.api.v1alpha1.Hooks`. */
export interface Hooks {
  prestart: Hook[];
  createRuntime: Hook[];
  createContainer: Hook[];
  startContainer: Hook[];
  poststart: Hook[];
  poststop: Hook[];
}

/** Message `nri.pkg.api.v1alpha1.Hook`. */
export interface Hook {
  path: string;
  args: string[];
  env: string[];
  timeout?: OptionalInt | undefined;
}

/** Message `nri.pkg.api.v1alpha1.LinuxContainer`. */
export interface LinuxContainer {
  namespaces: LinuxNamespace[];
  devices: LinuxDevice[];
  resources?: LinuxResources | undefined;
  oomScoreAdj?: OptionalInt | undefined;
  cgroupsPath: string;
  ioPriority?: LinuxIOPriority | undefined;
  seccompProfile?: SecurityProfile | undefined;
  seccompPolicy?: LinuxSeccomp | undefined;
  sysctl: { [key: string]: string };
  netDevices: { [key: string]: LinuxNetDevice };
  scheduler?: LinuxScheduler | undefined;
  rdt?: LinuxRdt | undefined;
}

/** Message `nri.pkg.api.v1alpha1.LinuxNamespace`. */
export interface LinuxNamespace {
  type: string;
  path: string;
}

/** Message `nri.pkg.api.v1alpha1.LinuxDevice`. */
export interface LinuxDevice {
  path: string;
  type: string;
  major: bigint;
  minor: bigint;
  fileMode?: OptionalFileMode | undefined;
  uid?: OptionalUInt32 | undefined;
  gid?: OptionalUInt32 | undefined;
}

/** Message `nri.pkg.api.v1alpha1.LinuxDeviceCgroup`. */
export interface LinuxDeviceCgroup {
  allow: boolean;
  type: string;
  major?: OptionalInt64 | undefined;
  minor?: OptionalInt64 | undefined;
  access: string;
}

/** Message `nri.pkg.api.v1alpha1.CDIDevice`. */
export interface CDIDevice {
  name: string;
}

/** Message `nri.pkg.api.v1alpha1.User`. */
export interface User {
  uid: number;
  gid: number;
  additionalGids: number[];
}

/** Message `nri.pkg.api.v1alpha1.LinuxResources`. */
export interface LinuxResources {
  memory?: LinuxMemory | undefined;
  cpu?: LinuxCPU | undefined;
  hugepageLimits: HugepageLimit[];
  blockioClass?: OptionalString | undefined;
  rdtClass?: OptionalString | undefined;
  unified: { [key: string]: string };
  devices: LinuxDeviceCgroup[];
  pids?: LinuxPids | undefined;
}

/** Message `nri.pkg.api.v1alpha1.LinuxMemory`. */
export interface LinuxMemory {
  limit?: OptionalInt64 | undefined;
  reservation?: OptionalInt64 | undefined;
  swap?: OptionalInt64 | undefined;
  kernel?: OptionalInt64 | undefined;
  kernelTcp?: OptionalInt64 | undefined;
  swappiness?: OptionalUInt64 | undefined;
  disableOomKiller?: OptionalBool | undefined;
  useHierarchy?: OptionalBool | undefined;
}

/** Message `nri.pkg.api.v1alpha1.LinuxCPU`. */
export interface LinuxCPU {
  shares?: OptionalUInt64 | undefined;
  quota?: OptionalInt64 | undefined;
  period?: OptionalUInt64 | undefined;
  realtimeRuntime?: OptionalInt64 | undefined;
  realtimePeriod?: OptionalUInt64 | undefined;
  cpus: string;
  mems: string;
}

/** Message `nri.pkg.api.v1alpha1.HugepageLimit`. */
export interface HugepageLimit {
  pageSize: string;
  limit: bigint;
}

/** Message `nri.pkg.api.v1alpha1.SecurityProfile`. */
export interface SecurityProfile {
  profileType: SecurityProfile_ProfileType;
  localhostRef: string;
}

/** Message `nri.pkg.api.v1alpha1.POSIXRlimit`. */
export interface POSIXRlimit {
  type: string;
  hard: bigint;
  soft: bigint;
}

/** Message `nri.pkg.api.v1alpha1.LinuxPids`. */
export interface LinuxPids {
  limit: bigint;
}

/** Message `nri.pkg.api.v1alpha1.LinuxIOPriority`. */
export interface LinuxIOPriority {
  class: IOPrioClass;
  priority: number;
}

/** Message `nri.pkg.api.v1alpha1.LinuxNetDevice`. */
export interface LinuxNetDevice {
  name: string;
}

/** Message `nri.pkg.api.v1alpha1.LinuxScheduler`. */
export interface LinuxScheduler {
  policy: LinuxSchedulerPolicy;
  nice: number;
  priority: number;
  flags: LinuxSchedulerFlag[];
  runtime: bigint;
  deadline: bigint;
  period: bigint;
}

/** Message `nri.pkg.api.v1alpha1.ContainerAdjustment`. */
export interface ContainerAdjustment {
  annotations: { [key: string]: string };
  mounts: Mount[];
  env: KeyValue[];
  hooks?: Hooks | undefined;
  linux?: LinuxContainerAdjustment | undefined;
  rlimits: POSIXRlimit[];
  CDIDevices: CDIDevice[];
  args: string[];
}

/** Message `nri.pkg.api.v1alpha1.LinuxContainerAdjustment`. */
export interface LinuxContainerAdjustment {
  devices: LinuxDevice[];
  resources?: LinuxResources | undefined;
  cgroupsPath: string;
  oomScoreAdj?: OptionalInt | undefined;
  ioPriority?: LinuxIOPriority | undefined;
  seccompPolicy?: LinuxSeccomp | undefined;
  namespaces: LinuxNamespace[];
  sysctl: { [key: string]: string };
  netDevices: { [key: string]: LinuxNetDevice };
  scheduler?: LinuxScheduler | undefined;
  rdt?: LinuxRdt | undefined;
  memoryPolicy?: LinuxMemoryPolicy | undefined;
}

/** Message `nri.pkg.api.v1alpha1.LinuxSeccomp`. */
export interface LinuxSeccomp {
  defaultAction: string;
  defaultErrno?: OptionalUInt32 | undefined;
  architectures: string[];
  flags: string[];
  listenerPath: string;
  listenerMetadata: string;
  syscalls: LinuxSyscall[];
}

/** Message `nri.pkg.api.v1alpha1.LinuxSyscall`. */
export interface LinuxSyscall {
  names: string[];
  action: string;
  errnoRet?: OptionalUInt32 | undefined;
  args: LinuxSeccompArg[];
}

/** Message `nri.pkg.api.v1alpha1.LinuxSeccompArg`. */
export interface LinuxSeccompArg {
  index: number;
  value: bigint;
  valueTwo: bigint;
  op: string;
}

/** Message `nri.pkg.api.v1alpha1.LinuxMemoryPolicy`. */
export interface LinuxMemoryPolicy {
  mode: MpolMode;
  nodes: string;
  flags: MpolFlag[];
}

/** Message `nri.pkg.api.v1alpha1.ContainerUpdate`. */
export interface ContainerUpdate {
  containerId: string;
  linux?: LinuxContainerUpdate | undefined;
  ignoreFailure: boolean;
}

/** Message `nri.pkg.api.v1alpha1.LinuxContainerUpdate`. */
export interface LinuxContainerUpdate {
  resources?: LinuxResources | undefined;
}

/** Message `nri.pkg.api.v1alpha1.ContainerEviction`. */
export interface ContainerEviction {
  containerId: string;
  reason: string;
}

/** Message `nri.pkg.api.v1alpha1.LinuxRdt`. */
export interface LinuxRdt {
  closId?: OptionalString | undefined;
  schemata?: OptionalRepeatedString | undefined;
  enableMonitoring?: OptionalBool | undefined;
  remove: boolean;
}

/** Message `nri.pkg.api.v1alpha1.KeyValue`. */
export interface KeyValue {
  key: string;
  value: string;
}

/** Message `nri.pkg.api.v1alpha1.OptionalString`. */
export interface OptionalString {
  value: string;
}

/** Message `nri.pkg.api.v1alpha1.OptionalRepeatedString`. */
export interface OptionalRepeatedString {
  value: string[];
}

/** Message `nri.pkg.api.v1alpha1.OptionalInt`. */
export interface OptionalInt {
  value: bigint;
}

/** Message `nri.pkg.api.v1alpha1.OptionalInt32`. */
export interface OptionalInt32 {
  value: number;
}

/** Message `nri.pkg.api.v1alpha1.OptionalUInt32`. */
export interface OptionalUInt32 {
  value: number;
}

/** Message `nri.pkg.api.v1alpha1.OptionalInt64`. */
export interface OptionalInt64 {
  value: bigint;
}

/** Message `nri.pkg.api.v1alpha1.OptionalUInt64`. */
export interface OptionalUInt64 {
  value: bigint;
}

/** Message `nri.pkg.api.v1alpha1.OptionalBool`. */
export interface OptionalBool {
  value: boolean;
}

/** Message `nri.pkg.api.v1alpha1.OptionalFileMode`. */
export interface OptionalFileMode {
  value: number;
}

/** Message `nri.pkg.api.v1alpha1.CompoundFieldOwners`. */
export interface CompoundFieldOwners {
  owners: { [key: string]: string };
}

/** Message `nri.pkg.api.v1alpha1.FieldOwners`. */
export interface FieldOwners {
  simple: { [key: string]: string };
  compound: { [key: string]: CompoundFieldOwners };
}

/** Message `nri.pkg.api.v1alpha1.OwningPlugins`. */
export interface OwningPlugins {
  owners: { [key: string]: FieldOwners };
}
