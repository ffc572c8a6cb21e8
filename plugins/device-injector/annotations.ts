// What the device injector's annotations can ask for, read from the pod; spec: plugins 1.
import { type PodSandbox, quote } from "@nri/protocol";
import { type Annotation, effectiveAnnotation } from "../common/annotations.js";
import {
  integer,
  list,
  mapping,
  present,
  type Reader,
  readYaml,
  record,
  smallInteger,
  text,
} from "../common/yaml-value.js";

const int32 = smallInteger(-(2 ** 31), 2 ** 31 - 1);
const uint32 = smallInteger(0, 2 ** 32 - 1);
const int64 = integer(-(2n ** 63n), 2n ** 63n - 1n);
const uint64 = integer(0n, 2n ** 64n - 1n);

/** One kind of annotation. */
export interface Kind<T> {
  /** Its key, and that of earlier releases, which is still understood. */
  readonly keys: readonly string[];
  /** What an error calls it: `invalid <name> annotation "...": ...`. */
  readonly name: string;
  readonly reader: Reader<T>;
}

/** All kinds, in the order in which they are applied. */
export const KINDS = {
  devices: {
    keys: ["devices.noderesource.dev", "devices.nri.io"],
    name: "device",
    reader: list(
      record({ path: text, type: text, major: int64, minor: int64, file_mode: uint32, uid: uint32, gid: uint32 }),
    ),
  },
  cdiDevices: {
    keys: ["cdi-devices.noderesource.dev", "cdi-devices.nri.io"],
    name: "CDI device",
    reader: list(text),
  },
  mounts: {
    keys: ["mounts.noderesource.dev", "mounts.nri.io"],
    name: "mount",
    reader: list(record({ source: text, destination: text, type: text, options: list(text) })),
  },
  ioPriority: {
    keys: ["io-priority.noderesource.dev", "io-priority.nri.io"],
    name: "I/O priority",
    reader: record({ class: text, priority: int32 }),
  },
  scheduler: {
    keys: ["scheduling-policy.noderesource.dev", "scheduling-policy.nri.io"],
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
    keys: ["network-devices.noderesource.dev", "network-devices.nri.io"],
    name: "net device",
    // the Go plugin does not survive an entry that is null
    reader: list(present(record({ hostIf: text, name: text }))),
  },
  sysctl: { keys: ["sysctl.noderesource.dev"], name: "sysctl", reader: mapping(text) },
  memoryPolicy: {
    keys: ["memory-policy.noderesource.dev", "memory-policy.nri.io"],
    name: "memory policy",
    reader: record({ mode: text, nodes: text, flags: list(text) }),
  },
} as const satisfies Readonly<Record<string, Kind<unknown>>>;

/** What an annotation asks for, and the annotation itself, for errors about it. */
export interface Request<T> {
  readonly value: T;
  readonly annotation: Annotation;
}

/** What the pod asks for the container called `containerName`. Undefined without annotation. Throws for what does not parse. */
export function requested<T>(kind: Kind<T>, pod: PodSandbox, containerName: string): Request<T> | undefined {
  const annotation = effectiveAnnotation(pod, kind.keys, containerName);
  if (annotation === undefined) return undefined;
  const value = annotation.read(
    (given) => readYaml(given, kind.reader),
    (given) => `invalid ${kind.name} annotation ${quote(given)}`,
  );
  return { value, annotation };
}
