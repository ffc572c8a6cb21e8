// npm run soak: our runtime at an even rate for half an hour, plugins joining, leaving and crashing; whether anything grows.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numberFlag, readFlags } from "../flags.js";
import { machine, versions } from "../machine.js";
import { writeRecord } from "../page.js";
import { saveRecord } from "../results.js";
import { type GoPrograms, goPrograms, nri } from "../sides.js";
import { drawSoak } from "./charts.js";
import { Churn, type ChurnTimes } from "./churn.js";
import { type PluginCommand, Plugins } from "./plugins.js";
import { problemsOf, progress, recordRows, totalsOf, verdictTable } from "./report.js";
import { SoakRun } from "./run.js";
import type { SoakRuntimeOptions } from "./runtime.js";
import { type SoakSample, sparse } from "./samples.js";
import { judge } from "./verdict.js";

const USAGE = `usage: npm run soak -- [--minutes N] [--rate N] [--no-save]

  --minutes N  how long (default 30)
  --rate N     requests per second (default 500)
  --no-save    print only: no file in bench/results, no chart, nothing in docs/performance.md

exit code 1: something grows, a request failed, or the rate was not kept
example: npm run soak -- --minutes 2 --no-save`;

const SAMPLE_MS = 10_000;
const SAMPLES_PER_HEAP = 6;
const TIMES: ChurnTimes = { joinMs: 4_000, stayMs: 9_000, killLaunchedMs: 45_000 };

async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, ["minutes", "rate"], ["no-save", "help"]);
  if (flags.help !== undefined) {
    console.log(USAGE);
    return 0;
  }
  const minutes = numberFlag(flags, "minutes", 30);
  const rate = numberFlag(flags, "rate", 500);
  // A short run has as many samples of the heap as it needs for a slope.
  const samplesPerHeap = minutes < 10 ? 1 : SAMPLES_PER_HEAP;
  const ts: PluginCommand = [process.execPath, nri, "plugin"];
  const programs = goProgramsOrNone();
  const place = {
    machine: machine(),
    versions: programs === undefined ? { node: process.version } : versions(programs.refruntime),
  };
  const go: PluginCommand | undefined = programs && [programs.refplugin];
  if (go === undefined) console.error("soak: going on without Go plugins");

  const dir = mkdtempSync(join(tmpdir(), "nri-soak-"));
  try {
    const socketPath = join(dir, "nri.sock");
    await using plugins = new Plugins(socketPath);
    const steady = [
      { index: "10", language: "ts", command: ts } as const,
      ...(go ? [{ index: "11", language: "go", command: go } as const] : []),
    ];
    const options: SoakRuntimeOptions = {
      socketPath,
      templateHex: template(),
      steady: steady.map(({ index }) => index),
      rate,
      sampleMs: SAMPLE_MS,
      samplesPerHeap,
      launched: { index: "20", name: "launched", command: process.execPath, args: [nri, "plugin", "-mode", "adjust"] },
    };
    const run = await SoakRun.start(options);
    const pids = new Map(
      steady.map(({ index, language, command }) => [
        language,
        plugins.start(command, index, `stays-${language}`).pid ?? 0,
      ]),
    );
    await using churn = new Churn(plugins, go ? [ts, go] : [ts], () => run.newest?.launchedPid, TIMES);
    const samples: SoakSample[] = [];
    for await (const sample of run.samples((minutes * 60_000) / SAMPLE_MS)) {
      const pluginRssKb = Object.fromEntries([...pids].map(([language, pid]) => [language, rssKb(pid)]));
      samples.push({ ...sample, atS: Math.round(((samples.length + 1) * SAMPLE_MS) / 1000), pluginRssKb });
      console.error(progress(samples.at(-1) as SoakSample));
    }
    const { facts } = churn;
    const unexpected = [...plugins.ended];
    const ended = await run.end();
    const judged = judge(samples);
    const totals = totalsOf(samples);
    const problems = problemsOf(judged, totals, { due: samples.length * (SAMPLE_MS / 1000) * rate, ended: unexpected });
    const record = {
      date: new Date().toISOString(),
      command: ["npm run soak", ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
      ...place,
      minutes,
      rate,
      steady: steady.map(({ language }) => language),
      churn: facts,
      restarts: ended.restarts,
      states: ended.states,
      totals,
      failures: ended.failures,
      judged,
      problems,
      samples: sparse(samples),
    };
    if (flags["no-save"] === undefined) {
      console.error(`soak: kept in ${saveRecord("soak", record)}`);
      const file = drawSoak(rate, record.samples);
      writeRecord("soak", record, recordRows(record), [{ title: "Memory, descriptors and times", file }]);
      console.error(`soak: drawn in ${file}`);
    }
    console.log(
      `${JSON.stringify({ ...totals, churn: facts, restarts: ended.restarts, states: ended.states, failures: ended.failures })}\n\n${verdictTable(judged)}\n`,
    );
    console.log(problems.length === 0 ? "flat, and nothing was lost" : problems.join("\n"));
    return problems.length === 0 ? 0 : 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The Go programs, built when needed; undefined where they cannot be, which they have said. */
function goProgramsOrNone(): GoPrograms | undefined {
  try {
    return goPrograms();
  } catch {
    return undefined;
  }
}

/** The creation that everything is measured with, as our runtime makes it. */
function template(): string {
  const line = execFileSync(process.execPath, [nri, "runtime", "-bench", "dump"], { encoding: "utf8" });
  return (JSON.parse(line) as { hex: string }).hex;
}

function rssKb(pid: number): number | undefined {
  try {
    return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) || undefined;
  } catch {
    // It has ended, which is told as a problem.
    return undefined;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`soak: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof Error && /option/.test(error.message) ? 2 : 1;
}
