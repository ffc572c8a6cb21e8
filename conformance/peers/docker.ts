// Real dockerd with its own containerd, private to one test: fetched once per version into conformance/.cache, started with
// its own sockets and folders, and taken down with everything it started.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peersDir } from "../paths.js";
import type { Availability } from "../requirements.js";
import { gone, output } from "./child.js";
import { type EngineFiles, engineFiles } from "./engine-files.js";

/** The release lines that are tested, and the Debian suite which has them. */
export const DOCKER_LINES = { "28": "forky", "20.10": "bookworm" } as const;
/** A release line of dockerd. */
export type DockerLine = keyof typeof DOCKER_LINES;

/** Fetches a dockerd of the line when it is not there yet. Missing without root, without apt, or on a failed download. */
export async function dockerFiles(line: DockerLine): Promise<Availability<EngineFiles>> {
  return await engineFiles("dockerd", line, DOCKER_LINES[line]);
}

/** How a dockerd is started. */
export interface DockerOptions {
  /** Further OCI runtimes: names and programs. */
  readonly runtimes?: Readonly<Record<string, string>>;
  /** The name of one of them, for containers that name none. */
  readonly defaultRuntime?: string;
  /** Further arguments of dockerd, without blanks, such as `--live-restore`. */
  readonly args?: readonly string[];
  /** Further variables of dockerd-up.sh. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running dockerd. */
export interface Docker extends AsyncDisposable {
  readonly version: string;
  readonly stateDir: string;
  /** The Engine API. */
  readonly socket: string;
  /** Its configuration file, which it reads again on SIGHUP. */
  readonly configFile: string;
  /** The client, and what it is called with for `docker ARGS`. */
  readonly program: string;
  words(...args: string[]): string[];
  /** What `docker ARGS` prints, without the line's end. Throws with its error when it fails. */
  docker(...args: string[]): Promise<string>;
  /** The process. */
  pid(): number;
  /** Its log so far. */
  log(): string;
  /** Ends it. Its containers end in order with it, unless it was started with `--live-restore`, or is killed. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts it again with the same state and waits until it serves. */
  start(): Promise<void>;
  /** Both. */
  restart(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** Starts it. */
export async function startDocker(files: EngineFiles, options: DockerOptions = {}): Promise<Docker> {
  const { runtimes = {}, defaultRuntime, args = [], env = {} } = options;
  // a short name: socket paths are limited to 107 bytes
  const stateDir = mkdtempSync(join(tmpdir(), "nri-dkr-"));
  const socket = join(stateDir, "docker.sock");
  const program = join(files.dir, "bin/docker");
  const words = (...more: string[]): string[] => ["--host", `unix://${socket}`, ...more];
  const pid = (): number => Number(readFileSync(join(stateDir, "pid"), "utf8"));
  const start = async (): Promise<void> => {
    const named = Object.entries(runtimes).map(([name, path]) => `${name}=${path}`);
    // stdio of the daemon goes to its log; the script ends when it serves
    await output("sh", [join(peersDir, "dockerd-up.sh"), files.dir, stateDir, ...named], {
      env: {
        ...process.env,
        ...(defaultRuntime === undefined ? {} : { DEFAULT_RUNTIME: defaultRuntime }),
        DOCKERD_ARGS: args.join(" "),
        ...env,
      },
    });
  };
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    const running = pid();
    process.kill(running, signal);
    await gone(running);
    rmSync(join(stateDir, "pid"));
  };
  const down = async (): Promise<void> => {
    await output("sh", [join(peersDir, "dockerd-down.sh"), stateDir, "--purge"]);
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await down();
    throw error;
  }
  return {
    version: files.version,
    stateDir,
    socket,
    configFile: join(stateDir, "daemon.json"),
    program,
    words,
    docker: async (...more) => (await output(program, words(...more))).trimEnd(),
    pid,
    log: () => readFileSync(join(stateDir, "log"), "utf8"),
    stop,
    start,
    restart: async (signal) => {
      await stop(signal);
      // One that was killed has left its containerd behind, which can end just when the next dockerd waits for it. Then that one
      // gives up, and whoever runs it starts it again: the unit of Debian has Restart=always.
      await start().catch((error: Error) => {
        if (signal !== "SIGKILL" || !/failed to start containerd: timeout/.test(error.message)) throw error;
        return start();
      });
    },
    [Symbol.asyncDispose]: down,
  };
}
