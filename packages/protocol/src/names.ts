// Names of NRI: plugins, services, connections, environment variables, default paths and times.
// Sources: handshake 1, transport 2 and 4.1.
import { ProtocolError } from "./errors.js";
import { quote, quoteChar } from "./quote.js";

/** Service that plugins serve, on connection `PLUGIN_CONNECTION`. */
export const PLUGIN_SERVICE = "nri.pkg.api.v1alpha1.Plugin";
/** Service that runtimes serve, on connection `RUNTIME_CONNECTION`. */
export const RUNTIME_SERVICE = "nri.pkg.api.v1alpha1.Runtime";
/** Connection of the multiplexer on which the plugin answers. */
export const PLUGIN_CONNECTION = 1;
/** Connection of the multiplexer on which the runtime answers. */
export const RUNTIME_CONNECTION = 2;

/** Where a runtime listens for plugins. */
export const DEFAULT_SOCKET_PATH = "/var/run/nri/nri.sock";
/** Where a runtime finds plugins to start. */
export const DEFAULT_PLUGIN_DIR = "/opt/nri/plugins";
/** Where a runtime finds their configuration. */
export const DEFAULT_PLUGIN_CONFIG_DIR = "/etc/nri/conf.d";
/** How long a plugin may take to register. */
export const DEFAULT_REGISTRATION_TIMEOUT_MS = 5000;
/** How long a plugin may take for a request. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 2000;

/** Environment variable that tells a started plugin its base name. */
export const PLUGIN_NAME_ENV = "NRI_PLUGIN_NAME";
/** Environment variable that tells a started plugin its index. */
export const PLUGIN_IDX_ENV = "NRI_PLUGIN_IDX";
/** Environment variable that tells a started plugin the number of its descriptor. */
export const PLUGIN_SOCKET_ENV = "NRI_PLUGIN_SOCKET";
/** The descriptor that a started plugin inherits. */
export const PLUGIN_SOCKET_FD = 3;

/**
 * Metadata of RegisterPlugin with which a plugin asks to take the place of the live one of its name; its value is `true`.
 * Not of the reference, which ignores it.
 */
export const TAKEOVER_METADATA = "nri-takeover";

/**
 * Metadata of RegisterPlugin with which a plugin says how many requests it takes at once, as a decimal number. Not of the
 * reference, which ignores it, and has never more than one request at a plugin.
 */
export const CONCURRENCY_METADATA = "nri-concurrency";
/** More requests at once than this no plugin is given. */
export const MAX_CONCURRENCY = 256;

/** Whether a plugin can be given so many requests at once: a whole number from 1 to `MAX_CONCURRENCY`. */
export function isConcurrency(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= MAX_CONCURRENCY;
}

/** What a plugin is called: `10-foo` has index `10` and base name `foo`. */
export interface PluginIdentity {
  /** Two digits; plugins are called in this order. */
  readonly index: string;
  /** Base name. */
  readonly name: string;
}

/** Refuses an index that is not two ASCII digits, in the reference's words ({@link ProtocolError} `invalid-name`). */
export function checkPluginIndex(index: string): void {
  // The reference counts bytes: "é" has two.
  if (utf8Length(index) !== 2) throw invalid(`invalid plugin index ${quote(index)}, must be 2 digits`);
  if (!/^[0-9]{2}$/.test(index)) throw invalid(`invalid plugin index ${quote(index)} (not [0-9][0-9])`);
}

/**
 * Refuses a base name that is empty or has other characters than ASCII letters, digits and `_.+-`, in the reference's
 * words ({@link ProtocolError} `invalid-name`).
 */
export function checkPluginName(name: string): void {
  if (name === "") throw invalid("invalid plugin name: name is empty");
  for (const char of name) {
    if (!/^[A-Za-z0-9_.+-]$/.test(char)) {
      throw invalid(`invalid plugin name ${quote(name)}: contains invalid character ${quoteChar(char)}`);
    }
  }
}

/**
 * Splits a plugin's file name `NN-name` at its first `-`. Refuses one without `-` or with a bad index
 * ({@link ProtocolError} `invalid-name`). As in the reference the base name is not checked: `10-` gives an empty one,
 * `10-a b` is accepted.
 */
export function parsePluginName(fileName: string): PluginIdentity {
  const dash = fileName.indexOf("-");
  if (dash < 0) throw invalid(`invalid plugin name ${quote(fileName)}, idx-pluginname expected`);
  const index = fileName.slice(0, dash);
  checkPluginIndex(index);
  return { index, name: fileName.slice(dash + 1) };
}

/** `10-foo`: how conflict texts, owners, metrics and logs name a plugin. */
export function displayName(index: string, name: string): string {
  return `${index}-${name}`;
}

/** How a plugin came to the runtime. */
export type PluginOrigin = "builtin" | "external" | "pre-connected" | "external-wasm";

/**
 * `external:10-foo[123]`: how the runtime's log names a plugin; only external and pre-connected ones show a process id.
 * A missing index prints `??`, a missing base name `plugin`.
 */
export function qualifiedName(origin: PluginOrigin, plugin: Partial<PluginIdentity>, pid?: number): string {
  const name = `${origin}:${plugin.index || "??"}-${plugin.name || "plugin"}`;
  return origin === "external" || origin === "pre-connected" ? `${name}[${pid ?? 0}]` : name;
}

function invalid(text: string): ProtocolError {
  return new ProtocolError("invalid-name", text);
}

function utf8Length(text: string): number {
  let length = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
