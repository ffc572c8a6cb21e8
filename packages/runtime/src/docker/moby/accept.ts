// What Docker makes of the plugins' answer: environment and mounts are taken, the rest is refused or ignored (spec: docker 5.2, 5.3).
import {
  type ContainerAdjustment,
  type CreateContainerResponse,
  envName,
  FIELD_NAMES,
  FIELD_READERS,
  FIELDS,
  type FieldName,
  isSet,
  type KeyValue,
  type Mount,
  quote,
  removalOf,
} from "@nri/protocol";
import { errorText } from "../../error-text.js";

/** A mount as Docker's host configuration has it. */
export interface DockerMount {
  /** Docker's word: `bind`, `volume`, `tmpfs`, `image`, ... Not an OCI type, and not looked at here. */
  readonly type: string;
  /** A path, or a volume's name. */
  readonly source: string;
  /** Where it is in the container; absolute, which is not looked at here either. */
  readonly target: string;
  /** Nothing can be written there. */
  readonly readOnly: boolean;
}

/** What plugins change in a container. */
export interface Accepted {
  /** Its whole environment from now on. */
  readonly env: readonly string[];
  /** What is mounted besides. */
  readonly mounts: readonly DockerMount[];
  /** Fields that plugins set and Docker's check does not know: neither applied nor refused. */
  readonly ignored: readonly FieldName[];
}

const ACCEPTED: readonly FieldName[] = ["Env", "Mounts"];

/** Docker's names for what it refuses, in the order in which it names them. */
export const REFUSED: { readonly [name: string]: readonly FieldName[] } = {
  annotations: ["Annotations"],
  hooks: ["OciHooks"],
  linux: ["Devices", "CgroupsPath", "OomScoreAdj", "IoPriority", "SeccompPolicy", "Namespace"],
  "linux.resources.memory": [
    "MemLimit",
    "MemReservation",
    "MemSwapLimit",
    "MemKernelLimit",
    "MemTCPLimit",
    "MemSwappiness",
    "MemDisableOomKiller",
    "MemUseHierarchy",
  ],
  "linux.resources.cpu": [
    "CPUShares",
    "CPUQuota",
    "CPUPeriod",
    "CPURealtimeRuntime",
    "CPURealtimePeriod",
    "CPUSetCPUs",
    "CPUSetMems",
  ],
  rlimits: ["Rlimits"],
  CDI: ["CdiDevices"],
  args: ["Args"],
};

/** Looks at the answer to CreateContainer. Throws Docker's error for what is refused, in the order in which Docker looks. */
export function accept(env: readonly string[], answer: CreateContainerResponse): Accepted {
  if (answer.update.length > 0) throw new Error("container update is not supported");
  if (answer.evict.length > 0) throw new Error("container eviction is not supported");
  const { adjust } = answer;
  if (adjust === undefined) return { env, mounts: [], ignored: [] };
  const set = fieldsSet(adjust);
  const refused = Object.entries(REFUSED).filter(([, fields]) => fields.some((field) => set.includes(field)));
  if (refused.length > 0) throw unsupported(refused.map(([name]) => name));
  const known = [...ACCEPTED, ...Object.values(REFUSED).flat()];
  return {
    env: within("environment variable", () => adjustedEnv(env, adjust.env)),
    mounts: within("mount", () => adjust.mounts.map(dockerMount)),
    ignored: set.filter((field) => !known.includes(field)),
  };
}

/**
 * For runtimes that can do a part of NRI: throws `unsupported container adjustments: ...` with everything that an adjustment sets and
 * `supported` does not name, by its path in the message. All fields count, also those that Docker forgot.
 */
export function refuseUnsupported(adjust: ContainerAdjustment, supported: Iterable<FieldName>): void {
  const known = new Set(supported);
  const paths = fieldsSet(adjust)
    .filter((field) => !known.has(field))
    .map((field) => FIELDS[field].path as string);
  // What only takes something away is a change as well.
  const flags = Object.entries(FIELDS).flatMap(([field, row]) =>
    row.kind === "value" && row.flagPath !== undefined ? [[field as FieldName, row.flagPath] as const] : [],
  );
  const removed = flags.filter(([field, path]) => !known.has(field) && valueAt(adjust, path) === true);
  const all = [...new Set([...paths, ...removed.map(([, path]) => path as string)])];
  if (all.length > 0) throw unsupported(all);
}

function unsupported(names: readonly string[]): Error {
  return new Error(`unsupported container adjustments: ${names.join(",")}`);
}

function fieldsSet(adjust: ContainerAdjustment): FieldName[] {
  return FIELD_NAMES.filter((field) => isSet(FIELD_READERS[field].adjustment(adjust), FIELDS[field]));
}

function valueAt(message: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((at, key) => (at as { readonly [key: string]: unknown } | undefined)?.[key], message);
}

function within<T>(what: string, apply: () => T): T {
  try {
    return apply();
  } catch (error) {
    throw new Error(`applying ${what} adjustments: ${errorText(error)}`);
  }
}

/**
 * By name: what is there is replaced in its place, the last of several; what is not is appended. A mark for removal comes through only
 * where the adaptation honours it (not with `compat: "reference"`), and then so do we.
 */
function adjustedEnv(env: readonly string[], adjusted: readonly KeyValue[]): readonly string[] {
  let result = [...env];
  for (const { key, value } of adjusted) {
    if (key === "") throw new Error("empty environment variable key");
    const removed = removalOf(key);
    if (removed !== undefined) {
      result = result.filter((entry) => envName(entry) !== removed);
      continue;
    }
    const at = result.findLastIndex((entry) => envName(entry) === key);
    result.splice(at < 0 ? result.length : at, at < 0 ? 0 : 1, `${key}=${value}`);
  }
  return result;
}

function dockerMount({ type, source, destination, options }: Mount): DockerMount {
  const wrong = options.find((option) => option !== "ro" && option !== "readonly");
  if (wrong !== undefined) throw new Error(`mount option ${quote(wrong)} is not supported`);
  return { type, source, target: destination, readOnly: options.length > 0 };
}
