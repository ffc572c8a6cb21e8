// The options of nri serve that have a form of their own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../host.js";
import { readServeOptions } from "./options.js";

test("nri-opts are given as dockerd takes them, and refused in its words", () => {
  const given = ["--nri-opts", "enable", "--nri-opts", '"socket-path=/a,b"'];
  assert.deepEqual(readServeOptions(given, "/")?.nriOpts, ["enable", '"socket-path=/a,b"']);
  assert.deepEqual(readServeOptions([], "/")?.nriOpts, []);
  assert.throws(
    () => readServeOptions(["--nri-opts=foo=bar"], "/"),
    new UsageError(`invalid argument "foo=bar" for "--nri-opts" flag: unexpected key 'foo' in 'foo=bar'`),
  );
});
