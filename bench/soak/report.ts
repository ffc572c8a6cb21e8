// What a soak run says: a line for each sample, what was lost, and what grew.
import { columns } from "../table.js";
import type { ChurnFacts } from "./churn.js";
import type { SoakSample } from "./samples.js";
import type { Judged } from "./verdict.js";

/** The part of the requests that must have been sent: those of the last moment are under way. */
const RATE_KEPT = 0.99;

/** Everything that a run must not show; none when all is well. `ended` are plugins that ended by themselves. */
export function problemsOf(
  judged: readonly Judged[],
  { requests, failed, unadjusted }: ReturnType<typeof totalsOf>,
  { due, ended }: { readonly due: number; readonly ended: readonly string[] },
): string[] {
  return [
    ...judged
      .filter(({ flat }) => !flat)
      .map(({ name, grownBy, unit, atMost }) => `${name} grew by ${grownBy} ${unit}, at most ${atMost}`),
    ...(failed > 0 ? [`${failed} requests failed`] : []),
    ...(unadjusted > 0 ? [`${unadjusted} creations went without a plugin that was there`] : []),
    ...(requests < due * RATE_KEPT ? [`the rate was not kept: ${requests} requests of ${due}`] : []),
    ...ended.map((text) => `a plugin ended by itself: ${text}`),
  ];
}

/** What came of all requests. */
export function totalsOf(samples: readonly SoakSample[]) {
  const total = (of: (sample: SoakSample) => number): number => samples.reduce((sum, sample) => sum + of(sample), 0);
  return {
    requests: total((one) => one.requests),
    failed: total((one) => one.failed),
    unadjusted: total((one) => one.unadjusted),
  };
}

/** A line for each sample. */
export function progress(one: SoakSample): string {
  const heap = one.heapKb === undefined ? "" : `, heap ${(one.heapKb / 1024).toFixed(1)} MB`;
  return (
    `soak: ${one.atS} s: ${one.requests} requests, ${one.failed} failed, p50 ${one.p50Us} us, p99 ${one.p99Us} us, ` +
    `${one.plugins} plugins, RSS ${(one.rssKb / 1024).toFixed(1)} MB${heap}, ${one.descriptors} descriptors, loop p99 ${one.loopP99Ms} ms`
  );
}

/** A table of what was judged. */
export function verdictTable(judged: readonly Judged[]): string {
  return columns([
    ["last two thirds", "median", "grown by", "at most", "unit", ""],
    ...judged.map(({ name, median, grownBy, atMost, unit, flat }) => [
      name,
      String(median),
      String(grownBy),
      String(atMost),
      unit,
      flat ? "flat" : "GROWS",
    ]),
  ]);
}

/** Rows of the page: what was asked and what came and went, then what was judged. */
export function recordRows({
  totals,
  churn,
  restarts,
  judged,
}: {
  readonly totals: ReturnType<typeof totalsOf>;
  readonly churn: ChurnFacts;
  readonly restarts: number;
  readonly judged: readonly Judged[];
}): string[][] {
  const counted = [
    ["requests", totals.requests],
    ["requests that failed, or went without a plugin that was there", totals.failed + totals.unadjusted],
    ["plugins that joined", churn.joined],
    ["left in order", churn.left["in order"]],
    ["crashed", churn.left.crash],
    ["launched plugin killed", churn.launchedKilled],
    ["started again by the adaptation", restarts],
  ] as const;
  return [
    ["", "median", "grown by in the last two thirds", "at most"],
    ...counted.map(([name, value]) => [name, value.toLocaleString("en"), "", ""]),
    ...judged.map(({ name, unit, median, grownBy, atMost }) => [
      `${name}${unit && `, ${unit}`}`,
      `${median}`,
      `${grownBy}`,
      `${atMost}`,
    ]),
  ];
}
