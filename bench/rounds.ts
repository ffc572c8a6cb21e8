// Rounds over cases and sides: each runs everything once in another order, so that a noisy minute hits all sides alike.
import { type BenchCase, label } from "./cases.js";
import type { RunResult } from "./figures.js";
import { measure } from "./measure.js";
import type { Runs } from "./report.js";
import type { Programs, Side } from "./sides.js";
import { shuffled } from "./statistics.js";

/** What is run. */
export interface RoundsOptions {
  readonly cases: readonly BenchCase[];
  readonly sidesOf: (one: BenchCase) => readonly Side[];
  readonly rounds: number;
  readonly programs: Programs;
  /** Told what is run, and what broke. */
  readonly log: (line: string) => void;
}

/** Runs them all. A run that breaks is left out, and counted in `failures`. */
export async function runRounds({ cases, sidesOf, rounds, programs, log }: RoundsOptions) {
  const runs = new Map(cases.map((one) => [one, new Map(sidesOf(one).map((side) => [side, [] as RunResult[]]))]));
  let failures = 0;
  for (let round = 1; round <= rounds; round++) {
    const due = cases.filter(({ maxRuns = rounds }) => round <= maxRuns);
    const jobs = shuffled(due.flatMap((one) => sidesOf(one).map((side) => ({ one, side }))));
    for (const [index, { one, side }] of jobs.entries()) {
      log(`round ${round}/${rounds}, ${index + 1}/${jobs.length}: ${label(one)} ${side}`);
      try {
        runs
          .get(one)
          ?.get(side)
          ?.push(await measure(one, side, programs));
      } catch (error) {
        failures++;
        log(`${label(one)} ${side} broke, going on without it: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  return { runs: runs satisfies Runs, failures };
}
