// What can go wrong on the runtime side: one class, a closed union of codes, texts that name plugin, request and limit.

/**
 * Why an `AdaptationError` was thrown. Code branches on this, never on the text.
 *
 * - `invalid-option`: an option of `createAdaptation` or of a request is out of range
 * - `already-started`, `stopped`: the adaptation is in another state than the call needs
 * - `invalid-plugin-name`: a plugin's index or base name breaks the rules
 * - `discovery-failed`, `config-unreadable`: a directory, or the configuration of a plugin, cannot be read
 * - `launch-failed`: a plugin's program cannot be started, or ended before it registered
 * - `restart-failed`: a launched plugin has crashed so often in a row that it is not started again
 * - `registration-timeout`, `registration-failed`: a peer did not register in time, or wrongly
 * - `duplicate-plugin`: a plugin of the same index and name is there, and this one does not take over
 * - `configure-failed`, `invalid-events`: a plugin refused Configure, or asked for unknown events
 * - `sync-failed`, `sync-split`, `sync-object-too-large`: the runtime's state did not reach a plugin
 * - `socket-failed`, `socket-in-use`, `socket-path-too-long`, `not-a-socket`: no listening socket
 * - `request-timeout`: a plugin did not answer within the request time-out (fatal for the plugin)
 * - `plugin-closed`: the connection to a plugin is gone (fatal for the plugin)
 * - `protocol-error`: a plugin broke ttRPC or the multiplexer's rules (fatal for the plugin)
 * - `request-failed`: a plugin answered a request with an error
 * - `invalid-request`: a value in a request does not fit its field
 * - `message-too-large`: a request or an answer does not fit in one message
 * - `invalid-response`: an answer cannot be decoded
 * - `conflict`: two plugins set the same thing
 * - `update-during-creation`: a plugin updated the container that is being created
 * - `validator-rejected`, `validator-failed`: a validator said no, or did not answer
 * - `required-plugin`: a plugin without which the request must not be done is not there, or did not answer
 * - `queue-full`: too many requests wait for their turn
 * - `too-many-plugins`: the limit of plugins or of connections that have not registered yet is reached
 * - `canceled`, `deadline-exceeded`: the caller's signal was aborted, or its own deadline passed
 */
export type AdaptationErrorCode =
  | "invalid-option"
  | "already-started"
  | "stopped"
  | "invalid-plugin-name"
  | "discovery-failed"
  | "config-unreadable"
  | "launch-failed"
  | "restart-failed"
  | "registration-timeout"
  | "registration-failed"
  | "duplicate-plugin"
  | "configure-failed"
  | "invalid-events"
  | "sync-failed"
  | "sync-split"
  | "sync-object-too-large"
  | "socket-failed"
  | "socket-in-use"
  | "socket-path-too-long"
  | "not-a-socket"
  | "request-timeout"
  | "plugin-closed"
  | "protocol-error"
  | "request-failed"
  | "invalid-request"
  | "message-too-large"
  | "invalid-response"
  | "conflict"
  | "update-during-creation"
  | "validator-rejected"
  | "validator-failed"
  | "required-plugin"
  | "queue-full"
  | "too-many-plugins"
  | "canceled"
  | "deadline-exceeded";

/** Whom and what an `AdaptationError` is about. */
export interface AdaptationErrorDetails {
  /** Display name of the plugin (`10-foo`). */
  readonly plugin?: string | undefined;
  /** RPC name of the request (`CreateContainer`, `Configure`, ...). */
  readonly request?: string | undefined;
  /** Name in enum `Field` of what two plugins set. */
  readonly field?: string | undefined;
  /** Which entry of `field`. */
  readonly key?: string | undefined;
  /** Plugins in conflict: who claims, who owns. For `required-plugin`: who is missing. */
  readonly plugins?: readonly string[] | undefined;
  /** For `invalid-option`: where in a configuration, such as `policies.rules[2].timeout`. */
  readonly option?: string | undefined;
  /** What made it fail. */
  readonly cause?: unknown;
}

/** Every failure that this package reports. */
export class AdaptationError extends Error {
  /** Always `AdaptationError`. */
  override readonly name = "AdaptationError";
  /** What kind of failure it is. */
  readonly code: AdaptationErrorCode;
  /** Display name of the plugin it is about. */
  readonly plugin: string | undefined;
  /** RPC name of the request it is about. */
  readonly request: string | undefined;
  /** Name in enum `Field` of what two plugins set. */
  readonly field: string | undefined;
  /** Which entry of `field`. */
  readonly key: string | undefined;
  /** Plugins in conflict: who claims, who owns. For `required-plugin`: who is missing. */
  readonly plugins: readonly string[] | undefined;
  /** For `invalid-option`: where in a configuration, such as `policies.rules[2].timeout`; undefined elsewhere. */
  readonly option: string | undefined;

  constructor(code: AdaptationErrorCode, message: string, details: AdaptationErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.plugin = details.plugin;
    this.request = details.request;
    this.field = details.field;
    this.key = details.key;
    this.plugins = details.plugins;
    this.option = details.option;
  }
}

/** The text of anything thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a failed system call, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** `error` as an Error, for places that keep one. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
