// From single runs to medians, ratios and goals: the JSON document.
import { type BenchCase, label } from "./cases.js";
import { type Figure, mainUs, middle, type RunResult } from "./figures.js";
import { checkGoals, type GoalResult } from "./goals.js";
import type { Side } from "./sides.js";
import type { StartCase } from "./start/report.js";
import { median } from "./statistics.js";

/** Medians over the runs of one side of one case, in microseconds. */
export interface SideResult {
  readonly medianUs: number;
  readonly p99Us: number;
  readonly runs: number;
  /** User and system time per request of the runtime, without making the request, and of all plugins together. */
  readonly runtimeCpuUs: number;
  readonly pluginCpuUs: number;
  readonly requestsPerSecond: number;
  /** Smallest and largest `medianUs` of a run: how far to trust the median. */
  readonly spreadUs: readonly [number, number];
  /** The figures that this case is compared by, in their own units. */
  readonly figures: Partial<Record<Figure, number>>;
}

/** One case of the report. */
export interface CaseResult {
  readonly case: string;
  readonly pinned: boolean;
  readonly sides: Readonly<Record<Side, SideResult>>;
  /** The main figure of a side divided by that of go-go. */
  readonly ratio: Readonly<Record<Side, number>>;
  /** The figures that sides are compared by; the first is the one of `ratio`. */
  readonly figures: readonly Figure[];
  readonly goals: readonly GoalResult[];
}

/** The whole report. */
export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly date: string;
  readonly cases: readonly (CaseResult | StartCase)[];
}

/** The runs of each side of each case. */
export type Runs = ReadonlyMap<BenchCase, ReadonlyMap<Side, readonly RunResult[]>>;

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Medians of the runs of one side. */
export function summarise(runs: readonly RunResult[], figures: readonly Figure[]): SideResult {
  const of = (pick: (run: RunResult) => number | undefined): number => round(median(runs.map((run) => pick(run) ?? 0)));
  const main = runs.map(mainUs);
  return {
    medianUs: of(mainUs),
    p99Us: of((run) => run.p99_us),
    runs: runs.length,
    runtimeCpuUs: of((run) => (run.cpu_us_per_req ?? 0) - (run.make_us_per_req ?? 0)),
    pluginCpuUs: of((run) => run.plugin_cpu_us_per_req),
    requestsPerSecond: Math.round(of((run) => run.rps)),
    spreadUs: [round(Math.min(...main)), round(Math.max(...main))],
    figures: Object.fromEntries(
      figures.flatMap((figure) => {
        const value = middle(runs, figure);
        return value === undefined ? [] : [[figure, round(value, 2)]];
      }),
    ),
  };
}

/** All cases, each with what it shows of its goals; ratios only where go-go was measured too. */
export function caseResults(runs: Runs): readonly CaseResult[] {
  const byLabel = new Map([...runs].map(([one, sides]) => [label(one), sides]));
  return [...runs].map(([one, ran]) => {
    const done = [...ran].filter(([, results]) => results.length > 0);
    const value = (side: Side, figure: Figure, of = label(one)) => middle(byLabel.get(of)?.get(side) ?? [], figure);
    const [main] = one.figures;
    const base = value("go-go", main);
    const ratios = done.flatMap(([side]) => {
      const own = value(side, main);
      return side === "go-go" || !base || own === undefined ? [] : [[side, round(own / base, 2)]];
    });
    return {
      case: one.name,
      pinned: one.pinned,
      sides: Object.fromEntries(done.map(([side, results]) => [side, summarise(results, one.figures)])),
      ratio: Object.fromEntries(ratios) as CaseResult["ratio"],
      figures: one.figures,
      goals: checkGoals(one.goals, value),
    };
  });
}
