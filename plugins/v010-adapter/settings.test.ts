// Tests of the adapter's settings.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOptions, readSettings } from "./settings.js";

const NONE = { conf: "", confDir: "", binDir: "", compat: "" };

test("nothing set: the client's defaults", () => {
  const options = clientOptions(readSettings("", NONE));
  assert.deepEqual(
    Object.values(options).filter((value) => value !== undefined),
    [],
  );
});

test("the runtime's configuration overlays the flags, setting by setting", () => {
  const flags = { ...NONE, conf: "/f/conf.json", binDir: "/f/bin" };
  const options = clientOptions(readSettings("binDir: /c/bin\ncompat: reference\nother: 1\n", flags));
  assert.deepEqual(options, {
    confPath: "/f/conf.json",
    confDir: undefined,
    binDir: "/c/bin",
    compat: "reference",
  });
});

test("settings that are wrong are named", () => {
  assert.throws(() => readSettings("conf: [a]", NONE), { message: /value\.conf: expected a string, got a list/ });
  assert.throws(() => readSettings("- a", NONE), { message: /expected a mapping/ });
  assert.throws(() => clientOptions({ ...NONE, compat: "go" }), {
    message: 'compat: expected default or reference, got "go"',
  });
});
