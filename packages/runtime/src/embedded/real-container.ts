// One container on the OCI runtime: its bundle, its process, its output.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { printSpec, type Spec } from "@nri/oci";
import type { ContainerExit } from "@nri/testing";
import { LIMITS } from "../limits.js";
import { nowNs } from "../now.js";
import { exitCode, type Monitor, monitored } from "./monitor.js";
import { lastError, type OciRuntime } from "./oci-runtime.js";

/** What containers of one run have in common. */
export interface ContainerSurroundings {
  readonly runtime: OciRuntime;
  readonly monitor: Monitor;
  readonly path: string;
  /** Where the bundles are made. */
  readonly folder: string;
  /** How long a container may take to end after SIGTERM. */
  readonly graceMs: number;
  /** A line that a container has written. */
  output(id: string, line: string): void;
  /** What an engine would write to its log. */
  log(text: string): void;
}

/** A created container. */
export class RealContainer {
  /** Its init process. */
  readonly pid: number;
  /** Its end. Never rejects. */
  readonly exited: Promise<ContainerExit>;
  readonly #id: string;
  readonly #bundle: string;
  readonly #around: ContainerSurroundings;
  #hasEnded = false;

  private constructor(
    id: string,
    bundle: string,
    pid: number,
    ended: Promise<ContainerExit>,
    written: Promise<unknown>,
    around: ContainerSurroundings,
  ) {
    this.#id = id;
    this.#bundle = bundle;
    this.pid = pid;
    this.#around = around;
    this.exited = ended.then(async (exit) => {
      this.#hasEnded = true;
      // What it wrote last is shown before it is said that it has ended; others may hold the pipe for longer.
      await Promise.race([written, sleep(LIMITS.embedded.lastWordsMs, undefined, { ref: false })]);
      return exit;
    });
  }

  /** Writes the bundle and has the runtime create the container. Rejects with the runtime's reason; nothing is left then. */
  static async create(id: string, spec: Spec, around: ContainerSurroundings): Promise<RealContainer> {
    const bundle = join(around.folder, id);
    await mkdir(bundle, { mode: 0o700 });
    try {
      await writeFile(join(bundle, "config.json"), printSpec(spec), { mode: 0o600 });
      const [log, pidFile] = [join(bundle, "log.json"), join(bundle, "init.pid")];
      const command = around.runtime.command(log, ["create", "--bundle", bundle, "--pid-file", pidFile, id]);
      const process = monitored(around.monitor, command, around.path, bundle);
      // What is written before is the runtime's, or a hook's: it is shown when the container was created, else it is the reason.
      const early: string[] = [];
      let show = (line: string): void => void (early.length < LIMITS.embedded.earlyLines && early.push(line));
      const written = [process.stdout, process.stderr].map((stream) => eachLine(stream, (line) => show(line)));
      const code = await process.created;
      if (code !== 0)
        throw new Error(
          (await lastError(log)) ?? `create ended with code ${code}: ${early.at(-1) ?? "it says no more"}`,
        );
      show = (line) => around.output(id, line);
      for (const line of early) show(line);
      const pid = Number(await readFile(pidFile, "utf8"));
      const ended = process.ended(pid).then(
        (status) => ({ code: exitCode(status), at: nowNs() }),
        (error: unknown) => {
          around.log(`container ${id}: its exit code is not known: ${String(error)}`);
          return { code: 255, at: nowNs() };
        },
      );
      return new RealContainer(id, bundle, pid, ended, Promise.all(written), around);
    } catch (error) {
      // The runtime may have made half of it.
      await around.runtime.delete(id).catch((failure: unknown) => around.log(String(failure)));
      await rm(bundle, { recursive: true, force: true });
      throw error;
    }
  }

  /** Lets its process begin. */
  async start(): Promise<void> {
    await this.#around.runtime.start(this.#id, join(this.#bundle, "log.json"));
  }

  /** Gives it the resources of `spec`. Success when it has ended meanwhile. */
  async update(spec: Spec): Promise<void> {
    const { devices: _, ...resources } = spec.linux?.resources ?? {};
    try {
      await this.#around.runtime.update(this.#id, resources);
    } catch (error) {
      if (!this.#hasEnded) throw error;
    }
  }

  /** Has it end. What fails is logged, and killing is tried in the end. */
  async end(how: "terminated" | "killed"): Promise<void> {
    if (how === "terminated") {
      await this.#signal("TERM");
      await Promise.race([this.exited, sleep(this.#around.graceMs, undefined, { ref: false })]);
    }
    if (!this.#hasEnded) await this.#signal("KILL");
  }

  /** Deletes it in the runtime, and its bundle. */
  async remove(): Promise<void> {
    await this.#around.runtime.delete(this.#id);
    await rm(this.#bundle, { recursive: true, force: true });
  }

  async #signal(name: "TERM" | "KILL"): Promise<void> {
    try {
      await this.#around.runtime.kill(this.#id, name);
    } catch (error) {
      if (!this.#hasEnded) this.#around.log(`container ${this.#id}: SIG${name}: ${String(error)}`);
    }
  }
}

/** Hands on the lines of a stream, cut where they are too long. Resolves at its end. */
function eachLine(stream: Readable, take: (line: string) => void): Promise<void> {
  const { lineCharacters } = LIMITS.embedded;
  stream.setEncoding("utf8");
  let rest = "";
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) cut(line, take);
    for (; rest.length > lineCharacters; rest = rest.slice(lineCharacters)) take(rest.slice(0, lineCharacters));
  });
  return new Promise((resolve) => {
    stream.once("close", () => {
      if (rest !== "") take(rest);
      resolve();
    });
    // What closes it is told by the end of the process.
    stream.once("error", () => undefined);
  });
}

function cut(line: string, take: (line: string) => void): void {
  const { lineCharacters } = LIMITS.embedded;
  for (let start = 0; start === 0 || start < line.length; start += lineCharacters)
    take(line.slice(start, start + lineCharacters));
}
