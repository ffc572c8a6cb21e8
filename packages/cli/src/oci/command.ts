// nri oci install: the wrapper is written, and told to the engine.
import { installWrapper, lookAtRuntime } from "@nri/runtime";
import { errorText } from "../error-text.js";
import { EXIT, type Host, UsageError } from "../host.js";
import { printable } from "../printable.js";
import { engineNotes } from "./engine-notes.js";
import { OCI_HELP, readInstallOptions } from "./options.js";

/** Runs the command. Throws UsageError for wrong use and for a runtime that is none. */
export async function oci(args: readonly string[], host: Host): Promise<number> {
  const [command, ...rest] = args;
  const options = command === "--help" || command === "-h" ? undefined : readInstallOptions(rest, command);
  if (options === undefined) {
    host.stdout.write(OCI_HELP);
    return EXIT.ok;
  }
  const { out, settings, json } = options;
  if (out === settings.runtime) throw new UsageError(`--out "${out}": is the runtime itself`);
  const { flavour, version } = await lookAtRuntime(settings.runtime).catch((error: unknown) => {
    throw new UsageError(errorText(error), { cause: error });
  });
  await installWrapper(out, { ...settings, flavour });
  const notes = engineNotes(settings.engine, out, settings.socketPath);
  if (json) {
    const written = { file: out, engine: settings.engine, runtime: settings.runtime, flavour, version };
    host.stdout.write(`${JSON.stringify({ ...written, socket: settings.socketPath, notes }, null, 2)}\n`);
  } else {
    host.stdout.write(`${printable(out)}: ${flavour} ${version} with NRI, for ${settings.engine}\n\n${notes}`);
  }
  return EXIT.ok;
}
