// nri serve: the bridge in the foreground.
import { resolve } from "node:path";
import { type Config, ConfigError, loadConfig } from "@nri/runtime/config";
import type { Info } from "@nri/runtime/serve";
import { tellProblems } from "../config/problems.js";
import { errorText } from "../error-text.js";
import { EXIT, type Host } from "../host.js";
import { printable } from "../printable.js";
import { version } from "../version.js";
import { readServeOptions, SERVE_HELP, type ServeOptions } from "./options.js";

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
async function read({ config: file, paths }: ServeOptions, host: Host): Promise<Config> {
  const config = await loadConfig(resolve(host.cwd, file), file);
  return { ...config, settings: { ...config.settings, ...paths } };
}

async function run(config: Config, options: ServeOptions, host: Host): Promise<number> {
  const { createDaemon, daemonLog, keepHeapSmall, PARTS } = await import("@nri/runtime/serve");
  keepHeapSmall();
  const log = daemonLog((line) => host.stderr.write(line), config.settings.logLevel);
  const configFile = resolve(host.cwd, options.config);
  const daemon = createDaemon({ config, version: version(), log, parts: PARTS, configFile });
  if (options.checkConfig) {
    host.stdout.write(`${printable(options.config)}: valid\n`);
    return EXIT.ok;
  }
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
      await daemon.reload(await read(options, host));
    } catch (error) {
      log.error(`the configuration is as before: ${errorText(error).replaceAll("\n", "; ")}`);
    }
  };
  const deaf = host.onHangup(() => void reload());
  try {
    await starting;
    host.stdout.write(`${JSON.stringify(readyLine(daemon.info(), daemon.plugins))}\n`);
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

function readyLine(info: Info, plugins: readonly string[]): object {
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
