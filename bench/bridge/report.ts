// From lives to what the bridge adds to each call.

import { median } from "../statistics.js";
import { columns } from "../table.js";
import { CALLED, type Called } from "./lab.js";
import { type BridgeRuns, CALLS } from "./measure.js";

/** The row that has a bar of its own, and the others. */
const LIFE = ["create", "start", "delete"] as const;
const BAR_MS = { life: 120, call: 5 };

/** One call, or some in a row. */
export interface BridgeCase {
  readonly case: `bridge/${string}`;
  /** Medians, in milliseconds. */
  readonly ms: Readonly<Record<Called, number>>;
  /** What is added to runc. */
  readonly addedMs: Readonly<Record<Exclude<Called, "runc">, number>>;
  /** The most that the shipped wrapper may add; none for single calls that are told to the daemon. */
  readonly barMs?: number;
  readonly runs: number;
}

/** The cases of all rounds. */
export function bridgeCases(runs: BridgeRuns): BridgeCase[] {
  const values = (called: Called, calls: readonly (typeof CALLS)[number][]): number[] => {
    const columnsOf = calls.map((call) => runs.get(called)?.get(call) ?? []);
    return (columnsOf[0] ?? []).map((_, i) => columnsOf.reduce((sum, column) => sum + (column[i] ?? 0), 0));
  };
  const one = (name: string, calls: readonly (typeof CALLS)[number][], barMs: number | undefined): BridgeCase => {
    const of = (called: Called): number => Number(median(values(called, calls)).toFixed(1));
    const [runc, script, program] = CALLED.map(of) as [number, number, number];
    const added = (ms: number): number => Number((ms - runc).toFixed(1));
    return {
      case: `bridge/${name}`,
      ms: { runc, script, program },
      addedMs: { script: added(script), program: added(program) },
      ...(barMs === undefined ? {} : { barMs }),
      runs: values("runc", calls).length,
    };
  };
  const told: readonly string[] = ["create", "start"];
  return [
    one("create+start+delete", LIFE, BAR_MS.life),
    ...CALLS.map((call) => one(call, [call], told.includes(call) ? undefined : BAR_MS.call)),
  ];
}

/** A table for people. */
export function bridgeTable(cases: readonly BridgeCase[]): string {
  return columns([
    ["bridge, ms", ...CALLED, "script adds", "at most", "program adds"],
    ...cases.map((row) => [
      row.case.slice("bridge/".length),
      ...CALLED.map((called) => String(row.ms[called])),
      String(row.addedMs.script),
      row.barMs === undefined ? "" : String(row.barMs),
      String(row.addedMs.program),
    ]),
  ]);
}
