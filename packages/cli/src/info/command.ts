// nri info: what the bridge is, asked of the daemon that runs, else read from the configuration.
import { resolve } from "node:path";
import { ConfigError } from "@nri/runtime/config";
import type { Info } from "@nri/runtime/serve";
import { type BridgeConfig, bridgeConfig } from "../config/bridge-config.js";
import { tellProblems } from "../config/problems.js";
import { errorText } from "../error-text.js";
import { EXIT, type Host } from "../host.js";
import { printable } from "../printable.js";
import { readArguments } from "../usage.js";
import { version } from "../version.js";

/** What `nri info --help` prints. */
export const INFO_HELP = `Usage: nri info [--json] [--config FILE] [--control PATH]

What the bridge is: version, paths, domains and what plugins see of them. Asks the daemon that runs; without one it is what the
configuration says.

Options:
  --config FILE       the configuration that names the daemon's paths (default: /etc/nri-bridge/config.toml, when it is there)
  --control PATH      the daemon's control socket, whatever the configuration says
  --json              one document, with the capabilities of each domain
  --help              print this

Example:
  nri info --json
`;

/** Runs the command. Throws UsageError for wrong use. */
export async function info(args: readonly string[], host: Host): Promise<number> {
  const { values } = readArguments("info", { args: [...args], options: OPTIONS });
  if (values.help) {
    host.stdout.write(INFO_HELP);
    return EXIT.ok;
  }
  let found: BridgeConfig;
  try {
    found = await bridgeConfig(values.config, host.cwd);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return tellProblems(error, host);
  }
  const { askControl, configuredInfo } = await import("@nri/runtime/serve");
  const { config, file } = found;
  const { settings } = config;
  const control = values.control === undefined ? settings.controlSocket : resolve(host.cwd, values.control);
  let told: Info | undefined;
  try {
    told = (await askControl(control, "/v1/info")) as Info | undefined;
  } catch (error) {
    host.stderr.write(`nri: ${printable(`${control}: ${errorText(error)}`)}\n`);
    return EXIT.failed;
  }
  const shown = told ?? configuredInfo({ ...settings, controlSocket: control }, version(), file);
  host.stdout.write(values.json ? `${JSON.stringify(shown, null, 2)}\n` : textOf(shown));
  return EXIT.ok;
}

function textOf({ version: of, nriVersion, running, pid, since, disabled, paths, engines, domains }: Info): string {
  const daemon = running
    ? `process ${pid}, since ${since ?? "it starts"}`
    : "does not run; this is what its configuration says";
  const rows: [string, string][] = [
    ["nri", `${of} (NRI ${nriVersion})`],
    ["daemon", `${daemon}${disabled ? "; switched off" : ""}`],
    ...Object.entries(paths).flatMap(([name, path]): [string, string][] => (path === undefined ? [] : [[name, path]])),
    ...(engines ?? []).flatMap(({ name, away }): [string, string][] =>
      away === undefined ? [] : [["engine", `${name} is away, it is waited for: ${away}`]],
    ),
    ...domains.map(({ name, servesNri, profile, nri, capabilities }): [string, string] => [
      "domain",
      `${name}${capabilities === undefined ? "" : ` (${capabilities.about})`}${servesNri ? ": passes, its engine serves NRI" : ""}${
        profile === undefined
          ? ""
          : `: profile ${profile}${(nri ?? []).map(([label, value]) => `, ${label} ${value}`).join("")}`
      }`,
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${printable(text)}\n`).join("");
}

const OPTIONS = {
  config: { type: "string" },
  control: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;
