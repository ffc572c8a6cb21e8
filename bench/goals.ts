// What a row has to show, and whether it did.
import type { Figure } from "./figures.js";
import type { Side } from "./sides.js";

/**
 * A figure of a side is at most or at least `bound`: divided by that of Go on both ends, by that of the same side in
 * another case, by another figure of the same side, or as it is.
 */
export interface Goal {
  readonly side: Side;
  readonly figure: Figure;
  readonly is: "at most" | "at least";
  readonly bound: number;
  readonly to?: "go-go" | { readonly label: string } | { readonly figure: Figure };
}

/** A goal and what was measured. */
export interface GoalResult {
  readonly side: Side;
  readonly figure: Figure;
  /** The ratio, or the figure. */
  readonly value: number;
  readonly is: Goal["is"];
  readonly bound: number;
  /** What it was divided by: `go-go`, the label of a case, or a figure. */
  readonly to?: string;
  readonly met: boolean;
}

/** Looks up the median of a figure: of a side of this case, or of another one by its label. */
export type LookUp = (side: Side, figure: Figure, label?: string) => number | undefined;

/** The goals whose figures were measured, each with its value. */
export function checkGoals(goals: readonly Goal[], lookUp: LookUp): readonly GoalResult[] {
  return goals.flatMap((goal) => {
    const { side, figure, is, bound } = goal;
    const own = lookUp(side, figure);
    const [base, to] = divisor(goal, lookUp);
    if (own === undefined || base === undefined) return [];
    const value = Number((own / base).toFixed(to === undefined ? 1 : 2));
    const met = is === "at most" ? value <= bound : value >= bound;
    return [{ side, figure, value, is, bound, ...(to === undefined ? {} : { to }), met }];
  });
}

function divisor({ side, figure, to }: Goal, lookUp: LookUp): readonly [value: number | undefined, name?: string] {
  if (to === undefined) return [1];
  if (to === "go-go") return [lookUp("go-go", figure), to];
  if ("label" in to) return [lookUp(side, figure, to.label), to.label];
  return [lookUp(side, to.figure), to.figure];
}

/** `≤ 0.6 met`, after the value when it is not the ratio to Go. */
export function goalText({ is, bound, met, to, value }: GoalResult): string {
  const text = `${is === "at most" ? "≤" : "≥"} ${bound} ${met ? "met" : "NOT met"}`;
  if (to === undefined || to === "go-go") return text;
  return `${value} of ${to} ${text}`;
}
