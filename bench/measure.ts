// Runs one case once: a runtime program measures its own calls and prints one line.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchCase, Side } from "./cases.js";

const RUN_TIMEOUT_MS = 120_000;
/** Our stand-ins for the Go programs. */
export const nri = fileURLToPath(new URL("../../packages/cli/bin/nri.js", import.meta.url));

/** The Go programs used. */
export interface GoPrograms {
  readonly refruntime: string;
  readonly refplugin: string;
}

/** The part of a result line that is reported. All latencies are of one call of the adaptation, all plugins in turn. */
export interface RunResult {
  readonly p50_us: number;
  readonly p90_us: number;
  readonly p99_us: number;
  readonly min_us: number;
  readonly rps: number;
  readonly cpu_us_per_req: number;
  readonly plugin_cpu_us_per_req: number;
  readonly rss_kb: number;
  readonly plugin_rss_kb?: number;
  readonly plugins: number;
  readonly req_bytes: number;
}

/** Where profiles of our own processes go, when wanted. */
export interface ProfileOptions {
  readonly dir: string;
}

/** The command of one side, without a pin. */
function command(one: BenchCase, side: Side, go: GoPrograms, socket: string, profile?: ProfileOptions): string[] {
  const node = [process.execPath, ...(profile ? ["--cpu-prof", `--cpu-prof-dir=${profile.dir}`] : [])];
  const [pluginSide, runtimeSide] = side.split("-");
  const runtime =
    runtimeSide === "go"
      ? [go.refruntime]
      : [...node, ...(profile ? ["--cpu-prof-name=runtime.cpuprofile"] : []), nri, "runtime"];
  const plugin =
    pluginSide === "go"
      ? [go.refplugin]
      : [...node, ...(profile ? ["--cpu-prof-name=plugin-{idx}.cpuprofile"] : []), nri, "plugin"];
  const start = [...plugin, "-idx", "{idx}", "-name", "{name}", "-socket", "{socket}", "-mode", one.mode];
  return [
    ...runtime,
    ...["-socket", socket, "-bench", one.bench, "-k", String(one.requests), "-warm", String(one.warmUp)],
    ...["-spawn", String(one.plugins), "-spawn-cmd", start.join(" "), "-label", one.name],
  ];
}

/** Runs it. Throws with the end of stderr when it fails, takes too long, or fewer plugins took part than asked for. */
export async function measure(
  one: BenchCase,
  side: Side,
  go: GoPrograms,
  profile?: ProfileOptions,
): Promise<RunResult> {
  const dir = mkdtempSync(join(tmpdir(), "nri-bench-"));
  try {
    const argv = command(one, side, go, join(dir, "nri.sock"), profile);
    const [program = "", ...args] = one.pinned ? ["taskset", "-c", "0", ...argv] : argv;
    const line = await lastLine(program, args, `${one.name} ${side}`);
    const result = JSON.parse(line) as RunResult;
    if (result.plugins !== one.plugins) throw new Error(`${one.name} ${side}: ${result.plugins} plugins took part`);
    return result;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The last line that a program prints. Throws with the end of stderr when it fails or takes too long; `what` is for that text. */
export async function lastLine(program: string, args: readonly string[], what: string): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), RUN_TIMEOUT_MS);
  const code = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (exit, signal) => resolve(exit ?? signal ?? "gone"));
  });
  clearTimeout(timer);
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (code !== 0 || line === "") throw new Error(`${what}: exit ${code}: ${stderr.trim()}`);
  return line;
}
