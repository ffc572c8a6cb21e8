// Samples over the whole run, and what of them is kept.
import { median } from "../statistics.js";
import type { RuntimeSample } from "./runtime.js";

/** One sample with what only the other side sees. */
export interface SoakSample extends RuntimeSample {
  /** Seconds since the first request. */
  readonly atS: number;
  /** Of the plugins that stay, by language. */
  readonly pluginRssKb: { readonly ts?: number | undefined; readonly go?: number | undefined };
}

/** Points that a record keeps. */
const KEPT = 30;

/** At most thirty samples in place of all: each the medians of those it stands for, maxima of what is a maximum. */
export function sparse(samples: readonly SoakSample[], kept = KEPT): SoakSample[] {
  const size = Math.max(1, Math.ceil(samples.length / kept));
  const groups = Array.from({ length: Math.ceil(samples.length / size) }, (_, i) =>
    samples.slice(i * size, (i + 1) * size),
  );
  return groups.flatMap((group) => {
    const last = group.at(-1);
    if (last === undefined) return [];
    const of = (pick: (one: SoakSample) => number | undefined): number =>
      median(group.map(pick).filter((value) => value !== undefined));
    const most = (pick: (one: SoakSample) => number): number => Math.max(...group.map(pick));
    const total = (pick: (one: SoakSample) => number): number => group.reduce((sum, one) => sum + pick(one), 0);
    return {
      atS: last.atS,
      requests: total((one) => one.requests),
      failed: total((one) => one.failed),
      unadjusted: total((one) => one.unadjusted),
      overdue: most((one) => one.overdue),
      p50Us: of((one) => one.p50Us),
      p99Us: of((one) => one.p99Us),
      maxUs: most((one) => one.maxUs),
      rssKb: of((one) => one.rssKb),
      heapKb: group.find((one) => one.heapKb !== undefined)?.heapKb,
      externalKb: group.find((one) => one.externalKb !== undefined)?.externalKb,
      descriptors: of((one) => one.descriptors),
      resources: last.resources,
      loopP50Ms: of((one) => one.loopP50Ms),
      loopP99Ms: of((one) => one.loopP99Ms),
      plugins: of((one) => one.plugins),
      launchedPid: undefined,
      pluginRssKb: {
        ts: of((one) => one.pluginRssKb.ts),
        ...(last.pluginRssKb.go && { go: of((one) => one.pluginRssKb.go) }),
      },
    };
  });
}
