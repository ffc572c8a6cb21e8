// Block I/O classes, in the form of goresctrl's configuration (containerd's and CRI-O's `blockio_config_file`).
import { filled, given } from "../convert/to-spec.js";
import { OciError } from "../errors.js";
import { list, map, STRING } from "../json/shape.js";
import type { LinuxBlockIO, LinuxThrottleDevice, LinuxWeightDevice } from "../spec/types.js";
import { readConfig } from "./config-text.js";
import { parseQuantity } from "./quantity.js";

/** A block device. */
export interface BlockDevice {
  /** Major number. */
  readonly major: bigint;
  /** Minor number. */
  readonly minor: bigint;
}

const PARAMETERS = {
  kind: "object",
  members: {
    Devices: list(STRING),
    Weight: STRING,
    ThrottleReadBps: STRING,
    ThrottleWriteBps: STRING,
    ThrottleReadIOPS: STRING,
    ThrottleWriteIOPS: STRING,
  },
} as const;
const CONFIG = { kind: "object", members: { Classes: map(list(PARAMETERS)) } } as const;

const RATES = {
  ThrottleReadBps: "throttleReadBpsDevice",
  ThrottleWriteBps: "throttleWriteBpsDevice",
  ThrottleReadIOPS: "throttleReadIOPSDevice",
  ThrottleWriteIOPS: "throttleWriteIOPSDevice",
} as const;
type Rate = keyof typeof RATES;
const RATE_NAMES = Object.keys(RATES) as Rate[];

interface Parameters {
  /** Undefined: the values are the class's defaults. */
  readonly devices: readonly string[] | undefined;
  readonly weight: number | undefined;
  readonly rates: ReadonlyMap<Rate, bigint>;
}

/** The classes of a configuration. */
export interface BlockioClasses {
  /** Their names. */
  readonly names: readonly string[];
  /**
   * Settings of a class; `devices` finds the block devices that a list of path patterns means. Later entries of a class win
   * for the same device. Throws OciError for an unknown class.
   */
  resolve(name: string, devices: (patterns: readonly string[]) => readonly BlockDevice[]): LinuxBlockIO;
}

/** Reads a configuration. Throws OciError with the file, the class and the value that is wrong. */
export function readBlockioClasses(text: string, file: string): BlockioClasses {
  const config = readConfig(text, file, CONFIG, "class-config") as
    | { readonly Classes?: { readonly [name: string]: readonly { readonly [key: string]: string | string[] }[] } }
    | undefined;
  const classes = new Map<string, readonly Parameters[]>();
  for (const [name, entries] of Object.entries(config?.Classes ?? {})) {
    const parameters = (entries ?? []).map((entry, index) =>
      readParameters(entry, `${file}: Classes.${name}[${index}]`),
    );
    classes.set(name, parameters);
  }
  return {
    names: [...classes.keys()],
    resolve(name, devices) {
      const parameters = classes.get(name);
      if (parameters === undefined)
        throw new OciError("blockio-class", `no block I/O class ${JSON.stringify(name)} in ${file}`);
      return settings(parameters, devices);
    },
  };
}

const MIN_WEIGHT = 10n;
const MAX_WEIGHT = 1000n;

function readParameters(entry: { readonly [key: string]: string | string[] } | undefined, place: string): Parameters {
  const quantity = (key: string, min: bigint, max?: bigint): bigint | undefined => {
    const text = entry?.[key];
    if (typeof text !== "string" || text === "") return undefined;
    const value = parseQuantity(text);
    if (value === undefined)
      throw new OciError("class-config", `${place}.${key}: ${JSON.stringify(text)} is not a quantity`);
    if (value < min || (max !== undefined && value > max)) {
      throw new OciError(
        "class-config",
        `${place}.${key}: ${text} is not ${max === undefined ? "0 or more" : `between ${min} and ${max}`}`,
      );
    }
    return value;
  };
  const weight = quantity("Weight", MIN_WEIGHT, MAX_WEIGHT);
  const rates = new Map<Rate, bigint>();
  for (const rate of RATE_NAMES) {
    const value = quantity(rate, 0n);
    if (value !== undefined) rates.set(rate, value);
  }
  const devices = entry?.Devices as readonly string[] | undefined;
  if (devices === undefined && rates.size > 0) {
    throw new OciError("class-config", `${place}: throttling needs Devices`);
  }
  return { devices, weight: weight === undefined ? undefined : Number(weight), rates };
}

function settings(
  parameters: readonly Parameters[],
  find: (patterns: readonly string[]) => readonly BlockDevice[],
): LinuxBlockIO {
  let weight: number | undefined;
  const weights = new Map<string, LinuxWeightDevice>();
  const rates = new Map(RATE_NAMES.map((rate) => [rate, new Map<string, LinuxThrottleDevice>()]));
  for (const entry of parameters) {
    if (entry.devices === undefined) weight = entry.weight ?? weight;
    for (const { major, minor } of entry.devices === undefined ? [] : find(entry.devices)) {
      const key = `${major}:${minor}`;
      if (entry.weight !== undefined) weights.set(key, { major, minor, weight: entry.weight });
      for (const [rate, value] of entry.rates) rates.get(rate)?.set(key, { major, minor, rate: value });
    }
  }
  const result: LinuxBlockIO = {
    ...given("weight", weight),
    ...given("weightDevice", filled([...weights.values()])),
  };
  for (const [rate, devices] of rates) if (devices.size > 0) result[RATES[rate]] = [...devices.values()];
  return result;
}
