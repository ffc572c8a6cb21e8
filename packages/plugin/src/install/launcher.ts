// The launcher of a pre-installed plugin, as text. A runtime starts plugins with no PATH, so that `#!/usr/bin/env node`
// finds nothing there; the launcher names Node and the plugin by their absolute paths instead.
import { checkPluginIndex, checkPluginName, DEFAULT_PLUGIN_DIR, parsePluginName } from "@nri/protocol";
import { PluginError } from "../errors.js";
import { programName } from "../identity.js";
import { nodeLine } from "./node-line.js";

/** What shall be installed, and where. */
export interface Installation {
  /** Absolute path of the plugin's built file. */
  readonly plugin: string;
  /** Absolute path of Node. */
  readonly node: string;
  /** Absolute path of the launcher, beside the plugin. */
  readonly launcher: string;
  /** Absolute path of the link in the runtime's plugin directory: `.../NN-name`. */
  readonly link: string;
}

/** What the user asks for; paths are absolute. */
export interface InstallRequest {
  readonly plugin: string;
  readonly node: string;
  readonly index?: string | undefined;
  readonly name?: string | undefined;
  readonly pluginDir?: string | undefined;
}

/** Works an installation out. Refuses names NRI does not allow, files Node cannot run, and paths a script cannot start with. */
export function planInstallation({ plugin, node, index, name, pluginDir }: InstallRequest): Installation {
  if (!/\.[cm]?js$/.test(plugin)) {
    const advice = /\.[cm]?ts$/.test(plugin) ? "; bundle it first: nri build --bundle" : "";
    throw new PluginError("invalid-argument", `${plugin}: not a .js, .mjs or .cjs file${advice}`);
  }
  // Refused before anything is written.
  nodeLine(node);
  const identity = identityOf(programName(plugin), index, name);
  const link = `${pluginDir ?? DEFAULT_PLUGIN_DIR}/${identity.index}-${identity.name}`;
  return { plugin, node, launcher: plugin.replace(/\.[cm]?js$/, ".launcher.mjs"), link };
}

function identityOf(program: string, index: string | undefined, name: string | undefined) {
  const identity = index === undefined ? parsePluginName(program) : { index, name: program };
  checkPluginIndex(identity.index);
  checkPluginName(name ?? identity.name);
  return { index: identity.index, name: name ?? identity.name };
}

/** The launcher's text: a module, which its extension makes it in every folder. */
export function launcherText({ node, plugin }: Pick<Installation, "node" | "plugin">): string {
  const url = new URL("file:///");
  url.pathname = plugin.replaceAll("%", "%25");
  return [
    nodeLine(node),
    "// Starts an NRI plugin where there is no PATH. Written by nri-install-plugin.",
    `import ${JSON.stringify(url.href)};`,
    "",
  ].join("\n");
}
