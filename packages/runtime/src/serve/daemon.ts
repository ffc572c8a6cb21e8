// The daemon: the parts of the bridge put together, in the order in which they may come and go.
//
//   start   lock -> engines, state, plugins, their socket (bridge) -> the wrapper's socket -> control socket
//   stop    the wrapper's socket -> plugins, engines -> control socket -> lock
import { join } from "node:path";
import type { BuiltinPlugin } from "@nri/adaptation";
import type { Bridge } from "../common/bridge.js";
import type { Config } from "../config/read.js";
import { ROWS, type Settings, tableName } from "../config/settings.js";
import { NO_NRI_OPTS } from "../docker/moby/index.js";
import type { DockerProfile } from "../docker/moby-profile/profile.js";
import type { Engine } from "../domain.js";
import { Journal } from "../journal/journal.js";
import type { Lease } from "../lease.js";
import { openControl } from "./control.js";
import { dockerNriOpts, dockerNriOptsAgain, hasDockerProfile } from "./docker-nri-opts.js";
import { dockerProfileInfo, domainInfo, type Info, infoOf } from "./info.js";
import { LiveApply } from "./live-apply.js";
import { lockFolder } from "./lock.js";
import type { DaemonLog } from "./log.js";
import type { KnownThings } from "./look.js";
import { type DaemonMetrics, daemonMetrics } from "./metrics.js";
import { serveMetrics } from "./metrics-server.js";
import type { Parts } from "./parts.js";
import { controlRoutes, Followers } from "./routes.js";
import { applyOptionsOf, builtinsOf, pluginSetup, sameValidator, sameValue } from "./setup.js";

/** What a daemon is made with. */
export interface DaemonOptions {
  /** What it is to do. */
  readonly config: Config;
  /** Our own version. */
  readonly version: string;
  /** Its level is that of the configuration from then on. */
  readonly log: DaemonLog;
  /** What it is made of: `PARTS`, but in tests. */
  readonly parts: Parts;
  /** Absolute name of the configuration file, for `nri info`. */
  readonly configFile?: string | undefined;
  /** `nri-opts` of the command line, for Docker's own NRI. */
  readonly nriOpts?: readonly string[] | undefined;
}

/** A daemon. */
export interface Daemon extends AsyncDisposable {
  /** Starts everything. When it fails everything that was started is ended. */
  start(): Promise<void>;
  /**
   * Takes another configuration, one after the other. Throws when it cannot be used: then nothing has changed. Keys that
   * need a restart keep their values, with a warning.
   */
  reload(config: Config): Promise<void>;
  /** Ends everything in order. Idempotent. */
  stop(): Promise<void>;
  /** What `nri info` tells. */
  info(): Info;
  /** Names of the active plugins, in the order in which they are asked. */
  readonly plugins: readonly string[];
}

/** Makes a daemon; nothing happens before `start`. Throws `ConfigError` for files that the configuration names. */
export function createDaemon(options: DaemonOptions): Daemon {
  return new WholeDaemon(options);
}

/** The runtime side with its engines, while NRI is not switched off. */
interface Running {
  readonly bridge: Bridge;
  readonly engines: readonly Engine[];
  /** Docker's own NRI, where the configuration wants that. */
  readonly docker: DockerProfile | undefined;
}

class WholeDaemon implements Daemon {
  readonly #options: DaemonOptions;
  readonly #log: DaemonLog;
  readonly #apply: LiveApply;
  readonly #followers = new Followers();
  readonly #metrics: DaemonMetrics;
  #journal: Journal;
  #leases: Awaited<ReturnType<Parts["listenForLeases"]>> | undefined;
  #control: AsyncDisposable | undefined;
  #metricsServer: AsyncDisposable | undefined;
  #lock: AsyncDisposable | undefined;
  #config: Config;
  #builtins: readonly BuiltinPlugin[];
  #running: Running | undefined;
  /** The same, when it has started. */
  #ready: Running | undefined;
  #since: string | undefined;
  #starting: Promise<void> = Promise.resolve();
  #reloading: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: DaemonOptions) {
    const { config, log } = options;
    this.#options = options;
    this.#log = log;
    this.#config = config;
    this.#useLog(config.settings);
    this.#metrics = daemonMetrics({
      version: options.version,
      bridge: () => this.#running?.bridge,
      requests: () => this.#journal.requestsUnderWay,
      leases: () => this.#leases?.underWay ?? 0,
      followers: () => this.#followers.count,
    });
    // Of this one nothing is written, until the folder is ours.
    this.#journal = new Journal({ log });
    this.#apply = new LiveApply(applyOptionsOf(config, (text) => log.warn(text)));
    this.#builtins = builtinsOf(config);
    dockerNriOpts(config, options.nriOpts ?? []); // what is wrong with them is said at once
  }

  get plugins(): readonly string[] {
    const { bridge, docker } = this.#running ?? {};
    return [...(bridge?.adaptation.plugins ?? []), ...(docker?.plugins ?? [])].map(({ name }) => name);
  }

  info(): Info {
    const { version, configFile } = this.#options;
    return {
      ...infoOf(this.#config.settings, version, configFile),
      running: true,
      pid: process.pid,
      since: this.#since,
      engines: this.#running?.bridge.engines ?? [],
      domains: [
        ...domainInfo((this.#running?.engines ?? []).flatMap(({ domains }) => domains)),
        ...(this.#running?.docker === undefined ? [] : [dockerProfileInfo(this.#running.docker.info)]),
      ],
    };
  }

  async start(): Promise<void> {
    this.#starting = this.#start();
    try {
      await this.#starting;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { settings } = this.#config;
    this.#lock = await lockFolder(join(settings.stateDir, "lock"));
    this.#goOn();
    const folder = join(settings.stateDir, "stories");
    this.#journal = new Journal({ folder, log: this.#log, numbers: this.#metrics.journal });
    if (settings.disable) this.#log.info("NRI is disabled: every container passes as it is");
    else await this.#startBridge(this.#config, this.#builtins);
    this.#goOn();
    this.#leases = await this.#options.parts.listenForLeases({
      socketPath: settings.leaseSocket,
      handler: (lease) => this.#handle(lease),
      failed: (call, text) => {
        this.#metrics.leaseFailed(call);
        this.#journal.leaseFailed(call, text);
      },
      log: this.#log,
    });
    this.#goOn();
    const sources = {
      info: () => this.info(),
      known: () => known(this.#running),
      journal: this.#journal,
      metrics: () => this.#metrics.text(),
    };
    this.#control = await openControl(settings.controlSocket, controlRoutes(sources, this.#followers), this.#log);
    this.#goOn();
    const { metricsAddress } = settings;
    if (metricsAddress !== "") this.#metricsServer = await serveMetrics(metricsAddress, sources.metrics);
    this.#goOn();
    this.#since = new Date().toISOString();
  }

  #goOn(): void {
    if (this.#stopped !== undefined) throw new Error("the daemon was stopped");
  }

  async #startBridge(config: Config, builtins: readonly BuiltinPlugin[]): Promise<void> {
    const { parts, version } = this.#options;
    const { settings } = config;
    const engines = parts.engines(settings, this.#log);
    const docker = hasDockerProfile(settings)
      ? parts.dockerProfile(
          settings,
          {
            options: dockerNriOpts(config, this.#options.nriOpts ?? []) ?? NO_NRI_OPTS,
            stateDir: join(settings.stateDir, "docker"),
            journal: this.#journal,
          },
          this.#log,
        )
      : undefined;
    const bridge = parts.createBridge({
      adaptation: {
        runtime: { name: "nri-bridge", version },
        compat: settings.compat,
        wasm: settings.wasm,
        restart: settings.restartPlugins === 0 ? undefined : { attempts: settings.restartPlugins },
        log: this.#log,
        metrics: this.#metrics.plugins,
        ...pluginSetup(config, builtins),
      },
      engines,
      stateDir: join(settings.stateDir, "records"),
      apply: this.#apply,
      journal: this.#journal,
      log: this.#log,
    });
    this.#running = { bridge, engines, docker };
    try {
      await bridge.start();
      await docker?.start();
      this.#ready = this.#running;
    } catch (error) {
      this.#running = undefined;
      await stopAll({ bridge, docker });
      throw error;
    }
  }

  /** While NRI is switched off, or is being switched on, nothing is looked at. */
  async #handle(lease: Lease): Promise<void> {
    const { bridge, docker } = this.#ready ?? {};
    if (bridge === undefined) await lease.answer({ kind: "pass" });
    else if (docker?.takes(lease.call)) await docker.handle(lease);
    else await bridge.handle(lease);
  }

  reload(config: Config): Promise<void> {
    const reloaded = this.#reloading.then(() => this.#reload(config));
    this.#reloading = reloaded.catch(() => undefined); // its failure is for who has asked
    return reloaded;
  }

  async #reload(given: Config): Promise<void> {
    this.#goOn();
    const before = this.#config.settings;
    const { config, kept } = withKept(given, before);
    const apply = applyOptionsOf(config, (text) => this.#log.warn(text));
    const builtins = sameValidator(config.settings, before) ? this.#builtins : builtinsOf(config);
    if (config.settings.disable) {
      await this.#switchOff();
    } else if (this.#running === undefined) {
      await this.#startBridge(config, builtins);
    } else {
      const { bridge, docker } = this.#running;
      const dockerBefore = docker?.options;
      await docker?.prepareReload(dockerNriOptsAgain(config, this.#options.nriOpts ?? [])).commit();
      try {
        await bridge.adaptation.reconfigure(pluginSetup(config, builtins));
      } catch (error) {
        if (dockerBefore !== undefined) await docker?.prepareReload(dockerBefore).commit();
        throw error;
      }
    }
    this.#config = config;
    this.#apply.current = apply;
    this.#builtins = builtins;
    this.#useLog(config.settings);
    for (const text of kept) this.#log.warn(text);
    this.#log.info("the configuration was read again");
  }

  #useLog({ logLevel, logFormat }: Settings): void {
    this.#log.level = logLevel;
    this.#log.format = logFormat;
  }

  async #switchOff(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#ready = undefined;
    if (running === undefined) return;
    this.#log.info("NRI is disabled from now on: every container passes as it is");
    await stopAll(running);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#log.info("ending");
    await this.#close();
    await this.#starting.catch(() => undefined); // its failure is for who has started
    await this.#reloading;
    await this.#close(); // what was opened meanwhile
    await this.#metricsServer?.[Symbol.asyncDispose]();
    await this.#control?.[Symbol.asyncDispose]();
    await this.#lock?.[Symbol.asyncDispose]();
  }

  async #close(): Promise<void> {
    const leases = this.#leases;
    this.#leases = undefined;
    await leases?.close();
    if (this.#running !== undefined) await stopAll(this.#running);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Pods and containers; those of Docker's own NRI are containers, their pods being nothing of their own. */
function known(running: Running | undefined): KnownThings {
  const { pods = [], containers = [] } = running?.bridge ?? {};
  return { pods, containers: [...containers, ...(running?.docker?.containers ?? [])] };
}

async function stopAll({ bridge, docker }: Pick<Running, "bridge" | "docker">): Promise<void> {
  await docker?.stop();
  await bridge.stop();
}

/** The configuration with those values of before that only a restart can change, and a sentence for each of them. */
function withKept(given: Config, before: Settings): { readonly config: Config; readonly kept: readonly string[] } {
  const changed = ROWS.filter(
    ([name, { takes }]) => takes === "restart" && !sameValue(given.settings[name], before[name]),
  );
  const settings = {
    ...given.settings,
    ...Object.fromEntries(changed.map(([name]) => [name, before[name]])),
  } as Settings;
  const kept = changed.map(
    ([name, { table, key }]) =>
      `${given.where(name)}: ${tableName([...table, key])} takes effect when the daemon is started anew`,
  );
  return { config: { ...given, settings }, kept };
}
