// What a row has to show, and whether it did.
import type { Figure } from "./figures.js";
import type { Side } from "./sides.js";

/** A figure of a side, divided by the same figure of `to`, is at most or at least `bound`; without `to` the figure itself. */
export interface Goal {
  readonly side: Side;
  readonly figure: Figure;
  readonly is: "at most" | "at least";
  readonly bound: number;
  /** Go on both ends of the same case, or the same side of another case, by its label. */
  readonly to?: "go-go" | { readonly label: string };
}

/** A goal and what was measured. */
export interface GoalResult {
  readonly side: Side;
  readonly figure: Figure;
  /** The ratio, or the figure. */
  readonly value: number;
  readonly is: Goal["is"];
  readonly bound: number;
  /** What it was divided by. */
  readonly to?: string;
  readonly met: boolean;
}

/** Looks up the median of a figure: of a side of this case, or of another one by its label. */
export type LookUp = (side: Side, figure: Figure, label?: string) => number | undefined;

/** The goals whose figures were measured, each with its value. */
export function checkGoals(goals: readonly Goal[], lookUp: LookUp): readonly GoalResult[] {
  return goals.flatMap(({ side, figure, is, bound, to }) => {
    const own = lookUp(side, figure);
    const base = divisor({ side, figure, to }, lookUp);
    if (own === undefined || base === undefined) return [];
    const value = Number((own / base).toFixed(to === undefined ? 1 : 2));
    const met = is === "at most" ? value <= bound : value >= bound;
    const against = typeof to === "object" ? to.label : to;
    return [{ side, figure, value, is, bound, ...(against === undefined ? {} : { to: against }), met }];
  });
}

function divisor({ side, figure, to }: Pick<Goal, "side" | "figure"> & { to: Goal["to"] }, lookUp: LookUp) {
  if (to === undefined) return 1;
  return to === "go-go" ? lookUp("go-go", figure) : lookUp(side, figure, to.label);
}

/** `≤ 0.6`, and whether it was met. */
export function goalText({ is, bound, met }: GoalResult): string {
  return `${is === "at most" ? "≤" : "≥"} ${bound} ${met ? "met" : "NOT met"}`;
}
