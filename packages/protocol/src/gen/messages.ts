// Generated from proto/ by scripts/generate.mjs; do not edit.
import { type MessageType, messageType } from "../message.js";
import * as c from "./codec.js";

/** - */
export const LogRequest_Level = {
  /** - */
  LEVEL_UNSPECIFIED: 0,
  /** - */
  LEVEL_DEBUG: 1,
  /** - */
  LEVEL_INFO: 2,
  /** - */
  LEVEL_WARN: 3,
  /** - */
  LEVEL_ERROR: 4,
} as const;
/** A value of `LogRequest_Level`; any number, because newer peers know more values. */
export type LogRequest_Level = number;

/** - */
export const SecurityProfile_ProfileType = {
  /** - */
  RUNTIME_DEFAULT: 0,
  /** - */
  UNCONFINED: 1,
  /** - */
  LOCALHOST: 2,
} as const;
/** A value of `SecurityProfile_ProfileType`; any number, because newer peers know more values. */
export type SecurityProfile_ProfileType = number;

/** - */
export const Event = {
  /** - */
  UNKNOWN: 0,
  /** - */
  RUN_POD_SANDBOX: 1,
  /** - */
  STOP_POD_SANDBOX: 2,
  /** - */
  REMOVE_POD_SANDBOX: 3,
  /** - */
  CREATE_CONTAINER: 4,
  /** - */
  POST_CREATE_CONTAINER: 5,
  /** - */
  START_CONTAINER: 6,
  /** - */
  POST_START_CONTAINER: 7,
  /** - */
  UPDATE_CONTAINER: 8,
  /** - */
  POST_UPDATE_CONTAINER: 9,
  /** - */
  STOP_CONTAINER: 10,
  /** - */
  REMOVE_CONTAINER: 11,
  /** - */
  UPDATE_POD_SANDBOX: 12,
  /** - */
  POST_UPDATE_POD_SANDBOX: 13,
  /** - */
  VALIDATE_CONTAINER_ADJUSTMENT: 14,
  /** - */
  LAST: 15,
} as const;
/** A value of `Event`; any number, because newer peers know more values. */
export type Event = number;

/** - */
export const ContainerState = {
  /** - */
  CONTAINER_UNKNOWN: 0,
  /** - */
  CONTAINER_CREATED: 1,
  /** - */
  CONTAINER_PAUSED: 2,
  /** - */
  CONTAINER_RUNNING: 3,
  /** - */
  CONTAINER_STOPPED: 4,
} as const;
/** A value of `ContainerState`; any number, because newer peers know more values. */
export type ContainerState = number;

/** - */
export const IOPrioClass = {
  /** - */
  IOPRIO_CLASS_NONE: 0,
  /** - */
  IOPRIO_CLASS_RT: 1,
  /** - */
  IOPRIO_CLASS_BE: 2,
  /** - */
  IOPRIO_CLASS_IDLE: 3,
} as const;
/** A value of `IOPrioClass`; any number, because newer peers know more values. */
export type IOPrioClass = number;

/** - */
export const LinuxSchedulerPolicy = {
  /** - */
  SCHED_NONE: 0,
  /** - */
  SCHED_OTHER: 1,
  /** - */
  SCHED_FIFO: 2,
  /** - */
  SCHED_RR: 3,
  /** - */
  SCHED_BATCH: 4,
  /** - */
  SCHED_ISO: 5,
  /** - */
  SCHED_IDLE: 6,
  /** - */
  SCHED_DEADLINE: 7,
} as const;
/** A value of `LinuxSchedulerPolicy`; any number, because newer peers know more values. */
export type LinuxSchedulerPolicy = number;

/** - */
export const LinuxSchedulerFlag = {
  /** - */
  SCHED_FLAG_RESET_ON_FORK: 0,
  /** - */
  SCHED_FLAG_RECLAIM: 1,
  /** - */
  SCHED_FLAG_DL_OVERRUN: 2,
  /** - */
  SCHED_FLAG_KEEP_POLICY: 3,
  /** - */
  SCHED_FLAG_KEEP_PARAMS: 4,
  /** - */
  SCHED_FLAG_UTIL_CLAMP_MIN: 5,
  /** - */
  SCHED_FLAG_UTIL_CLAMP_MAX: 6,
} as const;
/** A value of `LinuxSchedulerFlag`; any number, because newer peers know more values. */
export type LinuxSchedulerFlag = number;

/** - */
export const MpolMode = {
  /** - */
  MPOL_DEFAULT: 0,
  /** - */
  MPOL_PREFERRED: 1,
  /** - */
  MPOL_BIND: 2,
  /** - */
  MPOL_INTERLEAVE: 3,
  /** - */
  MPOL_LOCAL: 4,
  /** - */
  MPOL_PREFERRED_MANY: 5,
  /** - */
  MPOL_WEIGHTED_INTERLEAVE: 6,
} as const;
/** A value of `MpolMode`; any number, because newer peers know more values. */
export type MpolMode = number;

/** - */
export const MpolFlag = {
  /** - */
  MPOL_F_STATIC_NODES: 0,
  /** - */
  MPOL_F_RELATIVE_NODES: 1,
  /** - */
  MPOL_F_NUMA_BALANCING: 2,
} as const;
/** A value of `MpolFlag`; any number, because newer peers know more values. */
export type MpolFlag = number;

/** - */
export const Field = {
  /** - */
  None: 0,
  /** - */
  Annotations: 1,
  /** - */
  Mounts: 2,
  /** - */
  OciHooks: 3,
  /** - */
  Devices: 4,
  /** - */
  CdiDevices: 5,
  /** - */
  Env: 6,
  /** - */
  Args: 7,
  /** - */
  MemLimit: 8,
  /** - */
  MemReservation: 9,
  /** - */
  MemSwapLimit: 10,
  /** - */
  MemKernelLimit: 11,
  /** - */
  MemTCPLimit: 12,
  /** - */
  MemSwappiness: 13,
  /** - */
  MemDisableOomKiller: 14,
  /** - */
  MemUseHierarchy: 15,
  /** - */
  CPUShares: 16,
  /** - */
  CPUQuota: 17,
  /** - */
  CPUPeriod: 18,
  /** - */
  CPURealtimeRuntime: 19,
  /** - */
  CPURealtimePeriod: 20,
  /** - */
  CPUSetCPUs: 21,
  /** - */
  CPUSetMems: 22,
  /** - */
  PidsLimit: 23,
  /** - */
  HugepageLimits: 24,
  /** - */
  BlockioClass: 25,
  /** - */
  RdtClass: 26,
  /** - */
  CgroupsUnified: 27,
  /** - */
  CgroupsPath: 28,
  /** - */
  OomScoreAdj: 29,
  /** - */
  Rlimits: 30,
  /** - */
  IoPriority: 31,
  /** - */
  SeccompPolicy: 32,
  /** - */
  Namespace: 33,
  /** - */
  Sysctl: 34,
  /** - */
  LinuxNetDevices: 35,
  /** - */
  LinuxSched: 36,
  /** - */
  RdtClosID: 37,
  /** - */
  RdtSchemata: 38,
  /** - */
  RdtEnableMonitoring: 39,
  /** - */
  MemoryPolicy: 40,
} as const;
/** A value of `Field`; any number, because newer peers know more values. */
export type Field = number;

/** - */
export interface RegisterPluginRequest {
  /** - */
  pluginName: string;
  /** - */
  pluginIdx: string;
  /** - */
  NRIVersion: string;
}
/** Codec of {@link RegisterPluginRequest}. */
export const RegisterPluginRequest: MessageType<RegisterPluginRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RegisterPluginRequest",
  c.writeRegisterPluginRequest,
  c.readRegisterPluginRequest,
  c.copyRegisterPluginRequest,
);

/** - */
export interface UpdateContainersRequest {
  /** - */
  update: ContainerUpdate[];
  /** - */
  evict: ContainerEviction[];
}
/** Codec of {@link UpdateContainersRequest}. */
export const UpdateContainersRequest: MessageType<UpdateContainersRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdateContainersRequest",
  c.writeUpdateContainersRequest,
  c.readUpdateContainersRequest,
  c.copyUpdateContainersRequest,
);

/** - */
export interface UpdateContainersResponse {
  /** - */
  failed: ContainerUpdate[];
}
/** Codec of {@link UpdateContainersResponse}. */
export const UpdateContainersResponse: MessageType<UpdateContainersResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdateContainersResponse",
  c.writeUpdateContainersResponse,
  c.readUpdateContainersResponse,
  c.copyUpdateContainersResponse,
);

/** - */
export interface LogRequest {
  /** - */
  msg: string;
  /** - */
  level: LogRequest_Level;
}
/** Codec of {@link LogRequest}. */
export const LogRequest: MessageType<LogRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LogRequest",
  c.writeLogRequest,
  c.readLogRequest,
  c.copyLogRequest,
);

/** - */
export interface ConfigureRequest {
  /** - */
  config: string;
  /** - */
  runtimeName: string;
  /** - */
  runtimeVersion: string;
  /** - */
  registrationTimeout: bigint;
  /** - */
  requestTimeout: bigint;
  /** - */
  NRIVersion: string;
}
/** Codec of {@link ConfigureRequest}. */
export const ConfigureRequest: MessageType<ConfigureRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ConfigureRequest",
  c.writeConfigureRequest,
  c.readConfigureRequest,
  c.copyConfigureRequest,
);

/** - */
export interface ConfigureResponse {
  /** - */
  events: number;
}
/** Codec of {@link ConfigureResponse}. */
export const ConfigureResponse: MessageType<ConfigureResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ConfigureResponse",
  c.writeConfigureResponse,
  c.readConfigureResponse,
  c.copyConfigureResponse,
);

/** - */
export interface SynchronizeRequest {
  /** - */
  pods: PodSandbox[];
  /** - */
  containers: Container[];
  /** - */
  more: boolean;
}
/** Codec of {@link SynchronizeRequest}. */
export const SynchronizeRequest: MessageType<SynchronizeRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.SynchronizeRequest",
  c.writeSynchronizeRequest,
  c.readSynchronizeRequest,
  c.copySynchronizeRequest,
);

/** - */
export interface SynchronizeResponse {
  /** - */
  update: ContainerUpdate[];
  /** - */
  more: boolean;
}
/** Codec of {@link SynchronizeResponse}. */
export const SynchronizeResponse: MessageType<SynchronizeResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.SynchronizeResponse",
  c.writeSynchronizeResponse,
  c.readSynchronizeResponse,
  c.copySynchronizeResponse,
);

/** - */
export interface RunPodSandboxRequest {
  /** - */
  pod?: PodSandbox | undefined;
}
/** Codec of {@link RunPodSandboxRequest}. */
export const RunPodSandboxRequest: MessageType<RunPodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RunPodSandboxRequest",
  c.writeRunPodSandboxRequest,
  c.readRunPodSandboxRequest,
  c.copyRunPodSandboxRequest,
);

/** - */
export interface RunPodSandboxResponse {
}
/** Codec of {@link RunPodSandboxResponse}. */
export const RunPodSandboxResponse: MessageType<RunPodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RunPodSandboxResponse",
  c.writeRunPodSandboxResponse,
  c.readRunPodSandboxResponse,
  c.copyRunPodSandboxResponse,
);

/** - */
export interface UpdatePodSandboxRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  overheadLinuxResources?: LinuxResources | undefined;
  /** - */
  linuxResources?: LinuxResources | undefined;
}
/** Codec of {@link UpdatePodSandboxRequest}. */
export const UpdatePodSandboxRequest: MessageType<UpdatePodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdatePodSandboxRequest",
  c.writeUpdatePodSandboxRequest,
  c.readUpdatePodSandboxRequest,
  c.copyUpdatePodSandboxRequest,
);

/** - */
export interface UpdatePodSandboxResponse {
}
/** Codec of {@link UpdatePodSandboxResponse}. */
export const UpdatePodSandboxResponse: MessageType<UpdatePodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdatePodSandboxResponse",
  c.writeUpdatePodSandboxResponse,
  c.readUpdatePodSandboxResponse,
  c.copyUpdatePodSandboxResponse,
);

/** - */
export interface PostUpdatePodSandboxRequest {
  /** - */
  pod?: PodSandbox | undefined;
}
/** Codec of {@link PostUpdatePodSandboxRequest}. */
export const PostUpdatePodSandboxRequest: MessageType<PostUpdatePodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostUpdatePodSandboxRequest",
  c.writePostUpdatePodSandboxRequest,
  c.readPostUpdatePodSandboxRequest,
  c.copyPostUpdatePodSandboxRequest,
);

/** - */
export interface PostUpdatePodSandboxResponse {
}
/** Codec of {@link PostUpdatePodSandboxResponse}. */
export const PostUpdatePodSandboxResponse: MessageType<PostUpdatePodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostUpdatePodSandboxResponse",
  c.writePostUpdatePodSandboxResponse,
  c.readPostUpdatePodSandboxResponse,
  c.copyPostUpdatePodSandboxResponse,
);

/** - */
export interface StopPodSandboxRequest {
  /** - */
  pod?: PodSandbox | undefined;
}
/** Codec of {@link StopPodSandboxRequest}. */
export const StopPodSandboxRequest: MessageType<StopPodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StopPodSandboxRequest",
  c.writeStopPodSandboxRequest,
  c.readStopPodSandboxRequest,
  c.copyStopPodSandboxRequest,
);

/** - */
export interface StopPodSandboxResponse {
}
/** Codec of {@link StopPodSandboxResponse}. */
export const StopPodSandboxResponse: MessageType<StopPodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StopPodSandboxResponse",
  c.writeStopPodSandboxResponse,
  c.readStopPodSandboxResponse,
  c.copyStopPodSandboxResponse,
);

/** - */
export interface RemovePodSandboxRequest {
  /** - */
  pod?: PodSandbox | undefined;
}
/** Codec of {@link RemovePodSandboxRequest}. */
export const RemovePodSandboxRequest: MessageType<RemovePodSandboxRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RemovePodSandboxRequest",
  c.writeRemovePodSandboxRequest,
  c.readRemovePodSandboxRequest,
  c.copyRemovePodSandboxRequest,
);

/** - */
export interface RemovePodSandboxResponse {
}
/** Codec of {@link RemovePodSandboxResponse}. */
export const RemovePodSandboxResponse: MessageType<RemovePodSandboxResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RemovePodSandboxResponse",
  c.writeRemovePodSandboxResponse,
  c.readRemovePodSandboxResponse,
  c.copyRemovePodSandboxResponse,
);

/** - */
export interface CreateContainerRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
}
/** Codec of {@link CreateContainerRequest}. */
export const CreateContainerRequest: MessageType<CreateContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.CreateContainerRequest",
  c.writeCreateContainerRequest,
  c.readCreateContainerRequest,
  c.copyCreateContainerRequest,
);

/** - */
export interface CreateContainerResponse {
  /** - */
  adjust?: ContainerAdjustment | undefined;
  /** - */
  update: ContainerUpdate[];
  /** - */
  evict: ContainerEviction[];
}
/** Codec of {@link CreateContainerResponse}. */
export const CreateContainerResponse: MessageType<CreateContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.CreateContainerResponse",
  c.writeCreateContainerResponse,
  c.readCreateContainerResponse,
  c.copyCreateContainerResponse,
);

/** - */
export interface PostCreateContainerRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
}
/** Codec of {@link PostCreateContainerRequest}. */
export const PostCreateContainerRequest: MessageType<PostCreateContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostCreateContainerRequest",
  c.writePostCreateContainerRequest,
  c.readPostCreateContainerRequest,
  c.copyPostCreateContainerRequest,
);

/** - */
export interface PostCreateContainerResponse {
}
/** Codec of {@link PostCreateContainerResponse}. */
export const PostCreateContainerResponse: MessageType<PostCreateContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostCreateContainerResponse",
  c.writePostCreateContainerResponse,
  c.readPostCreateContainerResponse,
  c.copyPostCreateContainerResponse,
);

/** - */
export interface StartContainerRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
}
/** Codec of {@link StartContainerRequest}. */
export const StartContainerRequest: MessageType<StartContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StartContainerRequest",
  c.writeStartContainerRequest,
  c.readStartContainerRequest,
  c.copyStartContainerRequest,
);

/** - */
export interface StartContainerResponse {
}
/** Codec of {@link StartContainerResponse}. */
export const StartContainerResponse: MessageType<StartContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StartContainerResponse",
  c.writeStartContainerResponse,
  c.readStartContainerResponse,
  c.copyStartContainerResponse,
);

/** - */
export interface PostStartContainerRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
}
/** Codec of {@link PostStartContainerRequest}. */
export const PostStartContainerRequest: MessageType<PostStartContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostStartContainerRequest",
  c.writePostStartContainerRequest,
  c.readPostStartContainerRequest,
  c.copyPostStartContainerRequest,
);

/** - */
export interface PostStartContainerResponse {
}
/** Codec of {@link PostStartContainerResponse}. */
export const PostStartContainerResponse: MessageType<PostStartContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostStartContainerResponse",
  c.writePostStartContainerResponse,
  c.readPostStartContainerResponse,
  c.copyPostStartContainerResponse,
);

/** - */
export interface UpdateContainerRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
  /** - */
  linuxResources?: LinuxResources | undefined;
}
/** Codec of {@link UpdateContainerRequest}. */
export const UpdateContainerRequest: MessageType<UpdateContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdateContainerRequest",
  c.writeUpdateContainerRequest,
  c.readUpdateContainerRequest,
  c.copyUpdateContainerRequest,
);

/** - */
export interface UpdateContainerResponse {
  /** - */
  update: ContainerUpdate[];
  /** - */
  evict: ContainerEviction[];
}
/** Codec of {@link UpdateContainerResponse}. */
export const UpdateContainerResponse: MessageType<UpdateContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.UpdateContainerResponse",
  c.writeUpdateContainerResponse,
  c.readUpdateContainerResponse,
  c.copyUpdateContainerResponse,
);

/** - */
export interface PostUpdateContainerRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
}
/** Codec of {@link PostUpdateContainerRequest}. */
export const PostUpdateContainerRequest: MessageType<PostUpdateContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostUpdateContainerRequest",
  c.writePostUpdateContainerRequest,
  c.readPostUpdateContainerRequest,
  c.copyPostUpdateContainerRequest,
);

/** - */
export interface PostUpdateContainerResponse {
}
/** Codec of {@link PostUpdateContainerResponse}. */
export const PostUpdateContainerResponse: MessageType<PostUpdateContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PostUpdateContainerResponse",
  c.writePostUpdateContainerResponse,
  c.readPostUpdateContainerResponse,
  c.copyPostUpdateContainerResponse,
);

/** - */
export interface StopContainerRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
}
/** Codec of {@link StopContainerRequest}. */
export const StopContainerRequest: MessageType<StopContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StopContainerRequest",
  c.writeStopContainerRequest,
  c.readStopContainerRequest,
  c.copyStopContainerRequest,
);

/** - */
export interface StopContainerResponse {
  /** - */
  update: ContainerUpdate[];
}
/** Codec of {@link StopContainerResponse}. */
export const StopContainerResponse: MessageType<StopContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StopContainerResponse",
  c.writeStopContainerResponse,
  c.readStopContainerResponse,
  c.copyStopContainerResponse,
);

/** - */
export interface RemoveContainerRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
}
/** Codec of {@link RemoveContainerRequest}. */
export const RemoveContainerRequest: MessageType<RemoveContainerRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RemoveContainerRequest",
  c.writeRemoveContainerRequest,
  c.readRemoveContainerRequest,
  c.copyRemoveContainerRequest,
);

/** - */
export interface RemoveContainerResponse {
}
/** Codec of {@link RemoveContainerResponse}. */
export const RemoveContainerResponse: MessageType<RemoveContainerResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.RemoveContainerResponse",
  c.writeRemoveContainerResponse,
  c.readRemoveContainerResponse,
  c.copyRemoveContainerResponse,
);

/** - */
export interface StateChangeEvent {
  /** - */
  event: Event;
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
}
/** Codec of {@link StateChangeEvent}. */
export const StateChangeEvent: MessageType<StateChangeEvent> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.StateChangeEvent",
  c.writeStateChangeEvent,
  c.readStateChangeEvent,
  c.copyStateChangeEvent,
);

/** - */
export interface ValidateContainerAdjustmentRequest {
  /** - */
  pod?: PodSandbox | undefined;
  /** - */
  container?: Container | undefined;
  /** - */
  adjust?: ContainerAdjustment | undefined;
  /** - */
  update: ContainerUpdate[];
  /** - */
  owners?: OwningPlugins | undefined;
  /** - */
  plugins: PluginInstance[];
}
/** Codec of {@link ValidateContainerAdjustmentRequest}. */
export const ValidateContainerAdjustmentRequest: MessageType<ValidateContainerAdjustmentRequest> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ValidateContainerAdjustmentRequest",
  c.writeValidateContainerAdjustmentRequest,
  c.readValidateContainerAdjustmentRequest,
  c.copyValidateContainerAdjustmentRequest,
);

/** - */
export interface PluginInstance {
  /** - */
  name: string;
  /** - */
  index: string;
}
/** Codec of {@link PluginInstance}. */
export const PluginInstance: MessageType<PluginInstance> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PluginInstance",
  c.writePluginInstance,
  c.readPluginInstance,
  c.copyPluginInstance,
);

/** - */
export interface ValidateContainerAdjustmentResponse {
  /** - */
  reject: boolean;
  /** - */
  reason: string;
}
/** Codec of {@link ValidateContainerAdjustmentResponse}. */
export const ValidateContainerAdjustmentResponse: MessageType<ValidateContainerAdjustmentResponse> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ValidateContainerAdjustmentResponse",
  c.writeValidateContainerAdjustmentResponse,
  c.readValidateContainerAdjustmentResponse,
  c.copyValidateContainerAdjustmentResponse,
);

/** - */
export interface Empty {
}
/** Codec of {@link Empty}. */
export const Empty: MessageType<Empty> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Empty",
  c.writeEmpty,
  c.readEmpty,
  c.copyEmpty,
);

/** - */
export interface PodSandbox {
  /** - */
  id: string;
  /** - */
  name: string;
  /** - */
  uid: string;
  /** - */
  namespace: string;
  /** - */
  labels: { [key: string]: string };
  /** - */
  annotations: { [key: string]: string };
  /** - */
  runtimeHandler: string;
  /** - */
  linux?: LinuxPodSandbox | undefined;
  /** - */
  pid: number;
  /** - */
  ips: string[];
}
/** Codec of {@link PodSandbox}. */
export const PodSandbox: MessageType<PodSandbox> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.PodSandbox",
  c.writePodSandbox,
  c.readPodSandbox,
  c.copyPodSandbox,
);

/** - */
export interface LinuxPodSandbox {
  /** - */
  podOverhead?: LinuxResources | undefined;
  /** - */
  podResources?: LinuxResources | undefined;
  /** - */
  cgroupParent: string;
  /** - */
  cgroupsPath: string;
  /** - */
  namespaces: LinuxNamespace[];
  /** - */
  resources?: LinuxResources | undefined;
}
/** Codec of {@link LinuxPodSandbox}. */
export const LinuxPodSandbox: MessageType<LinuxPodSandbox> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxPodSandbox",
  c.writeLinuxPodSandbox,
  c.readLinuxPodSandbox,
  c.copyLinuxPodSandbox,
);

/** - */
export interface Container {
  /** - */
  id: string;
  /** - */
  podSandboxId: string;
  /** - */
  name: string;
  /** - */
  state: ContainerState;
  /** - */
  labels: { [key: string]: string };
  /** - */
  annotations: { [key: string]: string };
  /** - */
  args: string[];
  /** - */
  env: string[];
  /** - */
  mounts: Mount[];
  /** - */
  hooks?: Hooks | undefined;
  /** - */
  linux?: LinuxContainer | undefined;
  /** - */
  pid: number;
  /** - */
  rlimits: POSIXRlimit[];
  /** - */
  createdAt: bigint;
  /** - */
  startedAt: bigint;
  /** - */
  finishedAt: bigint;
  /** - */
  exitCode: number;
  /** - */
  statusReason: string;
  /** - */
  statusMessage: string;
  /** - */
  CDIDevices: CDIDevice[];
  /** - */
  user?: User | undefined;
  /** - */
  image?: Image | undefined;
}
/** Codec of {@link Container}. */
export const Container: MessageType<Container> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Container",
  c.writeContainer,
  c.readContainer,
  c.copyContainer,
);

/** - */
export interface Image {
  /** - */
  name: string;
  /** - */
  digest: string;
  /** - */
  configDigest: string;
}
/** Codec of {@link Image}. */
export const Image: MessageType<Image> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Image",
  c.writeImage,
  c.readImage,
  c.copyImage,
);

/** - */
export interface Mount {
  /** - */
  destination: string;
  /** - */
  type: string;
  /** - */
  source: string;
  /** - */
  options: string[];
}
/** Codec of {@link Mount}. */
export const Mount: MessageType<Mount> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Mount",
  c.writeMount,
  c.readMount,
  c.copyMount,
);

/** - */
export interface Hooks {
  /** - */
  prestart: Hook[];
  /** - */
  createRuntime: Hook[];
  /** - */
  createContainer: Hook[];
  /** - */
  startContainer: Hook[];
  /** - */
  poststart: Hook[];
  /** - */
  poststop: Hook[];
}
/** Codec of {@link Hooks}. */
export const Hooks: MessageType<Hooks> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Hooks",
  c.writeHooks,
  c.readHooks,
  c.copyHooks,
);

/** - */
export interface Hook {
  /** - */
  path: string;
  /** - */
  args: string[];
  /** - */
  env: string[];
  /** - */
  timeout?: OptionalInt | undefined;
}
/** Codec of {@link Hook}. */
export const Hook: MessageType<Hook> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.Hook",
  c.writeHook,
  c.readHook,
  c.copyHook,
);

/** - */
export interface LinuxContainer {
  /** - */
  namespaces: LinuxNamespace[];
  /** - */
  devices: LinuxDevice[];
  /** - */
  resources?: LinuxResources | undefined;
  /** - */
  oomScoreAdj?: OptionalInt | undefined;
  /** - */
  cgroupsPath: string;
  /** - */
  ioPriority?: LinuxIOPriority | undefined;
  /** - */
  seccompProfile?: SecurityProfile | undefined;
  /** - */
  seccompPolicy?: LinuxSeccomp | undefined;
  /** - */
  sysctl: { [key: string]: string };
  /** - */
  netDevices: { [key: string]: LinuxNetDevice };
  /** - */
  scheduler?: LinuxScheduler | undefined;
  /** - */
  rdt?: LinuxRdt | undefined;
}
/** Codec of {@link LinuxContainer}. */
export const LinuxContainer: MessageType<LinuxContainer> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxContainer",
  c.writeLinuxContainer,
  c.readLinuxContainer,
  c.copyLinuxContainer,
);

/** - */
export interface LinuxNamespace {
  /** - */
  type: string;
  /** - */
  path: string;
}
/** Codec of {@link LinuxNamespace}. */
export const LinuxNamespace: MessageType<LinuxNamespace> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxNamespace",
  c.writeLinuxNamespace,
  c.readLinuxNamespace,
  c.copyLinuxNamespace,
);

/** - */
export interface LinuxDevice {
  /** - */
  path: string;
  /** - */
  type: string;
  /** - */
  major: bigint;
  /** - */
  minor: bigint;
  /** - */
  fileMode?: OptionalFileMode | undefined;
  /** - */
  uid?: OptionalUInt32 | undefined;
  /** - */
  gid?: OptionalUInt32 | undefined;
}
/** Codec of {@link LinuxDevice}. */
export const LinuxDevice: MessageType<LinuxDevice> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxDevice",
  c.writeLinuxDevice,
  c.readLinuxDevice,
  c.copyLinuxDevice,
);

/** - */
export interface LinuxDeviceCgroup {
  /** - */
  allow: boolean;
  /** - */
  type: string;
  /** - */
  major?: OptionalInt64 | undefined;
  /** - */
  minor?: OptionalInt64 | undefined;
  /** - */
  access: string;
}
/** Codec of {@link LinuxDeviceCgroup}. */
export const LinuxDeviceCgroup: MessageType<LinuxDeviceCgroup> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxDeviceCgroup",
  c.writeLinuxDeviceCgroup,
  c.readLinuxDeviceCgroup,
  c.copyLinuxDeviceCgroup,
);

/** - */
export interface CDIDevice {
  /** - */
  name: string;
}
/** Codec of {@link CDIDevice}. */
export const CDIDevice: MessageType<CDIDevice> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.CDIDevice",
  c.writeCDIDevice,
  c.readCDIDevice,
  c.copyCDIDevice,
);

/** - */
export interface User {
  /** - */
  uid: number;
  /** - */
  gid: number;
  /** - */
  additionalGids: number[];
}
/** Codec of {@link User}. */
export const User: MessageType<User> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.User",
  c.writeUser,
  c.readUser,
  c.copyUser,
);

/** - */
export interface LinuxResources {
  /** - */
  memory?: LinuxMemory | undefined;
  /** - */
  cpu?: LinuxCPU | undefined;
  /** - */
  hugepageLimits: HugepageLimit[];
  /** - */
  blockioClass?: OptionalString | undefined;
  /** - */
  rdtClass?: OptionalString | undefined;
  /** - */
  unified: { [key: string]: string };
  /** - */
  devices: LinuxDeviceCgroup[];
  /** - */
  pids?: LinuxPids | undefined;
}
/** Codec of {@link LinuxResources}. */
export const LinuxResources: MessageType<LinuxResources> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxResources",
  c.writeLinuxResources,
  c.readLinuxResources,
  c.copyLinuxResources,
);

/** - */
export interface LinuxMemory {
  /** - */
  limit?: OptionalInt64 | undefined;
  /** - */
  reservation?: OptionalInt64 | undefined;
  /** - */
  swap?: OptionalInt64 | undefined;
  /** - */
  kernel?: OptionalInt64 | undefined;
  /** - */
  kernelTcp?: OptionalInt64 | undefined;
  /** - */
  swappiness?: OptionalUInt64 | undefined;
  /** - */
  disableOomKiller?: OptionalBool | undefined;
  /** - */
  useHierarchy?: OptionalBool | undefined;
}
/** Codec of {@link LinuxMemory}. */
export const LinuxMemory: MessageType<LinuxMemory> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxMemory",
  c.writeLinuxMemory,
  c.readLinuxMemory,
  c.copyLinuxMemory,
);

/** - */
export interface LinuxCPU {
  /** - */
  shares?: OptionalUInt64 | undefined;
  /** - */
  quota?: OptionalInt64 | undefined;
  /** - */
  period?: OptionalUInt64 | undefined;
  /** - */
  realtimeRuntime?: OptionalInt64 | undefined;
  /** - */
  realtimePeriod?: OptionalUInt64 | undefined;
  /** - */
  cpus: string;
  /** - */
  mems: string;
}
/** Codec of {@link LinuxCPU}. */
export const LinuxCPU: MessageType<LinuxCPU> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxCPU",
  c.writeLinuxCPU,
  c.readLinuxCPU,
  c.copyLinuxCPU,
);

/** - */
export interface HugepageLimit {
  /** - */
  pageSize: string;
  /** - */
  limit: bigint;
}
/** Codec of {@link HugepageLimit}. */
export const HugepageLimit: MessageType<HugepageLimit> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.HugepageLimit",
  c.writeHugepageLimit,
  c.readHugepageLimit,
  c.copyHugepageLimit,
);

/** - */
export interface SecurityProfile {
  /** - */
  profileType: SecurityProfile_ProfileType;
  /** - */
  localhostRef: string;
}
/** Codec of {@link SecurityProfile}. */
export const SecurityProfile: MessageType<SecurityProfile> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.SecurityProfile",
  c.writeSecurityProfile,
  c.readSecurityProfile,
  c.copySecurityProfile,
);

/** - */
export interface POSIXRlimit {
  /** - */
  type: string;
  /** - */
  hard: bigint;
  /** - */
  soft: bigint;
}
/** Codec of {@link POSIXRlimit}. */
export const POSIXRlimit: MessageType<POSIXRlimit> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.POSIXRlimit",
  c.writePOSIXRlimit,
  c.readPOSIXRlimit,
  c.copyPOSIXRlimit,
);

/** - */
export interface LinuxPids {
  /** - */
  limit: bigint;
}
/** Codec of {@link LinuxPids}. */
export const LinuxPids: MessageType<LinuxPids> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxPids",
  c.writeLinuxPids,
  c.readLinuxPids,
  c.copyLinuxPids,
);

/** - */
export interface LinuxIOPriority {
  /** - */
  class: IOPrioClass;
  /** - */
  priority: number;
}
/** Codec of {@link LinuxIOPriority}. */
export const LinuxIOPriority: MessageType<LinuxIOPriority> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxIOPriority",
  c.writeLinuxIOPriority,
  c.readLinuxIOPriority,
  c.copyLinuxIOPriority,
);

/** - */
export interface LinuxNetDevice {
  /** - */
  name: string;
}
/** Codec of {@link LinuxNetDevice}. */
export const LinuxNetDevice: MessageType<LinuxNetDevice> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxNetDevice",
  c.writeLinuxNetDevice,
  c.readLinuxNetDevice,
  c.copyLinuxNetDevice,
);

/** - */
export interface LinuxScheduler {
  /** - */
  policy: LinuxSchedulerPolicy;
  /** - */
  nice: number;
  /** - */
  priority: number;
  /** - */
  flags: LinuxSchedulerFlag[];
  /** - */
  runtime: bigint;
  /** - */
  deadline: bigint;
  /** - */
  period: bigint;
}
/** Codec of {@link LinuxScheduler}. */
export const LinuxScheduler: MessageType<LinuxScheduler> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxScheduler",
  c.writeLinuxScheduler,
  c.readLinuxScheduler,
  c.copyLinuxScheduler,
);

/** - */
export interface ContainerAdjustment {
  /** - */
  annotations: { [key: string]: string };
  /** - */
  mounts: Mount[];
  /** - */
  env: KeyValue[];
  /** - */
  hooks?: Hooks | undefined;
  /** - */
  linux?: LinuxContainerAdjustment | undefined;
  /** - */
  rlimits: POSIXRlimit[];
  /** - */
  CDIDevices: CDIDevice[];
  /** - */
  args: string[];
}
/** Codec of {@link ContainerAdjustment}. */
export const ContainerAdjustment: MessageType<ContainerAdjustment> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ContainerAdjustment",
  c.writeContainerAdjustment,
  c.readContainerAdjustment,
  c.copyContainerAdjustment,
);

/** - */
export interface LinuxContainerAdjustment {
  /** - */
  devices: LinuxDevice[];
  /** - */
  resources?: LinuxResources | undefined;
  /** - */
  cgroupsPath: string;
  /** - */
  oomScoreAdj?: OptionalInt | undefined;
  /** - */
  ioPriority?: LinuxIOPriority | undefined;
  /** - */
  seccompPolicy?: LinuxSeccomp | undefined;
  /** - */
  namespaces: LinuxNamespace[];
  /** - */
  sysctl: { [key: string]: string };
  /** - */
  netDevices: { [key: string]: LinuxNetDevice };
  /** - */
  scheduler?: LinuxScheduler | undefined;
  /** - */
  rdt?: LinuxRdt | undefined;
  /** - */
  memoryPolicy?: LinuxMemoryPolicy | undefined;
}
/** Codec of {@link LinuxContainerAdjustment}. */
export const LinuxContainerAdjustment: MessageType<LinuxContainerAdjustment> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxContainerAdjustment",
  c.writeLinuxContainerAdjustment,
  c.readLinuxContainerAdjustment,
  c.copyLinuxContainerAdjustment,
);

/** - */
export interface LinuxSeccomp {
  /** - */
  defaultAction: string;
  /** - */
  defaultErrno?: OptionalUInt32 | undefined;
  /** - */
  architectures: string[];
  /** - */
  flags: string[];
  /** - */
  listenerPath: string;
  /** - */
  listenerMetadata: string;
  /** - */
  syscalls: LinuxSyscall[];
}
/** Codec of {@link LinuxSeccomp}. */
export const LinuxSeccomp: MessageType<LinuxSeccomp> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxSeccomp",
  c.writeLinuxSeccomp,
  c.readLinuxSeccomp,
  c.copyLinuxSeccomp,
);

/** - */
export interface LinuxSyscall {
  /** - */
  names: string[];
  /** - */
  action: string;
  /** - */
  errnoRet?: OptionalUInt32 | undefined;
  /** - */
  args: LinuxSeccompArg[];
}
/** Codec of {@link LinuxSyscall}. */
export const LinuxSyscall: MessageType<LinuxSyscall> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxSyscall",
  c.writeLinuxSyscall,
  c.readLinuxSyscall,
  c.copyLinuxSyscall,
);

/** - */
export interface LinuxSeccompArg {
  /** - */
  index: number;
  /** - */
  value: bigint;
  /** - */
  valueTwo: bigint;
  /** - */
  op: string;
}
/** Codec of {@link LinuxSeccompArg}. */
export const LinuxSeccompArg: MessageType<LinuxSeccompArg> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxSeccompArg",
  c.writeLinuxSeccompArg,
  c.readLinuxSeccompArg,
  c.copyLinuxSeccompArg,
);

/** - */
export interface LinuxMemoryPolicy {
  /** - */
  mode: MpolMode;
  /** - */
  nodes: string;
  /** - */
  flags: MpolFlag[];
}
/** Codec of {@link LinuxMemoryPolicy}. */
export const LinuxMemoryPolicy: MessageType<LinuxMemoryPolicy> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxMemoryPolicy",
  c.writeLinuxMemoryPolicy,
  c.readLinuxMemoryPolicy,
  c.copyLinuxMemoryPolicy,
);

/** - */
export interface ContainerUpdate {
  /** - */
  containerId: string;
  /** - */
  linux?: LinuxContainerUpdate | undefined;
  /** - */
  ignoreFailure: boolean;
}
/** Codec of {@link ContainerUpdate}. */
export const ContainerUpdate: MessageType<ContainerUpdate> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ContainerUpdate",
  c.writeContainerUpdate,
  c.readContainerUpdate,
  c.copyContainerUpdate,
);

/** - */
export interface LinuxContainerUpdate {
  /** - */
  resources?: LinuxResources | undefined;
}
/** Codec of {@link LinuxContainerUpdate}. */
export const LinuxContainerUpdate: MessageType<LinuxContainerUpdate> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxContainerUpdate",
  c.writeLinuxContainerUpdate,
  c.readLinuxContainerUpdate,
  c.copyLinuxContainerUpdate,
);

/** - */
export interface ContainerEviction {
  /** - */
  containerId: string;
  /** - */
  reason: string;
}
/** Codec of {@link ContainerEviction}. */
export const ContainerEviction: MessageType<ContainerEviction> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.ContainerEviction",
  c.writeContainerEviction,
  c.readContainerEviction,
  c.copyContainerEviction,
);

/** - */
export interface LinuxRdt {
  /** - */
  closId?: OptionalString | undefined;
  /** - */
  schemata?: OptionalRepeatedString | undefined;
  /** - */
  enableMonitoring?: OptionalBool | undefined;
  /** - */
  remove: boolean;
}
/** Codec of {@link LinuxRdt}. */
export const LinuxRdt: MessageType<LinuxRdt> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.LinuxRdt",
  c.writeLinuxRdt,
  c.readLinuxRdt,
  c.copyLinuxRdt,
);

/** - */
export interface KeyValue {
  /** - */
  key: string;
  /** - */
  value: string;
}
/** Codec of {@link KeyValue}. */
export const KeyValue: MessageType<KeyValue> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.KeyValue",
  c.writeKeyValue,
  c.readKeyValue,
  c.copyKeyValue,
);

/** - */
export interface OptionalString {
  /** - */
  value: string;
}
/** Codec of {@link OptionalString}. */
export const OptionalString: MessageType<OptionalString> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalString",
  c.writeOptionalString,
  c.readOptionalString,
  c.copyOptionalString,
);

/** - */
export interface OptionalRepeatedString {
  /** - */
  value: string[];
}
/** Codec of {@link OptionalRepeatedString}. */
export const OptionalRepeatedString: MessageType<OptionalRepeatedString> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalRepeatedString",
  c.writeOptionalRepeatedString,
  c.readOptionalRepeatedString,
  c.copyOptionalRepeatedString,
);

/** - */
export interface OptionalInt {
  /** - */
  value: bigint;
}
/** Codec of {@link OptionalInt}. */
export const OptionalInt: MessageType<OptionalInt> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalInt",
  c.writeOptionalInt,
  c.readOptionalInt,
  c.copyOptionalInt,
);

/** - */
export interface OptionalInt32 {
  /** - */
  value: number;
}
/** Codec of {@link OptionalInt32}. */
export const OptionalInt32: MessageType<OptionalInt32> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalInt32",
  c.writeOptionalInt32,
  c.readOptionalInt32,
  c.copyOptionalInt32,
);

/** - */
export interface OptionalUInt32 {
  /** - */
  value: number;
}
/** Codec of {@link OptionalUInt32}. */
export const OptionalUInt32: MessageType<OptionalUInt32> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalUInt32",
  c.writeOptionalUInt32,
  c.readOptionalUInt32,
  c.copyOptionalUInt32,
);

/** - */
export interface OptionalInt64 {
  /** - */
  value: bigint;
}
/** Codec of {@link OptionalInt64}. */
export const OptionalInt64: MessageType<OptionalInt64> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalInt64",
  c.writeOptionalInt64,
  c.readOptionalInt64,
  c.copyOptionalInt64,
);

/** - */
export interface OptionalUInt64 {
  /** - */
  value: bigint;
}
/** Codec of {@link OptionalUInt64}. */
export const OptionalUInt64: MessageType<OptionalUInt64> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalUInt64",
  c.writeOptionalUInt64,
  c.readOptionalUInt64,
  c.copyOptionalUInt64,
);

/** - */
export interface OptionalBool {
  /** - */
  value: boolean;
}
/** Codec of {@link OptionalBool}. */
export const OptionalBool: MessageType<OptionalBool> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalBool",
  c.writeOptionalBool,
  c.readOptionalBool,
  c.copyOptionalBool,
);

/** - */
export interface OptionalFileMode {
  /** - */
  value: number;
}
/** Codec of {@link OptionalFileMode}. */
export const OptionalFileMode: MessageType<OptionalFileMode> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OptionalFileMode",
  c.writeOptionalFileMode,
  c.readOptionalFileMode,
  c.copyOptionalFileMode,
);

/** - */
export interface CompoundFieldOwners {
  /** - */
  owners: { [key: string]: string };
}
/** Codec of {@link CompoundFieldOwners}. */
export const CompoundFieldOwners: MessageType<CompoundFieldOwners> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.CompoundFieldOwners",
  c.writeCompoundFieldOwners,
  c.readCompoundFieldOwners,
  c.copyCompoundFieldOwners,
);

/** - */
export interface FieldOwners {
  /** - */
  simple: { [key: number]: string };
  /** - */
  compound: { [key: number]: CompoundFieldOwners };
}
/** Codec of {@link FieldOwners}. */
export const FieldOwners: MessageType<FieldOwners> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.FieldOwners",
  c.writeFieldOwners,
  c.readFieldOwners,
  c.copyFieldOwners,
);

/** - */
export interface OwningPlugins {
  /** - */
  owners: { [key: string]: FieldOwners };
}
/** Codec of {@link OwningPlugins}. */
export const OwningPlugins: MessageType<OwningPlugins> = /*@__PURE__*/ messageType(
  "nri.pkg.api.v1alpha1.OwningPlugins",
  c.writeOwningPlugins,
  c.readOwningPlugins,
  c.copyOwningPlugins,
);

/** Codec by message name, without the package. */
export const MESSAGES = {
  RegisterPluginRequest,
  UpdateContainersRequest,
  UpdateContainersResponse,
  LogRequest,
  ConfigureRequest,
  ConfigureResponse,
  SynchronizeRequest,
  SynchronizeResponse,
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
  Empty,
  PodSandbox,
  LinuxPodSandbox,
  Container,
  Image,
  Mount,
  Hooks,
  Hook,
  LinuxContainer,
  LinuxNamespace,
  LinuxDevice,
  LinuxDeviceCgroup,
  CDIDevice,
  User,
  LinuxResources,
  LinuxMemory,
  LinuxCPU,
  HugepageLimit,
  SecurityProfile,
  POSIXRlimit,
  LinuxPids,
  LinuxIOPriority,
  LinuxNetDevice,
  LinuxScheduler,
  ContainerAdjustment,
  LinuxContainerAdjustment,
  LinuxSeccomp,
  LinuxSyscall,
  LinuxSeccompArg,
  LinuxMemoryPolicy,
  ContainerUpdate,
  LinuxContainerUpdate,
  ContainerEviction,
  LinuxRdt,
  KeyValue,
  OptionalString,
  OptionalRepeatedString,
  OptionalInt,
  OptionalInt32,
  OptionalUInt32,
  OptionalInt64,
  OptionalUInt64,
  OptionalBool,
  OptionalFileMode,
  CompoundFieldOwners,
  FieldOwners,
  OwningPlugins,
} as const;
