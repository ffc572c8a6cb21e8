// What the configuration means for the parts of the daemon.
import type { AdaptationOptions, BuiltinPlugin } from "@nri/adaptation";
import { defaultValidator, readValidatorOptions } from "@nri/adaptation/validator";
import type { ApplyOptions } from "@nri/oci";
import { blockioClassResolver, cdiInjector, rdtClassResolver, readMountInfo } from "@nri/oci/node";
import { parse as parseYaml } from "yaml";
import { ConfigError } from "../config/config-error.js";
import type { Config } from "../config/read.js";
import { ROWS, type Settings, VALIDATOR } from "../config/settings.js";
import { errorText } from "../error-text.js";

/** What a reload can change of the runtime side. */
export type PluginSetup = Pick<
  AdaptationOptions,
  | "pluginDir"
  | "pluginConfigDir"
  | "socketPath"
  | "registrationTimeoutMs"
  | "requestTimeoutMs"
  | "policies"
  | "relay"
  | "builtins"
>;

/** Plugins, their folders, socket, times, rules and relay. `builtins` are those that `builtinsOf` gave for it. */
export function pluginSetup({ settings, policies }: Config, builtins: readonly BuiltinPlugin[]): PluginSetup {
  return {
    pluginDir: settings.pluginPath,
    pluginConfigDir: settings.pluginConfigPath,
    socketPath: settings.disableConnections ? undefined : settings.socketPath,
    registrationTimeoutMs: settings.pluginRegistrationTimeout,
    requestTimeoutMs: settings.pluginRequestTimeout,
    policies,
    relay: { mode: settings.relay },
    builtins,
  };
}

/** The default validator, when it is enabled. Throws `ConfigError`. */
export function builtinsOf({ settings, where }: Config): readonly BuiltinPlugin[] {
  if (!settings.validatorEnable) return [];
  const rows = ROWS.filter(([, row]) => row.table === VALIDATOR).map(([name, row]) => [row.key, settings[name]]);
  return checked(where("validatorEnable"), () => {
    const options = readValidatorOptions(Object.fromEntries(rows), "default_validator");
    return [defaultValidator({ ...options, parseYaml })];
  });
}

/** Whether two configurations have the same validator. */
export function sameValidator(a: Settings, b: Settings): boolean {
  return ROWS.every(([name, row]) => row.table !== VALIDATOR || sameValue(a[name], b[name]));
}

/** Whether two values of a key are the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How adjustments are put into specs. Class files are read here; throws `ConfigError` for one that cannot be used. */
export function applyOptionsOf({ settings, where }: Config, warn: (text: string) => void): ApplyOptions {
  const { blockioConfigFile, rdtConfigFile } = settings;
  const resolveBlockioClass =
    blockioConfigFile === ""
      ? undefined
      : checked(where("blockioConfigFile"), () => blockioClassResolver({ configFile: blockioConfigFile }));
  const resolveRdtClass = checked(where("rdtConfigFile"), () =>
    rdtClassResolver(rdtConfigFile === "" ? {} : { configFile: rdtConfigFile }),
  );
  return {
    compat: settings.compat,
    injectCdiDevices: cdiInjector({ dirs: settings.cdiSpecDirs, warn }),
    mountInfo: readMountInfo,
    resolveBlockioClass,
    resolveRdtClass,
  };
}

function checked<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new ConfigError(where, [{ line: 0, text: errorText(error) }], { cause: error });
  }
}
