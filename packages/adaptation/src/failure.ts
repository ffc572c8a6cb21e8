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
 * Whether a plugin whose call failed so is lost: it is closed, and the request goes on as if it had answered nothing.
 * All other errors fail the request and leave the plugin alone (spec: handshake 8).
 */
export function isFatal(error: unknown): error is AdaptationError {
  return (
    error instanceof AdaptationError &&
    (error.code === "request-timeout" || error.code === "plugin-closed" || error.code === "protocol-error")
  );
}
