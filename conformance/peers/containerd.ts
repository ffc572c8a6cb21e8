// Real containerd with CRI and NRI, private to one test: fetched once per version into conformance/.cache, started with
// its own sockets and folders, and taken down with everything it started.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDir, peersDir } from "../paths.js";
import { type Availability, available, program, root } from "../requirements.js";
import { gone, output } from "./child.js";
import { type Cri, connectCri } from "./cri.js";

const JOIN_TIMEOUT_MS = 10_000;

/** The release lines that are tested, and the Debian suite which has them. */
export const CONTAINERD_LINES = { "2.1": "forky", "1.7": "trixie" } as const;
/** Those, and the last one before this protocol, which only the bridge gives NRI. */
const SUITES = { ...CONTAINERD_LINES, "1.6": "bookworm" } as const;
/** A release line of containerd. */
export type ContainerdLine = keyof typeof SUITES;

/** A fetched containerd. */
export interface ContainerdFiles {
  readonly dir: string;
  /** As `containerd --version` prints it. */
  readonly version: string;
}

/** Fetches a containerd of the line when it is not there yet. Missing without root, without apt, or on a failed download. */
export async function containerdFiles(line: ContainerdLine): Promise<Availability<ContainerdFiles>> {
  if ("missing" in root) return root;
  const apt = program("apt-get");
  if ("missing" in apt) return apt;
  return await available(`containerd ${line}`, async () => {
    const dir = join(cacheDir, SUITES[line]);
    await output("sh", [join(peersDir, "fetch-peers.sh"), dir, SUITES[line]], {
      env: { ...process.env, PEERS_SETS: "core" },
    });
    const text = (await output(join(dir, "bin/containerd"), ["--version"])).trim();
    const version = text.split(" ")[2] ?? text;
    if (!version.replace(/^v/, "").startsWith(`${line}.`)) throw new Error(`the suite has ${text} now`);
    return { dir, version };
  });
}

/** A running containerd. */
export interface Containerd extends AsyncDisposable {
  readonly version: string;
  readonly stateDir: string;
  /** CRI. */
  readonly socket: string;
  readonly nriSocket: string;
  readonly cri: Cri;
  /** Its log so far. */
  log(): string;
  /** Waits until it has synchronised the plugin `NN-name` and counts it in. */
  joined(plugin: string): Promise<void>;
  /** What `ctr ARGS` prints. */
  ctr(...args: string[]): Promise<string>;
  /** Stops it (SIGTERM) and starts it again with the same state; shims and containers live on. */
  restart(): Promise<void>;
}

/**
 * Starts it. `prepare` gets the state folder before that, to put plugins into `nri-plugins` and their configuration
 * into `nri-conf.d`; `env` are the variables of containerd-up.sh.
 */
export async function startContainerd(
  files: ContainerdFiles,
  options: { prepare?: (stateDir: string) => void | Promise<void>; env?: Readonly<Record<string, string>> } = {},
): Promise<Containerd> {
  // a short name: socket paths are limited to 107 bytes
  const stateDir = mkdtempSync(join(tmpdir(), "nri-ctd-"));
  const down = async (): Promise<void> => {
    await output("sh", [join(peersDir, "containerd-down.sh"), stateDir, "--purge"]);
    rmSync(stateDir, { recursive: true, force: true });
  };
  const up = async (): Promise<void> => {
    // stdio of the daemon goes to its log; the script ends when it serves
    await output("sh", [join(peersDir, "containerd-up.sh"), files.dir, stateDir], {
      env: { ...process.env, ...options.env },
    });
  };
  const log = (): string => readFileSync(join(stateDir, "log"), "utf8");
  try {
    for (const dir of ["nri-plugins", "nri-conf.d"]) mkdirSync(join(stateDir, dir));
    await options.prepare?.(stateDir);
    await up();
    const socket = join(stateDir, "containerd.sock");
    const cri = connectCri(socket);
    const version = await cri.version();
    if (version.runtime_name !== "containerd") throw new Error(`CRI is served by ${version.runtime_name}`);
    return {
      version: version.runtime_version,
      stateDir,
      socket,
      nriSocket: join(stateDir, "nri.sock"),
      cri,
      log,
      joined: async (plugin) => {
        const said = `\\"${plugin}\\" connected`;
        const end = Date.now() + JOIN_TIMEOUT_MS;
        while (!log().includes(said)) {
          if (Date.now() > end) throw new Error(`${plugin} did not join: ${log().split("\n").slice(-8).join("\n")}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      ctr: async (...args) => await output(join(files.dir, "bin/ctr"), ["-a", socket, "-n", "k8s.io", ...args]),
      restart: async () => {
        const pid = Number(readFileSync(join(stateDir, "pid"), "utf8"));
        process.kill(pid, "SIGTERM");
        await gone(pid);
        rmSync(join(stateDir, "pid"));
        await up();
      },
      [Symbol.asyncDispose]: async () => {
        cri.close();
        await down();
      },
    };
  } catch (error) {
    await down();
    throw error;
  }
}
