// What the default validator is told, and how that is read from a parsed configuration file in each of its spellings.
import { AdaptationError } from "../errors.js";

/** Options of the default validator, by their YAML names; all of them are off or empty when absent. */
export interface ValidatorOptions {
  /** False: the validator is not installed. In code it is true when absent; a file has to say it. */
  readonly enable?: boolean | undefined;
  /** Refuses a container that a plugin gives OCI hooks. */
  readonly rejectOCIHookAdjustment?: boolean | undefined;
  /** Refuses a seccomp policy in the place of the runtime's default one. */
  readonly rejectRuntimeDefaultSeccompAdjustment?: boolean | undefined;
  /** Refuses a seccomp policy for a container that has none. */
  readonly rejectUnconfinedSeccompAdjustment?: boolean | undefined;
  /** Refuses a seccomp policy in the place of one from the node's disk (`LOCALHOST`). */
  readonly rejectCustomSeccompAdjustment?: boolean | undefined;
  /** Refuses any change of namespaces, removals too. */
  readonly rejectNamespaceAdjustment?: boolean | undefined;
  /** Refuses sysctls that a plugin sets. */
  readonly rejectSysctlAdjustment?: boolean | undefined;
  /** Plugins that every container needs: `10-foo`, or `foo` whatever its index. */
  readonly requiredPlugins?: readonly string[] | undefined;
  /** Annotation by which a pod says that it does without required plugins; there is no such way when empty. */
  readonly tolerateMissingPluginsAnnotation?: string | undefined;
}

type Key = keyof ValidatorOptions;
type Kind = "boolean" | "string" | "strings";

/** Each option with its TOML name, and with that of the Go structure's field, which is what JSON for Go programs has. */
const KEYS: readonly (readonly [key: Key, toml: string, go: string, kind: Kind])[] = [
  ["enable", "enable", "Enable", "boolean"],
  ["rejectOCIHookAdjustment", "reject_oci_hook_adjustment", "RejectOCIHookAdjustment", "boolean"],
  [
    "rejectRuntimeDefaultSeccompAdjustment",
    "reject_runtime_default_seccomp_adjustment",
    "RejectRuntimeDefaultSeccompAdjustment",
    "boolean",
  ],
  [
    "rejectUnconfinedSeccompAdjustment",
    "reject_unconfined_seccomp_adjustment",
    "RejectUnconfinedSeccompAdjustment",
    "boolean",
  ],
  ["rejectCustomSeccompAdjustment", "reject_custom_seccomp_adjustment", "RejectCustomSeccompAdjustment", "boolean"],
  ["rejectNamespaceAdjustment", "reject_namespace_adjustment", "RejectNamespaceAdjustment", "boolean"],
  ["rejectSysctlAdjustment", "reject_sysctl_adjustment", "RejectSysctlAdjustment", "boolean"],
  ["requiredPlugins", "required_plugins", "RequiredPlugins", "strings"],
  ["tolerateMissingPluginsAnnotation", "tolerate_missing_plugins_annotation", "TolerateMissingAnnotation", "string"],
];

/**
 * Reads the options from parsed YAML, TOML or JSON: `rejectSysctlAdjustment`, `reject_sysctl_adjustment` and
 * `RejectSysctlAdjustment` are the same. `enable` is false when it is not there, as in the reference. Throws
 * `invalid-option` for unknown keys and wrong values; `where` begins the text (`/etc/nri.toml: default_validator`).
 */
export function readValidatorOptions(value: unknown, where: string): ValidatorOptions {
  const refuse = (text: string): AdaptationError => new AdaptationError("invalid-option", `${where}: ${text}`);
  if (value === undefined || value === null) {
    return { enable: false };
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    throw refuse(`${shown(value)} is no table of validator options`);
  }
  const options: { [key: string]: unknown } = { enable: false };
  const names = new Map<Key, string>();
  for (const [name, given] of Object.entries(value)) {
    const row = KEYS.find(([yaml, toml, go]) => name === yaml || name === toml || name === go);
    if (row === undefined) {
      const known = KEYS.map(([yaml, toml]) => (name.includes("_") ? toml : yaml));
      throw refuse(`"${name}" is no option of the default validator (${known.join(", ")})`);
    }
    const [key, , , kind] = row;
    const other = names.get(key);
    if (other !== undefined) {
      throw refuse(`"${other}" and "${name}" are the same option`);
    }
    names.set(key, name);
    if (given === null) {
      continue; // a key without a value
    }
    if (kind === "strings") {
      if (!Array.isArray(given) || !given.every((entry) => typeof entry === "string")) {
        throw refuse(`${name}: ${shown(given)} is no list of strings`);
      }
    } else if (typeof given !== kind) {
      throw refuse(`${name}: ${shown(given)} is no ${kind}`);
    }
    options[key] = given;
  }
  return options;
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}` : part)) ?? String(value);
}
