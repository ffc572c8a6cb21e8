// Docker's daemon.json with the wrapper as the default runtime.
import { isJsonObject, type JsonValue, parseAnyJson, printJson } from "@nri/oci";
import { getOwn } from "@nri/protocol";
import { UsageError } from "../host.js";
import { WRAPPER_NAME } from "./wrapper-name.js";

type JsonObject = { [key: string]: JsonValue };

/** Names of the default runtime that mean the program that we wrap. */
const SAME = ["runc", WRAPPER_NAME];

/**
 * The text of daemon.json with this wrapper in it, everything else as it was. `runtime` is what the wrapper wraps. Throws
 * UsageError, with the file's name, for what is no such file, and for a default runtime that the wrapper would replace.
 */
export function dockerConfig(text: string | undefined, file: string, wrapper: string, runtime: string): string {
  const given = text === undefined || text.trim() === "" ? {} : parsed(text, file);
  if (!isJsonObject(given)) throw new UsageError(`${file}: must be a JSON object; it was left alone`);
  const runtimes = getOwn(given, "runtimes") ?? {};
  if (!isJsonObject(runtimes)) throw new UsageError(`${file}: "runtimes" must be an object; it was left alone`);
  const preset = getOwn(given, "default-runtime");
  if (preset !== undefined && !(typeof preset === "string" && isSame(preset, runtimes, runtime))) {
    throw new UsageError(
      `${file}: "default-runtime" is ${JSON.stringify(preset)}, which is not ${runtime}: its containers would get another runtime; it was left alone`,
    );
  }
  const mine = getOwn(runtimes, WRAPPER_NAME);
  const wanted = {
    ...given,
    runtimes: { ...runtimes, [WRAPPER_NAME]: { ...(isJsonObject(mine) ? mine : {}), path: wrapper } },
    "default-runtime": WRAPPER_NAME,
  };
  const printed = `${printJson(wanted, { indent: indentOf(text) })}\n`;
  return printJson(given) === printJson(wanted) && text !== undefined ? text : printed;
}

function parsed(text: string, file: string): JsonValue {
  try {
    return parseAnyJson(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`${file}: ${error.message}; it was left alone`, { cause: error });
  }
}

function isSame(name: string, runtimes: JsonObject, runtime: string): boolean {
  if (SAME.includes(name)) return true;
  const one = getOwn(runtimes, name);
  return isJsonObject(one) && getOwn(one, "path") === runtime;
}

function indentOf(text = ""): number {
  return /^\{\r?\n( +)"/.exec(text)?.[1]?.length ?? 2;
}
