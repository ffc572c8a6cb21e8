// Quantities: exact, rounded up, never a crash.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuantity } from "./quantity.js";

test("quantities are exact in every form that Kubernetes has", () => {
  const cases: [text: string, scale: bigint, value: bigint][] = [
    ["0", 1n, 0n],
    ["500m", 1000n, 500n],
    ["0.5", 1000n, 500n],
    [".5", 1000n, 500n],
    ["2", 1000n, 2000n],
    ["1e3", 1n, 1000n],
    ["1E3", 1n, 1000n],
    ["64Mi", 1n, 67_108_864n],
    ["1.5Gi", 1n, 1_610_612_736n],
    ["128974848", 1n, 128_974_848n],
    ["129M", 1n, 129_000_000n],
    ["100n", 1000n, 1n],
    ["0.1Ki", 1n, 103n],
    ["9223372036854775807", 1n, 2n ** 63n - 1n],
    ["9223372036854775808", 1n, 2n ** 63n - 1n],
    ["16Ei", 1n, 2n ** 63n - 1n],
    ["-1", 1n, -1n],
  ];
  for (const [text, scale, value] of cases) assert.equal(parseQuantity(text, scale), value, text);
});

test("what is no quantity is refused, also one that would cost memory", () => {
  for (const text of [
    "",
    "abc",
    "1x",
    "1 Gi",
    "Mi",
    "1e",
    "1e999",
    "1e99999999",
    ".",
    "1..2",
    "0x10",
    "1".repeat(1000),
  ]) {
    assert.equal(parseQuantity(text, 1n), undefined, text);
  }
});
