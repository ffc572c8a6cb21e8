// What one run of a measuring runtime says, and the figures that are read from it.
import { median } from "./statistics.js";

/** The part of a result line that is reported. A kind of measurement has some of them. */
export interface RunResult {
  readonly plugins: number;
  /** Of one call of the adaptation, all plugins in turn. */
  readonly p50_us?: number;
  readonly p99_us?: number;
  readonly rps?: number;
  /** User and system time per request; that of the runtime includes making the request. */
  readonly cpu_us_per_req?: number;
  readonly plugin_cpu_us_per_req?: number;
  /** One value for each plugin that was synchronised. */
  readonly sync_us?: readonly number[];
  /** At the end, and at most. */
  readonly rss_kb?: number;
  readonly hwm_kb?: number;
  readonly plugin_hwm_kb?: number;
}

/** One kind of figure. */
export interface FigureRow {
  /** How tables call it, with the unit. */
  readonly title: string;
  /** Undefined when the run did not measure it. */
  readonly of: (run: RunResult) => number | undefined;
}

/** Every figure that sides are compared by. */
export const FIGURES = {
  p50: { title: "p50 us", of: (run) => run.p50_us },
  p99: { title: "p99 us", of: (run) => run.p99_us },
  requestsPerSecond: { title: "requests/s", of: (run) => run.rps },
} as const satisfies Readonly<Record<string, FigureRow>>;
/** The name of one. */
export type Figure = keyof typeof FIGURES;

/** The median of a figure over runs; undefined when no run measured it. */
export function middle(runs: readonly RunResult[], figure: Figure): number | undefined {
  const values = runs.map(FIGURES[figure].of).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}
