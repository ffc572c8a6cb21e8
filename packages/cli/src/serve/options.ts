// The options of nri serve.
import { resolve } from "node:path";
import { quote } from "@nri/protocol";
import type { Settings } from "@nri/runtime/config";
import { parseNriOptsFlag } from "@nri/runtime/docker";
import { errorText } from "../error-text.js";
import { UsageError } from "../host.js";
import { readArguments } from "../usage.js";

/** What `nri serve --help` prints. */
export const SERVE_HELP = `Usage: nri serve [options]

NRI for container engines that have none: runs the bridge in the foreground. Prints one line of JSON when plugins and engines
may come. SIGTERM ends it in order, SIGHUP reads the configuration again. The log goes to stderr.

Options:
  --config FILE       the configuration; nri config default prints one (default: /etc/nri-bridge/config.toml; every key has
                      its default when that is not there)
  --socket PATH       where plugins connect, whatever the configuration says
  --control PATH      where nri info asks, whatever the configuration says
  --state DIR         where records are kept, whatever the configuration says
  --nri-opts TEXT     nri-opts of Docker, such as enable=true, for domains.docker.profile = "moby"; can be given several times
  --check-config      only say what is wrong with the configuration, as FILE:LINE: text
  --help              print this

Example:
  nri config default > bridge.toml && nri serve --config bridge.toml
`;

/** What was asked for. */
export interface ServeOptions {
  /** As it was given, what is wrong with it is told by this name; undefined: the usual one. */
  readonly config: string | undefined;
  readonly checkConfig: boolean;
  /** Each a flag's text, as Docker takes it. */
  readonly nriOpts: readonly string[];
  /** Absolute paths that stand above those of the configuration. */
  readonly paths: Partial<Pick<Settings, "socketPath" | "controlSocket" | "stateDir">>;
}

/** Reads the options; undefined when help is asked for. Throws UsageError. */
export function readServeOptions(args: readonly string[], cwd: string): ServeOptions | undefined {
  const { values } = readArguments("serve", { args: [...args], options: OPTIONS });
  if (values.help) return undefined;
  const given = { socketPath: values.socket, controlSocket: values.control, stateDir: values.state };
  const paths = Object.entries(given).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, resolve(cwd, path)]],
  );
  return {
    config: values.config,
    checkConfig: values["check-config"] ?? false,
    nriOpts: flagTexts(values["nri-opts"] ?? []),
    paths: Object.fromEntries(paths),
  };
}

/** Throws UsageError for what Docker would not take either, with its words. */
function flagTexts(texts: readonly string[]): readonly string[] {
  for (const text of texts) {
    try {
      parseNriOptsFlag(text);
    } catch (error) {
      throw new UsageError(`invalid argument ${quote(text)} for "--nri-opts" flag: ${errorText(error)}`);
    }
  }
  return texts;
}

const OPTIONS = {
  config: { type: "string" },
  socket: { type: "string" },
  control: { type: "string" },
  state: { type: "string" },
  "nri-opts": { type: "string", multiple: true },
  "check-config": { type: "boolean" },
  help: { type: "boolean" },
} as const;
