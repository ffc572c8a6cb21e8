/**
 * SDK for NRI plugins in TypeScript: describe a plugin by its handlers with {@link definePlugin}, say what it changes
 * with {@link adjustment} and {@link update}, and `run()` it under containerd, CRI-O, Docker or `nri simulate`.
 *
 * ```ts
 * import { adjustment, annotation, definePlugin } from "@nri/plugin";
 *
 * await definePlugin({
 *   index: "20",
 *   name: "pinner",
 *   createContainer({ pod, container }) {
 *     const cpus = annotation(pod, "pin.example.com", container.name);
 *     return cpus === undefined ? undefined : { adjust: adjustment().cpus(cpus) };
 *   },
 * }).run();
 * ```
 *
 * @packageDocumentation
 */
export {
  AdjustmentBuilder,
  adjustment,
  type DeviceSettings,
  type IoPrioritySettings,
  type MemoryPolicySettings,
  type MountSettings,
  type RdtSettings,
  type RlimitSettings,
  type SchedulerSettings,
} from "./adjustment.js";
export { annotation } from "./annotation.js";
export type { ConfigurationSource, EnvironmentVariable } from "./configuration/configuration.js";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./configuration/standard-schema.js";
export type { Dial, GivenConnection } from "./connect.js";
export { definePlugin, type Plugin } from "./define.js";
export type { Draft } from "./draft.js";
export { PluginError, type PluginErrorCode } from "./errors.js";
export type {
  AdjustmentInput,
  Awaitable,
  ConfigureAnswer,
  ConfigureCall,
  ConnectedCall,
  CreateContainerAnswer,
  DisconnectedCall,
  EventAnswer,
  EventAnswers,
  EventCall,
  EventHandlers,
  Filled,
  HandlerContext,
  Nothing,
  NoticeContext,
  PluginDefinition,
  PluginFailurePolicy,
  ReconfiguredCall,
  SessionHandlers,
  SynchronizeCall,
  UpdateContainerAnswer,
  UpdatesAnswer,
} from "./handlers.js";
export { DEFAULT_LIMITS, type PluginLimits, type PodCacheLimits } from "./limits.js";
export { type Logger, type LogLevel, lineLogger, silentLogger, stderrLogger } from "./log.js";
export type { CloseReason, PluginSession } from "./plugin-session.js";
export { PodCache } from "./pod-cache.js";
export type { StartOptions } from "./preparation.js";
export { type CpuSettings, type MemorySettings, ResourcesBuilder } from "./resources.js";
export type { RuntimeInfo } from "./runtime-info.js";
export type { HealthOptions } from "./service/health.js";
export type { ReconnectOptions } from "./service/reconnect.js";
export type { PluginService, RunOptions } from "./service/service.js";
export type { PluginPhase, PluginState } from "./state.js";
export { UpdateBuilder, update } from "./update.js";
export type { UpdateInput, UpdateOptions, UpdateRetry } from "./update-options.js";
