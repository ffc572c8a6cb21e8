/**
 * The runtime side of NRI: launch, order, relay, merge, ownership.
 *
 * `createAdaptation` makes the object that a container runtime holds. It starts pre-installed plugins and listens for
 * external ones, brings each up to date with the runtime's pods and containers, asks them about every event in the order of
 * their indices, and joins what they answer.
 *
 * @packageDocumentation
 */
export { type Adaptation, type AdaptationRequests, createAdaptation, type RequestName } from "./adaptation.js";
export type {
  Awaitable,
  BuiltinContext,
  BuiltinHandlers,
  BuiltinPlugin,
  Nothing,
  RequirementQuery,
  UpdatesRequest,
  ValidationContext,
} from "./builtin/builtin-plugin.js";
export type { RequestOptions } from "./caller-signal.js";
export { parseDuration } from "./duration.js";
export { AdaptationError, type AdaptationErrorCode, type AdaptationErrorDetails } from "./errors.js";
export type { DeprecationKind, DeprecationRecorder, DeprecationWarning } from "./joining/deprecations.js";
export type { PluginSyncBlock } from "./joining/sync-blocks.js";
export type { LaunchSpec } from "./launching/launch.js";
export type { RestartOptions } from "./launching/restart.js";
export { type AdaptationLimits, DEFAULT_LIMITS } from "./limits.js";
export { type Listener, listen } from "./listen.js";
export { makeFolder } from "./make-folder.js";
export { type Compat, ConflictError } from "./merge/index.js";
export type { MetricsRecorder } from "./metrics.js";
export type {
  AdaptationWarning,
  CallResult,
  LogFields,
  Logger,
  LogLevel,
  ObservedCall,
  ObservedRequest,
  Observer,
  PluginExit,
  PluginInfo,
  PluginKind,
  PluginOutput,
  PluginState,
} from "./observer.js";
export type { AdaptationOptions, Reconfiguration, SyncCallback, UpdateContext } from "./options.js";
export type { RelayOptions } from "./pipeline/options.js";
export {
  type CallName,
  type FailurePolicy,
  type PluginFailurePolicy,
  type Policies,
  type PolicyRule,
  parsePolicies,
  type RequiredPlugin,
  type RetryPolicy,
} from "./policy/index.js";
export type { WaitOptions } from "./roster.js";
