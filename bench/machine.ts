// What was measured, and on what.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** The machine; `load` is what it had to do before the benchmark. */
export function machine(): Readonly<Record<string, string | number>> {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cpus: cpus().length,
    memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
    kernel: release(),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** The versions: of the Go program those that its linker wrote into it. */
export function versions(goProgram: string): Readonly<Record<string, string>> {
  const of = (module: string): string =>
    new RegExp(`${module}\\t(v[0-9][^\\t\\n]*)`).exec(readFileSync(goProgram, "latin1"))?.[1] ?? "unknown";
  return {
    commit: commit(),
    node: process.version,
    v8: process.versions.v8,
    go: goVersion(goProgram),
    "containerd/nri": of("github.com/containerd/nri"),
    "containerd/ttrpc": of("github.com/containerd/ttrpc"),
    protobuf: of("google.golang.org/protobuf"),
  };
}

/** The commit that is checked out, with `+` when files differ from it. */
function commit(): string {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return (
      git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+")
    );
  } catch {
    return "unknown";
  }
}

function goVersion(goProgram: string): string {
  try {
    return execFileSync("go", ["version", goProgram], { encoding: "utf8" }).trim().split(" ").at(-1) ?? "unknown";
  } catch {
    return /go1\.\d+(\.\d+)?/.exec(readFileSync(goProgram, "latin1"))?.[0] ?? "unknown";
  }
}
