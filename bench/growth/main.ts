// npm run growth: the same requests with more of everything, Go and our own implementation; data, charts, and what fits them.
import { estimate } from "../cases.js";
import { numberFlag, readFlags } from "../flags.js";
import { machine, versions } from "../machine.js";
import { writeRecord } from "../page.js";
import { newestRecord, saveRecord } from "../results.js";
import { runRounds } from "../rounds.js";
import { goPrograms, programs } from "../sides.js";
import { drawCurve } from "./charts.js";
import { CURVES, SIDES } from "./curves.js";
import { curveResults, curveTable, fitRows, type GrowthRecord } from "./report.js";

const USAGE = `usage: npm run growth -- [--only CURVE] [--runs N] [--draw]

  --only CURVE  one of ${CURVES.map(({ name }) => name).join(", ")}; printed only
  --runs N      runs of each point (default 3); medians are reported
  --draw        measures nothing: charts and page anew from the newest figures that are kept

All curves together are kept in bench/results, drawn in docs/images, and their fits written into docs/performance.md.
example: npm run growth -- --only plugins --runs 1`;

const log = (text: string): void => console.error(`growth: ${text}`);

async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, ["only", "runs"], ["draw", "help"]);
  if (flags.help !== undefined) {
    console.log(USAGE);
    return 0;
  }
  if (flags.draw !== undefined) {
    show(newestRecord<GrowthRecord>("growth"));
    return 0;
  }
  const rounds = numberFlag(flags, "runs", 3);
  const curves = CURVES.filter(({ name }) => flags.only === undefined || flags.only === name);
  if (curves.length === 0) throw new Error(`option --only knows no curve "${flags.only}"`);
  const go = goPrograms();
  const facts = { machine: machine(), versions: versions(go.refruntime) };
  const cases = curves.flatMap(({ steps }) => steps.map(({ run }) => run));
  const sidesOf = () => SIDES;
  log(`${cases.length} points, about ${Math.ceil(estimate(cases, rounds, sidesOf) / 60)} minutes`);
  const { runs, failures } = await runRounds({ cases, sidesOf, rounds, programs: programs(go, {}), log });
  const results = curveResults(curves, runs);
  const record: GrowthRecord = {
    date: new Date().toISOString(),
    command: ["npm run growth", ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
    ...facts,
    runs: rounds,
    curves: results,
  };
  if (flags.only === undefined) {
    log(`kept in ${saveRecord("growth", record)}`);
    show(record);
  }
  console.log(`medians of ${rounds} run(s); exponent: 0 constant, 1 linear, 2 quadratic\n`);
  console.log(results.map(curveTable).join("\n\n"));
  return failures === 0 ? 0 : 1;
}

/** Pictures, and the table of the page. */
function show(record: GrowthRecord): void {
  const pictures = record.curves.map((result) => ({ title: result.title, file: drawCurve(result) }));
  writeRecord("growth", record, fitRows(record.curves), pictures);
  log(`drawn in ${pictures.map(({ file }) => file).join(", ")}`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`growth: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof Error && /option/.test(error.message) ? 2 : 1;
}
