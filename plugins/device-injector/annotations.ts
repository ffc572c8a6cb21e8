// What the device injector's annotations can ask for, read from the pod; spec: plugins 1.
import { getOwn, type PodSandbox } from "@nri/protocol";
import { errorText } from "../common/error-text.js";
import { integer, list, mapping, type Reader, readYaml, record, smallInteger, text } from "../common/yaml-value.js";

const int32 = smallInteger(-(2 ** 31), 2 ** 31 - 1);
const uint32 = smallInteger(0, 2 ** 32 - 1);
const int64 = integer(-(2n ** 63n), 2n ** 63n - 1n);
const uint64 = integer(0n, 2n ** 64n - 1n);

/** One kind of annotation. */
export interface Kind<T> {
  readonly key: string;
  /** The key of earlier releases, still understood. */
  readonly oldKey?: string;
  /** What an error calls it: `invalid <name> annotation "...": ...`. */
  readonly name: string;
  readonly reader: Reader<T>;
}

/** All kinds, in the order in which they are applied. */
export const KINDS = {
  devices: {
    key: "devices.noderesource.dev",
    oldKey: "devices.nri.io",
    name: "device",
    reader: list(
      record({ path: text, type: text, major: int64, minor: int64, file_mode: uint32, uid: uint32, gid: uint32 }),
    ),
  },
  cdiDevices: {
    key: "cdi-devices.noderesource.dev",
    oldKey: "cdi-devices.nri.io",
    name: "CDI device",
    reader: list(text),
  },
  mounts: {
    key: "mounts.noderesource.dev",
    oldKey: "mounts.nri.io",
    name: "mount",
    reader: list(record({ source: text, destination: text, type: text, options: list(text) })),
  },
  ioPriority: {
    key: "io-priority.noderesource.dev",
    oldKey: "io-priority.nri.io",
    name: "I/O priority",
    reader: record({ class: text, priority: int32 }),
  },
  scheduler: {
    key: "scheduling-policy.noderesource.dev",
    oldKey: "scheduling-policy.nri.io",
    name: "scheduler",
    reader: record({
      policy: text,
      nice: int32,
      priority: int32,
      flags: list(text),
      runtime: uint64,
      deadline: uint64,
      period: uint64,
    }),
  },
  netDevices: {
    key: "network-devices.noderesource.dev",
    oldKey: "network-devices.nri.io",
    name: "net device",
    reader: list(record({ hostIf: text, name: text })),
  },
  sysctl: { key: "sysctl.noderesource.dev", name: "sysctl", reader: mapping(text) },
  memoryPolicy: {
    key: "memory-policy.noderesource.dev",
    oldKey: "memory-policy.nri.io",
    name: "memory policy",
    reader: record({ mode: text, nodes: text, flags: list(text) }),
  },
} as const satisfies Readonly<Record<string, Kind<unknown>>>;

/**
 * What the pod asks for the container called `containerName`. Undefined without annotation. The container's own key goes
 * before the pod's, that before the bare one; of each, the new key before the old one. Throws for what does not parse.
 */
export function requested<T>(kind: Kind<T>, pod: PodSandbox, containerName: string): T | undefined {
  const value = [`/container.${containerName}`, "/pod", ""]
    .flatMap((scope) => [
      getOwn(pod.annotations, kind.key + scope),
      kind.oldKey && getOwn(pod.annotations, kind.oldKey + scope),
    ])
    .find((found) => found !== undefined);
  if (value === undefined) return undefined;
  try {
    return readYaml(value, kind.reader);
  } catch (error) {
    throw new Error(`invalid ${kind.name} annotation ${JSON.stringify(value)}: ${errorText(error)}`);
  }
}
