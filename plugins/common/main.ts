// A sample plugin as a program: run to the end, one line when that is bad, exit status 1.
import { type Logger, type Plugin, PluginError, type StartOptions, stderrLogger } from "@nri/plugin";
import { errorText } from "./error-text.js";

/** Flags that every plugin has in one form or another. Empty means not given. */
export interface MainOptions {
  readonly name?: string;
  readonly index: string;
  readonly socketPath: string;
  readonly log?: Logger;
}

/** Runs `plugin`. Failures are one line in the log, and exit status 1; texts: plugins 0. */
export async function runMain(plugin: Plugin, options: MainOptions): Promise<void> {
  const log = options.log ?? stderrLogger();
  const start: StartOptions = {
    name: options.name || undefined,
    index: options.index || undefined,
    socketPath: options.socketPath || undefined,
    log,
  };
  try {
    await plugin.run({ ...start, reconnect: false });
  } catch (error) {
    log.error(failureText(error));
    process.exitCode = 1;
  }
}

function failureText(error: unknown): string {
  const text = errorText(error);
  if (!(error instanceof PluginError)) return `plugin exited with error ${text}`;
  if (error.code === "invalid-identity") return `failed to create plugin stub: ${text}`;
  if (error.code === "connection-lost") return `Connection to the runtime lost, exiting... (${text})`;
  return `plugin exited with error ${text}`;
}
