// What a plugin asks for on its own, or as its answer to Synchronize: put in order, judged, handed to the runtime.
import type { ContainerEviction, ContainerUpdate, Init } from "@nri/protocol";
import { StatusCode, StatusError } from "@nri/ttrpc";
import type { UpdateGuard } from "./builtin/update-guard.js";
import { AdaptationError } from "./errors.js";
import { oneEvictionEach, oneUpdateEach } from "./merge/one-each.js";
import type { Settings } from "./options.js";
import type { PluginRecord } from "./plugin-record.js";

/** The way from plugins to the runtime outside of requests. */
export class Unsolicited {
  readonly #settings: Pick<Settings, "compat" | "updateContainers">;
  /** Undefined when no builtin looks at updates. */
  guard: UpdateGuard | undefined;

  constructor(settings: Pick<Settings, "compat" | "updateContainers">, guard: UpdateGuard | undefined) {
    this.#settings = settings;
    this.guard = guard;
  }

  /** Applies updates and evictions, and gives the updates that failed. What a validator rejects is PermissionDenied. */
  async update(
    plugin: PluginRecord,
    updates: readonly ContainerUpdate[],
    evict: readonly ContainerEviction[],
    signal: AbortSignal,
  ): Promise<readonly Init<ContainerUpdate>[]> {
    const { compat, updateContainers } = this.#settings;
    const evictions = compat === "default" ? oneEvictionEach(evict) : [];
    const list = compat === "default" ? oneUpdateEach(updates) : updates;
    try {
      await this.guard?.check({ source: "unsolicited", plugins: [plugin.name], updates: list, evictions }, signal);
    } catch (error) {
      const rejected = error instanceof AdaptationError && error.code === "validator-rejected";
      throw rejected ? new StatusError(StatusCode.PERMISSION_DENIED, error.message) : error;
    }
    return updateContainers(list, { plugin, evictions, signal });
  }

  /** Throws when what the plugin asks for while it is synchronised is not to reach the runtime. */
  async judge(plugin: PluginRecord, updates: readonly ContainerUpdate[]): Promise<void> {
    const shown = { source: "synchronize", plugins: [plugin.name], updates, evictions: [] } as const;
    await this.guard?.check(shown, undefined);
  }
}
