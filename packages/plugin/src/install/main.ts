// nri-install-plugin: makes a plugin's built file one that a runtime can start.
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_PLUGIN_DIR } from "@nri/protocol";
import { errorText } from "../errors.js";
import { type Installation, launcherText, planInstallation } from "./launcher.js";

const HELP = `Usage: nri-install-plugin [options] PLUGIN.js

Writes PLUGIN.launcher.mjs beside the plugin, which starts it with this Node and needs no PATH, and links it as NN-name
into the directory from which the runtime starts plugins. The index is part of the file's name (10-foo.js) or given.

  --index NN         two digits; plugins are called in this order
  --name NAME        name of the plugin; the file's name when absent
  --plugin-dir DIR   the runtime's plugin directory (${DEFAULT_PLUGIN_DIR})
  --node PATH        Node to start the plugin with (the one that runs this)
  -h, --help         this text

Example: nri-install-plugin --index 10 dist/my-plugin.js
`;

/** Writes the launcher and links it. A link that is there is replaced in one step; any other file is left alone. */
function install({ plugin, node, launcher, link }: Installation): void {
  accessSync(plugin, constants.R_OK);
  accessSync(node, constants.X_OK);
  writeFileSync(launcher, launcherText({ node, plugin }));
  chmodSync(launcher, 0o755);
  mkdirSync(dirname(link), { recursive: true });
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSymbolicLink()) throw new Error(`${link}: exists and is no symbolic link`);
  const fresh = `${dirname(link)}/.nri-install-${process.pid}`;
  symlinkSync(launcher, fresh);
  renameSync(fresh, link);
}

function main(args: readonly string[]): number {
  let installation: Installation;
  try {
    const text = { type: "string" } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { index: text, name: text, "plugin-dir": text, node: text, help: { type: "boolean", short: "h" } },
    });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const [plugin, ...rest] = positionals;
    if (plugin === undefined || rest.length > 0) throw new Error("expected one plugin file, see --help");
    installation = planInstallation({
      plugin: resolve(plugin),
      node: resolve(values.node ?? process.execPath),
      index: values.index,
      name: values.name,
      pluginDir: values["plugin-dir"] && resolve(values["plugin-dir"]),
    });
  } catch (error) {
    process.stderr.write(`nri-install-plugin: ${errorText(error)}\n`);
    return 2;
  }
  try {
    install(installation);
  } catch (error) {
    process.stderr.write(`nri-install-plugin: ${errorText(error)}\n`);
    return 1;
  }
  process.stdout.write(`${installation.link} -> ${installation.launcher} (Node: ${installation.node})\n`);
  return 0;
}

process.exitCode = main(process.argv.slice(2));
