// What a failed call to a plugin means: a text that names plugin, request and limit, and whether the plugin is lost.
import { StatusError, TtrpcError } from "@nri/ttrpc";
import { AdaptationError, type AdaptationErrorCode, errorText } from "./errors.js";

/** Whom and what a call was about, for its error. */
export interface CallSubject {
  /** Display name of the plugin. */
  readonly plugin: string;
  /** RPC name of the request. */
  readonly request: string;
  /** How long an answer was waited for. */
  readonly timeoutMs: number;
}

/**
 * The error of a call as an `AdaptationError`. What the plugin itself answered keeps its text unchanged
 * (`rpc error: code = Unknown desc = ...`).
 */
export function callFailure(error: unknown, { plugin, request, timeoutMs }: CallSubject): AdaptationError {
  if (error instanceof AdaptationError) {
    return error;
  }
  const make = (code: AdaptationErrorCode, text: string): AdaptationError =>
    new AdaptationError(code, text, { plugin, request, cause: error });
  if (error instanceof StatusError) {
    return make("request-failed", error.message);
  }
  if (!(error instanceof TtrpcError)) {
    return make("request-failed", `plugin "${plugin}": ${request}: ${errorText(error)}`);
  }
  switch (error.code) {
    case "deadline-exceeded":
      return make("request-timeout", `plugin "${plugin}": ${request} not answered in ${timeoutMs} ms`);
    case "canceled":
      return make("canceled", `plugin "${plugin}": ${request} canceled`);
    case "oversize":
      return make("message-too-large", `plugin "${plugin}": ${request}: ${error.message}`);
    case "closed":
      return make("plugin-closed", `plugin "${plugin}": connection closed during ${request}: ${error.message}`);
    default:
      return make("protocol-error", `plugin "${plugin}": ${request}: ${error.message}`);
  }
}

/**
 * What kind of failure of a plugin it is, by which its policy is chosen: no answer, one that cannot be used, an error as
 * the answer. Undefined when it is not the plugin's (the caller gave up, the request itself is wrong), or one that no policy
 * excuses (a conflict, a validator's verdict): that fails the request (spec: handshake 8).
 */
export function failureKind(error: unknown): "failure" | "unusable" | "error" | undefined {
  switch (error instanceof AdaptationError ? error.code : undefined) {
    case "request-timeout":
    case "plugin-closed":
    case "protocol-error":
      return "failure";
    case "invalid-response":
      return "unusable";
    case "request-failed":
    case "message-too-large":
      return "error";
    default:
      return undefined;
  }
}
