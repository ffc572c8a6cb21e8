// definePlugin: from handlers to a plugin that can be started.
import { EVENT_NAMES, type EventName, isConcurrency, MAX_CONCURRENCY } from "@nri/protocol";
import { PluginError } from "./errors.js";
import type { PluginDefinition } from "./handlers.js";
import type { PluginSession } from "./plugin-session.js";
import { PodCache, TRACKED_EVENTS } from "./pod-cache.js";
import { type Preparation, prepare, type StartOptions } from "./preparation.js";
import { type PluginService, type RunOptions, startService } from "./service/service.js";
import { handledEvents } from "./subscription.js";

/** A plugin, ready to be started, also several times. */
export interface Plugin {
  /** Index of its definition; undefined when whoever starts it says so. */
  readonly index: string | undefined;
  /** Name of its definition; undefined when whoever starts it says so. */
  readonly name: string | undefined;
  /** Events that it subscribes to: those with handlers, and those that keep its cache. */
  readonly events: readonly EventName[];
  /**
   * One session: connects, registers, and resolves when the runtime has configured the plugin. Rejects with
   * {@link PluginError}, or with what the `configure` handler threw; the connection is closed then. Nothing waits or
   * connects again.
   */
  start(options?: StartOptions): Promise<PluginSession>;
  /**
   * Starts and stays until the end, reconnecting where that makes sense. Resolves when the signal was aborted, when the
   * runtime has ended the session in order (Shutdown) and the plugin does not reconnect, or when another instance has
   * taken over; rejects with {@link PluginError} when the plugin cannot go on. As a program's last statement that means
   * exit status 0, or 1 with the text of the error, which is why these errors carry neither stack nor cause.
   */
  run(options?: RunOptions): Promise<void>;
  /** As {@link Plugin.run}, with a hand on it: its state, its session, updates, the end. Throws at once for wrong options. */
  serve(options?: RunOptions): PluginService;
}

const TEXTS: readonly string[] = ["name", "index"];
const SETTINGS: readonly string[] = [...TEXTS, "configuration", "failurePolicy", "concurrency", "track"];
const FAILURE_POLICY: readonly string[] = ["failRequest", "keepConnected"];
const HANDLERS: readonly string[] = [
  "configure",
  "synchronize",
  "shutdown",
  "connected",
  "disconnected",
  "reconfigured",
  ...EVENT_NAMES,
];

/**
 * Makes a plugin from its handlers; each handler subscribes to its event. Throws {@link PluginError} code
 * `invalid-definition` for unknown properties, handlers that are no functions, and for no event handler at all.
 */
export function definePlugin<Config = undefined, Input = unknown>(definition: PluginDefinition<Config, Input>): Plugin {
  // From here on it does not matter of which type the configuration is: only the author's handlers look into it.
  const checked = definition as unknown as PluginDefinition;
  checkDefinition(checked);
  const tracked = checked.track === undefined ? [] : TRACKED_EVENTS;
  const events = EVENT_NAMES.filter((name) => checked[name] !== undefined || tracked.includes(name));
  const serve = (options: RunOptions = {}) => startService(prepare(checked, options), options);
  return {
    index: checked.index,
    name: checked.name,
    events,
    serve,
    start: (options = {}) => startPlugin(checked, options),
    run: (options) => runPlugin(serve, options),
  };
}

function checkDefinition(definition: PluginDefinition): void {
  for (const [key, value] of Object.entries(definition)) {
    if (!SETTINGS.includes(key) && !HANDLERS.includes(key)) {
      const text = `unknown handler ${JSON.stringify(key)}, known are ${HANDLERS.join(", ")}`;
      throw new PluginError("invalid-definition", text);
    }
    if (value === undefined || (SETTINGS.includes(key) && !TEXTS.includes(key))) continue;
    const wanted = TEXTS.includes(key) ? "string" : "function";
    if (typeof value !== wanted) {
      throw new PluginError("invalid-definition", `${key} must be a ${wanted}, got ${typeof value}`);
    }
  }
  const { track, configuration, name = "" } = definition;
  if (track !== undefined && !(track instanceof PodCache)) {
    throw new PluginError("invalid-definition", "track must be a PodCache");
  }
  if (configuration !== undefined && typeof configuration.schema?.["~standard"]?.validate !== "function") {
    throw new PluginError(
      "invalid-definition",
      "configuration.schema must be a schema with the Standard Schema interface",
    );
  }
  checkFailurePolicy(definition.failurePolicy);
  checkConcurrency(definition.concurrency);
  if (definition.reconfigured !== undefined && configuration === undefined) {
    throw new PluginError("invalid-definition", "a reconfigured handler needs a configuration");
  }
  if (handledEvents(definition) === 0 && track === undefined) {
    const text = `internal error: plugin ${name} does not implement any NRI request handlers`;
    throw new PluginError("invalid-definition", text.replace("  ", " "));
  }
}

function checkFailurePolicy(policy: unknown): void {
  if (policy === undefined) return;
  if (typeof policy !== "object" || policy === null || Array.isArray(policy)) {
    throw new PluginError("invalid-definition", "failurePolicy must be an object");
  }
  for (const [key, value] of Object.entries(policy)) {
    if (!FAILURE_POLICY.includes(key)) {
      const text = `unknown key ${JSON.stringify(key)} in failurePolicy, known are ${FAILURE_POLICY.join(", ")}`;
      throw new PluginError("invalid-definition", text);
    }
    if (value !== undefined && typeof value !== "boolean") {
      throw new PluginError("invalid-definition", `failurePolicy.${key} must be a boolean, got ${typeof value}`);
    }
  }
}

function checkConcurrency(concurrency: unknown): void {
  if (concurrency !== undefined && !isConcurrency(concurrency)) {
    const text = `concurrency must be a number from 1 to ${MAX_CONCURRENCY}, got ${concurrency}`;
    throw new PluginError("invalid-definition", text);
  }
}

async function startPlugin(definition: PluginDefinition, options: StartOptions): Promise<PluginSession> {
  const prepared: Preparation = prepare(definition, options);
  try {
    const session = await prepared.open({ again: false, continues: () => false }, options.signal);
    void session.closed.then(prepared.close);
    return session;
  } catch (error) {
    prepared.close();
    throw error;
  }
}

async function runPlugin(serve: Plugin["serve"], options: RunOptions = {}): Promise<void> {
  try {
    await serve(options).done;
  } catch (error) {
    throw error instanceof PluginError ? lastWords(error) : error;
  }
}

/** What usually ends a program: Node then prints the text, which says it all, and not the SDK's insides. */
function lastWords({ code, message }: PluginError): PluginError {
  const error = new PluginError(code, message);
  error.stack = `${error.name}: ${message}`;
  return error;
}
