// Where Docker looks for plugins and their configuration when it is not told (spec: docker 2).
import { join } from "node:path";
import type { NriOpts } from "./nri-opts.js";

/** Whose Docker it is. */
export interface Whose {
  /** It runs without root, under RootlessKit. */
  readonly rootless: boolean;
  /** `HOME` and `XDG_CONFIG_HOME` count, when it is rootless. */
  readonly env: { readonly [name: string]: string | undefined };
}

/** The options with their default folders. Throws `configuring NRI: could not get HOME`, where one is needed and there is none. */
export function withFolders(options: NriOpts, whose: Whose): NriOpts {
  if (options.pluginPath !== "" && options.pluginConfigPath !== "") return options;
  const { libexec, etc } = whose.rootless ? ofHome(whose.env) : { libexec: "/usr/libexec", etc: "/etc" };
  return {
    ...options,
    pluginPath: options.pluginPath === "" ? join(libexec, "docker/nri-plugins") : options.pluginPath,
    pluginConfigPath: options.pluginConfigPath === "" ? join(etc, "docker/nri/conf.d") : options.pluginConfigPath,
  };
}

function ofHome({ HOME: home = "", XDG_CONFIG_HOME: config = "" }: Whose["env"]): { libexec: string; etc: string } {
  if (home === "") throw new Error("configuring NRI: could not get HOME");
  return { libexec: join(home, ".local/libexec"), etc: config === "" ? join(home, ".config") : config };
}
