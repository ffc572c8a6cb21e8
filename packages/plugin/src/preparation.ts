// What all sessions of one run of a plugin share: who it is, its limits, its configuration, its state.
import { PLUGIN_IDX_ENV, PLUGIN_NAME_ENV, PLUGIN_SOCKET_ENV, printEventMask } from "@nri/protocol";
import { LiveConfiguration } from "./configuration/live-configuration.js";
import { closeGiven, connect, type Dial, type GivenConnection } from "./connect.js";
import type { PluginDefinition } from "./handlers.js";
import { completeIdentity, programName } from "./identity.js";
import { type PluginLimits, pluginLimits } from "./limits.js";
import { type Logger, stderrLogger } from "./log.js";
import { Notices } from "./notices.js";
import type { PluginSession } from "./plugin-session.js";
import { UpdateRetrier } from "./service/update-retry.js";
import { type SessionParts, startSession } from "./session.js";
import { StateTracker } from "./state.js";
import { handledEvents, trackedEvents } from "./subscription.js";

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
  /** Makes the connection instead of the SDK, where that would connect to the socket. */
  readonly dial?: Dial | undefined;
  /**
   * Asks the runtime to replace a running instance of the same index and name by this one, without a gap. Said with the
   * first registration, until it has succeeded. The Go runtime side does not know it and runs both.
   */
  readonly takeover?: boolean | undefined;
  /** Aborting it ends the session, also while it starts. */
  readonly signal?: AbortSignal | undefined;
  /** Where log lines go; stderr when absent. */
  readonly log?: Logger | undefined;
  /** Maxima that differ from {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<PluginLimits> | undefined;
  /**
   * Whether the plugin, once it is active and until the first request, answers made-up requests, so that V8 has compiled what
   * requests take: without handlers being called, in slices of at most 2 ms, once in a process. On Node.js 20 V8 is told, too,
   * to compile sooner from then on, unless a connection is given: then the process is somebody else's. True when absent.
   */
  readonly warmUp?: boolean | undefined;
  /** Environment to read NRI_PLUGIN_NAME, NRI_PLUGIN_IDX and NRI_PLUGIN_SOCKET and the configuration from; `process.env` when absent. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

/** One run of a plugin: one session, or one after the other. */
export interface Preparation {
  readonly parts: Omit<SessionParts, "again" | "takeover" | "continues">;
  /** Whether the plugin has connected of its own accord, and can again. */
  readonly external: boolean;
  /** One more session. */
  open(around: Pick<SessionParts, "again" | "continues">, signal: AbortSignal | undefined): Promise<PluginSession>;
  /** Ends what outlives sessions. */
  close(): void;
}

/** Checks the options and completes them. Throws {@link PluginError}; a given connection is closed then. */
export function prepare(definition: PluginDefinition, options: StartOptions): Preparation {
  try {
    return prepared(definition, options);
  } catch (error) {
    closeGiven(options.connection);
    throw error;
  }
}

function prepared(definition: PluginDefinition, options: StartOptions): Preparation {
  const { log = stderrLogger(), environment = process.env, warmUp = true, connection, socketPath, dial } = options;
  const executable = process.argv[1] ?? process.execPath;
  const program = programName(executable);
  const limits = pluginLimits(options.limits);
  const given = { name: environment[PLUGIN_NAME_ENV], index: environment[PLUGIN_IDX_ENV] };
  const identity = completeIdentity({ options, environment: given, definition, executable }, log);
  const events = printEventMask(handledEvents(definition) | trackedEvents(definition));
  log.info(`Created plugin ${identity.index}-${identity.name} (${program}, handles ${events})`);

  const updates = new UpdateRetrier(limits.maxRetriedUpdates);
  const state = new StateTracker(identity);
  const context = { log, plugin: identity };
  const configuration =
    definition.configuration &&
    new LiveConfiguration({
      source: definition.configuration,
      environment,
      limits,
      identity,
      log,
      reconfigured: (now, previous) =>
        definition.reconfigured?.({
          ...context,
          configuration: now as undefined,
          previous: previous as undefined,
          updateContainers: (inputs, settings) => updates.update(undefined, inputs, settings),
        }),
    });
  const notices = new Notices(() => ({ ...context, configuration: configuration?.value as undefined }));
  // Who is handed a connection lives in somebody's process: a test, a runtime.
  const isProgram = connection === undefined && dial === undefined;
  const session = { definition, identity, log, limits, program, state, updates, configuration, notices };
  const parts = { ...session, warmUp, isProgram };
  return {
    parts,
    external: connection === undefined && !environment[PLUGIN_SOCKET_ENV],
    open: async (around, signal) => {
      const timeoutMs = limits.connectTimeoutMs;
      const trunk = await connect({ connection, dial, socketPath, signal, timeoutMs, environment }, log);
      const takeover = options.takeover === true && state.connections === 0;
      return await startSession(trunk, { ...parts, ...around, takeover }, signal);
    },
    close: () => {
      state.enter("stopped");
      configuration?.close();
      updates.close();
    },
  };
}
