// Generated from proto/nri.proto; do not edit.
import { messageType, type MessageType } from "../message.js";
import * as pb from "./nri_pb.js";
import type * as t from "./types.js";

export type RegisterPluginRequest = t.RegisterPluginRequest;
/** Codec of `nri.pkg.api.v1alpha1.RegisterPluginRequest`. */
export const RegisterPluginRequest: MessageType<t.RegisterPluginRequest> = messageType(pb.RegisterPluginRequestSchema);
export type UpdateContainersRequest = t.UpdateContainersRequest;
/** Codec of `nri.pkg.api.v1alpha1.UpdateContainersRequest`. */
export const UpdateContainersRequest: MessageType<t.UpdateContainersRequest> = messageType(pb.UpdateContainersRequestSchema);
export type UpdateContainersResponse = t.UpdateContainersResponse;
/** Codec of `nri.pkg.api.v1alpha1.UpdateContainersResponse`. */
export const UpdateContainersResponse: MessageType<t.UpdateContainersResponse> = messageType(pb.UpdateContainersResponseSchema);
export type LogRequest = t.LogRequest;
/** Codec of `nri.pkg.api.v1alpha1.LogRequest`. */
export const LogRequest: MessageType<t.LogRequest> = messageType(pb.LogRequestSchema);
export type ConfigureRequest = t.ConfigureRequest;
/** Codec of `nri.pkg.api.v1alpha1.ConfigureRequest`. */
export const ConfigureRequest: MessageType<t.ConfigureRequest> = messageType(pb.ConfigureRequestSchema);
export type ConfigureResponse = t.ConfigureResponse;
/** Codec of `nri.pkg.api.v1alpha1.ConfigureResponse`. */
export const ConfigureResponse: MessageType<t.ConfigureResponse> = messageType(pb.ConfigureResponseSchema);
export type SynchronizeRequest = t.SynchronizeRequest;
/** Codec of `nri.pkg.api.v1alpha1.SynchronizeRequest`. */
export const SynchronizeRequest: MessageType<t.SynchronizeRequest> = messageType(pb.SynchronizeRequestSchema);
export type SynchronizeResponse = t.SynchronizeResponse;
/** Codec of `nri.pkg.api.v1alpha1.SynchronizeResponse`. */
export const SynchronizeResponse: MessageType<t.SynchronizeResponse> = messageType(pb.SynchronizeResponseSchema);
export type RunPodSandboxRequest = t.RunPodSandboxRequest;
/** Codec of `nri.pkg.api.v1alpha1.RunPodSandboxRequest`. */
export const RunPodSandboxRequest: MessageType<t.RunPodSandboxRequest> = messageType(pb.RunPodSandboxRequestSchema);
export type RunPodSandboxResponse = t.RunPodSandboxResponse;
/** Codec of `nri.pkg.api.v1alpha1.RunPodSandboxResponse`. */
export const RunPodSandboxResponse: MessageType<t.RunPodSandboxResponse> = messageType(pb.RunPodSandboxResponseSchema);
export type UpdatePodSandboxRequest = t.UpdatePodSandboxRequest;
/** Codec of `nri.pkg.api.v1alpha1.UpdatePodSandboxRequest`. */
export const UpdatePodSandboxRequest: MessageType<t.UpdatePodSandboxRequest> = messageType(pb.UpdatePodSandboxRequestSchema);
export type UpdatePodSandboxResponse = t.UpdatePodSandboxResponse;
/** Codec of `nri.pkg.api.v1alpha1.UpdatePodSandboxResponse`. */
export const UpdatePodSandboxResponse: MessageType<t.UpdatePodSandboxResponse> = messageType(pb.UpdatePodSandboxResponseSchema);
export type PostUpdatePodSandboxRequest = t.PostUpdatePodSandboxRequest;
/** Codec of `nri.pkg.api.v1alpha1.PostUpdatePodSandboxRequest`. */
export const PostUpdatePodSandboxRequest: MessageType<t.PostUpdatePodSandboxRequest> = messageType(pb.PostUpdatePodSandboxRequestSchema);
export type PostUpdatePodSandboxResponse = t.PostUpdatePodSandboxResponse;
/** Codec of `nri.pkg.api.v1alpha1.PostUpdatePodSandboxResponse`. */
export const PostUpdatePodSandboxResponse: MessageType<t.PostUpdatePodSandboxResponse> = messageType(pb.PostUpdatePodSandboxResponseSchema);
export type StopPodSandboxRequest = t.StopPodSandboxRequest;
/** Codec of `nri.pkg.api.v1alpha1.StopPodSandboxRequest`. */
export const StopPodSandboxRequest: MessageType<t.StopPodSandboxRequest> = messageType(pb.StopPodSandboxRequestSchema);
export type StopPodSandboxResponse = t.StopPodSandboxResponse;
/** Codec of `nri.pkg.api.v1alpha1.StopPodSandboxResponse`. */
export const StopPodSandboxResponse: MessageType<t.StopPodSandboxResponse> = messageType(pb.StopPodSandboxResponseSchema);
export type RemovePodSandboxRequest = t.RemovePodSandboxRequest;
/** Codec of `nri.pkg.api.v1alpha1.RemovePodSandboxRequest`. */
export const RemovePodSandboxRequest: MessageType<t.RemovePodSandboxRequest> = messageType(pb.RemovePodSandboxRequestSchema);
export type RemovePodSandboxResponse = t.RemovePodSandboxResponse;
/** Codec of `nri.pkg.api.v1alpha1.RemovePodSandboxResponse`. */
export const RemovePodSandboxResponse: MessageType<t.RemovePodSandboxResponse> = messageType(pb.RemovePodSandboxResponseSchema);
export type CreateContainerRequest = t.CreateContainerRequest;
/** Codec of `nri.pkg.api.v1alpha1.CreateContainerRequest`. */
export const CreateContainerRequest: MessageType<t.CreateContainerRequest> = messageType(pb.CreateContainerRequestSchema);
export type CreateContainerResponse = t.CreateContainerResponse;
/** Codec of `nri.pkg.api.v1alpha1.CreateContainerResponse`. */
export const CreateContainerResponse: MessageType<t.CreateContainerResponse> = messageType(pb.CreateContainerResponseSchema);
export type PostCreateContainerRequest = t.PostCreateContainerRequest;
/** Codec of `nri.pkg.api.v1alpha1.PostCreateContainerRequest`. */
export const PostCreateContainerRequest: MessageType<t.PostCreateContainerRequest> = messageType(pb.PostCreateContainerRequestSchema);
export type PostCreateContainerResponse = t.PostCreateContainerResponse;
/** Codec of `nri.pkg.api.v1alpha1.PostCreateContainerResponse`. */
export const PostCreateContainerResponse: MessageType<t.PostCreateContainerResponse> = messageType(pb.PostCreateContainerResponseSchema);
export type StartContainerRequest = t.StartContainerRequest;
/** Codec of `nri.pkg.api.v1alpha1.StartContainerRequest`. */
export const StartContainerRequest: MessageType<t.StartContainerRequest> = messageType(pb.StartContainerRequestSchema);
export type StartContainerResponse = t.StartContainerResponse;
/** Codec of `nri.pkg.api.v1alpha1.StartContainerResponse`. */
export const StartContainerResponse: MessageType<t.StartContainerResponse> = messageType(pb.StartContainerResponseSchema);
export type PostStartContainerRequest = t.PostStartContainerRequest;
/** Codec of `nri.pkg.api.v1alpha1.PostStartContainerRequest`. */
export const PostStartContainerRequest: MessageType<t.PostStartContainerRequest> = messageType(pb.PostStartContainerRequestSchema);
export type PostStartContainerResponse = t.PostStartContainerResponse;
/** Codec of `nri.pkg.api.v1alpha1.PostStartContainerResponse`. */
export const PostStartContainerResponse: MessageType<t.PostStartContainerResponse> = messageType(pb.PostStartContainerResponseSchema);
export type UpdateContainerRequest = t.UpdateContainerRequest;
/** Codec of `nri.pkg.api.v1alpha1.UpdateContainerRequest`. */
export const UpdateContainerRequest: MessageType<t.UpdateContainerRequest> = messageType(pb.UpdateContainerRequestSchema);
export type UpdateContainerResponse = t.UpdateContainerResponse;
/** Codec of `nri.pkg.api.v1alpha1.UpdateContainerResponse`. */
export const UpdateContainerResponse: MessageType<t.UpdateContainerResponse> = messageType(pb.UpdateContainerResponseSchema);
export type PostUpdateContainerRequest = t.PostUpdateContainerRequest;
/** Codec of `nri.pkg.api.v1alpha1.PostUpdateContainerRequest`. */
export const PostUpdateContainerRequest: MessageType<t.PostUpdateContainerRequest> = messageType(pb.PostUpdateContainerRequestSchema);
export type PostUpdateContainerResponse = t.PostUpdateContainerResponse;
/** Codec of `nri.pkg.api.v1alpha1.PostUpdateContainerResponse`. */
export const PostUpdateContainerResponse: MessageType<t.PostUpdateContainerResponse> = messageType(pb.PostUpdateContainerResponseSchema);
export type StopContainerRequest = t.StopContainerRequest;
/** Codec of `nri.pkg.api.v1alpha1.StopContainerRequest`. */
export const StopContainerRequest: MessageType<t.StopContainerRequest> = messageType(pb.StopContainerRequestSchema);
export type StopContainerResponse = t.StopContainerResponse;
/** Codec of `nri.pkg.api.v1alpha1.StopContainerResponse`. */
export const StopContainerResponse: MessageType<t.StopContainerResponse> = messageType(pb.StopContainerResponseSchema);
export type RemoveContainerRequest = t.RemoveContainerRequest;
/** Codec of `nri.pkg.api.v1alpha1.RemoveContainerRequest`. */
export const RemoveContainerRequest: MessageType<t.RemoveContainerRequest> = messageType(pb.RemoveContainerRequestSchema);
export type RemoveContainerResponse = t.RemoveContainerResponse;
/** Codec of `nri.pkg.api.v1alpha1.RemoveContainerResponse`. */
export const RemoveContainerResponse: MessageType<t.RemoveContainerResponse> = messageType(pb.RemoveContainerResponseSchema);
export type StateChangeEvent = t.StateChangeEvent;
/** Codec of `nri.pkg.api.v1alpha1.StateChangeEvent`. */
export const StateChangeEvent: MessageType<t.StateChangeEvent> = messageType(pb.StateChangeEventSchema);
export type ValidateContainerAdjustmentRequest = t.ValidateContainerAdjustmentRequest;
/** Codec of `nri.pkg.api.v1alpha1.ValidateContainerAdjustmentRequest`. */
export const ValidateContainerAdjustmentRequest: MessageType<t.ValidateContainerAdjustmentRequest> = messageType(pb.ValidateContainerAdjustmentRequestSchema);
export type PluginInstance = t.PluginInstance;
/** Codec of `nri.pkg.api.v1alpha1.PluginInstance`. */
export const PluginInstance: MessageType<t.PluginInstance> = messageType(pb.PluginInstanceSchema);
export type ValidateContainerAdjustmentResponse = t.ValidateContainerAdjustmentResponse;
/** Codec of `nri.pkg.api.v1alpha1.ValidateContainerAdjustmentResponse`. */
export const ValidateContainerAdjustmentResponse: MessageType<t.ValidateContainerAdjustmentResponse> = messageType(pb.ValidateContainerAdjustmentResponseSchema);
export type Empty = t.Empty;
/** Codec of `nri.pkg.api.v1alpha1.Empty`. */
export const Empty: MessageType<t.Empty> = messageType(pb.EmptySchema);
export type PodSandbox = t.PodSandbox;
/** Codec of `nri.pkg.api.v1alpha1.PodSandbox`. */
export const PodSandbox: MessageType<t.PodSandbox> = messageType(pb.PodSandboxSchema);
export type LinuxPodSandbox = t.LinuxPodSandbox;
/** Codec of `nri.pkg.api.v1alpha1.LinuxPodSandbox`. */
export const LinuxPodSandbox: MessageType<t.LinuxPodSandbox> = messageType(pb.LinuxPodSandboxSchema);
export type Container = t.Container;
/** Codec of `nri.pkg.api.v1alpha1.Container`. */
export const Container: MessageType<t.Container> = messageType(pb.ContainerSchema);
export type Image = t.Image;
/** Codec of `nri.pkg.api.v1alpha1.Image`. */
export const Image: MessageType<t.Image> = messageType(pb.ImageSchema);
export type Mount = t.Mount;
/** Codec of `nri.pkg.api.v1alpha1.Mount`. */
export const Mount: MessageType<t.Mount> = messageType(pb.MountSchema);
export type Hooks = t.Hooks;
/** Codec of `nri.pkg.api.v1alpha1.Hooks`. */
export const Hooks: MessageType<t.Hooks> = messageType(pb.HooksSchema);
export type Hook = t.Hook;
/** Codec of `nri.pkg.api.v1alpha1.Hook`. */
export const Hook: MessageType<t.Hook> = messageType(pb.HookSchema);
export type LinuxContainer = t.LinuxContainer;
/** Codec of `nri.pkg.api.v1alpha1.LinuxContainer`. */
export const LinuxContainer: MessageType<t.LinuxContainer> = messageType(pb.LinuxContainerSchema);
export type LinuxNamespace = t.LinuxNamespace;
/** Codec of `nri.pkg.api.v1alpha1.LinuxNamespace`. */
export const LinuxNamespace: MessageType<t.LinuxNamespace> = messageType(pb.LinuxNamespaceSchema);
export type LinuxDevice = t.LinuxDevice;
/** Codec of `nri.pkg.api.v1alpha1.LinuxDevice`. */
export const LinuxDevice: MessageType<t.LinuxDevice> = messageType(pb.LinuxDeviceSchema);
export type LinuxDeviceCgroup = t.LinuxDeviceCgroup;
/** Codec of `nri.pkg.api.v1alpha1.LinuxDeviceCgroup`. */
export const LinuxDeviceCgroup: MessageType<t.LinuxDeviceCgroup> = messageType(pb.LinuxDeviceCgroupSchema);
export type CDIDevice = t.CDIDevice;
/** Codec of `nri.pkg.api.v1alpha1.CDIDevice`. */
export const CDIDevice: MessageType<t.CDIDevice> = messageType(pb.CDIDeviceSchema);
export type User = t.User;
/** Codec of `nri.pkg.api.v1alpha1.User`. */
export const User: MessageType<t.User> = messageType(pb.UserSchema);
export type LinuxResources = t.LinuxResources;
/** Codec of `nri.pkg.api.v1alpha1.LinuxResources`. */
export const LinuxResources: MessageType<t.LinuxResources> = messageType(pb.LinuxResourcesSchema);
export type LinuxMemory = t.LinuxMemory;
/** Codec of `nri.pkg.api.v1alpha1.LinuxMemory`. */
export const LinuxMemory: MessageType<t.LinuxMemory> = messageType(pb.LinuxMemorySchema);
export type LinuxCPU = t.LinuxCPU;
/** Codec of `nri.pkg.api.v1alpha1.LinuxCPU`. */
export const LinuxCPU: MessageType<t.LinuxCPU> = messageType(pb.LinuxCPUSchema);
export type HugepageLimit = t.HugepageLimit;
/** Codec of `nri.pkg.api.v1alpha1.HugepageLimit`. */
export const HugepageLimit: MessageType<t.HugepageLimit> = messageType(pb.HugepageLimitSchema);
export type SecurityProfile = t.SecurityProfile;
/** Codec of `nri.pkg.api.v1alpha1.SecurityProfile`. */
export const SecurityProfile: MessageType<t.SecurityProfile> = messageType(pb.SecurityProfileSchema);
export type POSIXRlimit = t.POSIXRlimit;
/** Codec of `nri.pkg.api.v1alpha1.POSIXRlimit`. */
export const POSIXRlimit: MessageType<t.POSIXRlimit> = messageType(pb.POSIXRlimitSchema);
export type LinuxPids = t.LinuxPids;
/** Codec of `nri.pkg.api.v1alpha1.LinuxPids`. */
export const LinuxPids: MessageType<t.LinuxPids> = messageType(pb.LinuxPidsSchema);
export type LinuxIOPriority = t.LinuxIOPriority;
/** Codec of `nri.pkg.api.v1alpha1.LinuxIOPriority`. */
export const LinuxIOPriority: MessageType<t.LinuxIOPriority> = messageType(pb.LinuxIOPrioritySchema);
export type LinuxNetDevice = t.LinuxNetDevice;
/** Codec of `nri.pkg.api.v1alpha1.LinuxNetDevice`. */
export const LinuxNetDevice: MessageType<t.LinuxNetDevice> = messageType(pb.LinuxNetDeviceSchema);
export type LinuxScheduler = t.LinuxScheduler;
/** Codec of `nri.pkg.api.v1alpha1.LinuxScheduler`. */
export const LinuxScheduler: MessageType<t.LinuxScheduler> = messageType(pb.LinuxSchedulerSchema);
export type ContainerAdjustment = t.ContainerAdjustment;
/** Codec of `nri.pkg.api.v1alpha1.ContainerAdjustment`. */
export const ContainerAdjustment: MessageType<t.ContainerAdjustment> = messageType(pb.ContainerAdjustmentSchema);
export type LinuxContainerAdjustment = t.LinuxContainerAdjustment;
/** Codec of `nri.pkg.api.v1alpha1.LinuxContainerAdjustment`. */
export const LinuxContainerAdjustment: MessageType<t.LinuxContainerAdjustment> = messageType(pb.LinuxContainerAdjustmentSchema);
export type LinuxSeccomp = t.LinuxSeccomp;
/** Codec of `nri.pkg.api.v1alpha1.LinuxSeccomp`. */
export const LinuxSeccomp: MessageType<t.LinuxSeccomp> = messageType(pb.LinuxSeccompSchema);
export type LinuxSyscall = t.LinuxSyscall;
/** Codec of `nri.pkg.api.v1alpha1.LinuxSyscall`. */
export const LinuxSyscall: MessageType<t.LinuxSyscall> = messageType(pb.LinuxSyscallSchema);
export type LinuxSeccompArg = t.LinuxSeccompArg;
/** Codec of `nri.pkg.api.v1alpha1.LinuxSeccompArg`. */
export const LinuxSeccompArg: MessageType<t.LinuxSeccompArg> = messageType(pb.LinuxSeccompArgSchema);
export type LinuxMemoryPolicy = t.LinuxMemoryPolicy;
/** Codec of `nri.pkg.api.v1alpha1.LinuxMemoryPolicy`. */
export const LinuxMemoryPolicy: MessageType<t.LinuxMemoryPolicy> = messageType(pb.LinuxMemoryPolicySchema);
export type ContainerUpdate = t.ContainerUpdate;
/** Codec of `nri.pkg.api.v1alpha1.ContainerUpdate`. */
export const ContainerUpdate: MessageType<t.ContainerUpdate> = messageType(pb.ContainerUpdateSchema);
export type LinuxContainerUpdate = t.LinuxContainerUpdate;
/** Codec of `nri.pkg.api.v1alpha1.LinuxContainerUpdate`. */
export const LinuxContainerUpdate: MessageType<t.LinuxContainerUpdate> = messageType(pb.LinuxContainerUpdateSchema);
export type ContainerEviction = t.ContainerEviction;
/** Codec of `nri.pkg.api.v1alpha1.ContainerEviction`. */
export const ContainerEviction: MessageType<t.ContainerEviction> = messageType(pb.ContainerEvictionSchema);
export type LinuxRdt = t.LinuxRdt;
/** Codec of `nri.pkg.api.v1alpha1.LinuxRdt`. */
export const LinuxRdt: MessageType<t.LinuxRdt> = messageType(pb.LinuxRdtSchema);
export type KeyValue = t.KeyValue;
/** Codec of `nri.pkg.api.v1alpha1.KeyValue`. */
export const KeyValue: MessageType<t.KeyValue> = messageType(pb.KeyValueSchema);
export type OptionalString = t.OptionalString;
/** Codec of `nri.pkg.api.v1alpha1.OptionalString`. */
export const OptionalString: MessageType<t.OptionalString> = messageType(pb.OptionalStringSchema);
export type OptionalRepeatedString = t.OptionalRepeatedString;
/** Codec of `nri.pkg.api.v1alpha1.OptionalRepeatedString`. */
export const OptionalRepeatedString: MessageType<t.OptionalRepeatedString> = messageType(pb.OptionalRepeatedStringSchema);
export type OptionalInt = t.OptionalInt;
/** Codec of `nri.pkg.api.v1alpha1.OptionalInt`. */
export const OptionalInt: MessageType<t.OptionalInt> = messageType(pb.OptionalIntSchema);
export type OptionalInt32 = t.OptionalInt32;
/** Codec of `nri.pkg.api.v1alpha1.OptionalInt32`. */
export const OptionalInt32: MessageType<t.OptionalInt32> = messageType(pb.OptionalInt32Schema);
export type OptionalUInt32 = t.OptionalUInt32;
/** Codec of `nri.pkg.api.v1alpha1.OptionalUInt32`. */
export const OptionalUInt32: MessageType<t.OptionalUInt32> = messageType(pb.OptionalUInt32Schema);
export type OptionalInt64 = t.OptionalInt64;
/** Codec of `nri.pkg.api.v1alpha1.OptionalInt64`. */
export const OptionalInt64: MessageType<t.OptionalInt64> = messageType(pb.OptionalInt64Schema);
export type OptionalUInt64 = t.OptionalUInt64;
/** Codec of `nri.pkg.api.v1alpha1.OptionalUInt64`. */
export const OptionalUInt64: MessageType<t.OptionalUInt64> = messageType(pb.OptionalUInt64Schema);
export type OptionalBool = t.OptionalBool;
/** Codec of `nri.pkg.api.v1alpha1.OptionalBool`. */
export const OptionalBool: MessageType<t.OptionalBool> = messageType(pb.OptionalBoolSchema);
export type OptionalFileMode = t.OptionalFileMode;
/** Codec of `nri.pkg.api.v1alpha1.OptionalFileMode`. */
export const OptionalFileMode: MessageType<t.OptionalFileMode> = messageType(pb.OptionalFileModeSchema);
export type CompoundFieldOwners = t.CompoundFieldOwners;
/** Codec of `nri.pkg.api.v1alpha1.CompoundFieldOwners`. */
export const CompoundFieldOwners: MessageType<t.CompoundFieldOwners> = messageType(pb.CompoundFieldOwnersSchema);
export type FieldOwners = t.FieldOwners;
/** Codec of `nri.pkg.api.v1alpha1.FieldOwners`. */
export const FieldOwners: MessageType<t.FieldOwners> = messageType(pb.FieldOwnersSchema);
export type OwningPlugins = t.OwningPlugins;
/** Codec of `nri.pkg.api.v1alpha1.OwningPlugins`. */
export const OwningPlugins: MessageType<t.OwningPlugins> = messageType(pb.OwningPluginsSchema);
export { LogRequest_Level, SecurityProfile_ProfileType, Event, ContainerState, IOPrioClass, LinuxSchedulerPolicy, LinuxSchedulerFlag, MpolMode, MpolFlag, Field } from "./types.js";
