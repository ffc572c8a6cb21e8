// The one error class of the SDK.

/**
 * Why the SDK failed, for code to branch on:
 * - `invalid-definition`: `definePlugin` was given something that cannot work;
 * - `invalid-identity`: name or index are missing or contradict each other;
 * - `invalid-argument`: a builder or call was given a value that NRI cannot carry;
 * - `invalid-answer`: a handler returned something its event cannot answer;
 * - `connect-failed`: no connection to the runtime could be made;
 * - `register-failed`: the runtime refused the registration, or did not answer it in time;
 * - `configure-failed`: the `configure` handler failed, or subscribed to events without handlers;
 * - `not-configured`: the runtime registered the plugin and then did not configure it in time;
 * - `invalid-configuration`: the plugin's configuration cannot be read, or its schema refuses it;
 * - `health-failed`: the health endpoint cannot be offered;
 * - `connection-lost`: the runtime or the network ended the connection;
 * - `stopped`: the plugin's own side ended the connection (a signal or `close()`) before start-up was through;
 * - `limit`: a named maximum was exceeded.
 */
export type PluginErrorCode =
  | "invalid-definition"
  | "invalid-identity"
  | "invalid-argument"
  | "invalid-answer"
  | "connect-failed"
  | "register-failed"
  | "configure-failed"
  | "not-configured"
  | "invalid-configuration"
  | "health-failed"
  | "connection-lost"
  | "stopped"
  | "limit";

/** Anything that goes wrong in the SDK itself. Errors of handlers are passed on as they are. */
export class PluginError extends Error {
  /** Always `PluginError`. */
  override readonly name = "PluginError";

  constructor(
    /** What kind of failure this is; stable, unlike the text. */
    readonly code: PluginErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The text of anything thrown, also of what refuses to become text: a handler can throw `Object.create(null)`. */
export function errorText(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return "an object without text was thrown";
  }
}
