// Which status a handler's error becomes. One row per kind of error; the table of the reference is services.go (convertCode).

import { errorText, StatusError, TtrpcError } from "./errors.js";
import { StatusCode } from "./status.js";

/** `code` of Node's errors, and what stands for the reference's EOF, closed pipe, short buffer and file errors. */
const BY_CODE: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ["ERR_STREAM_PREMATURE_CLOSE", StatusCode.FAILED_PRECONDITION],
  ["ERR_STREAM_DESTROYED", StatusCode.FAILED_PRECONDITION],
  ["ERR_STREAM_WRITE_AFTER_END", StatusCode.FAILED_PRECONDITION],
  ["ERR_BUFFER_OUT_OF_BOUNDS", StatusCode.FAILED_PRECONDITION],
  ["ERR_INVALID_ARG_VALUE", StatusCode.INVALID_ARGUMENT],
  ["ERR_INVALID_ARG_TYPE", StatusCode.INVALID_ARGUMENT],
  ["EEXIST", StatusCode.ALREADY_EXISTS],
  ["ENOTEMPTY", StatusCode.ALREADY_EXISTS],
  ["ENOENT", StatusCode.NOT_FOUND],
  ["EACCES", StatusCode.PERMISSION_DENIED],
  ["EPERM", StatusCode.PERMISSION_DENIED],
]);

const BY_NAME: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ["AbortError", StatusCode.CANCELED],
  ["TimeoutError", StatusCode.DEADLINE_EXCEEDED],
]);

const BY_TTRPC_CODE: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ["canceled", StatusCode.CANCELED],
  ["deadline-exceeded", StatusCode.DEADLINE_EXCEEDED],
  ["oversize", StatusCode.RESOURCE_EXHAUSTED],
]);

/**
 * The status a thrown thing travels as. A StatusError keeps code and text; aborts, time-outs and file errors get their
 * code; anything else is Unknown with the error's text. The thrown error alone counts: a `cause` is not looked at, as the
 * reference does not look through wrapped errors.
 */
export function statusFromError(thrown: unknown): StatusError {
  if (thrown instanceof StatusError) {
    const { status, rawMessage } = thrown;
    if (Number.isInteger(status) && status !== StatusCode.OK && typeof rawMessage === "string") return thrown;
    return new StatusError(StatusCode.UNKNOWN, errorText(rawMessage)); // a handler in plain JavaScript can give anything
  }
  if (thrown instanceof TtrpcError) {
    return new StatusError(BY_TTRPC_CODE.get(thrown.code) ?? StatusCode.UNKNOWN, thrown.message, { cause: thrown });
  }
  if (thrown instanceof Error) {
    const code = BY_CODE.get((thrown as { code?: unknown }).code) ?? BY_NAME.get(thrown.name) ?? StatusCode.UNKNOWN;
    return new StatusError(code, errorText(thrown), { cause: thrown });
  }
  return new StatusError(StatusCode.UNKNOWN, errorText(thrown));
}
