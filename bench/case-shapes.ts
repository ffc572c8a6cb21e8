// Cases from the few things that differ between them.
import type { BenchCase } from "./cases.js";
import type { Figure } from "./figures.js";
import type { Goal } from "./goals.js";
import { SIDES, type Side } from "./sides.js";

/** Requests of one run and before it, by the number of plugins. */
const SIZES: Readonly<Record<number, Pick<BenchCase, "requests" | "warmUp" | "seconds">>> = {
  1: { requests: 3000, warmUp: 4000, seconds: 1.5 },
  3: { requests: 1500, warmUp: 4000, seconds: 4 },
  10: { requests: 500, warmUp: 2000, seconds: 6 },
};

type Asked = Pick<BenchCase, "name" | "bench" | "plugins"> & Partial<BenchCase>;

/** Requests on one CPU, one after the other, of plugins that do nothing, compared by p50; unless told. */
export function requests(asked: Asked): BenchCase {
  const size = SIZES[asked.plugins] ?? { requests: 500, warmUp: 1000, seconds: 5 };
  return { mode: "noop", pinned: true, callers: 1, sides: SIDES, figures: ["p50"], goals: [], ...size, ...asked };
}

/** Goals of one figure, each divided by that of Go on both ends. */
export function toGo(figure: Figure, is: Goal["is"], bounds: Readonly<Partial<Record<Side, number>>>): readonly Goal[] {
  return Object.entries(bounds).map(([side, bound]) => ({
    side: side as Side,
    figure,
    is,
    bound: bound ?? 0,
    to: "go-go",
  }));
}

/** The goals of a p50: ours on both ends, and on one end. */
export const p50 = (ours: number, mixed: number): readonly Goal[] =>
  toGo("p50", "at most", { "ts-ts": ours, "ts-go": mixed, "go-ts": mixed });
