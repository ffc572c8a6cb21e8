// Tests of the benchmark's arithmetic and of the choice of cases.
import assert from "node:assert/strict";
import { test } from "node:test";
import { benchCases, label, SIDES, selectCases } from "./cases.js";
import { durationFlag, numberFlag, readFlags } from "./flags.js";
import { caseResult, summarise, table } from "./report.js";
import { median, percentile, shuffled } from "./statistics.js";

const run = (p50: number) => ({
  p50_us: p50,
  p90_us: p50 * 2,
  p99_us: p50 * 3,
  min_us: 1,
  rps: 10,
  cpu_us_per_req: 5,
  plugin_cpu_us_per_req: 6,
  rss_kb: 1,
  plugins: 1,
  req_bytes: 8253,
});

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

test("create and event are measured with 1, 3 and 10 plugins, free and on one CPU", () => {
  const labels = benchCases(false).map(label);
  assert.equal(new Set(labels).size, 18);
  for (const wanted of ["pin1/create/1/noop", "free/create/10/adjust", "pin1/event/3/noop"])
    assert.ok(labels.includes(wanted));
});

test("a case is chosen by its label, its name, or the beginning of one", () => {
  const all = benchCases(false);
  const chosen = (only: string): string[] => selectCases(all, only).map(label);
  assert.deepEqual(chosen("pin1/create/1/noop"), ["pin1/create/1/noop"]);
  assert.deepEqual(chosen("create/1/noop"), ["pin1/create/1/noop", "free/create/1/noop"]);
  assert.deepEqual(chosen("create/1"), [
    "pin1/create/1/noop",
    "pin1/create/1/adjust",
    "free/create/1/noop",
    "free/create/1/adjust",
  ]);
  assert.equal(chosen("pin1").length, 9);
  assert.deepEqual(chosen("nonsense"), []);
});

test("ratios are medians divided by that of Go and Go", () => {
  const one = benchCases(true)[0];
  assert.ok(one);
  const result = caseResult(
    one,
    new Map([
      ["go-go", [run(100), run(300), run(200)]],
      ["ts-ts", [run(100), run(92)]],
    ]),
  );
  assert.deepEqual(result.ratio, { "ts-ts": 0.48 });
  assert.deepEqual(summarise([run(100), run(300), run(200)]).spreadUs, [100, 300]);
  assert.deepEqual(Object.keys(result.sides), ["go-go", "ts-ts"]);
  const text = table([result]);
  for (const side of SIDES) assert.ok(text.includes(side));
  assert.match(text, /pin1\/create\/1\/noop +200 +- +- +96 +- +- +0\.48/);
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
