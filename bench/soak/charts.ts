// The pictures of a soak run.
import { drawLines, type Line } from "../charts/line-chart.js";
import type { SoakSample } from "./samples.js";

const MB = 1024;

/** Draws `docs/images/soak.svg` and returns its path. */
export function drawSoak(rate: number, samples: readonly SoakSample[]): string {
  const line = (name: string, of: (sample: SoakSample) => number | undefined): Line => ({
    name,
    points: samples.flatMap((sample) => {
      const value = of(sample);
      return value === undefined ? [] : [[sample.atS / 60, value] as const];
    }),
  });
  const go = samples.some(({ pluginRssKb }) => pluginRssKb.go !== undefined);
  return drawLines("soak", {
    title: `${rate} requests a second, plugins joining and leaving`,
    x: { name: "minutes" },
    panels: [
      {
        title: "Memory",
        y: { name: "MB" },
        lines: [
          line("runtime, RSS", ({ rssKb }) => rssKb / MB),
          line("runtime, heap after a collection", ({ heapKb }) => heapKb && heapKb / MB),
          line("TypeScript plugin, RSS", ({ pluginRssKb: { ts } }) => ts && ts / MB),
          ...(go ? [line("Go plugin, RSS", ({ pluginRssKb }) => pluginRssKb.go && pluginRssKb.go / MB)] : []),
        ],
      },
      {
        title: "Descriptors and timers",
        y: { name: "count" },
        lines: [
          line("descriptors", ({ descriptors }) => descriptors),
          line("timers", ({ resources }) => resources.Timeout ?? 0),
        ],
      },
      {
        title: "Times",
        y: { name: "milliseconds" },
        lines: [
          line("request, p50", ({ p50Us }) => p50Us / 1000),
          line("request, p99", ({ p99Us }) => p99Us / 1000),
          line("event-loop delay, p99", ({ loopP99Ms }) => loopP99Ms),
        ],
      },
    ],
  });
}
