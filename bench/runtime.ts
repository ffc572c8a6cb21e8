// The runtime that the benchmark measures: our adaptation behind the measuring options of refruntime, with its result line.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { type Adaptation, createAdaptation } from "@nri/adaptation";
import { CreateContainerRequest } from "@nri/protocol";
import { fromJson } from "@nri/protocol/json";
import { durationFlag, numberFlag, readFlags } from "./flags.js";
import { percentile } from "./statistics.js";

const WAIT_MS = 10_000;
const REQUEST = new URL("../../conformance/golden/bench-request.json", import.meta.url);

const flags = readFlags(process.argv.slice(2), [
  "socket",
  "bench",
  "k",
  "warm",
  "c",
  "spawn",
  "spawn-cmd",
  "label",
  "req-timeout",
]);
const count = numberFlag(flags, "k", 2000);
const warmUp = numberFlag(flags, "warm", 200);
const callers = numberFlag(flags, "c", 1);
const spawned = numberFlag(flags, "spawn", 0);
const { socket = "", bench = "create", label = "" } = flags;
if (bench !== "create" && bench !== "event") throw new Error(`option -bench is create or event, not "${bench}"`);

const adaptation = createAdaptation({
  runtime: { name: "bench", version: "v0.0.1" },
  socketPath: socket,
  requestTimeoutMs: durationFlag(flags, "req-timeout", 2000),
  synchronize: async (synchronize) => {
    await synchronize([], []);
  },
  updateContainers: async () => [],
});
const plugins: ChildProcess[] = [];
try {
  await adaptation.start();
  for (let i = 0; i < spawned; i++) {
    const words = (flags["spawn-cmd"] ?? "")
      .split(/\s+/)
      .map((word) =>
        word
          .replaceAll("{idx}", String(i).padStart(2, "0"))
          .replaceAll("{name}", `plugin${i}`)
          .replaceAll("{socket}", socket),
      );
    plugins.push(spawn(words[0] ?? "", words.slice(1), { stdio: ["pipe", "ignore", "inherit"] }));
    await adaptation.waitForPlugins(i + 1, { timeoutMs: WAIT_MS });
  }
  console.log(JSON.stringify(await run(adaptation)));
} finally {
  const running = plugins.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const gone = running.map((child) => new Promise((resolve) => child.once("exit", resolve)));
  for (const child of running) child.kill();
  await Promise.all(gone);
  await adaptation.stop();
}

/** Measures as refruntime does: each request is new and made before its clock starts. */
async function run({ createContainer, postStartContainer, plugins: active }: Adaptation): Promise<object> {
  const golden = JSON.parse(readFileSync(fileURLToPath(REQUEST), "utf8")) as { json: Parameters<typeof fromJson>[1] };
  const template = fromJson(CreateContainerRequest, golden.json);
  const request = (i: number): CreateContainerRequest => {
    const copy = CreateContainerRequest.create(template);
    if (copy.container) copy.container.id = i.toString(16).padStart(64, "0");
    return copy;
  };
  const ask = bench === "create" ? createContainer : postStartContainer;
  for (let i = 0; i < warmUp; i++) await ask(request(i));

  const latencies = new Float64Array(count);
  const before = usage();
  let wallMs = 0;
  if (callers <= 1) {
    for (let i = 0; i < count; i++) {
      const one = request(i);
      const start = performance.now();
      await ask(one);
      const took = performance.now() - start;
      latencies[i] = took;
      wallMs += took;
    }
  } else {
    const requests = Array.from({ length: count }, (_, i) => request(i));
    let next = 0;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: callers }, async () => {
        for (let i = next++; i < count; i = next++) {
          const one = requests[i];
          if (one === undefined) return;
          const began = performance.now();
          await ask(one);
          latencies[i] = performance.now() - began;
        }
      }),
    );
    wallMs = performance.now() - start;
  }
  const after = usage();
  latencies.sort();
  const us = (q: number): number => percentile(latencies, q) * 1000;
  const rss = plugins.map(({ pid }) => memory(pid ?? 0, "VmRSS")).sort((a, b) => a - b);
  return {
    label,
    bench,
    plugins: active.length,
    c: callers,
    k: count,
    req_bytes: CreateContainerRequest.encode(template).length,
    node: process.version,
    p50_us: us(0.5),
    p90_us: us(0.9),
    p99_us: us(0.99),
    max_us: us(1),
    min_us: us(0),
    rps: count / (wallMs / 1000),
    cpu_us_per_req: (after.own - before.own) / count,
    plugin_cpu_us_per_req: (after.plugins - before.plugins) / count,
    ctxsw_per_req: (after.switches - before.switches) / count,
    plugin_ctxsw_per_req: (after.pluginSwitches - before.pluginSwitches) / count,
    rss_kb: memory(process.pid, "VmRSS"),
    hwm_kb: memory(process.pid, "VmHWM"),
    plugin_rss_kb: percentile(rss, 0.5),
  };
}

/** Processor time in microseconds and context switches until now. */
function usage(): { own: number; plugins: number; switches: number; pluginSwitches: number } {
  const { user, system } = process.cpuUsage();
  const pids = plugins.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const sum = (of: (pid: number) => number): number => pids.reduce((total, pid) => total + of(pid), 0);
  return {
    own: user + system,
    plugins: sum(processorTime),
    switches: contextSwitches(process.pid),
    pluginSwitches: sum(contextSwitches),
  };
}

/** In microseconds; the kernel counts in hundredths of a second. */
function processorTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function contextSwitches(pid: number): number {
  let total = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, "utf8");
    for (const match of status.matchAll(/ctxt_switches:\s*(\d+)/g)) total += Number(match[1]);
  }
  return total;
}

/** A line of /proc/PID/status in kB. */
function memory(pid: number, line: string): number {
  return Number(new RegExp(`^${line}:\\s*(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}
