// nri config: the configuration of the bridge as a file to begin with.
import { nearest } from "@nri/runtime/nearest";
import { EXIT, type Host, UsageError } from "../host.js";
import { readArguments } from "../usage.js";

/** What `nri config --help` prints. */
export const CONFIG_HELP = `Usage: nri config default [--profile PROFILE]

Prints a configuration for nri serve in which every key is explained and has its default.

Options:
  --profile PROFILE   where plugins are: bridge (default), containerd, docker
  --help              print this

Example:
  nri config default > /etc/nri-bridge/config.toml
`;

/** Runs the command. Throws UsageError for wrong use. */
export async function config(args: readonly string[], host: Host): Promise<number> {
  const { positionals, values } = readArguments("config", {
    args: [...args],
    allowPositionals: true,
    options: OPTIONS,
  });
  if (values.help) {
    host.stdout.write(CONFIG_HELP);
    return EXIT.ok;
  }
  const [what, ...rest] = positionals;
  if (what === undefined) throw new UsageError("nothing to do: nri config default; see nri config --help");
  if (what !== "default") {
    const hint = nearest(what, ["default"]) === undefined ? "" : ", did you mean default?";
    throw new UsageError(`unknown "${what}"${hint}; see nri config --help`);
  }
  if (rest[0] !== undefined) throw new UsageError(`unexpected "${rest[0]}"; see nri config --help`);
  const { defaultConfigFile, PROFILES } = await import("@nri/runtime/config");
  const text = defaultConfigFile(values.profile);
  if (text === undefined) {
    throw new UsageError(`--profile "${values.profile}": must be one of ${Object.keys(PROFILES).join(", ")}`);
  }
  host.stdout.write(text);
  return EXIT.ok;
}

const OPTIONS = { profile: { type: "string", default: "bridge" }, help: { type: "boolean" } } as const;
