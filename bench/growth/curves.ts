// What is made larger step by step, how each step is run, and what is read from it.
import { requests } from "../case-shapes.js";
import type { BenchCase } from "../cases.js";
import type { RunResult } from "../figures.js";

/** The same language on both ends, Go first. */
export const SIDES = ["go-go", "ts-ts"] as const;
/** One of them. */
export type Side = (typeof SIDES)[number];

/** One curve. */
export interface Curve {
  /** As on the command line and in the names of pictures. */
  readonly name: "plugins" | "size" | "containers" | "callers";
  readonly title: string;
  /** What grows, with its unit. */
  readonly x: string;
  readonly steps: readonly Step[];
  readonly figures: readonly Figure[];
}

/** One point of a curve. */
export interface Step {
  readonly x: number;
  readonly run: BenchCase;
}

/** What is drawn of the runs. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly of: (run: RunResult) => number | undefined;
  /** Drawn with dashes in the picture of the figure before it. */
  readonly beside?: boolean;
}

const MIB = 2 ** 20;
/** A plugin's code is compiled after some thousand requests: fewer measure V8's compiler. */
const WARM_UP = 2000;
const REQUESTS = 3000;

/** One plugin that answers nothing, on one CPU, unless a step says otherwise. */
function step(curve: string, x: number, more: Partial<BenchCase>): Step {
  const usual = { bench: "create", plugins: 1, requests: REQUESTS, warmUp: WARM_UP, seconds: 4 } as const;
  return { x, run: requests({ name: `growth/${curve}/${x}`, sides: SIDES, ...usual, ...more }) };
}

const mb = (kb: number | undefined): number | undefined => kb && kb / 1024;
/** Milliseconds of the plugin's own synchronisation; the first one is that of the start, with nobody there. */
const lastOf = (times: readonly number[] = []): number | undefined =>
  times.length < 2 ? undefined : (times.at(-1) ?? 0) / 1000;
const LATENCY: readonly Figure[] = [
  { name: "p50", unit: "µs", of: (run) => run.p50_us },
  { name: "p99", unit: "µs", of: (run) => run.p99_us, beside: true },
];
const RATE: Figure = { name: "throughput", unit: "requests per second", of: (run) => run.rps };
const RSS: Figure = { name: "runtime's RSS", unit: "MB", of: (run) => mb(run.rss_kb) };
const HIGHEST_RSS: readonly Figure[] = [
  { name: "runtime's highest RSS", unit: "MB", of: (run) => mb(run.hwm_kb) },
  { name: "plugin's", unit: "MB", of: (run) => mb(run.plugin_hwm_kb), beside: true },
];

/** All curves. */
export const CURVES: readonly Curve[] = [
  {
    name: "plugins",
    title: "More plugins: CreateContainer, 8 KB, no plugin answers anything, one CPU",
    x: "plugins",
    steps: [1, 2, 5, 10, 20, 50].map((plugins) => {
      const measured = Math.max(200, Math.floor(REQUESTS / plugins));
      const warmUp = plugins > 10 ? WARM_UP / 2 : WARM_UP;
      return step("plugins", plugins, { plugins, requests: measured, warmUp, seconds: 3 + plugins / 2 });
    }),
    figures: [...LATENCY, RATE, RSS],
  },
  {
    name: "size",
    title: "Larger requests: CreateContainer, 1 plugin that answers nothing, one CPU",
    x: "size of the request in MiB",
    steps: [0.25, 0.5, 1, 2, 3, 3.9].map((size) => {
      const options = ["-pad", String(Math.floor(size * MIB))];
      return step("size", size, { requests: 100, warmUp: 100, options });
    }),
    figures: [...LATENCY, RATE, ...HIGHEST_RSS],
  },
  {
    name: "containers",
    title: "More containers: Synchronize of 1 plugin, half as many pods, two CPUs",
    x: "containers",
    steps: [10, 100, 1000, 5000, 20_000].map((containers) => {
      const options = ["-sync-ctrs", `${containers}`, "-sync-pods", `${containers / 2}`, "-wait", "60s"];
      const seconds = 2 + containers / 2500;
      return step("containers", containers, {
        bench: "sync",
        pinned: false,
        seconds,
        options: [...options, "-req-timeout", "60s"],
      });
    }),
    figures: [{ name: "time", unit: "ms", of: ({ sync_us }) => lastOf(sync_us) }, ...HIGHEST_RSS],
  },
  {
    name: "callers",
    title: "More callers at the same time: CreateContainer, 8 KB, 1 plugin that answers nothing, one CPU",
    x: "callers",
    steps: [1, 4, 16, 64, 256].map((callers) => step("callers", callers, { callers })),
    figures: [...LATENCY, RATE, RSS],
  },
];
