// The runtime side put together: starts and accepts plugins, keeps them in order, relays, and ends it all.
import type { Socket } from "node:net";
import { NRI_VERSION } from "@nri/protocol";
import { type ByteStream, duplexStream } from "@nri/ttrpc";
import type { BuiltinHost, BuiltinPeer } from "./builtin/builtin-peer.js";
import { startBuiltins } from "./builtin/start.js";
import { updateGuard } from "./builtin/update-guard.js";
import { type ConnectionHost, PluginConnection } from "./connection.js";
import { AdaptationError, asError, errorText } from "./errors.js";
import { Admission, type JoiningPeer } from "./joining/admission.js";
import { synchronizeAtStart } from "./joining/at-start.js";
import { Identities } from "./joining/identities.js";
import { SyncBlocks } from "./joining/sync-blocks.js";
import { takeoverAllowed } from "./joining/takeover.js";
import { Traffic } from "./joining/traffic.js";
import { Installed } from "./launching/installed.js";
import type { LaunchSpec } from "./launching/launch.js";
import { Launcher } from "./launching/launcher.js";
import { type Listener, listen } from "./listen.js";
import { Meter } from "./metrics.js";
import type { LogFields, PluginInfo, PluginKind } from "./observer.js";
import { type Reconfiguration, reconfigured, type Settings } from "./options.js";
import type { PluginPeer } from "./peer.js";
import { Pipeline } from "./pipeline/pipeline.js";
import { PluginRecord } from "./plugin-record.js";
import { PolicyBook, Requirements } from "./policy/index.js";
import { Relay, type RelayHost } from "./relay.js";
import { RequestQueue } from "./request-queue.js";
import { Roster } from "./roster.js";
import { Unsolicited } from "./unsolicited.js";
import type { WasmHost, WasmPeer } from "./wasm/wasm-peer.js";

type Phase = "new" | "starting" | "running" | "stopping";

/** One adaptation behind its public face. */
export class Core {
  readonly roster: Roster;
  readonly relay: Relay;
  readonly blocks: SyncBlocks;
  /** Changed in place: whoever holds it sees what holds now. */
  readonly #settings: Settings;
  readonly #traffic: Traffic;
  readonly #queue: RequestQueue;
  /** Requests that are under way together; undefined when they are relayed one after the other. */
  #pipeline: Pipeline | undefined;
  readonly #identities: Identities;
  readonly #admission: Admission;
  readonly #installed: Installed;
  readonly #launcher: Launcher;
  readonly #host: ConnectionHost;
  readonly #wasmHost: Omit<WasmHost, "line">;
  readonly #builtinHost: BuiltinHost;
  /** Rules, deadlines among them; undefined when there are none. */
  #book: PolicyBook | undefined;
  /** All that were started, also those that are closed. */
  #builtins: readonly BuiltinPeer[] = [];
  readonly #unsolicited: Unsolicited;
  /** Connections that are not active plugins yet. */
  readonly #pending = new Set<PluginPeer>();
  #phase: Phase = "new";
  #starting: Promise<void> = Promise.resolve();
  #changing: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  #listener: Listener | undefined;
  #lastId = 0;

  constructor(settings: Settings) {
    this.#settings = { ...settings };
    const { compat, limits, log, observer } = settings;
    this.#queue = new RequestQueue(limits.maxQueuedRequests);
    this.blocks = new SyncBlocks(limits.maxQueuedRequests);
    const meter = settings.metrics === undefined ? undefined : new Meter(settings.metrics, log);
    this.roster = new Roster(log, meter && ((active) => meter.count(active)));
    const { requestTimeoutMs } = settings;
    const rules = this.#rules();
    this.#book = rules.policies;
    this.#pipeline = rules.pipeline;
    this.#unsolicited = new Unsolicited(settings, rules.guard);
    const warn = (text: string, plugin?: PluginRecord, error?: Error): void => this.#warn(text, plugin, error);
    const traffic = new Traffic(this.roster, requestTimeoutMs, limits.maxQueuedEvents);
    this.#traffic = traffic;
    this.relay = new Relay({
      compat,
      limits,
      log,
      meter,
      observer,
      warn,
      queue: this.#queue,
      roster: this.roster,
      traffic,
      ...rules,
    });
    const { roster, blocks } = this;
    const identities = new Identities({
      isBuiltin: (name) => this.#builtins.some(({ record }) => record.name === name && record.state !== "closed"),
      graceMs: limits.duplicateGraceMs,
      mayTakeOver: (record, holder) => takeoverAllowed(record, holder, this.#book),
    });
    this.#identities = identities;
    this.#admission = new Admission({
      settings: this.#settings,
      roster,
      traffic,
      blocks,
      identities,
      meter,
      warn,
      isStopping: () => this.#phase === "stopping",
      joined: (plugin) => this.#join(plugin),
      policies: () => this.#book,
      calm: async () => this.#pipeline?.empty(),
      unsolicited: this.#unsolicited,
    });
    const common: Omit<ConnectionHost & BuiltinHost, "closed" | "updateContainers" | "claimName" | "deprecations"> = {
      runtime: settings.runtime,
      NRIVersion: NRI_VERSION,
      compat,
      registrationTimeoutMs: settings.registrationTimeoutMs,
      requestTimeoutMs,
      timeoutFor: (plugin, call) => this.#book?.timeoutFor(plugin, call) ?? this.#settings.requestTimeoutMs,
      announcedTimeout: (plugin) => this.#book?.of(plugin).announcedMs ?? this.#settings.requestTimeoutMs,
      log,
      observer,
      meter,
      warn,
    };
    this.#host = {
      ...common,
      deprecations: settings.deprecations,
      claimName: (connection) => identities.claim(connection),
      updateContainers: (plugin, { update, evict }, signal) => this.#unsolicited.update(plugin, update, evict, signal),
      closed: (connection) => this.#closed(connection),
    };
    this.#wasmHost = {
      ...common,
      limits,
      claimName: (plugin) => identities.claim(plugin),
      closed: (plugin) => this.#closed(plugin),
    };
    this.#builtinHost = { ...common, closed: (peer) => this.roster.leave(peer) };
    const skipped = (level: "warn" | "error", text: string): void => this.#warn(text, undefined, undefined, level);
    this.#installed = new Installed(this.#settings, skipped);
    this.#launcher = new Launcher({
      compat,
      limits,
      log,
      observer,
      warn,
      restart: settings.restart,
      record: (spec, kind, restarts) => this.#record(kind, spec.index, spec.name, restarts),
      connect: (stream, record, config) => this.#connect(stream, record, config),
      load: (spec, record, line) => this.#load(spec, record, line),
      refresh: (spec) => this.#installed.refresh(spec),
      admit: (plugin) => this.#admit(plugin),
      dismiss: (record) => this.#dismiss(record),
    });
    log.info("runtime interface created");
  }

  async start(): Promise<void> {
    if (this.#phase !== "new") {
      throw this.#phase === "stopping"
        ? stopped()
        : new AdaptationError("already-started", "the adaptation was started before");
    }
    this.#phase = "starting";
    this.#starting = this.#start();
    try {
      await this.#starting;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { log, socketPath } = this.#settings;
    log.info("runtime interface starting up...");
    // Requests wait until the plugins are there: a container must not slip through unseen.
    await this.#queue.enter("start");
    try {
      log.info("starting plugins...");
      const specs = await this.#installed.specs();
      const record = (index: string, name: string): PluginRecord => this.#record("builtin", index, name);
      const warn = (text: string, plugin: PluginRecord, error: Error): void => this.#warn(text, plugin, error);
      this.#builtins = await startBuiltins(this.#settings.builtins, this.#builtinHost, record);
      this.#checkRunning();
      const plugins = [...this.#builtins, ...(await this.#launcher.start(specs))];
      this.#checkRunning();
      await synchronizeAtStart(plugins, { settings: this.#settings, unsolicited: this.#unsolicited, warn });
      this.#checkRunning();
      this.#join(...plugins);
    } finally {
      this.#queue.leave();
    }
    if (socketPath === undefined) {
      log.info("connection from external plugins disabled");
    } else {
      this.#listener = await this.#listen(socketPath);
    }
    this.#checkRunning();
    this.#phase = "running";
  }

  #listen(path: string): Promise<Listener> {
    const failed = (error: Error): void => this.#warn(`stopped accepting plugin connections (${error.message})`);
    return listen(path, (socket) => this.#connected(socket), failed);
  }

  /** The rules of the settings as they are now. */
  #rules(): Pick<RelayHost, "policies" | "requirements" | "guard" | "pipeline" | "fanOut"> {
    const { policies, requestTimeoutMs, relay, limits } = this.#settings;
    return {
      policies: policies && new PolicyBook(policies.rules ?? [], requestTimeoutMs),
      requirements: policies?.required && new Requirements(policies.required),
      guard: updateGuard(this.#settings, () => this.#builtins),
      pipeline: relay.pipelined ? new Pipeline(limits.maxRequestsUnderWay, relay.takesAtOnce) : undefined,
      fanOut: relay.fanOut,
    };
  }

  reconfigure(options: Reconfiguration): Promise<void> {
    const changed = this.#changing.then(() => this.#reconfigure(options));
    this.#changing = changed.catch(() => undefined); // its failure is for who has asked
    return changed;
  }

  async #reconfigure(options: Reconfiguration): Promise<void> {
    await this.#starting.catch(() => undefined); // then we do not run
    if (this.#phase !== "running") {
      throw this.#phase === "new" ? new AdaptationError("stopped", "the adaptation is not started") : stopped();
    }
    // First all that can fail; it changes nothing.
    const next = reconfigured(this.#settings, options);
    const specs = await this.#installed.specs(next);
    // One that was lost is started anew.
    const kept = this.#builtins.filter(
      ({ plugin, record }) => next.builtins.includes(plugin) && record.state !== "closed",
    );
    const record = (index: string, name: string): PluginRecord => this.#record("builtin", index, name);
    const added = next.builtins.filter((plugin) => kept.every((peer) => peer.plugin !== plugin));
    const builtins = await startBuiltins(added, this.#builtinHost, record, kept);
    const gone = this.#builtins.filter((peer) => !kept.includes(peer));
    const moved = next.socketPath !== this.#settings.socketPath;
    const before = this.#listener;
    let listener = moved ? undefined : before;
    try {
      if (moved && next.socketPath !== undefined) {
        listener = await this.#listen(next.socketPath);
      }
      await this.#queue.enter("reconfigure");
      try {
        await this.#pipeline?.empty();
        this.#checkRunning();
        // No request runs, and nothing is waited for: from one to the next all of it has changed.
        this.#take(next);
        this.#builtins = [...kept, ...builtins];
        this.#listener = listener;
        for (const peer of gone) {
          this.roster.leave(peer);
        }
        if (builtins.length > 0) {
          this.#join(...builtins);
        }
      } finally {
        this.#queue.leave();
      }
    } catch (error) {
      for (const peer of builtins) {
        peer.close(undefined);
      }
      if (moved) {
        await listener?.close();
      }
      throw error;
    }
    for (const peer of gone) {
      peer.close(undefined);
    }
    if (moved) {
      await before?.close();
    }
    await this.#launcher.change(specs);
  }

  /** Settings for whoever has a copy of some of them. */
  #take(next: Settings): void {
    Object.assign(this.#settings, next);
    const { registrationTimeoutMs, requestTimeoutMs } = next;
    for (const host of [this.#host, this.#wasmHost, this.#builtinHost]) {
      Object.assign(host, { registrationTimeoutMs, requestTimeoutMs });
    }
    this.#traffic.patienceMs = requestTimeoutMs;
    const rules = this.#rules();
    this.#book = rules.policies;
    this.#pipeline = rules.pipeline;
    this.relay.use(rules);
    this.#unsolicited.guard = rules.guard;
  }

  /** Takes out a plugin between two requests, and tells it to end. */
  async #dismiss(record: PluginRecord): Promise<void> {
    const plugin = [...this.#pending, ...this.roster.active].find((peer) => peer.record === record);
    if (plugin === undefined) {
      return;
    }
    await this.#queue.enterLast();
    await this.#pipeline?.empty();
    this.roster.leave(plugin);
    this.#queue.leave();
    await this.#farewell(plugin);
  }

  /** A plugin at the other end of a connection that the application has made. */
  async accept(stream: ByteStream, config: string): Promise<PluginInfo> {
    await this.#starting.catch(() => undefined); // its failure is for who has started
    if (this.#phase !== "running") {
      const error = this.#phase === "new" ? new AdaptationError("stopped", "the adaptation is not started") : stopped();
      stream.close(error);
      throw error;
    }
    return this.#accept(stream, config);
  }

  #connected(socket: Socket): void {
    // What fails it is a warning by then.
    this.#accept(duplexStream(socket), "").catch(() => undefined);
  }

  /** One external plugin from its connection to its place among the others. What fails it is warned of, and thrown. */
  async #accept(stream: ByteStream, config: string): Promise<PluginInfo> {
    const { maxPendingConnections, maxPlugins } = this.#settings.limits;
    if (this.#pending.size >= maxPendingConnections || this.roster.active.length >= maxPlugins) {
      const text =
        this.roster.active.length >= maxPlugins
          ? `${maxPlugins} plugins are active`
          : `${maxPendingConnections} connections have not become a plugin yet`;
      const error = new AdaptationError("too-many-plugins", `connection refused: ${text} (the maximum)`);
      this.#warn(error.message, undefined, error);
      stream.close(error);
      throw error;
    }
    const plugin = this.#connect(stream, this.#record("external", "", ""), config);
    const { record } = plugin;
    try {
      await plugin.registered;
      await plugin.configure();
    } catch (error) {
      if (this.#phase !== "stopping") {
        this.#warn(`failed to start external plugin: ${errorText(error)}`, record, asError(error));
      }
      throw error;
    }
    await this.#admission.admit(plugin);
    if (record.state !== "active") {
      throw record.reason ?? stopped();
    }
    return record;
  }

  /** A launched plugin that was started again: from its registration on, one more that joins while requests run. */
  async #admit(plugin: JoiningPeer): Promise<void> {
    await this.#starting.catch(() => undefined); // then all is over, and the plugin is closed
    await plugin.configure();
    await this.#admission.admit(plugin);
  }

  #join(...plugins: readonly PluginPeer[]): void {
    for (const plugin of plugins) {
      this.#pending.delete(plugin);
    }
    this.roster.join(...plugins);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { log } = this.#settings;
    this.#phase = "stopping";
    this.#launcher.stop();
    log.info("runtime interface shutting down...");
    this.relay.refuse(stopped());
    this.roster.refuse(stopped());
    const farewells = [...this.#pending].map((connection) => this.#farewell(connection));
    await this.#starting.catch((error: unknown) => log.debug(`stopped while starting: ${errorText(error)}`));
    await this.#listener?.close();
    await this.#queue.enterLast();
    await this.#pipeline?.empty();
    const rest = [...this.#builtins, ...this.roster.active].map((plugin) => this.#farewell(plugin));
    await Promise.all([...farewells, ...rest]);
    await this.#admission.ended();
    await this.#launcher.ended();
    this.#queue.leave();
  }

  /** Tells a plugin to end, however far it has come, unless it has not registered yet. */
  async #farewell(plugin: PluginPeer): Promise<void> {
    if (this.#settings.compat === "default" && plugin.record.state !== "connecting") {
      await plugin.shutdown();
    }
    plugin.close(undefined);
  }

  #record(kind: PluginKind, index: string, base: string, restarts = 0): PluginRecord {
    const { limits, observer } = this.#settings;
    const changed = ({ state }: PluginRecord): void => observer.pluginState?.(record, state);
    const record = new PluginRecord(++this.#lastId, kind, { index, base }, limits, changed, restarts);
    changed(record);
    return record;
  }

  #connect(stream: ByteStream, record: PluginRecord, config: string): PluginConnection {
    return this.#begun(new PluginConnection(stream, record, config, this.#host));
  }

  /** Begins to load a module. What that takes of Node.js is there only when a module is. */
  async #load(spec: LaunchSpec, record: PluginRecord, line: WasmHost["line"]): Promise<WasmPeer> {
    const { command, args = [], config = "" } = spec;
    const refuse = (text: string): AdaptationError =>
      new AdaptationError("launch-failed", text, { plugin: record.name });
    if (!this.#settings.wasm) {
      throw refuse(`can't load WASM plugin ${command}: no WASM support`);
    }
    if (args.length > 0) {
      throw refuse(`load WASM plugin ${command}: a module takes no arguments`);
    }
    this.#settings.log.info(`Found WASM plugin: ${command}`);
    const { WasmPeer } = await import("./wasm/wasm-peer.js");
    return this.#begun(new WasmPeer(command, record, config, { ...this.#wasmHost, line }));
  }

  #begun<Plugin extends PluginPeer>(plugin: Plugin): Plugin {
    if (this.#phase === "stopping") {
      plugin.close(stopped());
    } else {
      this.#pending.add(plugin);
    }
    return plugin;
  }

  #closed(plugin: PluginPeer): void {
    this.#pending.delete(plugin);
    this.roster.leave(plugin);
    this.#identities.release(plugin);
    const { compat, limits } = this.#settings;
    const { record } = plugin;
    const left = Math.max(limits.exitGraceMs, record.graceEnd - performance.now());
    this.#launcher.release(record, compat === "reference" ? 0 : left);
  }

  #checkRunning(): void {
    if (this.#phase === "stopping") {
      throw stopped();
    }
  }

  #warn(text: string, plugin?: PluginRecord, error?: Error, level: "warn" | "error" = "warn"): void {
    this.#settings.log[level](text, aboutPlugin(plugin));
    this.#settings.observer.warning?.({ plugin, text, error });
  }
}

function aboutPlugin(plugin: PluginRecord | undefined): LogFields | undefined {
  return plugin === undefined || plugin.name === "" ? undefined : { plugin: plugin.name };
}

function stopped(): AdaptationError {
  return new AdaptationError("stopped", "the adaptation was stopped");
}
