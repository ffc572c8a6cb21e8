// From the rounds of the start to medians, two tables, and cases of the JSON document.
import { SIDES, type Side } from "../sides.js";
import { median, percentile } from "../statistics.js";
import { columns } from "../table.js";
import type { FirstRequests } from "./launched.js";
import type { Asked, StartRuns } from "./measure.js";
import type { Form } from "./programs.js";

/** One side of a start: launched by the runtime until registered with it. */
export interface StartSide {
  readonly medianUs: number;
  readonly p99Us: number;
  readonly runs: number;
}

/** Medians of a plugin's first requests after it has rested, asked by this process. */
export type RequestsUs = Readonly<Record<"first" | "to10" | "to100", number>>;

/** One form of our plugin beside the Go plugin. */
export interface StartCase {
  readonly case: `start/${Form}`;
  readonly pinned: false;
  readonly sides: Readonly<Record<Side, StartSide>>;
  readonly ratio: Readonly<Record<Side, number>>;
  /** By program: ours in this form, and the Go plugin. */
  readonly bytes: Readonly<Record<"ts" | "go", number>>;
  readonly rssKb: Readonly<Record<"ts" | "go", number>>;
  /** What our plugin adds to a script that does nothing, on the same Node.js: time to the first byte, and memory, divided. */
  readonly aboveEmptyUs: number;
  readonly rssToEmpty: number;
  readonly requestsUs: Readonly<Record<string, RequestsUs>>;
}

const ours = ["executable", "bundle"] as const;

/** The cases of all rounds. */
export function startCases(runs: StartRuns, bytes: (form: Form) => number): StartCase[] {
  return ours.map((form) => {
    const sides: Record<Side, StartSide> = {};
    for (const side of SIDES) {
      const [plugin, runtime] = side.split("-") as ["go" | "ts", "go" | "ts"];
      const values = runs.registeredUs.get(`${plugin === "go" ? "go" : form}-${runtime}`);
      if (values !== undefined) sides[side] = summary(values);
    }
    const base = sides["go-go"]?.medianUs;
    const ratio = Object.fromEntries(
      base
        ? Object.entries(sides).flatMap(([side, { medianUs }]) =>
            side === "go-go" ? [] : [[side, round(medianUs / base, 2)]],
          )
        : [],
    );
    const emptyKb = median(runs.emptyRssKb);
    const first = (of: Form | "empty"): number => median(runs.firstByteUs.get(of) ?? []);
    return {
      case: `start/${form}`,
      pinned: false,
      sides,
      ratio,
      bytes: { ts: bytes(form), go: bytes("go") },
      rssKb: { ts: rss(runs, form), go: rss(runs, "go") },
      aboveEmptyUs: round(first(form) - first("empty"), 0),
      rssToEmpty: round(rss(runs, form) / emptyKb, 2),
      requestsUs: {
        ts: requests(runs, form),
        go: requests(runs, "go"),
        ...(form === "executable" ? { "ts, no warm-up": requests(runs, "executable, no warm-up") } : {}),
      },
    };
  });
}

/** Both tables. */
export function startTables(cases: readonly StartCase[]): string {
  const ms = (us: number | undefined): string => (us === undefined ? "-" : (us / 1000).toFixed(1));
  const start = [
    [
      "started by a runtime until registered, ms",
      ...SIDES,
      "above empty script",
      "RSS MB",
      "/ empty Node.js",
      "Go RSS MB",
      "size MB",
      "Go size MB",
    ],
    ...cases.map((one) => [
      one.case,
      ...SIDES.map((side) => ms(one.sides[side]?.medianUs)),
      ms(one.aboveEmptyUs),
      (one.rssKb.ts / 1024).toFixed(1),
      one.rssToEmpty.toFixed(2),
      (one.rssKb.go / 1024).toFixed(1),
      (one.bytes.ts / 1e6).toFixed(1),
      (one.bytes.go / 1e6).toFixed(1),
    ]),
  ];
  const requests = cases.flatMap((one) =>
    Object.entries(one.requestsUs).map(([who, { first, to10, to100 }]) => [
      `${one.case} ${who}`,
      ms(first),
      ms(to10),
      ms(to100),
    ]),
  );
  return `${columns(start)}\n\n${columns([["CreateContainer after a rest, ms", "1st", "2-10", "11-100"], ...requests])}`;
}

function summary(values: readonly number[]): StartSide {
  const sorted = [...values].sort((a, b) => a - b);
  return { medianUs: round(median(values), 0), p99Us: round(percentile(sorted, 0.99), 0), runs: values.length };
}

function rss(runs: StartRuns, of: Asked): number {
  return median((runs.requests.get(of) ?? []).map(({ rssKb }) => rssKb));
}

function requests(runs: StartRuns, of: Asked): RequestsUs {
  const all: readonly FirstRequests[] = runs.requests.get(of) ?? [];
  const middle = (pick: (one: FirstRequests) => number): number => round(median(all.map(pick)), 0);
  return { first: middle(({ first }) => first), to10: middle(({ to10 }) => to10), to100: middle(({ to100 }) => to100) };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
