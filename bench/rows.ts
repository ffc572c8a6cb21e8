// The rows that a full run measures, with their goals, and the cases beside them that are measured by name only.
import type { BenchCase } from "./cases.js";
import type { Figure } from "./figures.js";
import type { Goal } from "./goals.js";
import { SIDES, type Side } from "./sides.js";

/** Requests of one run and before it, by the number of plugins. */
const SIZES: Readonly<Record<number, Pick<BenchCase, "requests" | "warmUp" | "seconds">>> = {
  1: { requests: 3000, warmUp: 4000, seconds: 2 },
  3: { requests: 1500, warmUp: 4000, seconds: 5 },
  10: { requests: 500, warmUp: 2000, seconds: 8 },
};

type Asked = Pick<BenchCase, "name" | "bench" | "plugins"> & Partial<BenchCase>;

function requests(asked: Asked): BenchCase {
  const size = SIZES[asked.plugins] ?? { requests: 500, warmUp: 1000, seconds: 5 };
  return { mode: "noop", pinned: true, callers: 1, sides: SIDES, figures: ["p50"], goals: [], ...size, ...asked };
}

/** Goals of one figure, each divided by that of Go on both ends. */
function toGo(figure: Figure, is: Goal["is"], bounds: Readonly<Partial<Record<Side, number>>>): readonly Goal[] {
  return Object.entries(bounds).map(([side, bound]) => ({
    side: side as Side,
    figure,
    is,
    bound: bound ?? 0,
    to: "go-go",
  }));
}

const p50 = (ours: number, mixed: number): readonly Goal[] =>
  toGo("p50", "at most", { "ts-ts": ours, "ts-go": mixed, "go-ts": mixed });

/** The rows of a full run; a quick one measures the first six. */
export const ROWS: readonly BenchCase[] = [
  requests({ name: "create/1/noop", bench: "create", plugins: 1, goals: p50(0.6, 1) }),
  requests({ name: "create/1/adjust", bench: "create", plugins: 1, mode: "adjust", goals: p50(0.6, 1) }),
  requests({
    name: "create/10/noop",
    bench: "create",
    plugins: 10,
    sides: ["go-go", "go-ts", "ts-ts"],
    goals: toGo("p50", "at most", { "ts-ts": 0.5, "go-ts": 0.8 }),
  }),
  requests({ name: "event/1/noop", bench: "event", plugins: 1, goals: p50(0.5, 1) }),
  requests({ name: "create/1/noop", bench: "create", plugins: 1, pinned: false, goals: p50(0.6, 1) }),
  requests({
    name: "create/1/noop/c16",
    bench: "create",
    plugins: 1,
    callers: 16,
    figures: ["requestsPerSecond"],
    goals: toGo("requestsPerSecond", "at least", { "ts-ts": 2, "ts-go": 1.2, "go-ts": 1.2 }),
  }),
];
/** How many rows a quick run measures. */
export const QUICK_ROWS = 6;

/** Cases that are measured when they are named: more plugins, more callers, each of it free and on one CPU. */
export const MORE: readonly BenchCase[] = [true, false]
  .flatMap((pinned) =>
    [1, 3, 10].flatMap((plugins) =>
      [1, 16].flatMap((callers) => {
        const tail = callers === 1 ? "" : `/c${callers}`;
        const figures: BenchCase["figures"] = callers === 1 ? ["p50"] : ["requestsPerSecond"];
        const both = { plugins, pinned, callers, figures };
        // a plugin's answer to an event is empty whatever its mode
        return [
          requests({ name: `create/${plugins}/noop${tail}`, bench: "create", ...both }),
          requests({ name: `create/${plugins}/adjust${tail}`, bench: "create", mode: "adjust", ...both }),
          requests({ name: `event/${plugins}/noop${tail}`, bench: "event", ...both }),
        ];
      }),
    ),
  )
  .filter((one) => !ROWS.some(({ name, pinned }) => name === one.name && pinned === one.pinned));
