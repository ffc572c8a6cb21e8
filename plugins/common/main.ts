// Sample plugins as a program: run to the end, one line when that is bad, exit status 1.
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
export async function runMain(plugin: Plugin, { index, ...options }: MainOptions): Promise<void> {
  await runAll(new Map([[index, plugin]]), options);
}

/** Runs one plugin for each index, side by side in this process. When one ends all do; the first failure is the one told. */
export async function runAll(
  plugins: ReadonlyMap<string, Plugin>,
  { name, socketPath, log = stderrLogger() }: Omit<MainOptions, "index">,
): Promise<void> {
  const ending = new AbortController();
  const common: StartOptions = {
    name: name || undefined,
    socketPath: socketPath || undefined,
    log,
    signal: ending.signal,
  };
  const run = async ([index, plugin]: [string, Plugin]): Promise<void> => {
    try {
      await plugin.run({ ...common, index: index || undefined, reconnect: false });
    } catch (error) {
      if (ending.signal.aborted) return;
      log.error(failureText(error));
      process.exitCode = 1;
    } finally {
      ending.abort();
    }
  };
  await Promise.all([...plugins].map(run));
}

function failureText(error: unknown): string {
  const text = errorText(error);
  if (!(error instanceof PluginError)) return `plugin exited with error ${text}`;
  if (error.code === "invalid-identity") return `failed to create plugin stub: ${text}`;
  if (error.code === "connection-lost") return `Connection to the runtime lost, exiting... (${text})`;
  return `plugin exited with error ${text}`;
}
