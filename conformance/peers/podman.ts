// Real podman with storage, state and configuration of its own, private to one test: fetched once per version into
// conformance/.cache, and taken down with everything it started.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peersDir } from "../paths.js";
import type { Availability } from "../requirements.js";
import { isListening, until } from "../waits.js";
import { Child, output } from "./child.js";
import { type EngineFiles, engineFiles } from "./engine-files.js";

/** The release lines that are tested, and the Debian suite which has them. */
export const PODMAN_LINES = { "5": "forky", "4.3": "bookworm" } as const;
/** A release line of podman. */
export type PodmanLine = keyof typeof PODMAN_LINES;

/** Fetches a podman of the line when it is not there yet. Missing without root, without apt, or on a failed download. */
export async function podmanFiles(line: PodmanLine): Promise<Availability<EngineFiles>> {
  return await engineFiles("podman", line, PODMAN_LINES[line]);
}

/** A podman. It has no daemon: each call is a process, and each running container has its own conmon. */
export interface Podman extends AsyncDisposable {
  readonly version: string;
  /** Has `podman`, a program that needs nothing more to be this podman. */
  readonly stateDir: string;
  /** Where the service listens while it runs: libpod's API and Docker's. */
  readonly socket: string;
  /** Where conmon writes exit codes. */
  readonly exitDir: string;
  /** A program, and what it is called with for `podman ARGS`. */
  readonly program: string;
  words(...args: string[]): string[];
  /** What `podman ARGS` prints, without the line's end. Throws with its error when it fails. */
  podman(...args: string[]): Promise<string>;
  /** Starts the service (`podman system service`) and waits until it listens. */
  startService(): Promise<void>;
  /** Ends it; containers live on. */
  stopService(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** What the service has printed, of all its lives. */
  log(): string;
}

/** Prepares one whose containers use the OCI runtime `runtime`; its own runc without. The service is not started. */
export async function startPodman(files: EngineFiles, options: { readonly runtime?: string } = {}): Promise<Podman> {
  // a short name: socket paths are limited to 107 bytes
  const stateDir = mkdtempSync(join(tmpdir(), "nri-pod-"));
  const socket = join(stateDir, "podman.sock");
  const script = join(peersDir, "podman-run.sh");
  const { runtime = join(files.dir, "bin/runc") } = options;
  // read once, when the first call writes the configuration
  const env = { ...process.env, RUNTIME: runtime };
  const words = (...args: string[]): string[] => [script, files.dir, stateDir, ...args];
  const podman = async (...args: string[]): Promise<string> => (await output("sh", words(...args), { env })).trimEnd();
  const services: Child[] = [];
  const stopService = async (signal?: NodeJS.Signals): Promise<void> => {
    const service = services.at(-1);
    if (service === undefined || !service.running) return;
    if (signal !== undefined) service.kill(signal);
    await service[Symbol.asyncDispose]();
  };
  const down = async (): Promise<void> => {
    await stopService();
    await output("sh", [join(peersDir, "podman-down.sh"), files.dir, stateDir, "--purge"]);
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    // as one program, for who cannot give it its environment
    const call = words("")
      .slice(0, -1)
      .map((word) => `'${word}'`);
    writeFileSync(join(stateDir, "podman"), `#!/bin/sh\nexec sh ${call.join(" ")} "$@"\n`, { mode: 0o755 });
    // the first call of all loads the image
    await podman("image", "exists", "localhost/peers/busybox:1");
  } catch (error) {
    await down();
    throw error;
  }
  return {
    version: files.version,
    stateDir,
    socket,
    exitDir: join(stateDir, "tmp/exits"),
    program: "sh",
    words,
    podman,
    startService: async () => {
      rmSync(socket, { force: true });
      const service = new Child("sh", words("system", "service", "--time", "0", `unix://${socket}`), { env });
      services.push(service);
      await until("the service of podman listens", () => {
        if (!service.running) throw new Error(`the service of podman ended: ${service.stderr.slice(-5).join("\n")}`);
        return isListening(socket);
      });
    },
    stopService,
    log: () => services.flatMap(({ stdout, stderr }) => [...stdout, ...stderr]).join("\n"),
    [Symbol.asyncDispose]: down,
  };
}
