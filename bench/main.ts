// npm run bench: Go and our own implementation on both ends of NRI, measured side by side in one run.
import { BridgeLab } from "./bridge/lab.js";
import { measureBridge } from "./bridge/measure.js";
import { bridgeCases, bridgeTable } from "./bridge/report.js";
import { type BenchCase, estimate, label } from "./cases.js";
import { numberFlag } from "./flags.js";
import { machine, versions } from "./machine.js";
import { type Options, readOptions, sidesOf, USAGE } from "./options.js";
import { PAGE, writePage } from "./page.js";
import { profileCase } from "./profiling.js";
import { caseResults, type Report } from "./report.js";
import { saveResult } from "./results.js";
import { runRounds } from "./rounds.js";
import { MORE, ROWS } from "./rows.js";
import { type GoPrograms, goPrograms, programs, readSides, SIDES, type Side } from "./sides.js";
import { BuiltPlugin } from "./start/built.js";
import { measureStart, StartRuns } from "./start/measure.js";
import { Programs as StartPrograms } from "./start/programs.js";
import { type StartCase, startCases, startTables } from "./start/report.js";
import { columns, rows } from "./table.js";

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  const { flags, cases } = options;
  const json = flags.json !== undefined;
  if (flags.help !== undefined) console.log(USAGE);
  else if (flags.list !== undefined) console.log([...ROWS, ...MORE].map(label).join("\n"));
  else if (flags.page !== undefined) writePage();
  else if (flags.only === "bridge") await bridge(numberFlag(flags, "runs", flags.quick !== undefined ? 15 : 50), json);
  else if (flags.profile !== undefined && cases[0] !== undefined) console.log(await profileCase(cases[0]));
  else return await compare(options, json);
  return 0;
}

async function compare({ flags, cases, runs: rounds, start, whole }: Options, json: boolean): Promise<number> {
  const facts = machine();
  const go = goPrograms();
  using built = flags.plugin === undefined && cases.some((one) => one.built) ? new BuiltPlugin() : undefined;
  const all = { ...programs(go, flags), ...(built && { built: built.command }) };
  const given = flags.sides === undefined ? undefined : readSides(flags.sides, all);
  const sides = (one: BenchCase): readonly Side[] => sidesOf(one, given, flags.quick !== undefined);
  const log = (line: string): void => console.error(`bench: ${line}`);
  log(`${cases.length} cases, ${rounds} runs of each side: about ${minutes(estimate(cases, rounds, sides))}`);
  const { runs, failures } = await runRounds({ cases, sidesOf: sides, rounds, programs: all, log });
  const results = caseResults(runs);
  const starts = start ? await startReport(rounds, given ?? SIDES, go) : [];
  const report: Report = {
    machine: facts,
    versions: versions(go.refruntime),
    date: new Date().toISOString(),
    cases: [...results, ...starts],
  };
  if (json) console.log(JSON.stringify(report, null, 1));
  else {
    for (const each of [report.machine, report.versions]) {
      console.log(
        Object.entries(each)
          .map(([key, value]) => `${key} ${value}`)
          .join(", "),
      );
    }
    const legend = `medians of ${rounds} run(s); PLUGIN-RUNTIME`;
    if (results.length > 0) {
      const more = "SIDE/go = divided by go-go (what is wanted); cpu = runtime and plugins per request";
      console.log(`\n${legend}; ${more}\n\n${columns(rows(results))}`);
    }
    if (starts.length > 0) console.log(`\n${legend}\n\n${startTables(starts)}`);
  }
  if (flags.save !== undefined || (whole && failures === 0)) {
    log(`kept in ${saveResult(report)}; its table is in ${PAGE}`);
    writePage();
  }
  return failures === 0 ? 0 : 1;
}

/** By itself: it needs root, and none of the Go programs. */
async function bridge(rounds: number, json: boolean): Promise<void> {
  await using lab = new BridgeLab();
  await lab.start();
  const cases = bridgeCases(await measureBridge(lab, rounds));
  const facts = { ...machine(), node: process.version };
  if (json) console.log(JSON.stringify({ machine: facts, date: new Date().toISOString(), cases }, null, 1));
  else console.log(`${JSON.stringify(facts)}\nmedians of ${rounds}\n\n${bridgeTable(cases)}`);
}

async function startReport(rounds: number, sides: readonly Side[], go: GoPrograms): Promise<StartCase[]> {
  using built = new StartPrograms(go.refplugin);
  const runs = new StartRuns();
  for (let round = 1; round <= rounds; round++) {
    console.error(`bench: round ${round}/${rounds}: start`);
    await measureStart(runs, built, go, sides);
  }
  return startCases(runs, (form) => built.bytes(form));
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  console.error(`bench: ${text}`);
  process.exitCode = /option|no case|no side|no command/.test(text) ? 2 : 1;
}
