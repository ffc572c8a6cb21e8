// The one error class of this package.

/**
 * What went wrong, for code to branch on:
 * - `invalid-bytes`: a peer's bytes are not the message they should be
 * - `invalid-value`: a value does not fit the field it was given for
 * - `oversize`: a message is over a named limit
 * - `invalid-json`: protojson that is not the message it should be
 * - `unknown-message`: no message type has this name
 * - `invalid-name`: a plugin name, index or file name that NRI does not allow
 * - `mux`: the multiplexer's trunk broke a rule or a limit
 */
export type ProtocolErrorCode =
  | "invalid-bytes"
  | "invalid-value"
  | "oversize"
  | "invalid-json"
  | "unknown-message"
  | "invalid-name"
  | "mux";

/** Every failure this package names itself. Branch on `code`; the text is for people and names message, field and limit. */
export class ProtocolError extends Error {
  /** What went wrong. */
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ProtocolError";
    this.code = code;
  }
}
