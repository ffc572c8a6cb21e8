// Every maximum of this package, with its default.
import { LegacyError } from "./errors.js";

/** Named maxima; each can be changed by `createClient({ limits })`, those of the plugin side by `runPlugin`. */
export interface LegacyLimits {
  /** How long one plugin may take for one request, from its start to the end of its output. Milliseconds. */
  readonly timeoutMs: number;
  /** Bytes that one plugin may print for one request. */
  readonly maxOutputBytes: number;
  /** Bytes of one configuration file. */
  readonly maxConfigBytes: number;
  /** Files of the configuration directory. */
  readonly maxConfigFiles: number;
  /** Plugins of one configuration. */
  readonly maxPlugins: number;
  /** Bytes of a request that a plugin reads. */
  readonly maxRequestBytes: number;
}

/** 10 s and 1 MiB of output for each plugin; the others are far above what is in use. */
export const DEFAULT_LEGACY_LIMITS: LegacyLimits = {
  timeoutMs: 10_000,
  maxOutputBytes: 1024 * 1024,
  maxConfigBytes: 1024 * 1024,
  maxConfigFiles: 256,
  maxPlugins: 256,
  maxRequestBytes: 16 * 1024 * 1024,
};

/** Longest wait that a timer can hold. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The limits with what is given. Refuses names that do not exist and values that are no positive integers. */
export function checkedLimits(given: Partial<LegacyLimits> = {}): LegacyLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LEGACY_LIMITS, name)) {
      throw new LegacyError("invalid-option", `limits.${name}: there is no such limit`);
    }
    const most = name === "timeoutMs" ? MAX_TIMEOUT_MS : Number.MAX_SAFE_INTEGER;
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0 && value <= most)) {
      throw new LegacyError("invalid-option", `limits.${name}: expected an integer from 1 to ${most}, got ${value}`);
    }
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_LEGACY_LIMITS, ...Object.fromEntries(set) };
}
