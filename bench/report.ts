// From single runs to medians, a table with ratios, and the JSON document.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { type BenchCase, label, SIDES, type Side } from "./cases.js";
import type { RunResult } from "./measure.js";
import type { StartCase } from "./start/report.js";
import { median } from "./statistics.js";

/** Medians over the runs of one side of one case, in microseconds. */
export interface SideResult {
  readonly medianUs: number;
  readonly p99Us: number;
  readonly runs: number;
  /** User and system time per request of the runtime, and of all plugins together. */
  readonly runtimeCpuUs: number;
  readonly pluginCpuUs: number;
  readonly requestsPerSecond: number;
  /** Smallest and largest p50 of a run: how far to trust the median. */
  readonly spreadUs: readonly [number, number];
}

/** One case of the report. */
export interface CaseResult {
  readonly case: string;
  readonly pinned: boolean;
  readonly sides: Partial<Record<Side, SideResult>>;
  /** Median p50 of a side divided by that of go-go. */
  readonly ratio: Partial<Record<Side, number>>;
}

/** The whole report. */
export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly date: string;
  readonly cases: readonly (CaseResult | StartCase)[];
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Medians of the runs of one side. */
export function summarise(runs: readonly RunResult[]): SideResult {
  const of = (pick: (run: RunResult) => number): number => round(median(runs.map(pick)));
  const p50 = runs.map((run) => run.p50_us);
  return {
    medianUs: of((run) => run.p50_us),
    p99Us: of((run) => run.p99_us),
    runs: runs.length,
    runtimeCpuUs: of((run) => run.cpu_us_per_req),
    pluginCpuUs: of((run) => run.plugin_cpu_us_per_req),
    requestsPerSecond: Math.round(median(runs.map((run) => run.rps))),
    spreadUs: [round(Math.min(...p50)), round(Math.max(...p50))],
  };
}

/** One case from its runs; ratios only where go-go was measured too. */
export function caseResult(one: BenchCase, runs: ReadonlyMap<Side, readonly RunResult[]>): CaseResult {
  const sides: Partial<Record<Side, SideResult>> = {};
  for (const side of SIDES) {
    const done = runs.get(side);
    if (done !== undefined && done.length > 0) sides[side] = summarise(done);
  }
  const base = sides["go-go"]?.medianUs;
  const ratio: Partial<Record<Side, number>> = {};
  if (base) {
    for (const side of SIDES) {
      const result = sides[side];
      if (result !== undefined && side !== "go-go") ratio[side] = round(result.medianUs / base, 2);
    }
  }
  return { case: one.name, pinned: one.pinned, sides, ratio };
}

/** The report as a table for people: p50 of each side, its ratio to go-go, p99 and cpu of the outer two. */
export function table(cases: readonly CaseResult[]): string {
  const rows = [
    [
      "case",
      ...SIDES.map((side) => side),
      ...SIDES.slice(1).map((side) => `${side}/go`),
      "p99 go",
      "p99 ts",
      "cpu go",
      "cpu ts",
      "spread go",
      "spread ts",
    ],
    ...cases.map((one) => {
      const { "go-go": go, "ts-ts": ts } = one.sides;
      const cpu = (side: SideResult | undefined): string =>
        side ? (side.runtimeCpuUs + side.pluginCpuUs).toFixed(0) : "-";
      const spread = (side: SideResult | undefined): string =>
        side?.spreadUs.map((us) => us.toFixed(0)).join("-") ?? "-";
      return [
        `${one.pinned ? "pin1" : "free"}/${one.case}`,
        ...SIDES.map((side) => one.sides[side]?.medianUs.toFixed(0) ?? "-"),
        ...SIDES.slice(1).map((side) => one.ratio[side]?.toFixed(2) ?? "-"),
        ...[go?.p99Us.toFixed(0) ?? "-", ts?.p99Us.toFixed(0) ?? "-", cpu(go), cpu(ts), spread(go), spread(ts)],
      ];
    }),
  ];
  return columns(rows);
}

/** Rows in columns; the first is for names, the others for numbers. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  "),
    )
    .join("\n");
}

/** What it was measured on. */
export function machine(): Report["machine"] {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cpus: cpus().length,
    memoryGiB: round(totalmem() / 2 ** 30),
    kernel: release(),
    load: round(loadavg()[0] ?? 0, 2),
  };
}

/** What was measured: of the Go program, the versions its linker wrote into it. */
export function versions(goProgram: string): Report["versions"] {
  const of = (module: string): string =>
    new RegExp(`${module}\\t(v[0-9][^\\t\\n]*)`).exec(readFileSync(goProgram, "latin1"))?.[1] ?? "unknown";
  return {
    node: process.version,
    v8: process.versions.v8,
    go: goVersion(goProgram),
    "containerd/nri": of("github.com/containerd/nri"),
    "containerd/ttrpc": of("github.com/containerd/ttrpc"),
    protobuf: of("google.golang.org/protobuf"),
  };
}

function goVersion(goProgram: string): string {
  try {
    return execFileSync("go", ["version", goProgram], { encoding: "utf8" }).trim().split(" ").at(-1) ?? "unknown";
  } catch {
    return /go1\.\d+(\.\d+)?/.exec(readFileSync(goProgram, "latin1"))?.[0] ?? "unknown";
  }
}

/** The case's name as shown in progress lines. */
export const progressLabel = (one: BenchCase, side: Side): string => `${label(one)} ${side}`;
