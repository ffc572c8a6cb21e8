// What a case of the benchmark is, and how cases are chosen.
import type { Figure } from "./figures.js";
import type { Goal } from "./goals.js";
import type { Side } from "./sides.js";

/** One thing measured. */
export interface BenchCase {
  /** Such as `create/3/adjust`. */
  readonly name: string;
  /** What the runtime program is told to measure: its `-bench`. */
  readonly bench: "create" | "event" | "sync";
  readonly plugins: number;
  /** The plugins' `-mode`. */
  readonly mode: "noop" | "adjust";
  /** Whether all processes share one CPU. */
  readonly pinned: boolean;
  /** Measured requests of one run. */
  readonly requests: number;
  /** Requests of the same kind before them: V8 compiles what has run some thousand times. */
  readonly warmUp: number;
  /** Requests at the same time. */
  readonly callers: number;
  /** Further options of the runtime program. */
  readonly options?: readonly string[];
  readonly sides: readonly Side[];
  /** The figures that sides are compared by, the main one first. */
  readonly figures: readonly [Figure, ...Figure[]];
  readonly goals: readonly Goal[];
  /** About how long one run of one side takes, for the estimate. */
  readonly seconds: number;
}

/** How a case is called on the command line and in tables. */
export function label(one: Pick<BenchCase, "name" | "pinned">): string {
  return `${one.pinned ? "pin1/" : "free/"}${one.name}`;
}

/** The cases that `only` names: those with just this label or name, or else those that begin with it. */
export function selectCases(cases: readonly BenchCase[], only: string): readonly BenchCase[] {
  const exact = cases.filter((one) => label(one) === only || one.name === only);
  if (exact.length > 0) return exact;
  const begin = only.endsWith("/") ? only : `${only}/`;
  return cases.filter((one) => label(one).startsWith(begin) || one.name.startsWith(begin));
}

/** How long `runs` of these cases take, in seconds. */
export function estimate(
  cases: readonly BenchCase[],
  runs: number,
  sidesOf: (one: BenchCase) => readonly Side[],
): number {
  return cases.reduce((sum, one) => sum + one.seconds * sidesOf(one).length * runs, 0);
}
