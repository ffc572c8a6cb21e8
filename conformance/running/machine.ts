// A machine of a new user: Debian 12 on which docker.io was installed, with a clone of this project and nothing else of ours.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { repositoryDir } from "../paths.js";
import { Child, output } from "../peers/child.js";
import { dockerFiles } from "../peers/docker.js";
import type { EngineFiles } from "../peers/engine-files.js";
import { type Availability, available, program } from "../requirements.js";

const MACHINE_UP = join(repositoryDir, "conformance/running/machine-up.sh");
const READY_TIMEOUT_MS = 180_000;

/** A running machine. */
export interface Machine extends AsyncDisposable {
  /**
   * Runs a script of bash in the clone; what it prints. Throws with its stderr when it fails. Its network is that of the machine
   * around it, for npm, or with `"own"` that of dockerd.
   */
  run(script: string, network?: "own"): Promise<string>;
  /** Moves a file into it; its name there. */
  put(file: string): string;
}

/** What a machine is made from. Missing where this machine is no Debian 12, or its packages cannot be fetched. */
export async function machineFiles(): Promise<Availability<EngineFiles>> {
  const files = await dockerFiles("20.10");
  if ("missing" in files) return files;
  for (const name of ["unshare", "nsenter", "pivot_root", "git"]) {
    const found = program(name);
    if ("missing" in found) return found;
  }
  return await available("Debian 12 as this machine's system", () => {
    const release = readFileSync("/etc/os-release", "utf8");
    if (!/^VERSION_CODENAME=bookworm$/m.test(release))
      throw new Error(/^PRETTY_NAME=.*/m.exec(release)?.[0] ?? "unknown");
    return files.here;
  });
}

/** Starts one, with the files of this clone that git knows, as they are. */
export async function startMachine(files: EngineFiles, image: string): Promise<Machine> {
  const dir = mkdtempSync(join(tmpdir(), "nri-mch-"));
  const clone = join(dir, "disk/srv/nri");
  mkdirSync(clone, { recursive: true });
  execFileSync("sh", ["-c", 'git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$1"', "sh", clone], {
    cwd: repositoryDir,
  });
  const npm = (key: string): string => execFileSync("npm", ["config", "get", key], { encoding: "utf8" }).trim();
  const settings = Object.entries({
    registry: npm("registry"),
    cafile: npm("cafile"),
    prefer_offline: "true",
    audit: "false",
  })
    .filter(([, value]) => value !== "null" && value !== "")
    .map(([name, value]) => `npm_config_${name}=${value}`);
  // Everything in it ends with its first process, and its mounts with that.
  const life = ["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"];
  const machine = new Child("unshare", [...life, "sh", MACHINE_UP, dir, files.dir, image], {
    env: { ...process.env, NPM_CACHE: npm("cache") },
  });
  const end = async (): Promise<void> => {
    machine.kill("SIGKILL");
    await machine.exited;
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await machine.until("ready", (lines) => lines.find((line) => line === "ready"), READY_TIMEOUT_MS);
  } catch (error) {
    await end();
    throw error;
  }
  const [first = ""] = readFileSync(`/proc/${machine.pid}/task/${machine.pid}/children`, "utf8").split(" ");
  const enter = ["-t", first, "--mount", "--pid", "--root", "--wdns=/srv/nri", "env", "-i", "HOME=/root", "LC_ALL=C"];
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return {
    run: async (script, network) => {
      const own = ["sh", "-c", 'exec nsenter --net=/proc/$(cat /run/docker.pid)/ns/net "$@"', "sh"];
      const bash = [...(network === "own" ? own : []), "bash", "-eu", "-c", script];
      return await output("nsenter", [...enter, path, ...settings, ...bash]);
    },
    put: (file) => {
      renameSync(file, join(dir, "disk/srv", basename(file)));
      return join("/srv", basename(file));
    },
    [Symbol.asyncDispose]: async () => {
      // dockerd's containers leave their cgroups in the one tree that there is
      await output("nsenter", [...enter, path, "sh", "-c", "docker rm -f $(docker ps -aq) 2>/dev/null || :"]);
      await end();
    },
  };
}
