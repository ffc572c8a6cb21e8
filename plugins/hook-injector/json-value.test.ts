// Tests of reading JSON without losing digits.
import assert from "node:assert/strict";
import { test } from "node:test";
import { list } from "../common/yaml-value.js";
import { flag, optional, parseJson, string, wholeNumber } from "./json-value.js";

test("integers keep their digits, other numbers are numbers, and digits in strings stay there", () => {
  assert.deepEqual(
    parseJson('{"a": [9223372036854775807, -1, 1e3, 1.0], "12": "3 \\" 4", "b": {"__proto__": null}}'),
    new Map<string, unknown>([
      ["12", '3 " 4'],
      ["a", [9223372036854775807n, -1n, 1000, 1]],
      ["b", new Map([["__proto__", null]])],
    ]),
  );
  assert.deepEqual(parseJson("7"), 7n);
});

test("what is no JSON is refused", () => {
  for (const text of ["", "{", "[1,]", "01", "{a: 1}", "// x", "\ufeff{}"]) {
    assert.throws(() => parseJson(text), SyntaxError, text);
  }
});

test("types are not mixed up, unlike in YAML", () => {
  const refused = (work: () => unknown, message: string) => assert.throws(work, { message });
  refused(() => string(5n, "path"), "path: expected a string, got 5");
  refused(() => list(string)([true], "args"), "args[0]: expected a string, got true");
  refused(() => flag("true", "always"), "always: expected true or false, got true");
  refused(() => wholeNumber(1000, "timeout"), "timeout: expected an integer, got 1000");
  assert.throws(() => wholeNumber(2n ** 63n, "timeout"), { message: /^timeout: expected an integer from / });
});

test("absent and null are the same, and not the same as empty", () => {
  for (const value of [null, undefined]) {
    assert.deepEqual([string(value, ""), flag(value, ""), wholeNumber(value, "")], ["", undefined, undefined]);
    assert.equal(optional(list(string))(value, ""), undefined);
  }
  assert.deepEqual(optional(list(string))([], ""), []);
});
