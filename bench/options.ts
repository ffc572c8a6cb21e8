// The options of npm run bench.
import { type BenchCase, selectCases, withCompared } from "./cases.js";
import { numberFlag, readFlags } from "./flags.js";
import { MORE, QUICK_ROWS, ROWS } from "./rows.js";
import type { Side } from "./sides.js";

/** What `--help` prints. */
export const USAGE = `usage: npm run bench -- [--quick] [--json] [--only CASE] [--runs N] [--sides S,S] [--profile CASE] ...

  --quick         the first ${QUICK_ROWS} rows with Go and with ours on both ends, 3 runs: under two minutes
  --json          one JSON document on stdout in place of the table
  --only CASE     such as create/1/noop, pin1/create/1/adjust, event, pin1; also cases that are no rows (--list);
                  start: how plugins start (nri build); bridge: what the wrapper of an OCI runtime adds to its calls (root)
  --runs N        runs of each side of each case (default 7, with --quick 3); medians are reported
  --sides S,S     PLUGIN-RUNTIME, such as go-go,ts-go,go-ts,ts-ts
  --plugin CMD    a plugin in place of ours: takes -idx {idx} -name {name} -socket {socket} -mode noop|adjust, which are
                  added unless CMD has {socket} in it; {idx} {name} {socket} {mode} are replaced. Split at blanks
  --runtime CMD   a runtime in place of ours: takes the options of refruntime and prints its line
                  NAME=CMD for either gives it a name for --sides: --plugin rust=./plugin --sides go-go,rust-go
  --save          keep the result in bench/results and write its table into docs/performance.md, as a run of all rows does
  --page          only write the table of the newest result that is kept
  --profile CASE  run our plugin in our runtime once with a CPU profile of each and print where the time goes
  --list          print the cases

example: npm run bench -- --only pin1/create/1/noop --runs 9`;

const ALL: readonly BenchCase[] = [...ROWS, ...MORE];

/** What was asked for. */
export interface Options {
  readonly flags: Readonly<Record<string, string>>;
  readonly cases: readonly BenchCase[];
  readonly runs: number;
  /** How plugins start: no row, and measured by other means. */
  readonly start: boolean;
  /** Whether these are all rows, with the usual programs and often enough to be kept. */
  readonly whole: boolean;
}

/** Runs of each side, unless told. */
const RUNS = 7;
const QUICK_RUNS = 3;

/** Reads them. Throws for an unknown option or case. */
export function readOptions(args: readonly string[]): Options {
  const texts = ["only", "runs", "profile", "sides", "plugin", "runtime"];
  const flags = readFlags(args, texts, ["quick", "json", "save", "page", "list", "help"]);
  const quick = flags.quick !== undefined;
  const only = flags.profile ?? flags.only;
  const rows = quick ? ROWS.slice(0, QUICK_ROWS) : ROWS;
  const start = only === "start";
  const cases = only === undefined ? rows : withCompared(selectCases(ALL, only), ALL);
  if (cases.length === 0 && !start && only !== "bridge") throw new Error(`no case "${only}": --list names them`);
  const runs = numberFlag(flags, "runs", quick ? QUICK_RUNS : RUNS);
  const narrowed = ["only", "profile", "sides", "plugin", "runtime", "quick"].some((name) => flags[name] !== undefined);
  return { flags, cases, runs, start, whole: !narrowed && runs >= RUNS };
}

/** The sides of a case: those given, or its own, of which a quick run takes the outer two. */
export function sidesOf(one: BenchCase, given: readonly Side[] | undefined, quick: boolean): readonly Side[] {
  return given ?? (quick ? one.sides.filter((side) => side === "go-go" || side === "ts-ts") : one.sides);
}
