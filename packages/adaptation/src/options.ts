// What an adaptation is made with: the runtime's callbacks, paths, times and limits, checked at the door.
import {
  type Container,
  type ContainerEviction,
  type ContainerUpdate,
  checkPluginIndex,
  checkPluginName,
  DEFAULT_REGISTRATION_TIMEOUT_MS,
  DEFAULT_REQUEST_TIMEOUT_MS,
  type Init,
  type PodSandbox,
} from "@nri/protocol";
import type { BuiltinPlugin } from "./builtin/builtin-plugin.js";
import { harmlessLog, harmlessObserver, harmlessRecorder } from "./callbacks.js";
import { AdaptationError, errorText } from "./errors.js";
import type { DeprecationRecorder } from "./joining/deprecations.js";
import type { LaunchSpec } from "./launching/launch.js";
import { type RestartOptions, type RestartSettings, restartSettings } from "./launching/restart.js";
import { type AdaptationLimits, DEFAULT_LIMITS, MAX_TIMEOUT_MS } from "./limits.js";
import type { Compat } from "./merge/index.js";
import type { MetricsRecorder } from "./metrics.js";
import type { Logger, Observer, PluginInfo } from "./observer.js";
import { type RelayOptions, type RelayRules, relayRules } from "./pipeline/options.js";
import { checkPolicies, type Policies } from "./policy/index.js";

/**
 * Hands pods and containers to the plugins that wait for them, and gives the updates these ask for. Call it once, with
 * the state of that moment: whatever a request has brought into being that was answered before, the rest is seen to here.
 * What begins afterwards is queued for the plugin, or waits for it; requests that are on their way at that moment, or end
 * while the state is gathered, correct it, so that each pod and container is in the state or in an event, exactly once.
 */
export type SyncCallback = (
  pods: readonly Init<PodSandbox>[],
  containers: readonly Init<Container>[],
) => Promise<ContainerUpdate[]>;

/** Whose updates these are, and what came with them. */
export interface UpdateContext {
  /** Who asks for them. */
  readonly plugin: PluginInfo;
  /** Containers that the plugin wants evicted. Always empty with `compat: "reference"`, which drops them. */
  readonly evictions: readonly ContainerEviction[];
  /** Aborted when the plugin is gone. */
  readonly signal: AbortSignal;
}

/** What `createAdaptation` takes. */
export interface AdaptationOptions {
  /** Name and version that plugins are told with Configure. */
  readonly runtime: { readonly name: string; readonly version: string };
  /**
   * Called at the start, once for all launched plugins (also when there are none), and once for each external plugin. It
   * calls `sync` and applies the updates that this gives. Several calls may run at the same time, one for each plugin. A failure fails the start, or drops the external plugin. At the
   * start it must not wait for a request of its own: those wait until the start is done.
   */
  readonly synchronize: (sync: SyncCallback) => Promise<void>;
  /**
   * Applies updates that a plugin asks for on its own, and gives those that failed. No lock is held: it may be called while
   * a request is on its way. An error goes back to the plugin.
   */
  readonly updateContainers: (
    updates: readonly ContainerUpdate[],
    context: UpdateContext,
  ) => Promise<readonly Init<ContainerUpdate>[]>;
  /** Directory of pre-installed plugins; none are looked for when absent. */
  readonly pluginDir?: string | undefined;
  /** Directory of their configuration files. */
  readonly pluginConfigDir?: string | undefined;
  /** Where external plugins connect; no socket when absent. */
  readonly socketPath?: string | undefined;
  /** Plugins to start besides those of `pluginDir`. */
  readonly plugins?: readonly LaunchSpec[] | undefined;
  /** Plugins in this process; started before all others. */
  readonly builtins?: readonly BuiltinPlugin[] | undefined;
  /** Whether WebAssembly modules are loaded as plugins; true by default. Without, they are warned of and left out. */
  readonly wasm?: boolean | undefined;
  /**
   * Starts launched plugins, and modules, again that crash: whose program ends with an error, whose connection is lost, or that are
   * dropped. `{}` does it with the defaults; never when absent. Not those that end with code 0 by themselves, nor those
   * that were told to shut down. The next instance reads its configuration anew and joins as an external plugin does.
   */
  readonly restart?: RestartOptions | undefined;
  /** How long a plugin may take from its start, or its connection, to its registration. 5000 by default. */
  readonly registrationTimeoutMs?: number | undefined;
  /** How long a plugin may take for each request, and for all of a synchronisation. 2000 by default. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * What happens when a plugin fails a request, how long it may take for it, and who must have answered. Without them as
   * in the reference. Refused with `compat: "reference"`.
   */
  readonly policies?: Policies | undefined;
  /** How requests go through the plugins: one after the other when absent, as in the reference. */
  readonly relay?: RelayOptions | undefined;
  /**
   * Whether the code of requests is run once with made-up ones, a little at a time, after the start and until the first
   * request, so that the first ones are fast; true by default. It takes a few hundred milliseconds of processor time, once per process.
   */
  readonly warmUp?: boolean | undefined;
  /** `reference` gives back what the reference does wherever we deviate (docs/deviations.md). */
  readonly compat?: Compat | undefined;
  /** Watches. */
  readonly observer?: Observer | undefined;
  /** Takes numbers; nothing is measured without it. */
  readonly metrics?: MetricsRecorder | undefined;
  /** Takes what plugins do that only old ones should. It is in the log as well. */
  readonly deprecations?: DeprecationRecorder | undefined;
  /** Takes log lines; nothing is logged without it. */
  readonly log?: Logger | undefined;
  /** Maxima that differ from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<AdaptationLimits> | undefined;
}

/** What `reconfigure` takes: each stands for what was given before, and what is absent is as if it had never been given. */
export type Reconfiguration = Pick<
  AdaptationOptions,
  | "pluginDir"
  | "pluginConfigDir"
  | "plugins"
  | "socketPath"
  | "builtins"
  | "registrationTimeoutMs"
  | "requestTimeoutMs"
  | "policies"
  | "relay"
>;

const RECONFIGURABLE: { readonly [Name in keyof Required<Reconfiguration>]: true } = {
  pluginDir: true,
  pluginConfigDir: true,
  plugins: true,
  socketPath: true,
  builtins: true,
  registrationTimeoutMs: true,
  requestTimeoutMs: true,
  policies: true,
  relay: true,
};

/** The options with every default filled in. */
export interface Settings {
  readonly runtime: { readonly name: string; readonly version: string };
  readonly synchronize: AdaptationOptions["synchronize"];
  readonly updateContainers: AdaptationOptions["updateContainers"];
  readonly pluginDir: string | undefined;
  readonly pluginConfigDir: string | undefined;
  readonly socketPath: string | undefined;
  readonly plugins: readonly LaunchSpec[];
  readonly builtins: readonly BuiltinPlugin[];
  readonly wasm: boolean;
  readonly restart: RestartSettings | undefined;
  readonly registrationTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Undefined when there are none. */
  readonly policies: Policies | undefined;
  readonly relay: RelayRules;
  readonly warmUp: boolean;
  readonly compat: Compat;
  readonly observer: Observer;
  readonly metrics: MetricsRecorder | undefined;
  readonly deprecations: DeprecationRecorder | undefined;
  readonly log: Logger;
  readonly limits: AdaptationLimits;
}

function ignore(): void {
  // what nobody wants to know
}
const SILENT: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** What is not among these is a mistake in spelling, and must not be without effect. */
const OPTIONS: { readonly [Name in keyof Required<AdaptationOptions>]: true } = {
  runtime: true,
  synchronize: true,
  updateContainers: true,
  pluginDir: true,
  pluginConfigDir: true,
  socketPath: true,
  plugins: true,
  builtins: true,
  wasm: true,
  restart: true,
  registrationTimeoutMs: true,
  requestTimeoutMs: true,
  policies: true,
  relay: true,
  warmUp: true,
  compat: true,
  observer: true,
  metrics: true,
  deprecations: true,
  log: true,
  limits: true,
};

/** Checks the options and fills in the defaults. Throws `invalid-option`, naming the option and the value. */
export function settingsOf(options: AdaptationOptions): Settings {
  known(options, OPTIONS, "");
  if (typeof options.synchronize !== "function") {
    throw new AdaptationError(
      "invalid-option",
      "failed to create NRI adaptation, nil SyncFn: synchronize is no function",
    );
  }
  if (typeof options.updateContainers !== "function") {
    const text = "failed to create NRI adaptation, nil UpdateFn: updateContainers is no function";
    throw new AdaptationError("invalid-option", text);
  }
  const compat = options.compat ?? "default";
  if (compat !== "default" && compat !== "reference") {
    throw new AdaptationError("invalid-option", `compat: "${compat}" is neither "default" nor "reference"`);
  }
  if (options.policies !== undefined && compat === "reference") {
    const text = 'policies: the reference has none; leave them out, or compat: "reference"';
    throw new AdaptationError("invalid-option", text);
  }
  known(options.limits ?? {}, DEFAULT_LIMITS, "limits.");
  if (options.builtins !== undefined && !Array.isArray(options.builtins)) {
    throw new AdaptationError("invalid-option", `builtins: a ${typeof options.builtins} is no list`);
  }
  const limits: AdaptationLimits = { ...DEFAULT_LIMITS, ...options.limits };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new AdaptationError("invalid-option", `limits.${name}: ${value} is no positive integer`);
    }
  }
  for (const { index, name } of options.plugins ?? []) {
    try {
      checkPluginIndex(index);
      checkPluginName(name);
    } catch (error) {
      throw new AdaptationError("invalid-option", `plugins: ${errorText(error)}`, { cause: error });
    }
  }
  for (const name of ["wasm", "warmUp"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "boolean") {
      throw new AdaptationError("invalid-option", `${name}: ${options[name]} is neither true nor false`);
    }
  }
  const log = harmlessLog(options.log ?? SILENT);
  return {
    runtime: options.runtime,
    synchronize: options.synchronize,
    updateContainers: options.updateContainers,
    pluginDir: options.pluginDir,
    pluginConfigDir: options.pluginConfigDir,
    socketPath: options.socketPath,
    plugins: options.plugins ?? [],
    builtins: options.builtins ?? [],
    wasm: options.wasm ?? true,
    restart: restartSettings(options.restart),
    registrationTimeoutMs: milliseconds(
      "registrationTimeoutMs",
      options.registrationTimeoutMs ?? DEFAULT_REGISTRATION_TIMEOUT_MS,
    ),
    requestTimeoutMs: milliseconds("requestTimeoutMs", options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS),
    policies: options.policies === undefined ? undefined : checkPolicies(options.policies, "policies"),
    relay: relayRules(options.relay),
    warmUp: options.warmUp ?? true,
    compat,
    observer: harmlessObserver(options.observer ?? {}, log),
    metrics: options.metrics,
    deprecations: options.deprecations && harmlessRecorder(options.deprecations, log),
    log,
    limits,
  };
}

/** The settings with others in their place. Throws `invalid-option`, also for what cannot be changed. */
export function reconfigured(settings: Settings, options: Reconfiguration): Settings {
  known(options, RECONFIGURABLE, "");
  const { runtime, synchronize, updateContainers, compat } = settings;
  const next = settingsOf({ runtime, synchronize, updateContainers, compat, ...options });
  const synchronized = next.builtins.find(
    (plugin) => plugin.synchronize !== undefined && !settings.builtins.includes(plugin),
  );
  if (synchronized !== undefined) {
    const text = `builtin plugin "${synchronized.index}-${synchronized.name}" has to be synchronized: it can only be given at the start`;
    throw new AdaptationError("invalid-option", text);
  }
  const changed = Object.entries(next).filter(([name]) => Object.hasOwn(RECONFIGURABLE, name));
  return { ...settings, ...Object.fromEntries(changed) };
}

function known(given: object, names: object, where: string): void {
  const wrong = Object.keys(given).find((key) => !Object.hasOwn(names, key));
  if (wrong !== undefined) {
    const text = `${where}${wrong}: unknown option; known are ${Object.keys(names).join(", ")}`;
    throw new AdaptationError("invalid-option", text);
  }
}

function milliseconds(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > MAX_TIMEOUT_MS) {
    throw new AdaptationError("invalid-option", `${name}: ${value} is no time from 1 to ${MAX_TIMEOUT_MS} ms`);
  }
  return value;
}
