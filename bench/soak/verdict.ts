// Whether something grows: the slope of each series over the last two thirds, against what may be noise.
import { median } from "../statistics.js";
import type { SoakSample } from "./samples.js";

/** One thing that must stay flat. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly of: (sample: SoakSample) => number | undefined;
  /** What it may grow by in the part that is judged: so much, or so large a part of its median, whichever is more. */
  readonly atMost: { readonly absolute: number; readonly part: number };
}

/** What became of one series. */
export interface Judged {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  /** From the slope: between the beginning and the end of the judged part. */
  readonly grownBy: number;
  readonly atMost: number;
  readonly flat: boolean;
}

const MB = 1024;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Everything that must stay flat. 900,000 requests that each leave a hundred bytes behind would be ninety megabytes. */
export const SERIES: readonly Series[] = [
  { name: "RSS of the runtime", unit: "MB", of: (one) => one.rssKb / MB, atMost: { absolute: 10, part: 0.1 } },
  {
    name: "heap after a collection",
    unit: "MB",
    of: (one) => one.heapKb && one.heapKb / MB,
    atMost: { absolute: 1, part: 0 },
  },
  {
    name: "buffers after a collection",
    unit: "MB",
    of: (one) => one.externalKb && one.externalKb / MB,
    atMost: { absolute: 4, part: 0 },
  },
  { name: "descriptors", unit: "", of: (one) => one.descriptors, atMost: { absolute: 2, part: 0 } },
  {
    name: "active resources",
    unit: "",
    of: (one) => sum(Object.values(one.resources)),
    atMost: { absolute: 2, part: 0 },
  },
  { name: "timers", unit: "", of: (one) => one.resources.Timeout ?? 0, atMost: { absolute: 1, part: 0 } },
  { name: "event-loop delay, p99", unit: "ms", of: (one) => one.loopP99Ms, atMost: { absolute: 5, part: 0.5 } },
  {
    name: "RSS of a TypeScript plugin that stays",
    unit: "MB",
    of: (one) => rss(one, "ts"),
    atMost: { absolute: 8, part: 0.1 },
  },
  {
    name: "RSS of a Go plugin that stays",
    unit: "MB",
    of: (one) => rss(one, "go"),
    atMost: { absolute: 2, part: 0.1 },
  },
];

function rss(sample: SoakSample, language: "ts" | "go"): number | undefined {
  const kb = sample.pluginRssKb[language];
  return kb === undefined ? undefined : kb / MB;
}

/** Judges the last two thirds of the samples; a series of which there are fewer than three values is left out. */
export function judge(samples: readonly SoakSample[], series: readonly Series[] = SERIES): Judged[] {
  const judged = samples.slice(Math.floor(samples.length / 3));
  return series.flatMap(({ name, unit, of, atMost }) => {
    const points = judged.flatMap((sample) => {
      const value = of(sample);
      return value === undefined ? [] : [[sample.atS, value] as const];
    });
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined || points.length < 3) return [];
    const middle = median(points.map(([, value]) => value));
    const grownBy = slope(points) * (last[0] - first[0]);
    const limit = Math.max(atMost.absolute, atMost.part * middle);
    return [
      { name, unit, median: round(middle), grownBy: round(grownBy), atMost: round(limit), flat: grownBy <= limit },
    ];
  });
}

/** The median of the slopes between all pairs (Theil and Sen): a few samples far off do not turn it. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes: number[] = [];
  for (const [i, [x1, y1]] of points.entries()) {
    for (const [x2, y2] of points.slice(i + 1)) if (x2 !== x1) slopes.push((y2 - y1) / (x2 - x1));
  }
  return median(slopes);
}

const round = (value: number): number => Number(value.toFixed(2));
