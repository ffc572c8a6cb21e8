// Docker's own options for NRI, `nri-opts`: from its configuration file, from its command line, and as text (spec: docker 2).
import { quote } from "@nri/protocol";
import { errorText } from "../../error-text.js";
import { csvRecord } from "./csv-record.js";

/** What Docker is told of NRI. */
export interface NriOpts {
  /** `enable`: there is NRI at all. */
  readonly enable: boolean;
  /** `plugin-path`: folder of plugins that are started; empty: the default. */
  readonly pluginPath: string;
  /** `plugin-config-path`: folder of their configuration; empty: the default. */
  readonly pluginConfigPath: string;
  /** `socket-path`: where plugins connect; empty: nobody can. */
  readonly socketPath: string;
}

/** As when nobody says anything: NRI is off. */
export const NO_NRI_OPTS: NriOpts = { enable: false, pluginPath: "", pluginConfigPath: "", socketPath: "" };

/** The name of the group in a configuration file, and of the flag. */
const NRI_OPTS = "nri-opts";

const KEYS = {
  enable: "enable",
  "plugin-path": "pluginPath",
  "plugin-config-path": "pluginConfigPath",
  "socket-path": "socketPath",
} as const satisfies { readonly [key: string]: keyof NriOpts };
type Key = keyof typeof KEYS;
const PATHS = ["plugin-path", "plugin-config-path", "socket-path"] as const;

/**
 * The options in JSON text, `{"enable": true, "socket-path": "/run/nri.sock"}`, as a Go program reads it: keys in whatever case,
 * `null` changes nothing. Throws for unknown keys and other types, with Docker's texts.
 */
export function parseNriOpts(json: string): NriOpts {
  return nriOptsFrom(JSON.parse(json));
}

/** The same of JSON that is parsed already. `place` is how texts call where it stands. */
function nriOptsFrom(value: unknown, place?: string): NriOpts {
  if (value === null) return NO_NRI_OPTS;
  if (typeof value !== "object" || Array.isArray(value)) {
    const into = place === undefined ? "Go value" : `Go struct field ${place}`;
    throw new Error(`json: cannot unmarshal ${typeName(value)} into ${into} of type opts.nriOpts`);
  }
  const read: { -readonly [K in keyof NriOpts]: NriOpts[K] } = { ...NO_NRI_OPTS };
  for (const [name, given] of Object.entries(value)) {
    const key = name.toLowerCase();
    if (!isKey(key)) throw new Error(`json: unknown field ${quote(name)}`);
    if (given === null) continue;
    const type = key === "enable" ? "bool" : "string";
    if (typeName(given) !== type) {
      throw new Error(
        `json: cannot unmarshal ${typeName(given)} into Go struct field ${place ?? "nriOpts"}.${key} of type ${type}`,
      );
    }
    Object.assign(read, { [KEYS[key]]: given });
  }
  return read;
}

/**
 * The options in a document of the form of Docker's configuration file, of which nothing else is read; undefined when it does not name
 * them. Throws as `parseNriOpts`, and for what is no JSON object.
 */
export function nriOptsOfDocument(json: string): NriOpts | undefined {
  const group = nriGroupOf(json);
  return group === undefined ? undefined : nriOptsFrom(group, "Config.CommonConfig.nri-opts");
}

function nriGroupOf(json: string): unknown {
  const document: unknown = JSON.parse(json);
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new Error(`json: cannot unmarshal ${typeName(document)} into Go value of type map[string]interface {}`);
  }
  return Object.hasOwn(document, NRI_OPTS) ? (document as { readonly [key: string]: unknown })[NRI_OPTS] : undefined;
}

/**
 * The options of a command line with any number of flags, or of a configuration document, each undefined when it says nothing. Throws
 * when both do, as Docker does.
 */
export function nriOptsOf(flags: readonly string[], json: string | undefined): NriOpts | undefined {
  const ofFile = json === undefined ? undefined : nriOptsOfDocument(json);
  if (flags.length === 0) return ofFile;
  const ofFlags = flags.reduce((before, flag) => parseNriOptsFlag(flag, before), NO_NRI_OPTS);
  if (ofFile === undefined || json === undefined) return ofFlags;
  const both = `(from flag: ${formatNriOpts(ofFlags)}, from file: ${goText(nriGroupOf(json))})`;
  throw new Error(
    `the following directives are specified both as a flag and in the configuration file: ${NRI_OPTS}: ${both}`,
  );
}

/**
 * The options in the text of a flag, `enable=true,socket-path=/run/nri.sock`: one CSV record. They come on top of `before`, as
 * with a flag that is given twice. Throws for unknown keys, other values and wrong quotes, with Docker's texts.
 */
export function parseNriOptsFlag(text: string, before: NriOpts = NO_NRI_OPTS): NriOpts {
  const read: { -readonly [K in keyof NriOpts]: NriOpts[K] } = { ...before };
  for (const field of csvRecord(text)) {
    const [, key = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(field) ?? [];
    if (!isKey(key)) throw new Error(`unexpected key '${key}' in '${field}'`);
    if (key === "enable") read.enable = readEnable(value === "" ? "true" : value);
    else read[KEYS[key]] = value;
  }
  return read;
}

/** The options as text: `enable=...`, and what else is set. */
export function formatNriOpts(options: NriOpts): string {
  const paths = PATHS.map((key) => [key, options[KEYS[key]]] as const).filter(([, path]) => path !== "");
  return [`enable=${options.enable}`, ...paths.map(([key, path]) => `${key}=${path}`)].join(",");
}

function isKey(key: string): key is Key {
  return Object.hasOwn(KEYS, key);
}

function readEnable(value: string): boolean {
  try {
    return parseGoBool(value);
  } catch (error) {
    throw new Error(`invalid value for NRI enable ${quote(value)}: ${errorText(error)}`);
  }
}

/** A boolean in any of the spellings that Go's `strconv.ParseBool` knows. */
function parseGoBool(value: string): boolean {
  if (["1", "t", "T", "true", "True", "TRUE"].includes(value)) return true;
  if (["0", "f", "F", "false", "False", "FALSE"].includes(value)) return false;
  throw new Error(`strconv.ParseBool: parsing ${quote(value)}: invalid syntax`);
}

/** A JSON value as Go prints it. */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (value === null) return "<nil>";
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${key}:${goText(each)}`).join(" ")}]`;
}

/** What Go calls a JSON value. */
function typeName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
