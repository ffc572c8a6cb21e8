// Lists of strings from annotations, whatever the parser makes of scalars; the texts are those of the Go reader.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readStrings } from "./read-strings.js";

function wrong(text: string, value: unknown): string {
  try {
    readStrings(text, () => value);
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
}

test("a list of strings is read, other scalars as text, what is null not at all", () => {
  assert.deepEqual(
    readStrings('["a", 1, true, null]', (text) => JSON.parse(text)),
    ["a", "1", "true"],
  );
  assert.deepEqual(
    readStrings("", () => null),
    [],
  );
  assert.deepEqual(
    readStrings(" ~ ", () => "~"),
    [],
  );
});

test("something else than a list is refused in the words of the reference", () => {
  const into = "yaml: unmarshal errors:\n  line 1: cannot unmarshal";
  assert.equal(wrong("foo", "foo"), `${into} !!str \`foo\` into []string`);
  assert.equal(wrong("verylongvaluehere", "verylongvaluehere"), `${into} !!str \`verylon...\` into []string`);
  assert.equal(wrong("5", 5), `${into} !!int \`5\` into []string`);
  assert.equal(wrong("1.5", "1.5"), `${into} !!float \`1.5\` into []string`);
  assert.equal(wrong("true", true), `${into} !!bool \`true\` into []string`);
  assert.equal(wrong("2001-01-01", "2001-01-01"), `${into} !!timestamp \`2001-01-01\` into []string`);
  assert.equal(wrong("{}", {}), `${into} !!map into []string`);
  assert.equal(
    wrong("# c\n\nfoo", "foo"),
    "yaml: unmarshal errors:\n  line 3: cannot unmarshal !!str `foo` into []string",
  );
  assert.equal(
    wrong("[[a], {b: c}]", [["a"], { b: "c" }]),
    `${into} !!seq into string\n  line 1: cannot unmarshal !!map into string`,
  );
});

test("what the parser throws is passed on, its first line", () => {
  const parse = (): never => {
    throw new Error("no such thing\n  at column 1");
  };
  assert.throws(() => readStrings("[", parse), { message: "yaml: no such thing" });
});
