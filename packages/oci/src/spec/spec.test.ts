// Every integer of the OCI spec, digit for digit.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Shape } from "../json/shape.js";
import { SPEC } from "./shape.js";
import { parseSpec, printSpec } from "./spec.js";

interface Leaf {
  readonly path: string;
  readonly shape: Extract<Shape, { kind: "bigint" | "number" }>;
  /** A document with `value` at this place. */
  wrap(value: string): string;
}

function leaves(shape: Shape, path: string, wrap: (value: string) => string): Leaf[] {
  switch (shape.kind) {
    case "bigint":
    case "number":
      return [{ path, shape, wrap }];
    case "list":
      return leaves(shape.item, `${path}[0]`, (value) => wrap(`[${value}]`));
    case "map":
      return leaves(shape.value, `${path}.k`, (value) => wrap(`{"k":${value}}`));
    case "object":
      return Object.entries(shape.members).flatMap(([key, member]) =>
        leaves(member, path === "" ? key : `${path}.${key}`, (value) => wrap(`{"${key}":${value}}`)),
      );
    default:
      return [];
  }
}

const LEAVES = leaves(SPEC, "", (value) => value);

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const part of path.split(/[.[\]]+/).filter(Boolean)) found = (found as { [key: string]: unknown })[part];
  return found;
}

test("the shape knows every integer of a Linux spec", () => {
  assert.equal(LEAVES.filter((leaf) => leaf.shape.kind === "bigint").length, 54);
  assert.equal(LEAVES.filter((leaf) => leaf.shape.kind === "number").length, 30);
});

for (const leaf of LEAVES) {
  test(`${leaf.path} keeps the digits of its smallest and largest value, and refuses more`, () => {
    for (const limit of [leaf.shape.min, leaf.shape.max]) {
      const text = leaf.wrap(String(limit));
      const spec = parseSpec(text);
      assert.equal(at(spec, leaf.path), limit);
      assert.equal(printSpec(spec), text);
    }
    const zero = at(parseSpec(leaf.wrap("0")), leaf.path);
    assert.equal(typeof zero, leaf.shape.kind);
    for (const bad of [BigInt(leaf.shape.max) + 1n, BigInt(leaf.shape.min) - 1n, "1.0", "1e2", '"1"', "true", "{}"]) {
      assert.throws(
        () => parseSpec(leaf.wrap(String(bad))),
        (error: Error) => {
          assert.equal((error as { code?: unknown }).code, "invalid-spec");
          assert.match(error.message, /^spec:1:\d+: /);
          assert.ok(error.message.includes(`: ${leaf.path}: `), error.message);
          return true;
        },
      );
    }
    const absent = leaf.wrap("null");
    assert.equal(printSpec(parseSpec(absent)), absent);
  });
}

test("a wrong type is told with the file, the line and the member", () => {
  assert.throws(() => parseSpec('{\n  "process": {\n    "args": "sh"\n  }\n}', { name: "config.json" }), {
    code: "invalid-spec",
    line: 3,
    column: 13,
    message: 'config.json:3:13: process.args: expected a list, found the string "sh"',
  });
  assert.throws(() => parseSpec("[]"), { message: "spec:1:1: the document: expected an object, found a list" });
  assert.throws(() => parseSpec("null"), { code: "invalid-spec" });
});

test("unknown keys and their numbers survive", () => {
  const text =
    '{"ociVersion":"1.2.0","x":{"weight":1.00,"id":18446744073709551616},"linux":{"resources":{"memory":{"new":9223372036854775808}}},"windows":{"resources":{"memory":{"limit":18446744073709551615}}}}';
  assert.equal(printSpec(parseSpec(text)), text);
});

test("what is read and not changed is written the same, but for blanks", () => {
  const text = '{ "b" : [ ] ,\n "a" : { } , "10" : null , "2" : "\\u0041\\/\\n" }';
  assert.equal(printSpec(parseSpec(text)), '{"b":[],"a":{},"10":null,"2":"A/\\n"}');
  assert.equal(
    printSpec(parseSpec(text), { indent: 2 }),
    '{\n  "b": [],\n  "a": {},\n  "10": null,\n  "2": "A/\\n"\n}',
  );
});
