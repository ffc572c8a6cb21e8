// Generated from proto/ by scripts/generate.mjs; do not edit.
import { NUMBER, NUMBERS, type Shape, TEXT } from "../wire/outline.js";

export const shapeOptionalString: Shape = {
  size: 1,
  kinds: [0, TEXT],
  names: ["", "value"],
};
export const shapeOptionalRepeatedString: Shape = {
  size: 1,
  kinds: [0, TEXT],
  names: ["", "value"],
};
export const shapeOptionalInt: Shape = {
  size: 1,
  kinds: [0, NUMBER],
  names: ["", "value"],
};
export const shapeOptionalInt32: Shape = {
  size: 1,
  kinds: [0, NUMBER],
  names: ["", "value"],
};
export const shapeOptionalUInt32: Shape = {
  size: 1,
  kinds: [0, NUMBER],
  names: ["", "value"],
};
export const shapeOptionalInt64: Shape = {
  size: 1,
  kinds: [0, NUMBER],
  names: ["", "value"],
};
export const shapeOptionalUInt64: Shape = {
  size: 1,
  kinds: [0, NUMBER],
  names: ["", "value"],
};
export const shapeOptionalBool: Shape = {
  size: 1,
  kinds: [0, NUMBER],
  names: ["", "value"],
};
export const shapeOptionalFileMode: Shape = {
  size: 1,
  kinds: [0, NUMBER],
  names: ["", "value"],
};
export const shapeLinuxMemory: Shape = {
  size: 8,
  kinds: [0, shapeOptionalInt64, shapeOptionalInt64, shapeOptionalInt64, shapeOptionalInt64, shapeOptionalInt64, shapeOptionalUInt64, shapeOptionalBool, shapeOptionalBool],
  names: ["", "limit", "reservation", "swap", "kernel", "kernelTcp", "swappiness", "disableOomKiller", "useHierarchy"],
};
export const shapeLinuxCPU: Shape = {
  size: 7,
  kinds: [0, shapeOptionalUInt64, shapeOptionalInt64, shapeOptionalUInt64, shapeOptionalInt64, shapeOptionalUInt64, TEXT, TEXT],
  names: ["", "shares", "quota", "period", "realtimeRuntime", "realtimePeriod", "cpus", "mems"],
};
export const shapeHugepageLimit: Shape = {
  size: 2,
  kinds: [0, TEXT, NUMBER],
  names: ["", "pageSize", "limit"],
};
export const shapeLinuxDeviceCgroup: Shape = {
  size: 5,
  kinds: [0, NUMBER, TEXT, shapeOptionalInt64, shapeOptionalInt64, TEXT],
  names: ["", "allow", "type", "major", "minor", "access"],
};
export const shapeLinuxPids: Shape = {
  size: 1,
  kinds: [0, NUMBER],
  names: ["", "limit"],
};
export const shapeLinuxResources: Shape = {
  size: 8,
  kinds: [0, shapeLinuxMemory, shapeLinuxCPU, shapeHugepageLimit, shapeOptionalString, shapeOptionalString, { size: 2, kinds: [0, TEXT, TEXT], names: [] }, shapeLinuxDeviceCgroup, shapeLinuxPids],
  names: ["", "memory", "cpu", "hugepageLimits", "blockioClass", "rdtClass", "unified", "devices", "pids"],
};
export const shapeMount: Shape = {
  size: 4,
  kinds: [0, TEXT, TEXT, TEXT, TEXT],
  names: ["", "destination", "type", "source", "options"],
};
export const shapeHook: Shape = {
  size: 4,
  kinds: [0, TEXT, TEXT, TEXT, shapeOptionalInt],
  names: ["", "path", "args", "env", "timeout"],
};
export const shapeHooks: Shape = {
  size: 6,
  kinds: [0, shapeHook, shapeHook, shapeHook, shapeHook, shapeHook, shapeHook],
  names: ["", "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
};
export const shapeLinuxNamespace: Shape = {
  size: 2,
  kinds: [0, TEXT, TEXT],
  names: ["", "type", "path"],
};
export const shapeLinuxDevice: Shape = {
  size: 7,
  kinds: [0, TEXT, TEXT, NUMBER, NUMBER, shapeOptionalFileMode, shapeOptionalUInt32, shapeOptionalUInt32],
  names: ["", "path", "type", "major", "minor", "fileMode", "uid", "gid"],
};
export const shapeLinuxIOPriority: Shape = {
  size: 2,
  kinds: [0, NUMBER, NUMBER],
  names: ["", "class", "priority"],
};
export const shapeSecurityProfile: Shape = {
  size: 2,
  kinds: [0, NUMBER, TEXT],
  names: ["", "profileType", "localhostRef"],
};
export const shapeLinuxSeccompArg: Shape = {
  size: 4,
  kinds: [0, NUMBER, NUMBER, NUMBER, TEXT],
  names: ["", "index", "value", "valueTwo", "op"],
};
export const shapeLinuxSyscall: Shape = {
  size: 4,
  kinds: [0, TEXT, TEXT, shapeOptionalUInt32, shapeLinuxSeccompArg],
  names: ["", "names", "action", "errnoRet", "args"],
};
export const shapeLinuxSeccomp: Shape = {
  size: 7,
  kinds: [0, TEXT, shapeOptionalUInt32, TEXT, TEXT, TEXT, TEXT, shapeLinuxSyscall],
  names: ["", "defaultAction", "defaultErrno", "architectures", "flags", "listenerPath", "listenerMetadata", "syscalls"],
};
export const shapeLinuxNetDevice: Shape = {
  size: 1,
  kinds: [0, TEXT],
  names: ["", "name"],
};
export const shapeLinuxScheduler: Shape = {
  size: 7,
  kinds: [0, NUMBER, NUMBER, NUMBER, NUMBERS, NUMBER, NUMBER, NUMBER],
  names: ["", "policy", "nice", "priority", "flags", "runtime", "deadline", "period"],
};
export const shapeLinuxRdt: Shape = {
  size: 4,
  kinds: [0, shapeOptionalString, shapeOptionalRepeatedString, shapeOptionalBool, NUMBER],
  names: ["", "closId", "schemata", "enableMonitoring", "remove"],
};
export const shapeLinuxContainer: Shape = {
  size: 12,
  kinds: [0, shapeLinuxNamespace, shapeLinuxDevice, shapeLinuxResources, shapeOptionalInt, TEXT, shapeLinuxIOPriority, shapeSecurityProfile, shapeLinuxSeccomp, { size: 2, kinds: [0, TEXT, TEXT], names: [] }, { size: 3, kinds: [0, TEXT, shapeLinuxNetDevice], names: [] }, shapeLinuxScheduler, shapeLinuxRdt],
  names: ["", "namespaces", "devices", "resources", "oomScoreAdj", "cgroupsPath", "ioPriority", "seccompProfile", "seccompPolicy", "sysctl", "netDevices", "scheduler", "rdt"],
};
export const shapePOSIXRlimit: Shape = {
  size: 3,
  kinds: [0, TEXT, NUMBER, NUMBER],
  names: ["", "type", "hard", "soft"],
};
export const shapeCDIDevice: Shape = {
  size: 1,
  kinds: [0, TEXT],
  names: ["", "name"],
};
export const shapeUser: Shape = {
  size: 3,
  kinds: [0, NUMBER, NUMBER, NUMBERS],
  names: ["", "uid", "gid", "additionalGids"],
};
export const shapeImage: Shape = {
  size: 3,
  kinds: [0, TEXT, TEXT, TEXT],
  names: ["", "name", "digest", "configDigest"],
};
export const shapeContainer: Shape = {
  size: 22,
  kinds: [0, TEXT, TEXT, TEXT, NUMBER, { size: 2, kinds: [0, TEXT, TEXT], names: [] }, { size: 2, kinds: [0, TEXT, TEXT], names: [] }, TEXT, TEXT, shapeMount, shapeHooks, shapeLinuxContainer, NUMBER, shapePOSIXRlimit, NUMBER, NUMBER, NUMBER, NUMBER, TEXT, TEXT, shapeCDIDevice, shapeUser, shapeImage],
  names: ["", "id", "podSandboxId", "name", "state", "labels", "annotations", "args", "env", "mounts", "hooks", "linux", "pid", "rlimits", "createdAt", "startedAt", "finishedAt", "exitCode", "statusReason", "statusMessage", "CDIDevices", "user", "image"],
};
export const shapeKeyValue: Shape = {
  size: 2,
  kinds: [0, TEXT, TEXT],
  names: ["", "key", "value"],
};
export const shapeLinuxMemoryPolicy: Shape = {
  size: 3,
  kinds: [0, NUMBER, TEXT, NUMBERS],
  names: ["", "mode", "nodes", "flags"],
};
export const shapeLinuxContainerAdjustment: Shape = {
  size: 12,
  kinds: [0, shapeLinuxDevice, shapeLinuxResources, TEXT, shapeOptionalInt, shapeLinuxIOPriority, shapeLinuxSeccomp, shapeLinuxNamespace, { size: 2, kinds: [0, TEXT, TEXT], names: [] }, { size: 3, kinds: [0, TEXT, shapeLinuxNetDevice], names: [] }, shapeLinuxScheduler, shapeLinuxRdt, shapeLinuxMemoryPolicy],
  names: ["", "devices", "resources", "cgroupsPath", "oomScoreAdj", "ioPriority", "seccompPolicy", "namespaces", "sysctl", "netDevices", "scheduler", "rdt", "memoryPolicy"],
};
export const shapeContainerAdjustment: Shape = {
  size: 8,
  kinds: [0, 0, { size: 2, kinds: [0, TEXT, TEXT], names: [] }, shapeMount, shapeKeyValue, shapeHooks, shapeLinuxContainerAdjustment, shapePOSIXRlimit, shapeCDIDevice, TEXT],
  names: ["", "", "annotations", "mounts", "env", "hooks", "linux", "rlimits", "CDIDevices", "args"],
};
export const shapeLinuxPodSandbox: Shape = {
  size: 6,
  kinds: [0, shapeLinuxResources, shapeLinuxResources, TEXT, TEXT, shapeLinuxNamespace, shapeLinuxResources],
  names: ["", "podOverhead", "podResources", "cgroupParent", "cgroupsPath", "namespaces", "resources"],
};
export const shapePodSandbox: Shape = {
  size: 10,
  kinds: [0, TEXT, TEXT, TEXT, TEXT, { size: 2, kinds: [0, TEXT, TEXT], names: [] }, { size: 2, kinds: [0, TEXT, TEXT], names: [] }, TEXT, shapeLinuxPodSandbox, NUMBER, TEXT],
  names: ["", "id", "name", "uid", "namespace", "labels", "annotations", "runtimeHandler", "linux", "pid", "ips"],
};
export const shapeLinuxContainerUpdate: Shape = {
  size: 1,
  kinds: [0, shapeLinuxResources],
  names: ["", "resources"],
};
export const shapeContainerUpdate: Shape = {
  size: 3,
  kinds: [0, TEXT, shapeLinuxContainerUpdate, NUMBER],
  names: ["", "containerId", "linux", "ignoreFailure"],
};
export const shapeContainerEviction: Shape = {
  size: 2,
  kinds: [0, TEXT, TEXT],
  names: ["", "containerId", "reason"],
};
export const shapeEmpty: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapeRunPodSandboxRequest: Shape = {
  size: 1,
  kinds: [0, shapePodSandbox],
  names: ["", "pod"],
};
export const shapeRunPodSandboxResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapeUpdatePodSandboxRequest: Shape = {
  size: 3,
  kinds: [0, shapePodSandbox, shapeLinuxResources, shapeLinuxResources],
  names: ["", "pod", "overheadLinuxResources", "linuxResources"],
};
export const shapeUpdatePodSandboxResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapePostUpdatePodSandboxRequest: Shape = {
  size: 1,
  kinds: [0, shapePodSandbox],
  names: ["", "pod"],
};
export const shapePostUpdatePodSandboxResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapeStopPodSandboxRequest: Shape = {
  size: 1,
  kinds: [0, shapePodSandbox],
  names: ["", "pod"],
};
export const shapeStopPodSandboxResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapeRemovePodSandboxRequest: Shape = {
  size: 1,
  kinds: [0, shapePodSandbox],
  names: ["", "pod"],
};
export const shapeRemovePodSandboxResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapeCreateContainerRequest: Shape = {
  size: 2,
  kinds: [0, shapePodSandbox, shapeContainer],
  names: ["", "pod", "container"],
};
export const shapeCreateContainerResponse: Shape = {
  size: 3,
  kinds: [0, shapeContainerAdjustment, shapeContainerUpdate, shapeContainerEviction],
  names: ["", "adjust", "update", "evict"],
};
export const shapePostCreateContainerRequest: Shape = {
  size: 2,
  kinds: [0, shapePodSandbox, shapeContainer],
  names: ["", "pod", "container"],
};
export const shapePostCreateContainerResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapeStartContainerRequest: Shape = {
  size: 2,
  kinds: [0, shapePodSandbox, shapeContainer],
  names: ["", "pod", "container"],
};
export const shapeStartContainerResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapePostStartContainerRequest: Shape = {
  size: 2,
  kinds: [0, shapePodSandbox, shapeContainer],
  names: ["", "pod", "container"],
};
export const shapePostStartContainerResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapeUpdateContainerRequest: Shape = {
  size: 3,
  kinds: [0, shapePodSandbox, shapeContainer, shapeLinuxResources],
  names: ["", "pod", "container", "linuxResources"],
};
export const shapeUpdateContainerResponse: Shape = {
  size: 2,
  kinds: [0, shapeContainerUpdate, shapeContainerEviction],
  names: ["", "update", "evict"],
};
export const shapePostUpdateContainerRequest: Shape = {
  size: 2,
  kinds: [0, shapePodSandbox, shapeContainer],
  names: ["", "pod", "container"],
};
export const shapePostUpdateContainerResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapeStopContainerRequest: Shape = {
  size: 2,
  kinds: [0, shapePodSandbox, shapeContainer],
  names: ["", "pod", "container"],
};
export const shapeStopContainerResponse: Shape = {
  size: 1,
  kinds: [0, shapeContainerUpdate],
  names: ["", "update"],
};
export const shapeRemoveContainerRequest: Shape = {
  size: 2,
  kinds: [0, shapePodSandbox, shapeContainer],
  names: ["", "pod", "container"],
};
export const shapeRemoveContainerResponse: Shape = {
  size: 0,
  kinds: [0],
  names: [""],
};
export const shapeStateChangeEvent: Shape = {
  size: 3,
  kinds: [0, NUMBER, shapePodSandbox, shapeContainer],
  names: ["", "event", "pod", "container"],
};
export const shapeCompoundFieldOwners: Shape = {
  size: 1,
  kinds: [0, { size: 2, kinds: [0, TEXT, TEXT], names: [] }],
  names: ["", "owners"],
};
export const shapeFieldOwners: Shape = {
  size: 2,
  kinds: [0, { size: 2, kinds: [0, NUMBER, TEXT], names: [] }, { size: 3, kinds: [0, NUMBER, shapeCompoundFieldOwners], names: [] }],
  names: ["", "simple", "compound"],
};
export const shapeOwningPlugins: Shape = {
  size: 1,
  kinds: [0, { size: 4, kinds: [0, TEXT, shapeFieldOwners], names: [] }],
  names: ["", "owners"],
};
export const shapePluginInstance: Shape = {
  size: 2,
  kinds: [0, TEXT, TEXT],
  names: ["", "name", "index"],
};
export const shapeValidateContainerAdjustmentRequest: Shape = {
  size: 6,
  kinds: [0, shapePodSandbox, shapeContainer, shapeContainerAdjustment, shapeContainerUpdate, shapeOwningPlugins, shapePluginInstance],
  names: ["", "pod", "container", "adjust", "update", "owners", "plugins"],
};
export const shapeValidateContainerAdjustmentResponse: Shape = {
  size: 2,
  kinds: [0, NUMBER, TEXT],
  names: ["", "reject", "reason"],
};
export const shapeRegisterPluginRequest: Shape = {
  size: 3,
  kinds: [0, TEXT, TEXT, TEXT],
  names: ["", "pluginName", "pluginIdx", "NRIVersion"],
};
export const shapeUpdateContainersRequest: Shape = {
  size: 2,
  kinds: [0, shapeContainerUpdate, shapeContainerEviction],
  names: ["", "update", "evict"],
};
export const shapeUpdateContainersResponse: Shape = {
  size: 1,
  kinds: [0, shapeContainerUpdate],
  names: ["", "failed"],
};
export const shapeLogRequest: Shape = {
  size: 2,
  kinds: [0, TEXT, NUMBER],
  names: ["", "msg", "level"],
};
export const shapeConfigureRequest: Shape = {
  size: 6,
  kinds: [0, TEXT, TEXT, TEXT, NUMBER, NUMBER, TEXT],
  names: ["", "config", "runtimeName", "runtimeVersion", "registrationTimeout", "requestTimeout", "NRIVersion"],
};
export const shapeFailurePolicy: Shape = {
  size: 2,
  kinds: [0, NUMBER, NUMBER],
  names: ["", "failRequest", "keepConnected"],
};
export const shapeConfigureResponse: Shape = {
  size: 2,
  kinds: [0, 0, NUMBER, shapeFailurePolicy],
  names: ["", "", "events", "failurePolicy"],
};
export const shapeSynchronizeRequest: Shape = {
  size: 3,
  kinds: [0, shapePodSandbox, shapeContainer, NUMBER],
  names: ["", "pods", "containers", "more"],
};
export const shapeSynchronizeResponse: Shape = {
  size: 2,
  kinds: [0, shapeContainerUpdate, NUMBER],
  names: ["", "update", "more"],
};
