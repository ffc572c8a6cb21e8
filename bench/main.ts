// npm run bench: Go and our own implementation on both ends of NRI, measured side by side in one run.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BridgeLab } from "./bridge/lab.js";
import { measureBridge } from "./bridge/measure.js";
import { bridgeCases, bridgeTable } from "./bridge/report.js";
import { type BenchCase, benchCases, SIDES, type Side, selectCases } from "./cases.js";
import { numberFlag, readFlags } from "./flags.js";
import { type GoPrograms, measure, type RunResult } from "./measure.js";
import { hottest } from "./profile.js";
import { caseResult, machine, progressLabel, type Report, table, versions } from "./report.js";
import { measureStart, StartRuns } from "./start/measure.js";
import { Programs } from "./start/programs.js";
import { type StartCase, startCases, startTables } from "./start/report.js";
import { shuffled } from "./statistics.js";

const USAGE = `usage: npm run bench -- [--quick] [--json] [--only CASE] [--runs N] [--sides S,S] [--profile CASE]

  --quick         fewer requests and runs, no ten plugins (some minutes)
  --json          one JSON document on stdout in place of the table
  --only CASE     such as create/1/noop, pin1/create/1/adjust, event, pin1; start: how plugins start (nri build);
                  bridge: what the wrapper of an OCI runtime adds to its calls (root)
  --runs N        runs of each side of each case (default 5, with --quick 3); medians are reported
  --sides S,S     some of ${SIDES.join(", ")}; the first is the plugin's, the second the runtime's language
  --profile CASE  run our plugin in our runtime once with a CPU profile of each and print where the time goes

example: npm run bench -- --only pin1/create/1/noop --runs 9`;

async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, ["only", "runs", "profile", "sides"], ["quick", "json", "help"]);
  if (flags.help !== undefined) {
    console.log(USAGE);
    return 0;
  }
  const quick = flags.quick !== undefined;
  if (flags.only === "bridge")
    return await bridge(numberFlag(flags, "runs", quick ? 15 : 50), flags.json !== undefined);
  const cases = selectCases(benchCases(quick), flags.profile ?? flags.only);
  const start = flags.profile === undefined && [undefined, "start"].includes(flags.only);
  if (cases.length === 0 && !start) throw new Error(`no case "${flags.profile ?? flags.only}"`);
  const go = goPrograms();
  if (flags.profile !== undefined) return await profile(cases, go);

  const sides = SIDES.filter((side) => flags.sides === undefined || flags.sides.split(",").includes(side));
  const runs = numberFlag(flags, "runs", quick ? 3 : 5);
  const results = new Map<BenchCase, Map<Side, RunResult[]>>();
  for (const one of cases) results.set(one, new Map(sides.map((side) => [side, []])));
  let failures = 0;
  // every round runs everything once in another order, so that a noisy minute hits all sides alike
  for (let round = 1; round <= runs; round++) {
    const jobs = shuffled(cases.flatMap((one) => sides.map((side) => ({ one, side }))));
    for (const [index, { one, side }] of jobs.entries()) {
      console.error(`round ${round}/${runs}, ${index + 1}/${jobs.length}: ${progressLabel(one, side)}`);
      try {
        results
          .get(one)
          ?.get(side)
          ?.push(await measure(one, side, go));
      } catch (error) {
        failures++;
        console.error(`bench: ${progressLabel(one, side)} broke, going on without it: ${errorText(error)}`);
      }
    }
  }
  const requests = cases.map((one) => caseResult(one, results.get(one) ?? new Map()));
  const starts = start ? await startReport(runs, sides, go) : [];
  const report: Report = {
    machine: machine(),
    versions: versions(go.refruntime),
    date: new Date().toISOString(),
    cases: [...requests, ...starts],
  };
  if (flags.json !== undefined) console.log(JSON.stringify(report, null, 1));
  else {
    for (const facts of [report.machine, report.versions]) {
      console.log(
        Object.entries(facts)
          .map(([key, value]) => `${key} ${value}`)
          .join(", "),
      );
    }
    const legend = `medians of ${runs} run(s); PLUGIN-RUNTIME`;
    if (requests.length > 0) {
      const more = "x/go = divided by go-go; cpu = runtime and plugins per request";
      console.log(`\np50 in us, ${legend}; ${more}\n\n${table(requests)}`);
    }
    if (starts.length > 0) console.log(`\n${legend}\n\n${startTables(starts)}`);
  }
  return failures === 0 ? 0 : 1;
}

/** By itself: it needs root, and none of the Go programs. */
async function bridge(rounds: number, json: boolean): Promise<number> {
  await using lab = new BridgeLab();
  await lab.start();
  const cases = bridgeCases(await measureBridge(lab, rounds));
  const facts = { ...machine(), node: process.version };
  if (json) console.log(JSON.stringify({ machine: facts, date: new Date().toISOString(), cases }, null, 1));
  else console.log(`${JSON.stringify(facts)}\nmedians of ${rounds}\n\n${bridgeTable(cases)}`);
  return 0;
}

async function startReport(rounds: number, sides: readonly Side[], go: GoPrograms): Promise<StartCase[]> {
  using programs = new Programs(go.refplugin);
  const runs = new StartRuns();
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round}/${rounds}: start`);
    await measureStart(runs, programs, go, sides);
  }
  return startCases(runs, (form) => programs.bytes(form));
}

function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The Go programs, built when needed. */
function goPrograms(): GoPrograms {
  const program = fileURLToPath(new URL("../../conformance/dist/peers/print-go-peers.js", import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, [program], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
  ) as GoPrograms;
}

async function profile(cases: readonly BenchCase[], go: GoPrograms): Promise<number> {
  const one = cases[0];
  if (one === undefined) return 2;
  const dir = fileURLToPath(new URL("../.cache/profile", import.meta.url));
  mkdirSync(dir, { recursive: true });
  const result = await measure(one, "ts-ts", go, { dir });
  console.log(`${progressLabel(one, "ts-ts")}, profiled: p50 ${result.p50_us.toFixed(1)} us, profiles in ${dir}`);
  for (const who of ["runtime", "plugin-00"]) {
    console.log(`\n${who}, share of samples by function itself:\n${hottest(`${dir}/${who}.cpuprofile`, 40)}`);
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${errorText(error)}`);
  process.exitCode = error instanceof Error && /option|no case/.test(error.message) ? 2 : 1;
}
