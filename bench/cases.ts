// What a case of the benchmark is, and how cases are chosen.
import type { Figure } from "./figures.js";
import type { Goal } from "./goals.js";
import type { Side } from "./sides.js";

/** One thing measured. */
export interface BenchCase {
  /** Such as `create/3/adjust`. */
  readonly name: string;
  /** What the runtime program is told to measure: its `-bench`. */
  readonly bench: "create" | "event" | "sync" | "joining" | "start" | "codec";
  readonly plugins: number;
  /** The plugins' `-mode`. */
  readonly mode: "noop" | "adjust" | "scripted" | "events-only";
  /** Whether our plugin is the one that `nri build` makes. */
  readonly built?: boolean;
  /** The plugins' `-script`. */
  readonly script?: object;
  /** More options of the plugin that joins again and again. */
  readonly joinerOptions?: readonly string[];
  /** More options of the runtime program. */
  readonly options?: readonly string[];
  /** More options of programs by their names: of our runtime alone, for instance. */
  readonly optionsOf?: (side: { readonly plugin: string; readonly runtime: string }) => {
    readonly plugin?: readonly string[];
    readonly runtime?: readonly string[];
  };
  /** Whether all processes share one CPU. */
  readonly pinned: boolean;
  /** Measured requests of one run. */
  readonly requests: number;
  /** Requests of the same kind before them: V8 compiles what has run some thousand times. */
  readonly warmUp: number;
  /** Requests at the same time. */
  readonly callers: number;
  readonly sides: readonly Side[];
  /** The figures that sides are compared by, the main one first. */
  readonly figures: readonly [Figure, ...Figure[]];
  readonly goals: readonly Goal[];
  /** Runs of each side at most, where one takes long. */
  readonly maxRuns?: number;
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
  return cases.reduce((sum, one) => sum + one.seconds * sidesOf(one).length * Math.min(runs, one.maxRuns ?? runs), 0);
}

/** The same, with the cases that their goals compare them with. */
export function withCompared(cases: readonly BenchCase[], all: readonly BenchCase[]): readonly BenchCase[] {
  const wanted = cases.flatMap(({ goals }) =>
    goals.flatMap(({ to }) => (typeof to === "object" && "label" in to ? [to.label] : [])),
  );
  return all.filter((one) => cases.includes(one) || wanted.includes(label(one)));
}
