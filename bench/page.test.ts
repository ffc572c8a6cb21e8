// Tests of the table in docs/performance.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PAGE, readPage, withSection } from "./page.js";
import { newestResult } from "./results.js";

test(`${PAGE} has the table of the newest result: else run npm run bench -- --page`, () => {
  assert.equal(readPage(), withSection(readPage(), newestResult()));
});

test("the table has a row for each figure of a case, with machine, versions and the file that it comes from", () => {
  const side = { medianUs: 60, p99Us: 90, runs: 7, runtimeCpuUs: 30, pluginCpuUs: 40, requestsPerSecond: 9 };
  const one = {
    case: "create/1/noop",
    pinned: true,
    sides: {
      "go-go": { ...side, spreadUs: [99, 101], figures: { p50: 100 } },
      "ts-ts": { ...side, spreadUs: [59, 61], figures: { p50: 60 } },
    },
    ratio: { "ts-ts": 0.6 },
    figures: ["p50"],
    goals: [{ side: "ts-ts", figure: "p50", value: 0.6, is: "at most", bound: 0.6, to: "go-go", met: true }],
  } as const;
  const report = { machine: { cpus: 2 }, versions: { node: "v20" }, date: "2026-11-28T01:02:03Z", cases: [one] };
  const page = withSection(readPage(), { name: "x.json", report });
  assert.match(
    page,
    /2026-11-28, \[x\.json\]\(\.\.\/bench\/results\/x\.json\): cpus 2, node v20\. Medians of 7 runs\./,
  );
  assert.match(
    page,
    /^\| pin1\/create\/1\/noop \| p50 us \| 100 \| 60\.0 \| 0\.60 \(≤ 0\.6 met\) \| 90 \| 90 \| 70 \| 70 \|$/m,
  );
  assert.throws(() => withSection("no place", undefined), /has no lines/);
});
