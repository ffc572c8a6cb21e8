// Tests of reading YAML strictly.
import assert from "node:assert/strict";
import { test } from "node:test";
import { integer, list, mapping, present, readYaml, record, text } from "./yaml-value.js";

const uint64 = integer(0n, 2n ** 64n - 1n);
const device = record({ path: text, major: uint64 });

test("names match in any case, unknown ones are passed over, absent ones are zero", () => {
  assert.deepEqual(readYaml("PATH: /a\nother: 1", device), { path: "/a", major: 0n });
  assert.deepEqual(readYaml("{}", device), { path: "", major: 0n });
  assert.deepEqual(readYaml("", list(device)), []);
});

test("integers keep all digits, octal as in file modes", () => {
  assert.equal(readYaml("18446744073709551615", uint64), 2n ** 64n - 1n);
  assert.equal(readYaml("0644", uint64), 0o644n);
  assert.equal(readYaml("0o644", uint64), 0o644n);
  assert.equal(readYaml("0x10", uint64), 16n);
  assert.equal(readYaml("0", uint64), 0n);
});

test("a number or a word for true is taken for its text where a string is expected", () => {
  assert.deepEqual(readYaml("[1, yes, 1.50, 0x10, ~]", list(text)), ["1", "true", "1.5", "16", ""]);
});

test("a float without a fraction is an integer", () => {
  assert.equal(readYaml("1e3", uint64), 1000n);
  assert.equal(readYaml("18446744073709549568.0", uint64), 18446744073709550000n);
  for (const yaml of ["1.5", "-0.0", "1e21", ".inf", "18446744073709551616"]) {
    assert.throws(() => readYaml(yaml, uint64), { message: /^value: expected an integer/ }, yaml);
  }
});

test("of spellings of one key the last in the order of characters counts, unless it is null", () => {
  assert.deepEqual(readYaml("path: /a\nPATH: /b\nPath:", device), { path: "/a", major: 0n });
  assert.deepEqual(readYaml("path:\nPATH: /b", device), { path: "/b", major: 0n });
});

test("wrong types are named with their place", () => {
  const refused = (yaml: string, message: RegExp) => assert.throws(() => readYaml(yaml, list(device)), { message });
  refused("- path: [5]", /value\[0\]\.path: expected a string, got a list/);
  refused("- major: x", /value\[0\]\.major: expected an integer, got "x"/);
  refused("- major: -1", /expected an integer from 0 to 18446744073709551615, got -1/);
  refused("path: x", /value: expected a list, got a mapping/);
  refused("- [a]", /value\[0\]: expected a mapping, got a list/);
  refused("- {", /./);
  assert.throws(() => readYaml("a: {}", mapping(text)), { message: "value.a: expected a string, got a mapping" });
  assert.throws(() => readYaml("[~]", list(present(text))), { message: "value[0]: expected a value, got null" });
});

test("__proto__ is a key like any other", () => {
  assert.deepEqual(readYaml('__proto__: "x"', mapping(text)), [["__proto__", "x"]]);
});
