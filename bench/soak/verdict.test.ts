// What grows is told from what only swings.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SoakSample } from "./samples.js";
import { judge, type Series, slope } from "./verdict.js";

const series: Series = { name: "RSS", unit: "MB", of: (one) => one.rssKb, atMost: { absolute: 5, part: 0 } };
const run = (rss: (i: number) => number): SoakSample[] =>
  Array.from({ length: 90 }, (_, i) => ({ atS: i * 10, rssKb: rss(i) }) as SoakSample);
const verdict = (rss: (i: number) => number) => judge(run(rss), [series])[0];

test("what swings about one value is flat, whatever it did while it warmed up", () => {
  assert.equal(verdict((i) => (i < 30 ? 60 + i : 100) + 4 * Math.sin(i))?.flat, true);
});

test("what grows a little with every sample is not flat", () => {
  const judged = verdict((i) => 100 + i / 10 + 2 * Math.sin(i));
  assert.equal(judged?.flat, false);
  assert.ok(judged.grownBy > 5 && judged.grownBy < 7, `${judged.grownBy}`);
});

test("some samples far off turn no slope", () => {
  const points = Array.from({ length: 40 }, (_, i) => [i, i % 13 === 12 ? 900 : 2 * i] as const);
  assert.ok(Math.abs(slope(points) - 2) < 0.1);
});
