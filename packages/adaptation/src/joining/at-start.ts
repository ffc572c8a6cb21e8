// The state for the plugins that are there at the start: all get it at once, one after the other, and no request runs.
import type { Container, ContainerUpdate, Init, PodSandbox } from "@nri/protocol";
import { AdaptationError, asError, errorText } from "../errors.js";
import type { Settings } from "../options.js";
import type { PluginPeer } from "../peer.js";
import type { PluginRecord } from "../plugin-record.js";
import type { Unsolicited } from "../unsolicited.js";
import type { JoiningPeer } from "./admission.js";

type StartingPeer = PluginPeer & Pick<JoiningPeer, "synchronize">;

/** What is needed of the adaptation at its start. */
export interface StartHost {
  readonly settings: Settings;
  readonly unsolicited: Unsolicited;
  readonly warn: (text: string, plugin: PluginRecord, error: Error) => void;
}

/**
 * Has the runtime hand its state to `plugins`. Those that fail are closed, with a warning; throws `sync-failed` when the
 * runtime fails.
 */
export async function synchronizeAtStart(plugins: readonly StartingPeer[], host: StartHost): Promise<void> {
  const { settings, warn } = host;
  try {
    await settings.synchronize(async (pods, containers) => {
      const updates: ContainerUpdate[] = [];
      for (const plugin of plugins) {
        const { name } = plugin.record;
        try {
          updates.push(...(await synchronize(plugin, pods, containers, host.unsolicited)));
          settings.log.info(`pre-installed NRI plugin "${name}" synchronization success`, { plugin: name });
        } catch (error) {
          const text = `failed to synchronize pre-installed NRI plugin "${name}": ${errorText(error)}`;
          warn(text, plugin.record, asError(error));
        }
      }
      return updates;
    });
  } catch (error) {
    const text = `failed to synchronize pre-installed NRI Plugins: ${errorText(error)}`;
    throw new AdaptationError("sync-failed", text, { request: "Synchronize", cause: error });
  }
}

async function synchronize(
  plugin: StartingPeer,
  pods: readonly Init<PodSandbox>[],
  containers: readonly Init<Container>[],
  unsolicited: Unsolicited,
): Promise<ContainerUpdate[]> {
  const updates = await plugin.synchronize(pods, containers);
  try {
    await unsolicited.judge(plugin.record, updates);
  } catch (error) {
    plugin.close(asError(error));
    throw error;
  }
  return updates;
}
