// Builtins at the start of the adaptation: checked, made and configured one after the other.
import { checkPluginIndex, checkPluginName, EVENTS } from "@nri/protocol";
import { AdaptationError, errorText } from "../errors.js";
import type { PluginRecord } from "../plugin-record.js";
import { type BuiltinHost, BuiltinPeer } from "./builtin-peer.js";
import type { BuiltinPlugin } from "./builtin-plugin.js";

const HANDLERS: readonly string[] = [
  ...Object.keys(EVENTS),
  "configure",
  "synchronize",
  "validateUpdates",
  "requiredPlugins",
];

/**
 * Starts builtins in the order given. The first that fails ends those before it, and the start. `others` run already, under
 * names of their own.
 */
export async function startBuiltins(
  plugins: readonly BuiltinPlugin[],
  host: BuiltinHost,
  record: (index: string, name: string) => PluginRecord,
  others: readonly BuiltinPeer[] = [],
): Promise<BuiltinPeer[]> {
  const peers: BuiltinPeer[] = [];
  try {
    for (const plugin of plugins) {
      if (plugin.disabled !== undefined) {
        host.log.info(plugin.disabled);
        continue;
      }
      check(plugin);
      host.log.info(`starting builtin NRI plugin "${plugin.index}-${plugin.name}"...`);
      const twin = [...others, ...peers].find(
        ({ record: { index, base } }) => index === plugin.index && base === plugin.name,
      );
      if (twin !== undefined && host.compat === "default") {
        throw refusal(plugin, `plugin "${twin.record.name}" is registered already (as a part of the runtime)`);
      }
      const peer = new BuiltinPeer(plugin, record(plugin.index, plugin.name), host);
      peers.push(peer);
      await configure(peer, plugin);
    }
  } catch (error) {
    for (const peer of peers) {
      peer.close(undefined);
    }
    throw error;
  }
  return peers;
}

async function configure(peer: BuiltinPeer, { name }: BuiltinPlugin): Promise<void> {
  try {
    await peer.configure();
  } catch (error) {
    const code = error instanceof AdaptationError ? error.code : "configure-failed";
    const text = `failed to start builtin NRI plugin "${name}": ${errorText(error)}`;
    throw new AdaptationError(code, text, { plugin: peer.record.name, request: "Configure", cause: error });
  }
}

function refusal({ name }: BuiltinPlugin, why: string): AdaptationError {
  return new AdaptationError("invalid-plugin-name", `failed to initialize builtin NRI plugin "${name}": ${why}`);
}

function check(plugin: BuiltinPlugin): void {
  const { index, name } = plugin;
  if (typeof index !== "string" || typeof name !== "string") {
    throw new AdaptationError("invalid-option", `builtins: index and name must be texts, got ${index} and ${name}`);
  }
  // A validator whose handler is misspelt would let everything pass.
  const wrong = Object.entries(plugin).find(([key, value]) => typeof value === "function" && !HANDLERS.includes(key));
  if (wrong !== undefined) {
    const text = `unknown handler "${wrong[0]}", known are ${HANDLERS.join(", ")}`;
    throw new AdaptationError("invalid-option", `builtin plugin "${index}-${name}": ${text}`);
  }
  if (index === "" || name === "") {
    throw refusal(plugin, `builtin plugin without index or name ("${index}", "${name}")`);
  }
  try {
    checkPluginIndex(index);
    checkPluginName(name);
  } catch (error) {
    throw refusal(plugin, errorText(error));
  }
}
