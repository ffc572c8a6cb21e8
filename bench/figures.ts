// What one run of a measuring runtime says, and the figures that are read from it.
import { median } from "./statistics.js";

/** The part of a result line that is reported. A kind of measurement has some of them. */
export interface RunResult {
  readonly plugins?: number;
  /** Of one call of the adaptation, all plugins in turn. */
  readonly p50_us?: number;
  readonly p99_us?: number;
  readonly first_us?: number;
  /** Median of the second to tenth request. */
  readonly early_us?: number;
  readonly rps?: number;
  /** User and system time per request; that of the runtime includes making the request, which costs `make_us_per_req`. */
  readonly cpu_us_per_req?: number;
  readonly make_us_per_req?: number;
  readonly plugin_cpu_us_per_req?: number;
  /** Memory at the end, at most, with the state loaded, and after the marked request. */
  readonly rss_kb?: number;
  readonly hwm_kb?: number;
  readonly loaded_kb?: number;
  readonly mark_rss_kb?: number;
  readonly plugin_rss_kb?: number;
  readonly plugin_hwm_kb?: number;
  readonly mark_plugin_rss_kb?: number;
  /** All synchronisations; the last one is that of the plugin. */
  readonly sync_us?: readonly number[];
  readonly spawn_to_registered_us?: readonly number[];
  readonly marshal_us?: number;
  readonly unmarshal_us?: number;
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
  first: { title: "first request us", of: (run) => run.first_us },
  early: { title: "2nd to 10th us", of: (run) => run.early_us },
  requestsPerSecond: { title: "requests/s", of: (run) => run.rps },
  synchronize: { title: "synchronize ms", of: (run) => divided(run.sync_us?.at(-1), 1000) },
  abovePeak: { title: "peak above state MiB", of: (run) => mebibytes(run.hwm_kb, run.loaded_kb) },
  registered: { title: "registered ms", of: (run) => divided(middleOf(run.spawn_to_registered_us), 1000) },
  runtimeEarly: { title: "runtime MiB, 3,000", of: (run) => mebibytes(run.mark_rss_kb, 0) },
  runtimeLate: { title: "runtime MiB, at the end", of: (run) => mebibytes(run.rss_kb, 0) },
  pluginEarly: { title: "plugin MiB, 3,000", of: (run) => mebibytes(run.mark_plugin_rss_kb, 0) },
  pluginLate: { title: "plugin MiB, at the end", of: (run) => mebibytes(run.plugin_rss_kb, 0) },
  encode: { title: "encode us", of: (run) => run.marshal_us },
  decode: { title: "decode us", of: (run) => run.unmarshal_us },
} as const satisfies Readonly<Record<string, FigureRow>>;
/** The name of one. */
export type Figure = keyof typeof FIGURES;

/** What a run took, in microseconds, whatever it measured; 0 when it measured no time. */
export function mainUs(run: RunResult): number {
  return run.p50_us ?? run.sync_us?.at(-1) ?? middleOf(run.spawn_to_registered_us) ?? run.marshal_us ?? 0;
}

/** The median of a figure over runs; undefined when no run measured it. */
export function middle(runs: readonly RunResult[], figure: Figure): number | undefined {
  return middleOf(runs.map(FIGURES[figure].of).filter((value) => value !== undefined));
}

function middleOf(values: readonly number[] | undefined): number | undefined {
  return values === undefined || values.length === 0 ? undefined : median(values);
}

function divided(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by;
}

function mebibytes(kilobytes: number | undefined, less: number | undefined): number | undefined {
  return kilobytes === undefined || less === undefined ? undefined : (kilobytes - less) / 1024;
}
