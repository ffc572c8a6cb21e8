// The options of Docker's own NRI: from the command line, or from the file that the configuration names (spec: docker 2, 6).
import { readFileSync, statSync } from "node:fs";
import { ConfigError } from "../config/config-error.js";
import type { Config } from "../config/read.js";
import type { Settings } from "../config/settings.js";
import { NO_NRI_OPTS, type NriOpts, nriOptsOf } from "../docker/moby/index.js";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";

function read(file: string): string {
  const { maxBytes } = LIMITS.config;
  const stat = statSync(file);
  if (!stat.isFile() || stat.size > maxBytes) throw new Error(`no file, or longer than ${maxBytes} bytes`);
  return readFileSync(file, "utf8");
}

/** Whether Docker's own NRI is wanted. */
export function hasDockerProfile({ dockerEnable, dockerProfile }: Settings): boolean {
  return dockerEnable && dockerProfile === "moby";
}

/** The options that hold at the start; undefined when nobody gives any, or there is no such domain. Throws ConfigError, with Docker's texts. */
export function dockerNriOpts({ settings, where }: Config, flags: readonly string[]): NriOpts | undefined {
  const file = settings.dockerNriOptsFile;
  if (!hasDockerProfile(settings)) {
    if (flags.length === 0) return undefined;
    const text = 'nri-opts are for domains.docker with profile = "moby", and there is none';
    throw new ConfigError(where("dockerProfile"), [{ line: 0, text }]);
  }
  try {
    return nriOptsOf(flags, file === "" ? undefined : read(file));
  } catch (error) {
    const text = file === "" ? errorText(error) : `${file}: ${errorText(error)}`;
    throw new ConfigError(where("dockerNriOptsFile"), [{ line: 0, text }], { cause: error });
  }
}

/**
 * The options that hold after a reload. Those of the command line go on, which is not so in the reference: there a reload looks at the
 * file alone.
 */
export function dockerNriOptsAgain(config: Config, flags: readonly string[]): NriOpts {
  const given = dockerNriOpts(config, flags) ?? NO_NRI_OPTS;
  return config.settings.compat === "reference" && flags.length > 0 ? NO_NRI_OPTS : given;
}
