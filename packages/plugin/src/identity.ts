// Who the plugin is: index and name from options, environment, definition or file name. Pure; spec: stub 1.
import { type PluginIdentity, parsePluginName } from "@nri/protocol";
import { errorText, PluginError } from "./errors.js";
import type { Logger } from "./log.js";

/** Where an identity can come from. */
export interface IdentitySources {
  /** What the caller of `start` or `run` asks for, such as the plugin's flags. */
  readonly options: { readonly name?: string | undefined; readonly index?: string | undefined };
  /** NRI_PLUGIN_NAME and NRI_PLUGIN_IDX: what the runtime has launched the plugin as. */
  readonly environment: { readonly name?: string | undefined; readonly index?: string | undefined };
  /** What `definePlugin` says: holds when nobody says anything else. */
  readonly definition: { readonly name?: string | undefined; readonly index?: string | undefined };
  /** Path the program was started as. */
  readonly executable: string;
}

/** File name of a program without the extension that scripts need. A symbolic link counts with its own name. */
export function programName(path: string): string {
  const base = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return base.replace(/\.[cm]?[jt]s$/, "");
}

/**
 * Completes the identity as the reference does. The environment goes before the definition, because the runtime that
 * launched the plugin has decided already; options go before both, except that an index option contradicts an index in
 * the environment and is refused as `plugin ID already set ("NN")`, also when the two are equal.
 *
 * When no index is known, both parts come from the file name `NN-name`, even when a name is given. Throws
 * {@link PluginError} code `invalid-identity` when it is not such a name.
 */
export function completeIdentity(sources: IdentitySources, log: Logger): PluginIdentity {
  const { options, environment, definition } = sources;
  const previous = environment.name || definition.name || "";
  if (options.name && previous && options.name !== previous) {
    log.info(`Plugin name overridden: ${JSON.stringify(options.name)} (previously ${JSON.stringify(previous)})`);
  }
  if (options.index && environment.index) {
    throw new PluginError("invalid-identity", `plugin ID already set (${JSON.stringify(environment.index)})`);
  }
  const index = environment.index || options.index || definition.index || "";
  const name = options.name || previous;
  const program = programName(sources.executable);
  if (index !== "") return { index, name: name || program };
  try {
    return parsePluginName(program);
  } catch (cause) {
    throw new PluginError("invalid-identity", errorText(cause), { cause });
  }
}
