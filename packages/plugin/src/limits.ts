// Every maximum of the SDK, with its default.
import { PluginError } from "./errors.js";

/** Maxima of one plugin session. */
export interface PluginLimits {
  /** Bytes of split Synchronize messages that are collected before the handler is called. */
  readonly maxSyncBytes: number;
  /** Fields, list items and map entries in those messages; a container has some hundred, each takes some 20 bytes of memory. */
  readonly maxSyncFields: number;
  /** How long connecting to the runtime's socket may take. */
  readonly connectTimeoutMs: number;
  /** How long RegisterPlugin may take. The reference's value (spec: transport 4.4). */
  readonly registrationTimeoutMs: number;
  /** How long after registration Configure may come. The reference waits for ever. */
  readonly configureTimeoutMs: number;
  /** Updates of containers that wait to be tried again. */
  readonly maxRetriedUpdates: number;
  /** Bytes of a configuration file. */
  readonly maxConfigurationBytes: number;
}

/** What holds when options say nothing. */
export const DEFAULT_LIMITS: PluginLimits = {
  maxSyncBytes: 256 * 1024 * 1024,
  maxSyncFields: 8 * 1024 * 1024,
  connectTimeoutMs: 5_000,
  registrationTimeoutMs: 5_000,
  configureTimeoutMs: 60_000,
  maxRetriedUpdates: 4096,
  maxConfigurationBytes: 1024 * 1024,
};

/** Maxima of a {@link PodCache}. */
export interface PodCacheLimits {
  /** Pods that are kept. */
  readonly maxPods: number;
  /** Containers that are kept. */
  readonly maxContainers: number;
  /** Ids of removed pods and containers that are remembered, so that late events do not bring them back. */
  readonly maxRemoved: number;
}

/** What holds for a cache when nobody says anything else; a node of Kubernetes has some hundred pods. */
export const DEFAULT_CACHE_LIMITS: PodCacheLimits = { maxPods: 10_000, maxContainers: 50_000, maxRemoved: 10_000 };

/** Connections to the health endpoint at a time. */
export const MAX_HEALTH_CONNECTIONS = 16;
/** How long a request to the health endpoint may take to come in. */
export const HEALTH_REQUEST_TIMEOUT_MS = 5_000;
/** How long the end of a plugin waits for handlers `connected` and `disconnected` that still run. */
export const NOTICE_GRACE_MS = 2_000;
/** Made-up requests that a warm-up answers. More help little (docs/performance.md). */
export const WARM_UP_ROUNDS = 100;
/** Faults of a configuration that an error names. */
export const MAX_NAMED_FAULTS = 10;

/** The defaults with what `given` names. Refuses (`invalid-argument`) anything but positive integers, and time-outs that timers cannot hold. */
export function pluginLimits(given: Partial<PluginLimits> | undefined): PluginLimits {
  const limits: PluginLimits = { ...DEFAULT_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    const most = name.endsWith("Ms") ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
    if (!Number.isSafeInteger(value) || value <= 0 || value > most) {
      throw new PluginError(
        "invalid-argument",
        `limit ${name} must be a positive integer up to ${most}, got ${String(value)}`,
      );
    }
  }
  return limits;
}
