// The cases of the benchmark and the sides that are compared in each.

/** Who is on which end: runtime's implementation is told last but one, as in `ts-go` = our plugin in the Go runtime. */
export const SIDES = ["go-go", "ts-go", "go-ts", "ts-ts"] as const;
/** One combination of plugin and runtime: `PLUGIN-RUNTIME`. */
export type Side = (typeof SIDES)[number];

/** One thing measured. */
export interface BenchCase {
  /** Such as `create/3/adjust`. */
  readonly name: string;
  readonly bench: "create" | "event";
  readonly plugins: number;
  readonly mode: "noop" | "adjust";
  /** Whether all processes share one CPU. */
  readonly pinned: boolean;
  /** Measured requests of one run. */
  readonly requests: number;
  /** Requests of the same kind before them. */
  readonly warmUp: number;
}

const REQUESTS: Readonly<Record<number, number>> = { 1: 3000, 3: 1500, 10: 500 };

/**
 * All cases. A plugin's answer to an event is empty whatever its mode, so `adjust` exists for `create` only. With
 * `quick` there are fewer requests and no ten plugins.
 */
export function benchCases(quick: boolean): readonly BenchCase[] {
  const cases: BenchCase[] = [];
  for (const pinned of [true, false]) {
    for (const plugins of quick ? [1, 3] : [1, 3, 10]) {
      const requests = (REQUESTS[plugins] ?? 500) / (quick ? 2 : 1);
      const warmUp = Math.max(requests, 1000);
      for (const mode of ["noop", "adjust"] as const) {
        cases.push({ name: `create/${plugins}/${mode}`, bench: "create", plugins, mode, pinned, requests, warmUp });
      }
      cases.push({ name: `event/${plugins}/noop`, bench: "event", plugins, mode: "noop", pinned, requests, warmUp });
    }
  }
  return cases;
}

/** How a case is called on the command line and in tables. */
export function label(one: BenchCase): string {
  return `${one.pinned ? "pin1/" : "free/"}${one.name}`;
}

/** The cases that `only` names: a label, a name, or the beginning of one. */
export function selectCases(cases: readonly BenchCase[], only: string | undefined): readonly BenchCase[] {
  if (only === undefined) return cases;
  const starts = (text: string): boolean => text === only || text.startsWith(only.endsWith("/") ? only : `${only}/`);
  return cases.filter((one) => starts(label(one)) || starts(one.name));
}
