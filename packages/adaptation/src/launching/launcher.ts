// Pre-installed plugins from start to reaping: programs are started side by side, configured one after the other in order.
import type { ByteStream } from "@nri/ttrpc";
import type { PluginConnection } from "../connection.js";
import { AdaptationError, asError } from "../errors.js";
import type { AdaptationLimits } from "../limits.js";
import type { Compat } from "../merge/index.js";
import type { Logger, Observer } from "../observer.js";
import type { PluginRecord } from "../plugin-record.js";
import { lastWords } from "./last-words.js";
import { exitText, type LaunchSpec, launchPlugin, type PluginProcess } from "./launch.js";

/** What the launcher needs of its adaptation. */
export interface LauncherHost {
  readonly compat: Compat;
  readonly limits: AdaptationLimits;
  readonly log: Logger;
  readonly observer: Observer;
  readonly record: (spec: LaunchSpec) => PluginRecord;
  readonly connect: (stream: ByteStream, record: PluginRecord, config: string) => PluginConnection;
  readonly warn: (text: string, record: PluginRecord, error: Error) => void;
}

/** A program that does not end after SIGKILL (stuck in the kernel) is waited for no longer than this. */
const KILL_WAIT_MS = 5000;

type Launched = { readonly connection: PluginConnection } | { readonly error: Error; readonly step: string };

/** Starts programs and sees to it that each is reaped. */
export class Launcher {
  readonly #host: LauncherHost;
  readonly #processes = new Map<PluginRecord, PluginProcess>();
  readonly #ending = new Set<Promise<void>>();
  /** Those that did not end by themselves: how they ended says nothing about them. */
  readonly #killed = new WeakSet<PluginProcess>();

  constructor(host: LauncherHost) {
    this.#host = host;
  }

  /**
   * Starts the plugins and configures them in the order given. Those that fail are warned of and left out. With
   * `compat: "reference"` each is started only when the one before it is configured.
   */
  async start(specs: readonly LaunchSpec[]): Promise<PluginConnection[]> {
    const { compat, limits, log } = this.#host;
    const width = compat === "reference" ? 1 : limits.maxConcurrentLaunches;
    const records = specs.map((spec) => this.#host.record(spec));
    const launches: Promise<Launched>[] = [];
    const plugins: PluginConnection[] = [];
    for (const [i, spec] of specs.entries()) {
      for (let next = launches.length; next < Math.min(specs.length, i + width); next++) {
        const [nextSpec, nextRecord] = [specs[next], records[next]];
        if (nextSpec !== undefined && nextRecord !== undefined) {
          log.info(`starting pre-installed NRI plugin "${nextSpec.name}"...`);
          launches.push(this.#launch(nextSpec, nextRecord));
        }
      }
      const record = records[i];
      const launched = await launches[i];
      if (record === undefined || launched === undefined) {
        continue;
      }
      if ("error" in launched) {
        this.#failed(launched.step, spec, record, launched.error);
        continue;
      }
      try {
        await launched.connection.configure();
        plugins.push(launched.connection);
      } catch (error) {
        this.#failed("start", spec, record, asError(error));
      }
    }
    return plugins;
  }

  /** The connection of a launched plugin is gone: its program gets `graceMs` to end before it is killed. */
  release(record: PluginRecord, graceMs: number): void {
    const process = this.#processes.get(record);
    if (process !== undefined && this.#processes.delete(record)) {
      const ending = this.#end(record, process, graceMs).finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
    }
  }

  /** Resolves when every released program is gone. */
  async ended(): Promise<void> {
    await Promise.all(this.#ending);
  }

  #failed(step: string, spec: LaunchSpec, record: PluginRecord, error: Error): void {
    this.#host.warn(`failed to ${step} pre-installed NRI plugin "${spec.name}": ${error.message}`, record, error);
  }

  /** Starts one plugin and waits for its registration. */
  async #launch(spec: LaunchSpec, record: PluginRecord): Promise<Launched> {
    const { log, observer, limits } = this.#host;
    let process: PluginProcess;
    try {
      process = await launchPlugin(spec, limits, {
        show: (stream, line) => {
          observer.output?.({ plugin: record, stream, line });
          log.info(`[${record.name} ${stream}] ${line}`);
        },
        keep: (stream, line) => {
          if (stream === "stderr") {
            record.stderrTail.add(line);
          }
        },
      });
    } catch (error) {
      record.reason = asError(error);
      record.to("closed");
      return { error: record.reason, step: "initialize" };
    }
    record.pid = process.pid;
    this.#processes.set(record, process);
    const exited = process.exited.then((exit) => {
      record.exited(exit);
      return exit;
    });
    const connection = this.#host.connect(process.stream, record, spec.config ?? "");
    try {
      await connection.registered;
      return { connection };
    } catch (error) {
      if (!(error instanceof AdaptationError) || error.code !== "registration-failed") {
        return { error: asError(error), step: "start" };
      }
      // Most often the program has ended, and how says more than that its connection closed.
      const exit = await Promise.race([exited, delay(limits.exitGraceMs)]);
      if (exit === undefined || this.#killed.has(process)) {
        return { error, step: "start" };
      }
      const last = lastWords(record.stderr);
      const said = last !== undefined ? `, its last words: ${last}` : "";
      const text = `plugin "${record.name}" (${spec.command}) ${exitText(exit)} before it registered${said}`;
      const failure = new AdaptationError("launch-failed", text, { plugin: record.name, cause: error });
      record.reason = failure;
      return { error: failure, step: "start" };
    }
  }

  async #end(record: PluginRecord, process: PluginProcess, graceMs: number): Promise<void> {
    if (graceMs > 0 && (await Promise.race([process.exited, delay(graceMs)])) !== undefined) {
      return;
    }
    this.#killed.add(process);
    process.kill();
    if ((await Promise.race([process.exited, delay(KILL_WAIT_MS)])) === undefined) {
      this.#host.log.error(`plugin "${record.name}" (process ${process.pid}) does not end after SIGKILL`);
    }
  }
}

/** Resolves with undefined after a while; keeps no program alive. */
function delay(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}
