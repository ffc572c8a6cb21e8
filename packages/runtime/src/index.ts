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
export type { Bridge, BridgeOptions, EngineState } from "./common/bridge.js";
export { createBridge } from "./common/create-bridge.js";
export type { ContainerEntry, PodEntry } from "./common/listed-things.js";
export type { PodUpdate } from "./common/pods.js";
export { type OnStep, STEPS, type Step } from "./common/steps.js";
export { type ContainerdEngineOptions, createContainerdEngine } from "./containerd/engine.js";
export { createDockerEngine, type DockerEngineOptions } from "./docker/engine.js";
export type { Described, Domain, DomainState, Engine, EngineContainer, EngineEvents, Exit } from "./domain.js";
export type { AskedPlugin, EventFacts, EventKind, JournalEvent } from "./journal/event.js";
export type { EventLines, EventListener, EventLog } from "./journal/event-log.js";
export { type ContainerSubject, Journal, type JournalNumbers, type JournalOptions } from "./journal/journal.js";
export type { OpenRequest } from "./journal/open-request.js";
export type { PluginEntry } from "./journal/plugin-book.js";
export type { PastStory, StoryEntry } from "./journal/stories.js";
export type {
  CreationFacts,
  CreationOutcome,
  KeptError,
  KeptStep,
  StoryFacts,
  UpdateFacts,
} from "./journal/story.js";
export { DEFAULT_LEASE_SOCKET } from "./lease/place.js";
export { type LeaseServer, type LeaseServerOptions, listenForLeases } from "./lease/server.js";
export type { Answer, Lease, LeaseHandler, RuntimeResult } from "./lease.js";
export type { LeaseLimits } from "./limits.js";
export { RealRuntime, type RealRuntimeOptions, type RuntimeState } from "./oci/real-runtime.js";
export { createPodmanEngine, type PodmanEngineOptions } from "./podman/engine.js";
export { LIFECYCLE, type RuntimeCall, type RuntimeVerb } from "./runtime-call.js";
export type { FlavourName } from "./wrapper/flavour.js";
export { type FoundRuntime, findRuntime, installWrapper, lookAtRuntime } from "./wrapper/install.js";
export {
  ANSWER_SECONDS,
  ENGINES,
  type EngineName,
  WAIT_SECONDS,
  WHEN_DOWN,
  type WhenDown,
  type WrapperSettings,
} from "./wrapper/settings.js";
