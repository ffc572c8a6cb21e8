// What the commands that look at a running daemon have in common: where it is asked, and how the answer is shown.
import { resolve } from "node:path";
import { ConfigError } from "@nri/runtime/config";
import { bridgeConfig } from "../config/bridge-config.js";
import { tellProblems } from "../config/problems.js";
import { errorText } from "../error-text.js";
import { EXIT, type Host, UsageError } from "../host.js";
import { type ColorMode, type Paint, paintFor, printable } from "../printable.js";

/** Their options, for `parseArgs`. */
export const LOOK_OPTIONS = {
  config: { type: "string" },
  control: { type: "string" },
  json: { type: "boolean" },
  color: { type: "string" },
  help: { type: "boolean" },
} as const;

/** How they are explained. */
export const LOOK_HELP = `  --control PATH      the daemon's control socket, whatever the configuration says
  --config FILE       the configuration that names it (default: /etc/nri-bridge/config.toml, when it is there)
  --color auto|always|never
                      colours (default: on a terminal, unless NO_COLOR is set)
  --help              print this`;

/** Their values. */
export interface LookValues {
  readonly config?: string | undefined;
  readonly control?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: string | undefined;
}

/** The control socket. An exit code instead when the configuration that names it has been told to be wrong. */
export async function controlSocket({ config: file, control }: LookValues, host: Host): Promise<string | number> {
  if (control !== undefined) return resolve(host.cwd, control);
  try {
    return (await bridgeConfig(file, host.cwd)).config.settings.controlSocket;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return tellProblems(error, host);
  }
}

/** The styles that were asked for. Throws UsageError for a word that is none. */
export function paintOf({ color = "auto" }: LookValues, host: Host): Paint {
  if (color !== "auto" && color !== "always" && color !== "never") {
    throw new UsageError(`--color "${color}": must be one of auto, always, never`);
  }
  return paintFor(host.stdout, color satisfies ColorMode, host.env);
}

/** Asks for `path` and prints what comes: as it is with `--json`, else as `show` makes it of the parsed document. */
export async function look<Document>(
  path: string,
  values: LookValues,
  host: Host,
  show: (document: Document, paint: Paint) => string,
): Promise<number> {
  const paint = paintOf(values, host);
  const socket = await controlSocket(values, host);
  if (typeof socket === "number") return socket;
  const text = await answerTo(path, socket, host);
  if (text === undefined) return EXIT.failed;
  host.stdout.write(values.json === true ? text : show(JSON.parse(text) as Document, paint));
  return EXIT.ok;
}

/** What the daemon answers; undefined when it does not, which has been told then. */
export async function answerTo(path: string, socket: string, host: Host): Promise<string | undefined> {
  const { askControlText } = await import("@nri/runtime/serve");
  try {
    const text = await askControlText(socket, path);
    if (text !== undefined) return text;
    host.stderr.write(`nri: ${printable(noDaemon(socket))}\n`);
  } catch (error) {
    host.stderr.write(`nri: ${printable(`${socket}: ${errorText(error)}`)}\n`);
  }
  return undefined;
}

/** That nobody listens. */
export function noDaemon(socket: string): string {
  return `no daemon listens at ${socket}: does nri serve run?`;
}
