// What is started with the adaptation: the plugins of the plugin directory, and those that the options name.
import type { AdaptationLimits } from "../limits.js";
import type { Compat } from "../merge/index.js";
import type { Logger } from "../observer.js";
import { type DiscoverOptions, discoverPlugins, readConfig } from "./discover.js";
import type { LaunchSpec } from "./launch.js";

/** Where plugins are installed, and which there are besides. */
export interface InstalledOptions {
  readonly pluginDir: string | undefined;
  readonly pluginConfigDir: string | undefined;
  readonly plugins: readonly LaunchSpec[];
  readonly compat: Compat;
  readonly limits: Pick<AdaptationLimits, "maxConfigBytes">;
  readonly log: Logger;
}

/** The plugins to launch, and where the configuration of each comes from. */
export class Installed {
  readonly #options: InstalledOptions;
  readonly #skipped: DiscoverOptions["skipped"];
  /** Those of a plugin directory: their configuration is a file. */
  readonly #found = new WeakSet<LaunchSpec>();

  /** `skipped` is told of each entry of the directory that is no plugin for a reason worth knowing. */
  constructor(options: InstalledOptions, skipped: DiscoverOptions["skipped"]) {
    this.#options = options;
    this.#skipped = skipped;
  }

  /**
   * All of them, in the order of indices; `options` are those that will hold. Throws what `discoverPlugins` throws.
   */
  async specs(options = this.#options): Promise<LaunchSpec[]> {
    const { pluginDir, pluginConfigDir, compat, limits, log, plugins } = options;
    const { maxConfigBytes } = limits;
    const skipped = this.#skipped;
    const found =
      pluginDir === undefined
        ? []
        : await discoverPlugins({ pluginDir, pluginConfigDir, compat, maxConfigBytes, skipped });
    for (const spec of found) {
      this.#found.add(spec);
      log.info(`discovered plugin ${spec.index}-${spec.name}`);
    }
    return [...found, ...plugins].sort((a, b) => (a.index < b.index ? -1 : a.index > b.index ? 1 : 0));
  }

  /** The plugin with its configuration as it is now. Throws `config-unreadable`. */
  async refresh(spec: LaunchSpec): Promise<LaunchSpec> {
    if (!this.#found.has(spec)) {
      return spec;
    }
    const { pluginConfigDir, limits } = this.#options;
    const { maxConfigBytes } = limits;
    return { ...spec, config: await readConfig({ pluginConfigDir, maxConfigBytes }, spec.index, spec.name) };
  }
}
