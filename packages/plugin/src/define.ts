// definePlugin: from handlers to a plugin that can be started.
import {
  displayName,
  EVENT_NAMES,
  type EventName,
  PLUGIN_IDX_ENV,
  PLUGIN_NAME_ENV,
  type PluginIdentity,
  printEventMask,
} from "@nri/protocol";
import { closeGiven, connect, type GivenConnection } from "./connect.js";
import { PluginError } from "./errors.js";
import type { PluginDefinition } from "./handlers.js";
import { completeIdentity, programName } from "./identity.js";
import { type PluginLimits, pluginLimits } from "./limits.js";
import { type Logger, stderrLogger } from "./log.js";
import { type PluginSession, startSession } from "./session.js";
import { handledEvents } from "./subscription.js";

/** How to start a plugin. Everything has a default that suits a plugin which a runtime launches. */
export interface StartOptions {
  /** Name to register as, before that of the environment and of the definition. */
  readonly name?: string | undefined;
  /** Index to register as, before that of the definition; refused when the environment has one already. */
  readonly index?: string | undefined;
  /** Socket of the runtime; `/var/run/nri/nri.sock` when absent. Not used when the runtime has launched the plugin. */
  readonly socketPath?: string | undefined;
  /** Connection to use instead of the environment's or the socket. The session owns it from now on. */
  readonly connection?: GivenConnection | undefined;
  /** Aborting it ends the session, also while it starts. */
  readonly signal?: AbortSignal | undefined;
  /** Where log lines go; stderr when absent. */
  readonly log?: Logger | undefined;
  /** Maxima that differ from {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<PluginLimits> | undefined;
  /** Environment to read NRI_PLUGIN_NAME, NRI_PLUGIN_IDX and NRI_PLUGIN_SOCKET from; `process.env` when absent. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

/** A plugin, ready to be started, also several times. */
export interface Plugin {
  /** Events that have handlers. */
  readonly events: readonly EventName[];
  /**
   * Connects, registers, and resolves when the runtime has configured the plugin. Rejects with {@link PluginError}, or
   * with what the `configure` handler threw; the connection is closed then. There is no automatic reconnection.
   */
  start(options?: StartOptions): Promise<PluginSession>;
  /**
   * Starts and stays until the end: resolves when the signal was aborted or the runtime has ended the session in order
   * (Shutdown); rejects with {@link PluginError} when start-up fails (as {@link Plugin.start}) or the connection is lost
   * (code `connection-lost`). As a program's last statement that means exit status 0, or 1 with the text of the error,
   * which is why these errors carry neither stack nor cause.
   */
  run(options?: StartOptions): Promise<void>;
}

const DEFINITION_KEYS: readonly string[] = ["name", "index", "configure", "synchronize", "shutdown", ...EVENT_NAMES];

/**
 * Makes a plugin from its handlers; each handler subscribes to its event. Throws {@link PluginError} code
 * `invalid-definition` for unknown properties, handlers that are no functions, and for no event handler at all.
 */
export function definePlugin(definition: PluginDefinition): Plugin {
  checkDefinition(definition);
  const events = EVENT_NAMES.filter((name) => definition[name] !== undefined);
  const start = (options: StartOptions = {}) => startPlugin(definition, options);
  return { events, start, run: (options) => runPlugin(start, options) };
}

function checkDefinition(definition: PluginDefinition): void {
  for (const [key, value] of Object.entries(definition)) {
    if (!DEFINITION_KEYS.includes(key)) {
      const text = `unknown handler ${JSON.stringify(key)}, known are ${DEFINITION_KEYS.slice(2).join(", ")}`;
      throw new PluginError("invalid-definition", text);
    }
    const wanted = key === "name" || key === "index" ? "string" : "function";
    if (value !== undefined && typeof value !== wanted) {
      throw new PluginError("invalid-definition", `${key} must be a ${wanted}, got ${typeof value}`);
    }
  }
  if (handledEvents(definition) === 0) {
    const text = `internal error: plugin ${definition.name ?? ""} does not implement any NRI request handlers`;
    throw new PluginError("invalid-definition", text.replace("  ", " "));
  }
}

async function startPlugin(definition: PluginDefinition, options: StartOptions): Promise<PluginSession> {
  const { signal, log = stderrLogger(), environment = process.env } = options;
  const executable = process.argv[1] ?? process.execPath;
  const program = programName(executable);
  const { connection, socketPath } = options;
  let identity: PluginIdentity;
  let limits: PluginLimits;
  try {
    limits = pluginLimits(options.limits);
    const given = { name: environment[PLUGIN_NAME_ENV], index: environment[PLUGIN_IDX_ENV] };
    identity = completeIdentity({ options, environment: given, definition, executable }, log);
  } catch (error) {
    closeGiven(connection);
    throw error;
  }
  const events = printEventMask(handledEvents(definition));
  log.info(`Created plugin ${identity.index}-${identity.name} (${program}, handles ${events})`);
  const trunk = await connect({ connection, socketPath, signal, timeoutMs: limits.connectTimeoutMs, environment }, log);
  return startSession(trunk, { definition, identity, log, limits, program }, signal);
}

async function runPlugin(start: Plugin["start"], options: StartOptions = {}): Promise<void> {
  try {
    const session = await start(options);
    const end = await session.closed;
    if (end.kind === "lost") throw lostError(session.plugin, end.error);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    if (error.code === "stopped" && options.signal?.aborted) return;
    throw lastWords(error);
  }
}

/** What usually ends a program: Node then prints the text, which says it all, and not the SDK's insides. */
function lastWords({ code, message }: PluginError): PluginError {
  const error = new PluginError(code, message);
  error.stack = `${error.name}: ${message}`;
  return error;
}

function lostError({ index, name }: PluginIdentity, cause: Error | undefined): PluginError {
  const text = `plugin "${displayName(index, name)}": connection to the runtime lost`;
  return new PluginError("connection-lost", cause === undefined ? text : `${text}: ${cause.message}`);
}
