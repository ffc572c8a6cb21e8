// `nri run` as a process, on real runc or crun, and what it must not leave behind.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nriProgram, peersDir } from "../paths.js";
import { output } from "../peers/child.js";
import { containerdFiles } from "../peers/containerd.js";
import { type Availability, available } from "../requirements.js";

/** The runtimes, and the image that containers are made of. */
export interface RunPeers {
  /** Folder with runc and crun. */
  readonly bin: string;
  /** Archive with localhost/peers/busybox:1: OCI layout and docker-save archive at once. */
  readonly image: string;
}

/** Fetched with containerd; missing where that is. */
export async function runPeers(dir: string): Promise<Availability<RunPeers>> {
  const files = await containerdFiles("2.1");
  if ("missing" in files) return files;
  return await available("image of busybox", async () => {
    const image = join(dir, "busybox.tar");
    const env = { ...process.env, PEERS: files.here.dir };
    await output("sh", [join(peersDir, "make-busybox-image.sh"), image], { env });
    return { bin: join(files.here.dir, "bin"), image };
  });
}

/** The image as a folder: the only layer of its archive. */
export async function busyboxFolder({ image }: RunPeers, dir: string): Promise<string> {
  const folder = join(dir, "rootfs");
  const script = `mkdir "$2" && cd "$2" && tar xf "$1" -O "$(tar tf "$1" | xargs -n1 | while read -r name; do
    case $name in */blobs/sha256/?*) [ "$(tar xf "$1" -O "$name" | head -c 1)" = "{" ] || echo "$name" ;; esac; done | head -1)" | tar xf -`;
  await output("sh", ["-c", script, "sh", image, folder]);
  return folder;
}

/** A runtime by its name in the test, and how `nri run` is called for it. */
export const RUNTIMES = ["runc", "crun"] as const;
/** One of them. */
export type RuntimeName = (typeof RUNTIMES)[number];

/** A run under way. */
export interface Run extends AsyncDisposable {
  readonly pid: number;
  /** What it and its containers have written to stderr so far. */
  stderr(): string;
  /** Its end. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Starts `nri run`; crun in a mount namespace without the folder of cgroup v2, which it refuses beside version 1. */
export function startRun(runtime: RuntimeName, { bin }: RunPeers, args: readonly string[]): Run {
  const command = [process.execPath, nriProgram, "run", "--runtime", join(bin, runtime), ...args];
  const hide = '! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified; exec "$@"';
  const [program = "", ...rest] = runtime === "crun" ? ["unshare", "-m", "sh", "-c", hide, "sh", ...command] : command;
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const child = spawn(program, rest, { env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.setEncoding("utf8").on("data", (text: string) => out.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => err.push(text));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout: out.join(""), stderr: err.join("") }));
  });
  return {
    pid: child.pid ?? 0,
    stderr: () => err.join(""),
    ended,
    // What a test that fails leaves must not fail the next one.
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}

/** What runs have left: folders, cgroups, mounts, processes with one of `words` on their command line. */
export function leftovers(words: readonly string[]): string[] {
  const left: string[] = [];
  const hierarchies = existsSync("/sys/fs/cgroup") ? readdirSync("/sys/fs/cgroup") : [];
  for (const dir of ["", ...hierarchies]) {
    const group = join("/sys/fs/cgroup", dir, "nri-run");
    if (existsSync(group)) left.push(...readdirSync(group).map((name) => join(group, name)));
  }
  if (existsSync("/run/nri-run")) left.push(...readdirSync("/run/nri-run"));
  left.push(
    ...readFileSync("/proc/self/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes("nri-run")),
  );
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    let command = "";
    try {
      command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
      continue; // it has just ended
    }
    if (words.some((word) => command.includes(word)) && Number(pid) !== process.pid) left.push(command);
  }
  return left;
}
