// Go's texts for what is no JSON; the same texts come from Go itself in conformance/legacy/errors.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { goSyntaxError } from "./go-json.js";

test("a text has a syntax error exactly when JSON.parse refuses it", () => {
  const pieces = fc.constantFrom(
    ...'{}[],:"\\ \t\n',
    "null",
    "tru",
    "1",
    "-",
    "0.5",
    "1e",
    "e+",
    '"a"',
    "\\u00",
    "x",
    "é",
  );
  const texts = fc.oneof(
    fc.json(),
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let fits = true;
      try {
        JSON.parse(text);
      } catch {
        fits = false;
      }
      assert.equal(goSyntaxError(Buffer.from(text).toString("latin1")) === undefined, fits, JSON.stringify(text));
    }),
    { numRuns: 2000 },
  );
});

test("a megabyte of brackets is refused by its depth, and takes no stack", () => {
  assert.equal(goSyntaxError("[".repeat(1 << 20)), "exceeded max depth");
  assert.equal(goSyntaxError('{"a":'.repeat(10_001)), "exceeded max depth");
  assert.equal(goSyntaxError("[".repeat(10_000) + "]".repeat(10_000)), undefined);
});
