// nri serve: the bridge in the foreground.
import { compileSooner } from "@nri/protocol/warm-up";
import { ConfigError, DEFAULT_CONFIG_FILE } from "@nri/runtime/config";
import type { Info } from "@nri/runtime/serve";
import { type BridgeConfig, bridgeConfig } from "../config/bridge-config.js";
import { tellProblems } from "../config/problems.js";
import { errorText } from "../error-text.js";
import { EXIT, type Host } from "../host.js";
import { printable } from "../printable.js";
import { version } from "../version.js";
import { readServeOptions, SERVE_HELP, type ServeOptions } from "./options.js";
import { tellReady } from "./service-manager.js";

const NO_FILE = `no ${DEFAULT_CONFIG_FILE}`;

/** Runs the command. Throws UsageError for wrong use. */
export async function serve(args: readonly string[], host: Host): Promise<number> {
  const options = readServeOptions(args, host.cwd);
  if (options === undefined) {
    host.stdout.write(SERVE_HELP);
    return EXIT.ok;
  }
  try {
    return await run(await read(options, host), options, host);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return tellProblems(error, host);
  }
}

/** The configuration with what the command line says above it. */
async function read({ config: given, paths }: ServeOptions, host: Host): Promise<BridgeConfig> {
  const { config, file } = await bridgeConfig(given, host.cwd);
  return { config: { ...config, settings: { ...config.settings, ...paths } }, file };
}

async function run({ config, file }: BridgeConfig, options: ServeOptions, host: Host): Promise<number> {
  const { createDaemon, daemonLog, keepHeapSmall, PARTS } = await import("@nri/runtime/serve");
  keepHeapSmall();
  const log = daemonLog((line) => host.stderr.write(line), config.settings.logLevel);
  const { nriOpts } = options;
  const daemon = createDaemon({ config, version: version(), log, parts: PARTS, configFile: file, nriOpts });
  if (options.checkConfig) {
    host.stdout.write(`${printable(options.config ?? file ?? NO_FILE)}: valid\n`);
    return EXIT.ok;
  }
  if (file === undefined) log.info(`${NO_FILE}: every key has its default`);
  await compileSooner();
  host.endsByItself(["SIGTERM"]);
  const end = (): void => void daemon.stop();
  host.signal.addEventListener("abort", end, { once: true });
  const starting = daemon.start();
  let last = starting.catch(() => undefined); // its failure is told below
  let waits = false;
  // However many signals come while one is acted on, the file is read once after it.
  const reload = async (): Promise<void> => {
    if (waits) return;
    waits = true;
    await last;
    waits = false;
    last = readAgain();
  };
  const readAgain = async (): Promise<void> => {
    try {
      await daemon.reload((await read(options, host)).config);
    } catch (error) {
      log.error(`the configuration is as before: ${errorText(error).replaceAll("\n", "; ")}`);
    }
  };
  const deaf = host.onHangup(() => void reload());
  try {
    await starting;
    const line = readyLine(daemon.info(), daemon.plugins);
    host.stdout.write(`${JSON.stringify(line)}\n`);
    const problem = await tellReady(host.env, statusOf(line));
    if (problem !== undefined) log.warn(problem);
    await ended(host.signal);
  } catch (error) {
    if (!host.signal.aborted) throw error;
  } finally {
    deaf();
    host.signal.removeEventListener("abort", end);
    await daemon.stop();
  }
  return EXIT.ok;
}

interface ReadyLine {
  readonly plugins: readonly string[];
  readonly domains: readonly string[];
  readonly [name: string]: unknown;
}

/** For people, in one line. */
function statusOf({ plugins, domains }: ReadyLine): string {
  return `plugins: ${plugins.join(", ") || "none yet"}; domains: ${domains.join(", ") || "none yet"}`;
}

function readyLine(info: Info, plugins: readonly string[]): ReadyLine {
  const { socket, leaseSocket, controlSocket, stateDir } = info.paths;
  const domains = info.domains.map(({ name }) => name);
  return {
    ready: true,
    pid: info.pid,
    version: info.version,
    socket,
    leaseSocket,
    controlSocket,
    stateDir,
    plugins,
    domains,
  };
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
