/**
 * The bridge: NRI for container engines that have none or little. The common part keeps what plugins know of pods and
 * containers, domains stand for engines, and a wrapper around the OCI runtime brings their calls here.
 *
 * @packageDocumentation
 */
export {
  CAPABILITIES,
  capabilitiesOf,
  capabilityOf,
  type DomainCapabilities,
  type EventCapability,
  type FieldCapabilities,
  type FieldCapability,
  type Filled,
  type Missing,
} from "./capabilities.js";
export type { Bridge, BridgeOptions } from "./common/bridge.js";
export { createBridge } from "./common/create-bridge.js";
export type { PodUpdate } from "./common/pods.js";
export { type OnStep, STEPS, type Step } from "./common/steps.js";
export type { DirectRuntime } from "./containerd/domain.js";
export { type ContainerdEngineOptions, createContainerdEngine } from "./containerd/engine.js";
export type { Described, Domain, DomainState, Engine, EngineContainer, EngineEvents, Exit } from "./domain.js";
export type { Answer, Lease, LeaseHandler, RuntimeResult } from "./lease.js";
export { LIFECYCLE, type RuntimeCall, type RuntimeVerb } from "./runtime-call.js";
