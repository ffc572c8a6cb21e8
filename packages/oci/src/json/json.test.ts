// Lossless JSON, against JSON.parse for ordinary values and against text for the rest.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OciError } from "../errors.js";
import { cloneJson } from "./clone.js";
import { RawNumber } from "./number.js";
import { parseJson } from "./parse.js";
import { printJson } from "./print.js";
import { ANY, UINT64 } from "./shape.js";

const parse = (text: string | Uint8Array, options = {}) => parseJson(text, ANY, options);

/** What JSON.parse would have given. */
function lossy(value: unknown): unknown {
  if (typeof value === "bigint" || value instanceof RawNumber) return Number(value);
  if (Array.isArray(value)) return value.map(lossy);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lossy(item)]));
}

test("ordinary values are read as JSON.parse reads them, and written as JSON.stringify writes them", () => {
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 0, max: 4 }), (text, indent) => {
      const value = parse(text);
      const expected: unknown = JSON.parse(text);
      assert.deepEqual(lossy(value), expected);
      assert.equal(printJson(parse(JSON.stringify(expected)), { indent }), JSON.stringify(expected, null, indent));
    }),
    { numRuns: 500 },
  );
});

test("what JSON.parse refuses is refused, and nothing else but double keys", () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", '"', "\\", "0", "-", "\u0001", "tru"))
    .map(([text, at, junk]) => text.slice(0, at % (text.length + 1)) + junk + text.slice((at % (text.length + 1)) + 1));
  fc.assert(
    fc.property(broken, (text) => {
      let expected: unknown;
      let refused = false;
      try {
        expected = JSON.parse(text);
      } catch {
        refused = true;
      }
      try {
        assert.deepEqual(lossy(parse(text)), expected);
        assert.equal(refused, false);
      } catch (error) {
        if (!(error instanceof OciError)) throw error;
        assert.ok(error.code === "duplicate-key" || refused, error.message);
      }
    }),
    { numRuns: 1000, endOnFailure: true },
  );
});

test("numbers keep their digits", () => {
  for (const text of [
    "0",
    "-1",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "123456789012345678901234567890",
    "1.0",
    "1.50",
    "0.1",
    "1e3",
    "1E+3",
    "-0",
    "-0.0",
    "3.141592653589793238462643383279",
    "1e400",
  ]) {
    assert.equal(printJson(parse(text)), text);
    assert.equal(printJson(cloneJson(parse(`[${text}]`))), `[${text}]`);
  }
});

test("a number is a number when it prints the same, else a bigint, else its text", () => {
  assert.equal(parse("7"), 7);
  assert.equal(parse("0.5"), 0.5);
  assert.equal(parse("9007199254740993"), 9007199254740993n);
  const raw = parse("1.10");
  assert.ok(raw instanceof RawNumber);
  assert.equal(raw.text, "1.10");
  assert.equal(Number(raw), 1.1);
  assert.throws(() => new RawNumber("0x10"), TypeError);
});

test("key order is kept, also of keys that look like numbers, and new keys come last", () => {
  const text = '{"b":1,"10":2,"a":3,"2":4}';
  const value = parse(text) as { [key: string]: unknown };
  assert.equal(printJson(value), text);
  const copy = cloneJson(value);
  copy["1"] = 5;
  delete copy["10"];
  assert.equal(printJson(copy), '{"b":1,"a":3,"2":4,"1":5}');
  assert.equal(printJson(value), text);
});

test("the key __proto__ is an entry like any other", () => {
  const text = '{"__proto__":{"x":1},"constructor":2}';
  const value = cloneJson(parse(text)) as object;
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.deepEqual(Object.keys(value), ["__proto__", "constructor"]);
  assert.equal((value as { readonly x?: unknown }).x, undefined);
  assert.equal(printJson(value), text);
});

for (const [what, text, code, message] of [
  ["a double key", '{"a":1,\n "a":2}', "duplicate-key", 'spec:2:2: key "a" is there twice'],
  ["a double __proto__", '{"__proto__":1,"__proto__":2}', "duplicate-key", 'spec:1:16: key "__proto__" is there twice'],
  ["a missing comma", '{"a":1\n"b":2}', "invalid-json", 'spec:2:1: found "\\"" where "," or "}" was expected'],
  ["an early end", "[1,", "invalid-json", "spec:1:4: the document ends where a value was expected"],
  ["an open string", '"abc', "invalid-json", "spec:1:5: the document ends where the end of a string was expected"],
  [
    "a control character",
    '"a\u0000"',
    "invalid-json",
    'spec:1:3: found "\\u0000" where the end of a string was expected',
  ],
  ["an unknown escape", '"\\x"', "invalid-json", "spec:1:2: unknown escape in a string"],
  ["a leading zero", "[01]", "invalid-json", 'spec:1:3: found "1" where the end of a number was expected'],
  ["a bare word", "nul", "invalid-json", 'spec:1:1: found "n" where a value was expected'],
  ["more after the end", "{} x", "invalid-json", 'spec:1:4: found "x" where the end of the document was expected'],
  ["a byte order mark", "\ufeff{}", "invalid-json", 'spec:1:1: found "\ufeff" where a value was expected'],
] as const) {
  test(`${what} is refused with its place`, () => {
    assert.throws(() => parse(text), { name: "OciError", code, message });
  });
}

test("bytes that are not UTF-8 are refused", () => {
  assert.throws(() => parse(Uint8Array.of(0x22, 0xff, 0x22)), { code: "invalid-json", message: "spec: not UTF-8" });
  assert.equal(parse(new TextEncoder().encode('"ü"')), "ü");
});

test("depth and length have limits that are named", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  parse(deep(129));
  assert.throws(() => parse(deep(130)), { code: "limit", message: "spec:1:130: deeper than 128 levels" });
  assert.throws(() => parse(deep(1_000_000)), { code: "limit" });
  assert.throws(() => parse("[[1]]", { limits: { maxDepth: 1 } }), { code: "limit" });
  assert.throws(() => parse("[1]", { name: "config.json", limits: { maxLength: 2 } }), {
    code: "limit",
    message: "config.json: longer than 2 bytes",
  });
});

test("what JSON cannot say is refused when writing", () => {
  const loop: unknown[] = [];
  loop.push(loop);
  assert.throws(() => printJson(loop), { code: "limit" });
  assert.throws(() => printJson(Number.NaN), { code: "unprintable" });
  assert.throws(() => printJson(() => 1), { code: "unprintable" });
  assert.equal(printJson({ a: undefined, b: [undefined] }), '{"b":[null]}');
});

test("a number of a million digits keeps them and is no integer to compute with", () => {
  const digits = "9".repeat(1_000_000);
  const value = parse(digits);
  assert.ok(value instanceof RawNumber);
  assert.equal(printJson(value), digits);
  assert.throws(
    () => parseJson(digits, UINT64),
    (error: Error) => error.message.length < 200,
  );
});

test("leniently read, the last of equal keys counts and what follows the first value is not looked at", () => {
  assert.deepEqual(parse('{"a":1,"b":2,"a":{"c":3}} {', { lenient: true }), { a: { c: 3 }, b: 2 });
  assert.equal(printJson(parse('{"1":1,"x":2,"1":3}', { lenient: true })), '{"1":3,"x":2}');
  assert.throws(() => parse('{"a":1,}', { lenient: true }), { code: "invalid-json" });
  assert.throws(() => parse("{} {}"), { code: "invalid-json" });
});
