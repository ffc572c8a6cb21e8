// Tests of what becomes of the rounds of the start.
import assert from "node:assert/strict";
import { test } from "node:test";
import { StartRuns } from "./measure.js";
import { startCases, startTables } from "./report.js";

const requests = (rssKb: number, first: number) => ({ rssKb, first, to10: 2000, to100: 1000 });

/** Three rounds. */
function rounds(): StartRuns {
  const runs = new StartRuns();
  runs.registeredUs.set("executable-go", [60_000, 50_000, 55_000]);
  runs.registeredUs.set("go-go", [11_000, 10_000, 12_000]);
  runs.firstByteUs.set("empty", [40_000, 42_000, 41_000]);
  runs.firstByteUs.set("executable", [50_000, 48_000, 49_000]);
  runs.firstByteUs.set("bundle", [61_000, 60_000, 62_000]);
  runs.emptyRssKb.push(40_000, 40_000, 41_000);
  for (const form of ["executable", "bundle", "go"] as const) {
    runs.requests.set(form, [requests(50_000, 3000), requests(48_000, 2500), requests(52_000, 2600)]);
  }
  runs.requests.set("executable, no warm-up", [requests(48_000, 6000)]);
  return runs;
}

test("a start is compared with the Go plugin in the Go runtime, and with a script that does nothing", () => {
  const [executable, bundle] = startCases(rounds(), (form) => (form === "go" ? 8_000_000 : 99_000_000));
  assert.deepEqual(executable?.sides, {
    "go-go": { medianUs: 11_000, p99Us: 12_000, runs: 3 },
    "ts-go": { medianUs: 55_000, p99Us: 60_000, runs: 3 },
  });
  assert.deepEqual(executable?.ratio, { "ts-go": 5 });
  assert.deepEqual([executable?.aboveEmptyUs, bundle?.aboveEmptyUs], [8000, 20_000]);
  assert.deepEqual([executable?.rssKb, executable?.rssToEmpty], [{ ts: 50_000, go: 50_000 }, 1.25]);
  assert.deepEqual(executable?.requestsUs["ts, no warm-up"], { first: 6000, to10: 2000, to100: 1000 });
  assert.deepEqual(Object.keys(bundle?.requestsUs ?? {}), ["ts", "go"]);
});

test("the tables have a row for each form, and for each who was asked", () => {
  const text = startTables(startCases(rounds(), () => 99_400_000));
  assert.match(text, /^start\/executable +11\.0 +55\.0 +- +- +8\.0 +48\.8 +1\.25 +48\.8 +99\.4 +99\.4$/m);
  assert.match(text, /^start\/executable ts, no warm-up +6\.0 +2\.0 +1\.0$/m);
});
