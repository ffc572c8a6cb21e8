// Curves are called what they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fit } from "./fit.js";

const points = (f: (x: number) => number) => [1, 2, 5, 10, 20, 50].map((x) => [x, f(x)] as const);

test("a curve is named by the power that fits it", () => {
  assert.equal(fit(points(() => 7)).kind, "constant");
  assert.equal(fit(points((x) => 100 * x)).kind, "linear");
  assert.equal(fit(points((x) => 3 * x ** 1.4)).kind, "worse than linear");
  assert.equal(fit(points((x) => 3 * Math.sqrt(x))).kind, "less than linear");
  assert.equal(fit(points((x) => 5000 / x)).kind, "falling");
  assert.equal(fit(points((x) => 3 * x ** 1.4)).exponent, 1.4);
});

test("where a curve goes shows at its end, also when it begins with something constant", () => {
  const { kind, endKind } = fit(points((x) => 200 + x ** 2));
  assert.deepEqual([kind, endKind], ["less than linear", "worse than linear"]);
});
