// What a thrown error becomes on the wire, and how statuses print.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { closedError, OversizeError, StatusError, TtrpcError } from "./errors.js";
import { statusFromError } from "./handler-error.js";
import { StatusCode, statusName } from "./status.js";

function coded(code: string, text = "text"): Error {
  return Object.assign(new Error(text), { code });
}

const ROWS: [what: string, thrown: unknown, status: number, text: string][] = [
  ["a status error", new StatusError(5, "no such pod"), 5, "no such pod"],
  ["a status error with a number that has no name", new StatusError(99, "odd"), 99, "odd"],
  ["a status error that says OK", new StatusError(0, "fine"), 2, "fine"],
  ["a status error whose number is none", new StatusError(Number.NaN, "odd"), 2, "odd"],
  ["a status error of a fraction", new StatusError(1.5, "odd"), 2, "odd"],
  ["any other error", new Error("boom"), 2, "boom"],
  ["a thrown text", "just text", 2, "just text"],
  ["nothing thrown", undefined, 2, "undefined"],
  ["something that has no text", Object.create(null), 2, "an object without text was thrown"],
  ["an error whose message is no text", Object.assign(new Error(), { message: 5 }), 2, "5"],
  ["an abort", new DOMException("This operation was aborted", "AbortError"), 1, "This operation was aborted"],
  ["a time-out of a signal", new DOMException("timed out", "TimeoutError"), 4, "timed out"],
  ["a canceled call to somebody else", new TtrpcError("canceled", "canceled"), 1, "canceled"],
  ["a call to somebody else that took too long", new TtrpcError("deadline-exceeded", "late"), 4, "late"],
  [
    "a call to somebody else that was too big",
    new OversizeError(5, 4),
    8,
    "message length 5 exceed maximum message size of 4",
  ],
  ["a closed connection to somebody else", closedError(), 2, "ttrpc: closed"],
  ["a file that exists", coded("EEXIST"), 6, "text"],
  ["a file that is missing", coded("ENOENT"), 5, "text"],
  ["a file that may not be read", coded("EACCES"), 7, "text"],
  ["an operation that is not permitted", coded("EPERM"), 7, "text"],
  ["a wrong argument", coded("ERR_INVALID_ARG_VALUE"), 3, "text"],
  ["a stream that ended too early", coded("ERR_STREAM_PREMATURE_CLOSE"), 9, "text"],
  ["a closed pipe", coded("ERR_STREAM_DESTROYED"), 9, "text"],
  ["a missing file behind another error", new Error("outer", { cause: coded("ENOENT") }), 2, "outer"],
];
for (const [what, thrown, status, text] of ROWS) {
  test(`${what} travels as ${statusName(status)}`, () => {
    const sent = statusFromError(thrown);
    assert.equal(sent.status, status);
    assert.equal(sent.rawMessage, text);
  });
}

test("a real error of the file system is NotFound", async () => {
  const error = await readFile("/does/not/exist").catch((thrown: unknown) => thrown);
  assert.equal(statusFromError(error).status, StatusCode.NOT_FOUND);
});

test("a status prints as a Go client prints it", () => {
  assert.equal(new StatusError(2, "boom").message, "rpc error: code = Unknown desc = boom");
  assert.equal(new StatusError(99, "boom").message, "rpc error: code = Code(99) desc = boom");
});

test("the seventeen codes have their gRPC spelling", () => {
  const names =
    "OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated";
  assert.equal(Object.values(StatusCode).map(statusName).join(" "), names);
});
