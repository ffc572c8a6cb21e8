// Pre-installed plugins from start to reaping: programs and modules are started side by side, configured one after the other
// in order, ended with all that they started, and started again when they crash and that is asked for.
import type { ByteStream } from "@nri/ttrpc";
import { AdaptationError, asError } from "../errors.js";
import type { JoiningPeer } from "../joining/admission.js";
import type { AdaptationLimits } from "../limits.js";
import type { Compat } from "../merge/index.js";
import type { Logger, Observer, PluginKind, PluginOutput } from "../observer.js";
import type { PluginRecord } from "../plugin-record.js";
import { Guard } from "./guard.js";
import { changesBetween, type Installation, printOf, type Wanted } from "./installation.js";
import { lastWords } from "./last-words.js";
import { exitText, type LaunchSpec, launchPlugin, type OutputSink, type PluginProcess } from "./launch.js";
import { isWasmModule } from "./program-head.js";
import { Backoff, type RestartSettings } from "./restart.js";
import { within } from "./within.js";

/** What the launcher needs of its adaptation. */
export interface LauncherHost {
  readonly compat: Compat;
  readonly limits: AdaptationLimits;
  /** Whether and how plugins that crash are started again. */
  readonly restart: RestartSettings | undefined;
  readonly log: Logger;
  readonly observer: Observer;
  /** `restarts`: how many instances of the plugin there were before. */
  readonly record: (spec: LaunchSpec, kind: PluginKind, restarts: number) => PluginRecord;
  readonly connect: (stream: ByteStream, record: PluginRecord, config: string) => StartingPeer;
  /** Begins to load a WebAssembly module. Throws when the support is switched off. */
  readonly load: (
    spec: LaunchSpec,
    record: PluginRecord,
    line: (output: Omit<PluginOutput, "plugin">) => void,
  ) => Promise<LoadingPeer>;
  readonly warn: (text: string, record: PluginRecord | undefined, error: Error | undefined) => void;
  /** The plugin with its configuration as it is now. */
  readonly refresh: (spec: LaunchSpec) => Promise<LaunchSpec>;
  /** Makes a registered plugin an active one, as one that connects by itself: configured, synchronised, in its place. */
  readonly admit: (plugin: JoiningPeer) => Promise<void>;
  /** Ends a plugin in order, between two requests, if it is there. */
  readonly dismiss: (record: PluginRecord) => Promise<void>;
}

/** A plugin that was just started. */
export interface StartingPeer extends JoiningPeer {
  /** Resolves when it has registered, rejects when that failed or took too long. */
  readonly registered: Promise<void>;
}

/** A module that is being loaded. */
export interface LoadingPeer extends StartingPeer {
  /** Resolves with whether its thread is gone, when it is closed. */
  gone(): Promise<boolean>;
}

type Launched = { readonly plugin: JoiningPeer } | { readonly error: Error; readonly step: string };

/** One instance of a plugin that runs. */
interface Running {
  readonly installation: Installation;
  readonly since: number;
  /** Ends what is left of it. */
  readonly end: (graceMs: number) => Promise<void>;
  /** It was made to end: how it did says nothing. */
  readonly wasEnded: () => boolean;
}

/** Starts programs and sees to it that each is reaped. */
export class Launcher {
  readonly #host: LauncherHost;
  readonly #guard: Guard | undefined;
  readonly #running = new Map<PluginRecord, Running>();
  /** Programs that are being ended or started outside of `start`. */
  readonly #busy = new Set<Promise<void>>();
  readonly #installed = new Set<Installation>();
  #stopping = false;

  constructor(host: LauncherHost) {
    this.#host = host;
    const warn = (text: string): void => host.warn(text, undefined, undefined);
    this.#guard = host.compat === "reference" ? undefined : new Guard(host.limits, warn);
  }

  /**
   * Starts the plugins and configures them in the order given. Those that fail are warned of and left out. With
   * `compat: "reference"` each is started only when the one before it is configured.
   */
  async start(specs: readonly LaunchSpec[]): Promise<JoiningPeer[]> {
    const { compat, limits, log } = this.#host;
    const width = compat === "reference" ? 1 : limits.maxConcurrentLaunches;
    const kinds = await Promise.all(specs.map(kindOf));
    const installed = specs.map((spec, i) => this.#install(spec, kinds[i] ?? "launched"));
    const launches: Promise<Launched>[] = [];
    const plugins: JoiningPeer[] = [];
    for (const [i, spec] of specs.entries()) {
      for (let next = launches.length; next < Math.min(specs.length, i + width); next++) {
        const installation = installed[next];
        if (installation !== undefined) {
          log.info(`starting pre-installed NRI plugin "${installation.spec.name}"...`);
          launches.push(this.#launch(installation, installation.spec));
        }
      }
      const record = installed[i]?.record;
      const launched = await launches[i];
      if (record === undefined || launched === undefined) {
        continue;
      }
      if ("error" in launched) {
        this.#failed(launched.step, spec, record, launched.error);
        continue;
      }
      try {
        await launched.plugin.configure();
        plugins.push(launched.plugin);
      } catch (error) {
        this.#failed("start", spec, record, asError(error));
      }
    }
    return plugins;
  }

  /**
   * Takes other plugins: new ones are started, those that are not among them end. One whose program or configuration has
   * changed is started beside the instance that runs, and takes its place when it is synchronised; when it fails before,
   * that one stays. The rest stay as they are, but for those that do not run any more, which are started again. Resolves
   * when all is done; what fails is warned of.
   */
  async change(specs: readonly LaunchSpec[]): Promise<void> {
    const wanted = await Promise.all(specs.map(async (spec) => ({ spec, print: await printOf(spec) })));
    const { kept, changed, added, removed } = changesBetween(this.#installed, wanted);
    await Promise.all([
      ...removed.map((one) => this.#uninstall(one)),
      ...added.map((to) => this.#add(to, undefined)),
      ...changed.map(({ from, to }) => this.#replace(from, to)),
      ...kept.filter((one) => this.#isIdle(one)).map((one) => this.#again(one)),
    ]);
  }

  async #replace(from: Installation, to: Wanted): Promise<void> {
    const runs = from.record.state !== "closed";
    if (runs && this.#host.compat === "default") {
      await this.#add(to, from);
    } else {
      // In the reference nobody takes over; and what does not run has no place to take.
      await this.#uninstall(from);
      await this.#add(to, undefined);
    }
  }

  /** Starts a plugin while requests run. */
  async #add({ spec }: Wanted, replaces: Installation | undefined): Promise<void> {
    const kind = await kindOf(spec);
    if (this.#stopping) {
      return;
    }
    const installation = this.#install(spec, kind);
    const { record } = installation;
    installation.replaces = replaces;
    record.succeeds = replaces?.record;
    this.#host.log.info(`starting pre-installed NRI plugin "${spec.name}"...`);
    const starting = this.#launch(installation, spec);
    this.#track(starting.then(() => undefined));
    const launched = await starting;
    if ("error" in launched) {
      this.#failed(launched.step, spec, record, launched.error);
    } else {
      await this.#host
        .admit(launched.plugin)
        .catch((error: unknown) => this.#failed("start", spec, record, asError(error)));
    }
    if (replaces === undefined) {
      return;
    }
    if (record.state === "active") {
      installation.replaces = undefined;
      this.#installed.delete(replaces);
    } else {
      this.#installed.delete(installation);
      this.#host.log.warn(`plugin "${record.name}" is not replaced: the instance of before stays`, {
        plugin: record.name,
      });
    }
  }

  async #uninstall(installation: Installation): Promise<void> {
    this.#installed.delete(installation);
    clearTimeout(installation.timer);
    await this.#host.dismiss(installation.record);
  }

  /** Whether a plugin is gone for good: it has ended, failed, or was given up. */
  #isIdle({ record, timer }: Installation): boolean {
    return record.state === "closed" && timer === undefined && !this.#running.has(record) && this.#busy.size === 0;
  }

  async #again(installation: Installation): Promise<void> {
    installation.backoff = undefined;
    const restarted = this.#restart(installation);
    this.#track(restarted);
    await restarted;
  }

  #install(spec: LaunchSpec, kind: PluginKind): Installation {
    const record = this.#host.record(spec, kind, 0);
    const rest = { print: "", backoff: undefined, timer: undefined, replaces: undefined };
    const installation: Installation = { spec, record, ...rest };
    this.#installed.add(installation);
    return installation;
  }

  /** A launched plugin is closed: its program gets `graceMs` to end before it is made to, its module's thread ends at once. */
  release(record: PluginRecord, graceMs: number): void {
    const running = this.#running.get(record);
    if (running !== undefined && this.#running.delete(record)) {
      this.#track(this.#end(record, running, graceMs));
    }
  }

  /** From now on nothing is started again. */
  stop(): void {
    this.#stopping = true;
    for (const { timer } of this.#installed) {
      clearTimeout(timer);
    }
  }

  /** Resolves when every released program is gone, and their guard with them. */
  async ended(): Promise<void> {
    while (this.#busy.size > 0) {
      await Promise.all(this.#busy);
    }
    await this.#guard?.ended();
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#busy.delete(tracked));
    this.#busy.add(tracked);
  }

  #failed(step: string, spec: LaunchSpec, record: PluginRecord, error: Error): void {
    this.#host.warn(`failed to ${step} pre-installed NRI plugin "${spec.name}": ${error.message}`, record, error);
  }

  /** Starts the last instance of a plugin, from `spec`, and waits for its registration. */
  async #launch(installation: Installation, spec: LaunchSpec): Promise<Launched> {
    const { record } = installation;
    installation.print = await printOf(spec);
    try {
      return record.kind === "wasm"
        ? await this.#load(installation, spec, record)
        : await this.#spawn(
            installation,
            spec,
            record,
            await launchPlugin(spec, this.#host.limits, this.#sink(record), this.#guard),
          );
    } catch (error) {
      record.reason = asError(error);
      record.to("closed");
      this.#crashed(installation, record, 0);
      return { error: record.reason, step: "initialize" };
    }
  }

  /** Waits for a module. Throws when there is none to be loaded. */
  async #load(installation: Installation, spec: LaunchSpec, record: PluginRecord): Promise<Launched> {
    const plugin = await this.#host.load(spec, record, this.#sink(record).tell);
    this.#running.set(record, {
      installation,
      since: performance.now(),
      end: async () => {
        if (!(await plugin.gone())) {
          this.#host.log.error(`plugin "${record.name}": its thread does not end`, { plugin: record.name });
        }
      },
      wasEnded: () => false,
    });
    try {
      await plugin.registered;
      return { plugin };
    } catch (error) {
      return { error: asError(error), step: "initialize" };
    }
  }

  /** Waits for the registration of a program that was started. */
  async #spawn(
    installation: Installation,
    spec: LaunchSpec,
    record: PluginRecord,
    process: PluginProcess,
  ): Promise<Launched> {
    record.pid = process.group.pid;
    this.#running.set(record, {
      installation,
      since: performance.now(),
      end: (graceMs) => this.#endProcess(record, process, graceMs),
      wasEnded: () => process.group.signalled,
    });
    const exited = process.exited.then((exit) => {
      record.exited(exit);
      return exit;
    });
    const plugin = this.#host.connect(process.stream, record, spec.config ?? "");
    try {
      await plugin.registered;
      return { plugin };
    } catch (error) {
      if (!(error instanceof AdaptationError) || error.code !== "registration-failed") {
        return { error: asError(error), step: "start" };
      }
      // Most often the program has ended, and how says more than that its connection closed.
      const exit = await within(exited, this.#host.limits.exitGraceMs);
      if (exit === undefined || process.group.signalled) {
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

  #sink(record: PluginRecord): OutputSink & { readonly tell: (output: Omit<PluginOutput, "plugin">) => void } {
    const { compat, log, observer } = this.#host;
    const tell = ({ stream, line, level }: Omit<PluginOutput, "plugin">): void => {
      observer.output?.({ plugin: record, stream, line, ...(level === undefined ? {} : { level }) });
      if (stream === "log" && compat === "reference") {
        log[level ?? "debug"](line); // it does not say whose words these are
      } else {
        log[level ?? "info"](`[${record.name} ${stream}] ${line}`, { plugin: record.name });
      }
    };
    const keep = (stream: PluginOutput["stream"], line: string): void => {
      if (stream === "stderr") {
        record.stderrTail.add(line);
      }
    };
    return {
      show: (stream, line) => tell({ stream, line }),
      keep,
      tell: (output) => {
        tell(output);
        keep(output.stream, output.line);
      },
    };
  }

  async #end(record: PluginRecord, { installation, since, end, wasEnded }: Running, graceMs: number): Promise<void> {
    const ranMs = performance.now() - since;
    await end(graceMs);
    this.#crashed(installation, record, ranMs, !wasEnded() && hasLeft(record));
  }

  async #endProcess(record: PluginRecord, process: PluginProcess, graceMs: number): Promise<void> {
    const { limits, log } = this.#host;
    if ((await process.group.end(graceMs, limits)) === "stuck") {
      log.error(`plugin "${record.name}" (process ${record.pid}) does not end after SIGKILL`, { plugin: record.name });
    } else {
      await process.exited; // its last lines
    }
    this.#guard?.remove(process.group);
  }

  /** An instance is gone. The next one is started after a while, unless this one was told to end, or left in order. */
  #crashed(installation: Installation, record: PluginRecord, ranMs: number, left = false): void {
    const { restart, log } = this.#host;
    const { name, reason } = record;
    if (restart === undefined || this.#stopping || reason === undefined || record.graceEnd > 0) {
      return;
    }
    if (!this.#installed.has(installation) || installation.replaces !== undefined) {
      return;
    }
    if (left) {
      log.info(`plugin "${name}" has ended by itself without an error: not started again`, { plugin: name });
      return;
    }
    installation.backoff ??= new Backoff(restart);
    const { backoff } = installation;
    const delayMs = backoff.crashed(ranMs);
    const how = record.exit === undefined || record.kind === "wasm" ? "" : `, its program ${exitText(record.exit)}`;
    const why = `${reason.message}${how}`;
    if (delayMs === undefined) {
      const text = `plugin "${name}" is given up after ${restart.attempts} restarts in a row: ${why}`;
      const error = new AdaptationError("restart-failed", text, { plugin: name, cause: reason });
      this.#host.warn(text, record, error);
      return;
    }
    const text = `plugin "${name}" is started again in ${delayMs} ms (${backoff.crashes} of ${restart.attempts}): ${why}`;
    this.#host.warn(text, record, reason);
    installation.timer = setTimeout(() => {
      installation.timer = undefined;
      this.#track(this.#restart(installation));
    }, delayMs).unref();
  }

  async #restart(installation: Installation): Promise<void> {
    const { log, refresh, admit } = this.#host;
    const { spec: origin } = installation;
    const record = this.#host.record(origin, await kindOf(origin), installation.record.restarts + 1);
    installation.record = record;
    const failed = (step: string, error: unknown): void => {
      if (!this.#stopping) {
        this.#failed(step, origin, record, asError(error));
      }
    };
    log.info(`starting pre-installed NRI plugin "${origin.name}" again...`);
    let spec: LaunchSpec;
    try {
      spec = await refresh(origin);
    } catch (error) {
      record.reason = asError(error);
      record.to("closed");
      failed("initialize", error);
      this.#crashed(installation, record, 0);
      return;
    }
    if (this.#stopping) {
      record.to("closed");
      return;
    }
    const launched = await this.#launch(installation, spec);
    if ("error" in launched) {
      failed(launched.step, launched.error);
      return;
    }
    // Not waited for: at the stop it stands in a line that moves on only after everything else has ended.
    void admit(launched.plugin).catch((error: unknown) => failed("restart", error));
  }
}

async function kindOf({ command }: LaunchSpec): Promise<PluginKind> {
  return (await isWasmModule(command)) ? "wasm" : "launched";
}

/** There is no message to say goodbye with: a program that ends by itself, without an error, wanted to. */
function hasLeft({ exit, reason }: PluginRecord): boolean {
  return exit?.code === 0 && reason instanceof AdaptationError && LEAVING.has(reason.code);
}

const LEAVING: ReadonlySet<string> = new Set(["plugin-closed", "registration-failed", "launch-failed"]);
