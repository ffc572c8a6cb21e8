// Tests of the benchmark's arithmetic and of its options.
import assert from "node:assert/strict";
import { test } from "node:test";
import { durationFlag, numberFlag, readFlags } from "./flags.js";
import { median, percentile, shuffled } from "./statistics.js";

test("the median of an even number of runs is the mean of the middle two", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 9]), 3);
  assert.equal(percentile([1, 2, 3, 4, 5], 0.99), 5);
  assert.equal(percentile([], 0.5), 0);
});

test("shuffling loses and doubles nothing", () => {
  const values = Array.from({ length: 50 }, (_, i) => i);
  assert.deepEqual(
    shuffled(values).sort((a, b) => a - b),
    values,
  );
});

test("options are those of the Go programs, and unknown ones are refused", () => {
  const flags = readFlags(["-k", "5", "--warm=7", "-quick", "-t", "500ms"], ["k", "warm", "t"], ["quick"]);
  assert.deepEqual(
    [numberFlag(flags, "k", 1), numberFlag(flags, "warm", 1), numberFlag(flags, "c", 1), flags.quick],
    [5, 7, 1, "true"],
  );
  assert.equal(durationFlag(flags, "t", 1), 500);
  assert.throws(() => readFlags(["-nope"], []), /unknown option -nope/);
  assert.throws(() => readFlags(["k"], ["k"]), /not an option/);
  assert.throws(() => readFlags(["-k"], ["k"]), /needs a value/);
  assert.throws(() => numberFlag(readFlags(["-k", "x"], ["k"]), "k", 1), /wants a number, not "x"/);
});
