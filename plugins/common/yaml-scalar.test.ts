// Tests of unquoted words. The expected values are what the Go plugins' YAML library gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import { plainScalar, scalarText, type YamlScalar } from "./yaml-scalar.js";

const check = (rows: readonly (readonly [word: string, value: YamlScalar, text: string | undefined])[]) => {
  for (const [word, value, text] of rows) {
    assert.deepEqual([plainScalar(word), scalarText(plainScalar(word))], [value, text], word);
  }
};

test("words for true, false and null are those of YAML 1.1", () => {
  check([
    ["y", true, "true"],
    ["On", true, "true"],
    ["NO", false, "false"],
    ["oN", "oN", "oN"],
    ["~", null, undefined],
    ["", null, undefined],
    ["Null", null, undefined],
    ["constructor", "constructor", "constructor"],
  ]);
});

test("integers keep their digits, in every base that Go knows", () => {
  check([
    ["18446744073709551615", 18446744073709551615n, "18446744073709551615"],
    ["-9223372036854775808", -(2n ** 63n), "-9223372036854775808"],
    ["0644", 420n, "420"],
    ["0o644", 420n, "420"],
    ["0x1F", 31n, "31"],
    ["-0b101", -5n, "-5"],
    ["1_000", 1000n, "1000"],
    ["+5", 5n, "5"],
    ["00", 0n, "0"],
  ]);
});

test("what is no integer may be a float, which as text has single precision", () => {
  check([
    ["18446744073709551616", 2 ** 64, "1.8446744e+19"],
    ["+9223372036854775808", 2 ** 63, "9.223372e+18"],
    ["089", 89, "89"],
    ["1.50", 1.5, "1.5"],
    ["1e3", 1000, "1000"],
    ["1000000.0", 1000000, "1e+06"],
    [".1", 0.1, "0.1"],
    ["-0.0", -0, "-0"],
    ["123456.789", 123456.789, "123456.79"],
    ["0.00001", 0.00001, "1e-05"],
    [".inf", Infinity, "+Inf"],
    [".nan", Number.NaN, "NaN"],
    ["1e39", 1e39, "+Inf"],
  ]);
});

test("everything else is a string", () => {
  for (const word of ["1:30", "2024-01-01", "1e999", "0x", "0o8", "-", "+", ".", "1.2.3", "12a", "<<", "99-1"]) {
    check([[word, word, word]]);
  }
});
