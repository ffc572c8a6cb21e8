// Which failures of a connection pass by themselves, and which are final. Pure.
import { StatusCode, StatusError, TtrpcError } from "@nri/ttrpc";
import { PluginError } from "../errors.js";

/** How a plugin gets back to its runtime. */
export interface ReconnectOptions {
  /** Whether the first connection waits for a runtime whose socket is not there yet; true when absent. */
  readonly waitForRuntime?: boolean | undefined;
  /** First wait, doubled with each failure; 250 ms when absent. Of each wait a random part is left out. */
  readonly delayMs?: number | undefined;
  /** Longest wait; 10000 ms when absent. */
  readonly maxDelayMs?: number | undefined;
  /** How often in a row the runtime may refuse the registration before the plugin gives up; 10 when absent. */
  readonly maxRefusals?: number | undefined;
  /** How long a plugin may be without a runtime before it gives up; for ever when absent. */
  readonly giveUpAfterMs?: number | undefined;
}

/** The options with their defaults. */
export interface ReconnectSettings {
  readonly waitForRuntime: boolean;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly maxRefusals: number;
  readonly giveUpAfterMs: number;
}

const DEFAULTS: ReconnectSettings = {
  waitForRuntime: true,
  delayMs: 250,
  maxDelayMs: 10_000,
  maxRefusals: 10,
  giveUpAfterMs: Number.POSITIVE_INFINITY,
};

/** A session that lasted this long was a good one: the next waits are short again. */
export const GOOD_SESSION_MS = 10_000;

/** Completes the options. Refuses (`invalid-argument`) unknown ones, and numbers that are not positive integers. */
export function reconnectSettings(options: ReconnectOptions): ReconnectSettings {
  const settings = { ...DEFAULTS };
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(DEFAULTS, key)) throw new PluginError("invalid-argument", `reconnect has no option ${key}`);
    if (value === undefined) continue;
    if (key === "waitForRuntime" ? typeof value !== "boolean" : !isCount(value)) {
      const wanted = key === "waitForRuntime" ? "true or false" : "a positive integer";
      throw new PluginError("invalid-argument", `reconnect ${key} must be ${wanted}, got ${String(value)}`);
    }
    Object.assign(settings, { [key]: value });
  }
  return settings;
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31;
}

/**
 * What a failure to become active means:
 * - `final`: trying again cannot help, or only another program could;
 * - `refused`: the runtime has answered that it does not want this plugin; may change, but rarely does;
 * - `replaced`: another instance has this identity;
 * - `away`: there is no runtime, or it is busy.
 */
export type Outlook = "final" | "refused" | "replaced" | "away";

/** Errors of the socket that a runtime which is not up yet, or no more, gives. */
const AWAY: readonly unknown[] = ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE", "EAGAIN", "ETIMEDOUT"];

/** `first`: the plugin has never been active; then a socket that may not be opened, or that is none, is final. */
export function outlook(error: unknown, first: boolean): Outlook {
  if (!(error instanceof PluginError)) return "final";
  switch (error.code) {
    case "connection-lost":
    case "not-configured":
      return "away";
    case "connect-failed":
      return first && !isAway(error) ? "final" : "away";
    case "register-failed":
      return refusal(error.cause);
    default:
      return "final";
  }
}

function refusal(cause: unknown): Outlook {
  if (!(cause instanceof StatusError)) return "away";
  const { status, rawMessage } = cause;
  if (status === StatusCode.ALREADY_EXISTS) return "replaced";
  // The reference has no code for it, only the text (spec: handshake 4.1).
  const wrongIdentity = status === StatusCode.INVALID_ARGUMENT || /^invalid plugin (name|index)/.test(rawMessage);
  return wrongIdentity || status === StatusCode.UNIMPLEMENTED ? "final" : "refused";
}

function isAway(error: Error): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && AWAY.includes(at.code)) return true;
    // Nobody has accepted in time: the runtime is busy.
    if (at instanceof TtrpcError && at.code === "connect" && at.cause === undefined) return true;
  }
  return false;
}
