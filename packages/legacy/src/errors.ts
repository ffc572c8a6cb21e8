// The one error class of this package.

/** What went wrong; code branches on this, never on the text. */
export type LegacyErrorCode =
  /** An option that cannot be. */
  | "invalid-option"
  /** The configuration cannot be read, is not what it must be, or is above a limit. */
  | "config"
  /** A plugin's program is not there or cannot be started. */
  | "not-started"
  /** A plugin printed something else than a result. */
  | "bad-output"
  /** A plugin answered with an error; the text is the plugin's. */
  | "refused"
  /** A plugin was not done in time. */
  | "timed-out"
  /** A plugin printed more than the limit allows. */
  | "too-much-output"
  /** The caller's signal was aborted. */
  | "aborted"
  /** The request that a plugin got on stdin is none, or above a limit. */
  | "bad-request";

/** A failure of this package. The message names plugin, file, request and limit; `cause` is what it came from. */
export class LegacyError extends Error {
  /** Always `LegacyError`. */
  override readonly name = "LegacyError";
  /** What went wrong. */
  readonly code: LegacyErrorCode;
  /** Type of the plugin that it is about. */
  readonly plugin: string | undefined;

  constructor(
    code: LegacyErrorCode,
    message: string,
    options: { readonly plugin?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.plugin = options.plugin;
  }
}

/** The text of anything thrown. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a failed system call, such as `ENOENT`. */
export function systemCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}
