// What of the v0.1.0 client can be set: by flags, or by the configuration that the runtime hands over.
import type { ClientOptions } from "@nri/legacy";
import { readYaml, record, text } from "../common/yaml-value.js";

/** The settings by name; "" is not set. */
export interface Settings {
  readonly conf: string;
  readonly confDir: string;
  readonly binDir: string;
  readonly compat: string;
}

const settings = record({ conf: text, confDir: text, binDir: text, compat: text });

/** The settings of `yaml`, those of `flags` where it has none. Throws what is wrong with it. */
export function readSettings(yaml: string, flags: Settings): Settings {
  const given = Object.entries(readYaml(yaml, settings)).filter(([, value]) => value !== "");
  return { ...flags, ...Object.fromEntries(given) };
}

/** Options of the client. Throws for a `compat` that does not exist. */
export function clientOptions({ conf, confDir, binDir, compat }: Settings): ClientOptions {
  if (compat !== "" && compat !== "default" && compat !== "reference")
    throw new Error(`compat: expected default or reference, got ${JSON.stringify(compat)}`);
  return {
    confPath: conf || undefined,
    confDir: confDir || undefined,
    binDir: binDir || undefined,
    compat: compat || undefined,
  };
}
