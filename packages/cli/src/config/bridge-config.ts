// The configuration of the bridge that a command was given, or that is where it usually is, or none.
import { resolve } from "node:path";
import { type Config, ConfigError, DEFAULT_CONFIG_FILE, loadConfig, readConfig } from "@nri/runtime/config";

/** What was found. */
export interface BridgeConfig {
  readonly config: Config;
  /** Absolute name of its file; undefined: there is none, and every key has its default. */
  readonly file: string | undefined;
}

/** Reads the file given with --config, else the usual one, which may be absent. Throws `ConfigError`. */
export async function bridgeConfig(given: string | undefined, cwd: string): Promise<BridgeConfig> {
  const name = given ?? DEFAULT_CONFIG_FILE;
  const file = resolve(cwd, name);
  try {
    return { config: await loadConfig(file, name), file };
  } catch (error) {
    if (given !== undefined || !isAbsent(error)) throw error;
    return { config: readConfig("", name), file: undefined };
  }
}

function isAbsent(error: unknown): boolean {
  if (!(error instanceof ConfigError)) return false;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
