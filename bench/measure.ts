// Runs one case once: a runtime program measures its own calls and prints one line.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchCase, label } from "./cases.js";
import type { RunResult } from "./figures.js";
import { namesOf, type Programs, type Side } from "./sides.js";

const RUN_TIMEOUT_MS = 300_000;
const SCRIPT = "script.json";

/** What a plugin's command is given unless it names `{socket}` itself. */
const PLUGIN_OPTIONS = "-idx {idx} -name {name} -socket {socket} -mode {mode}";

/** The command of one run, as words. `dir` is a folder for its socket and script. */
export function command(
  one: BenchCase,
  side: Side,
  { plugin, runtime, built }: Programs,
  dir: string,
): readonly string[] {
  const names = namesOf(side);
  const ours = one.built && names.plugin === "ts" ? built : undefined;
  const given = ours ?? plugin.get(names.plugin) ?? "";
  const more = one.optionsOf?.(names) ?? {};
  const start = [
    (given.includes("{socket}") ? given : `${given} ${PLUGIN_OPTIONS}`).replaceAll("{mode}", one.mode),
    ...(one.script === undefined ? [] : ["-script", join(dir, SCRIPT)]),
    ...(more.plugin ?? []),
  ].join(" ");
  return [
    ...(one.pinned ? ["taskset", "-c", "0"] : []),
    ...(runtime.get(names.runtime) ?? "").split(/\s+/),
    ...["-socket", join(dir, "nri.sock"), "-bench", one.bench, "-label", one.name],
    ...["-k", String(one.requests), "-warm", String(one.warmUp), "-c", String(one.callers)],
    ...(one.plugins === 0 ? [] : ["-spawn", String(one.plugins), "-spawn-cmd", start]),
    ...(one.bench === "joining" ? ["-join-cmd", [start, ...(one.joinerOptions ?? [])].join(" ")] : []),
    ...(one.options ?? []),
    ...(more.runtime ?? []),
  ];
}

/** Runs it. Throws with the end of stderr when it fails, takes too long, or fewer plugins took part than asked for. */
export async function measure(one: BenchCase, side: Side, programs: Programs): Promise<RunResult> {
  const dir = mkdtempSync(join(tmpdir(), "nri-bench-"));
  const what = `${label(one)} ${side}`;
  try {
    if (one.script !== undefined) writeFileSync(join(dir, SCRIPT), JSON.stringify(one.script));
    const [program = "", ...args] = command(one, side, programs, dir);
    const result = JSON.parse(await lastLine(program, args, what)) as RunResult;
    const there = result.plugins ?? 0;
    if (there < one.plugins) throw new Error(`${what}: ${there} plugins took part`);
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
