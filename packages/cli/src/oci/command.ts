// nri oci install: the wrapper is written, and told to the engine.
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type FlavourName, findRuntime, installWrapper, lookAtRuntime, type WrapperSettings } from "@nri/runtime";
import { errorText } from "../error-text.js";
import { EXIT, type Host, UsageError } from "../host.js";
import { printable } from "../printable.js";
import { type EngineChange, planEngineConfig } from "./engine-config.js";
import { engineNotes, nextSteps } from "./engine-notes.js";
import { type InstallOptions, OCI_HELP, readInstallOptions } from "./options.js";

/** Runs the command. Throws UsageError for wrong use, for a runtime that is none, and for files that must be left alone. */
export async function oci(args: readonly string[], host: Host): Promise<number> {
  const [command, ...rest] = args;
  const options = command === "--help" || command === "-h" ? undefined : readInstallOptions(rest, command);
  if (options === undefined) {
    host.stdout.write(OCI_HELP);
    return EXIT.ok;
  }
  const { hostRoot, engineConfig, json } = options;
  const { settings, version } = await wrapperSettings(options);
  const { engine, runtime, flavour, socketPath } = settings;
  const out = options.out ?? `/usr/local/sbin/nri-${engine}-${flavour}`;
  if (out === runtime) throw new UsageError(`--out "${out}": is the runtime itself`);
  const reach = (path: string): string => (hostRoot === undefined ? path : join(hostRoot, path));
  await checkReplaced(reach(out), out, engine);
  // Whatever can be refused is refused before anything is written; the engine is told of a wrapper that is there.
  const change =
    engineConfig === undefined
      ? undefined
      : await planEngineConfig(engine, engineConfig, { wrapper: out, runtime, flavour }, reach);
  await installWrapper(out, settings, hostRoot);
  await change?.make();
  const notes =
    change === undefined ? engineNotes(engine, out, flavour, socketPath) : nextSteps(engine, change, socketPath);
  if (json) {
    const written = { file: out, engine, runtime, flavour, version, socket: socketPath };
    host.stdout.write(`${JSON.stringify({ ...written, engineConfig: configured(change), notes }, null, 2)}\n`);
  } else host.stdout.write(`${printable(out)}: ${flavour} ${version} with NRI, for ${engine}\n\n${notes}`);
  return EXIT.ok;
}

function configured(change: EngineChange | undefined): object | undefined {
  if (change === undefined) return undefined;
  const { file, backup, changed } = change;
  return { file, backup, changed };
}

/** The settings with the runtime, which is looked for when it is not given, and looked at. Throws UsageError when it is none. */
async function wrapperSettings(
  options: InstallOptions,
): Promise<{ readonly settings: WrapperSettings; readonly version: string }> {
  const { hostRoot, settings } = options;
  // podman prefers crun, as podman itself does.
  const names: readonly FlavourName[] = settings.engine === "podman" ? ["crun", "runc"] : ["runc", "crun"];
  try {
    const runtime = options.runtime ?? (await findRuntime(names, hostRoot));
    if (runtime === undefined)
      throw new Error("neither runc nor crun is below /usr or /bin: say where it is with --runtime");
    const { flavour, version } = await lookAtRuntime(runtime, hostRoot);
    return { settings: { ...settings, runtime, flavour }, version };
  } catch (error) {
    throw new UsageError(errorText(error), { cause: error });
  }
}

/** A file that is there is replaced only when it is the same engine's wrapper. Throws UsageError for any other. */
async function checkReplaced(file: string, out: string, engine: string): Promise<void> {
  let head: string;
  try {
    await using handle = await open(file);
    head = (await handle.read(Buffer.alloc(1024), 0, 1024, 0)).buffer.toString("latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return;
    throw error;
  }
  if (!head.includes("# Written by `nri oci install`"))
    throw new UsageError(`--out "${out}": is there and was not written by nri oci install`);
  const other = /^engine=(\w+)$/m.exec(head)?.[1];
  if (other !== engine) throw new UsageError(`--out "${out}": is the wrapper of ${other}; give this one another name`);
}
