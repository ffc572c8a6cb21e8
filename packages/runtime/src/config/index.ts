/**
 * The configuration of the bridge: TOML with containerd's keys and our own, read from one table of rows, and that table
 * itself for who documents it.
 *
 * @packageDocumentation
 */
export { ConfigError, type ConfigProblem } from "./config-error.js";
export { defaultConfigFile } from "./default-file.js";
export type { Kind } from "./kinds.js";
export { DEFAULT_CONFIG_FILE, loadConfig } from "./load.js";
export { type Config, readConfig } from "./read.js";
export { PROFILES, SETTINGS, type Setting, type Settings } from "./settings.js";
export { parseToml, plainTable, TomlError, type TomlNode, type TomlScalar, type TomlTable } from "./toml.js";
