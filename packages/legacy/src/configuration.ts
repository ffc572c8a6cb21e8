// Which plugins there are: one file, or else the files of a directory. Spec: v010 1.
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type JsonValue, OciError, parseAnyJson } from "@nri/oci";
import { errorText, LegacyError, systemCode } from "./errors.js";
import { Fields } from "./fields.js";
import type { LegacyLimits } from "./limits.js";

/** The configuration file of the reference. */
export const DEFAULT_CONF_PATH = "/etc/nri/conf.json";
/** The directory that the reference's README names, and its code does not read. */
export const DEFAULT_CONF_DIR = "/etc/nri/resource.d";

/** One plugin of the configuration. */
export interface ConfiguredPlugin {
  /** Name of the program. */
  readonly type: string;
  /** Handed to the plugin as it is. */
  readonly conf: JsonValue | undefined;
  /** `version` of the file that the plugin stands in, "" when it has none. */
  readonly version: string;
}

/** Where the configuration is. */
export interface ConfigurationPlaces {
  readonly confPath: string;
  /** Looked at when there is no file `confPath`; undefined for nowhere. */
  readonly confDir: string | undefined;
}

/**
 * The configured plugins in the order in which they are called: those of the file, where there is one, else those of
 * `*.conf` in the directory, files in the order of the bytes of their names. None when there is neither. Throws `config`
 * with the name of the file.
 */
export async function loadConfiguration(
  { confPath, confDir }: ConfigurationPlaces,
  limits: LegacyLimits,
): Promise<readonly ConfiguredPlugin[]> {
  const text = await readConfiguration(confPath, limits);
  const plugins = text === undefined ? [] : parseConfiguration(confPath, text);
  if (text === undefined && confDir !== undefined) {
    for (const file of await configurationFiles(confDir, limits)) {
      const found = await readConfiguration(file, limits);
      if (found !== undefined) plugins.push(...parseConfiguration(file, found));
    }
  }
  if (plugins.length > limits.maxPlugins) {
    const where = text === undefined ? confDir : confPath;
    throw new LegacyError("config", `${where}: ${plugins.length} plugins, more than ${limits.maxPlugins}`);
  }
  return plugins;
}

/** Undefined when there is no such file. One byte more than the limit is read at most. */
async function readConfiguration(path: string, { maxConfigBytes }: LegacyLimits): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const bytes = Buffer.alloc(Math.min((await file.stat()).size, maxConfigBytes) + 1);
      let length = 0;
      for (let bytesRead = 1; bytesRead > 0 && length < bytes.length; length += bytesRead)
        ({ bytesRead } = await file.read(bytes, length, bytes.length - length, null));
      if (length > maxConfigBytes) throw new Error(`longer than ${maxConfigBytes} bytes`);
      return bytes.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return undefined;
    throw new LegacyError("config", `${path}: cannot be read: ${errorText(cause)}`, { cause });
  }
}

/** Names that begin with a dot are what editors leave behind. */
async function configurationFiles(dir: string, { maxConfigFiles }: LegacyLimits): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return [];
    throw new LegacyError("config", `${dir}: cannot be read: ${errorText(cause)}`, { cause });
  }
  const files = names.filter((name) => name.endsWith(".conf") && !name.startsWith("."));
  if (files.length > maxConfigFiles)
    throw new LegacyError("config", `${dir}: ${files.length} files, more than ${maxConfigFiles}`);
  return files.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((name) => join(dir, name));
}

/** The plugins of one file. What stands behind the first JSON value is not looked at, as in the reference. */
function parseConfiguration(path: string, bytes: Uint8Array): ConfiguredPlugin[] {
  let value: JsonValue;
  try {
    value = parseAnyJson(bytes, { name: path, lenient: true });
  } catch (cause) {
    // its text begins with the file, line and column
    if (cause instanceof OciError) throw new LegacyError("config", cause.message, { cause });
    throw cause;
  }
  try {
    const file = new Fields(value, "");
    const version = file.text("version");
    return file.list("plugins").map((item, index) => {
      if (item === null) throw new TypeError(`plugins[${index}]: expected an object, found null`);
      const plugin = new Fields(item, `plugins[${index}]`);
      return { type: plugin.text("type"), conf: confOf(item), version };
    });
  } catch (cause) {
    throw new LegacyError("config", `${path}: ${errorText(cause)}`, { cause });
  }
}

/** `conf` as it is: a null that is written there is passed on as well. */
function confOf(plugin: JsonValue): JsonValue | undefined {
  return Object.entries(plugin ?? {}).findLast(([key]) => key.toLowerCase() === "conf")?.[1] as JsonValue | undefined;
}
