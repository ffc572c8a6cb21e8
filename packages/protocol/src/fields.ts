// The table of adjustable and updatable fields: one row for each thing that a plugin may change in a container.
// Merge, ownership, conflict texts, diffs, the OCI mapping and the docs are interpreters of these rows; a new field of
// a known kind is one row. Sources: adaptation 4 and 5 (merge), generate 3 and 4 (OCI), the releases' api.proto (since).
import {
  type Container,
  type ContainerAdjustment,
  type ContainerUpdate,
  Field,
  type Hooks,
  IOPrioClass,
  type KeyValue,
  type LinuxDeviceCgroup,
  LinuxSchedulerPolicy,
  MpolMode,
  type OptionalBool,
  type OptionalInt64,
  type OptionalString,
  type OptionalUInt64,
} from "./gen/messages.js";
import { showBytes, showCount, showEnum, showMicroseconds, showParts, showWords } from "./show.js";

/** What a dotted path ends at: no message, so that nothing lies below it. */
export type Leaf = string | number | bigint | boolean | Uint8Array | readonly unknown[];
/** A dotted path to something inside message `T`, by jsonName: `linux.resources.memory.limit`. Maps and lists end it. */
export type PathOf<T> = T extends Leaf
  ? never
  : string extends keyof T
    ? never
    : {
        [K in keyof T & string]: K | `${K}.${PathOf<NonNullable<T[K]>>}`;
      }[keyof T & string];

/** What message `T` holds at `Path`, absent parts left aside. */
export type ValueAt<T, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? Head extends keyof T
    ? ValueAt<NonNullable<T[Head]>, Rest>
    : never
  : Path extends keyof T
    ? NonNullable<T[Path]>
    : never;

/** A path in `ContainerAdjustment`. */
export type AdjustmentPath = PathOf<ContainerAdjustment>;
/** What an adjustment has at `Path`. */
export type AdjustmentValue<Path extends string> = ValueAt<ContainerAdjustment, Path>;

/** What every row says. */
export interface FieldCommon<Path extends AdjustmentPath = AdjustmentPath> {
  /** Number in enum `Field`, under which owners are kept; 0 for the one thing that has none (`DeviceRules`). */
  readonly field: Field;
  /** Where it is in `ContainerAdjustment`. */
  readonly path: Path;
  /** Where it is in `ContainerUpdate`; undefined: only while a container is created. */
  readonly update?: PathOf<ContainerUpdate>;
  /** Where plugins called later see it in `Container`; undefined: they do not. */
  readonly container?: PathOf<Container>;
  /** The places of the OCI spec that it changes, as JSON pointers. */
  readonly pointers: readonly string[];
  /** What people call it: `device`, `env`, `memory`. */
  readonly label: string;
  /** Which part of it, where the label names a group: `memory` has `limit`, `swap`, ... */
  readonly item?: string;
  /** What stands between its key and its value for people, where that is no blank: `FUSE=1`. */
  readonly join?: "=";
  /** First release of NRI that has it. */
  readonly since: string;
}

/** One value, replaced as a whole. Absent, or an empty string, means no change. */
export interface ValueRow<Value = unknown, Path extends AdjustmentPath = AdjustmentPath> extends FieldCommon<Path> {
  /** What its merge depends on. */
  readonly kind: "value";
  /** Owned once. */
  readonly claim: "once";
  /** `flag`: a boolean beside it (see `flagPath`) removes the whole group first. */
  readonly removal: "none" | "flag";
  /** Where that boolean is in `ContainerAdjustment`. */
  readonly flagPath?: AdjustmentPath;
  /** The value for people: `64 MiB`. */
  show(value: Value): string;
}

/** A list of words replaced as a whole; a leading `""` takes it over from whoever set it before. Empty means no change. */
export interface ArgsRow<Path extends AdjustmentPath = AdjustmentPath> extends FieldCommon<Path> {
  /** What its merge depends on. */
  readonly kind: "args";
  /** Owned once. */
  readonly claim: "once";
  /** A first word `""` clears its owner. */
  readonly removal: "leading-empty";
  /** The words for people. */
  show(value: readonly string[]): string;
}

/** A map; owned key by key. */
export interface MapRow<Value = unknown, Path extends AdjustmentPath = AdjustmentPath> extends FieldCommon<Path> {
  /** What its merge depends on. */
  readonly kind: "map";
  /** Owned key by key. */
  readonly claim: "per-key";
  /** `marker`: the key `-k` removes `k`. */
  readonly removal: "none" | "marker";
  /** The value beside a removal mark in the reply. */
  blank(): Value;
  /** The value of one key for people. */
  show(value: Value): string;
}

/** A list of entries which a key tells apart; owned key by key. */
export interface ListRow<Entry = unknown, Path extends AdjustmentPath = AdjustmentPath> extends FieldCommon<Path> {
  /** What its merge depends on. */
  readonly kind: "keyed-list";
  /** Owned key by key. */
  readonly claim: "per-key";
  /** `marker`: an entry with the key `-k` removes the one with `k`. */
  readonly removal: "none" | "marker";
  /**
   * What an entry does to the container's one with the same key: `replace`: that one goes, the new one is appended;
   * `update`: the new one takes its place; `append`: both stay (the reference does so for hugepage limits and rlimits).
   */
  readonly repeat: "replace" | "update" | "append";
  /** The property of an entry that holds its key, and a removal mark where there is one. */
  readonly keyProperty: string;
  /** The key of an entry, with its removal mark. */
  key(entry: Entry): string;
  /** The key of the container's own entry, where that is not of the same shape (`env` is `NAME=value` there). */
  containerKey(entry: unknown): string;
  /** An entry as the container has it. */
  toContainer(entry: Entry): unknown;
  /** An entry of the container as a plugin would send it. */
  fromContainer(entry: unknown): Entry;
  /** The entry for people, without its key. */
  show(entry: Entry): string;
}

/** Lists to which every plugin adds; never a conflict. */
export interface AccumulateRow<Value = unknown, Path extends AdjustmentPath = AdjustmentPath>
  extends FieldCommon<Path> {
  /** What its merge depends on. */
  readonly kind: "accumulate";
  /** `shared`: all who added are owners; `never`: nobody is. */
  readonly claim: "shared" | "never";
  /** What was added stays. */
  readonly removal: "none";
  /** What is added, for people. */
  show(value: Value): string;
}

/** One row of the table. */
export type FieldRow = ValueRow | ArgsRow | MapRow | ListRow | AccumulateRow;
/** What a row's merge depends on. */
export type FieldKind = FieldRow["kind"];

type Place<Path extends AdjustmentPath> = Omit<FieldCommon<Path>, "label" | "item" | "join" | "since">;
type Words = Pick<FieldCommon, "label" | "item" | "join" | "since">;
type MapValue<Value> = Value extends { [key: string]: infer Item } ? Item : never;
type EntryOf<Value> = Value extends readonly (infer Entry)[] ? Entry : never;

function value<const Path extends AdjustmentPath>(
  place: Place<Path>,
  words: Words,
  show: (value: AdjustmentValue<Path>) => string,
): ValueRow<AdjustmentValue<Path>, Path> {
  return { ...place, ...words, kind: "value", claim: "once", removal: "none", show };
}

function map<const Path extends AdjustmentPath>(
  place: Place<Path>,
  words: Words,
  removal: MapRow["removal"],
  blank: () => MapValue<AdjustmentValue<Path>>,
  show: (value: MapValue<AdjustmentValue<Path>>) => string,
): MapRow<MapValue<AdjustmentValue<Path>>, Path> {
  return { ...place, ...words, kind: "map", claim: "per-key", removal, blank, show };
}

function list<const Path extends AdjustmentPath>(
  place: Place<Path>,
  words: Words,
  keyProperty: keyof EntryOf<AdjustmentValue<Path>> & string,
  behaviour: Pick<ListRow, "removal" | "repeat">,
  show: (entry: EntryOf<AdjustmentValue<Path>>) => string,
): ListRow<EntryOf<AdjustmentValue<Path>>, Path> {
  const key = (entry: EntryOf<AdjustmentValue<Path>>) => (entry[keyProperty] ?? "") as string;
  return {
    ...place,
    ...words,
    ...behaviour,
    kind: "keyed-list",
    claim: "per-key",
    keyProperty,
    key,
    containerKey: key as (entry: unknown) => string,
    toContainer: (entry) => entry,
    fromContainer: (entry) => entry as EntryOf<AdjustmentValue<Path>>,
    show,
  };
}

// Memory, cpu and the other resources are the same in an adjustment, an update and the container.
function resource<const Path extends AdjustmentPath & PathOf<ContainerUpdate> & PathOf<Container>>(
  field: Field,
  path: Path,
  ...pointers: string[]
): Place<Path> {
  return { field, path, update: path, container: path, pointers };
}

const bytes = (value: OptionalInt64) => showBytes(value.value);
const micros = (value: OptionalInt64 | OptionalUInt64) => showMicroseconds(value.value);
const flag = (value: OptionalBool) => (value.value ? "on" : "off");
const text = (value: OptionalString) => JSON.stringify(value.value);
const plain = (value: string) => value;
const inSpec = (name: string) => `/linux/resources/${name}`;

/** The name of the variable that an entry `NAME=value` of a container's environment sets. */
export function envName(entry: string): string {
  const end = entry.indexOf("=");
  return end < 0 ? entry : entry.slice(0, end);
}

/** An entry `NAME=value` of a container's environment, cut up; without `=` the value is empty. */
export function envEntry(entry: string): KeyValue {
  const key = envName(entry);
  return { key, value: entry.slice(key.length + 1) };
}

const MARKED_REPLACE = { removal: "marker", repeat: "replace" } as const;
const APPEND = { removal: "none", repeat: "append" } as const;

/**
 * Every row by the name of its value in enum `Field`, in the order in which an adjustment is applied. `DeviceRules`
 * (device cgroup rules) has no such value, because nobody owns them.
 */
export const FIELDS = {
  Annotations: map(
    { field: Field.Annotations, path: "annotations", container: "annotations", pointers: ["/annotations"] },
    { label: "annotation", join: "=", since: "0.2.0" },
    "marker",
    () => "",
    plain,
  ),
  Mounts: list(
    {
      field: Field.Mounts,
      path: "mounts",
      container: "mounts",
      pointers: ["/mounts", "/linux/rootfsPropagation"],
    },
    { label: "mount", since: "0.2.0" },
    "destination",
    MARKED_REPLACE,
    (mount) => showParts(mount.type, mount.source, mount.options.join(",")),
  ),
  Env: {
    ...list(
      { field: Field.Env, path: "env", container: "env", pointers: ["/process/env"] },
      { label: "env", join: "=", since: "0.2.0" },
      "key",
      MARKED_REPLACE,
      (entry) => entry.value,
    ),
    containerKey: (entry: unknown) => envName(entry as string),
    toContainer: (entry: KeyValue) => `${entry.key}=${entry.value}`,
    fromContainer: (entry: unknown) => envEntry(entry as string),
  },
  Args: {
    field: Field.Args,
    path: "args",
    container: "args",
    pointers: ["/process/args"],
    label: "args",
    since: "0.10.0",
    kind: "args",
    claim: "once",
    removal: "leading-empty",
    show: (value: readonly string[]) => showWords(value),
  } satisfies ArgsRow<"args">,
  OciHooks: {
    field: Field.OciHooks,
    path: "hooks",
    container: "hooks",
    pointers: [
      "/hooks/prestart",
      "/hooks/createRuntime",
      "/hooks/createContainer",
      "/hooks/startContainer",
      "/hooks/poststart",
      "/hooks/poststop",
    ],
    label: "hook",
    since: "0.2.0",
    kind: "accumulate",
    claim: "shared",
    removal: "none",
    show: (hooks: Hooks) =>
      showParts(
        ...Object.entries(hooks).flatMap(([stage, list]) =>
          Array.isArray(list) ? list.map((hook) => `${stage} ${showWords([hook.path, ...hook.args.slice(1)])}`) : [],
        ),
      ),
  } satisfies AccumulateRow<Hooks, "hooks">,
  Devices: list(
    {
      field: Field.Devices,
      path: "linux.devices",
      container: "linux.devices",
      pointers: ["/linux/devices", inSpec("devices")],
    },
    { label: "device", since: "0.2.0" },
    "path",
    MARKED_REPLACE,
    (device) =>
      showParts(
        device.type,
        `${device.major}:${device.minor}`,
        device.fileMode && `mode ${device.fileMode.value.toString(8)}`,
        device.uid && `uid ${device.uid.value}`,
        device.gid && `gid ${device.gid.value}`,
      ),
  ),
  MemLimit: value(
    resource(Field.MemLimit, "linux.resources.memory.limit", inSpec("memory/limit"), inSpec("memory/swap")),
    { label: "memory", item: "limit", since: "0.2.0" },
    bytes,
  ),
  MemReservation: value(
    resource(Field.MemReservation, "linux.resources.memory.reservation", inSpec("memory/reservation")),
    { label: "memory", item: "reservation", since: "0.2.0" },
    bytes,
  ),
  MemSwapLimit: value(
    resource(Field.MemSwapLimit, "linux.resources.memory.swap", inSpec("memory/swap")),
    { label: "memory", item: "swap", since: "0.2.0" },
    bytes,
  ),
  MemKernelLimit: value(
    resource(Field.MemKernelLimit, "linux.resources.memory.kernel", inSpec("memory/kernel")),
    { label: "memory", item: "kernel", since: "0.2.0" },
    bytes,
  ),
  MemTCPLimit: value(
    resource(Field.MemTCPLimit, "linux.resources.memory.kernelTcp", inSpec("memory/kernelTCP")),
    { label: "memory", item: "kernel tcp", since: "0.2.0" },
    bytes,
  ),
  MemSwappiness: value(
    resource(Field.MemSwappiness, "linux.resources.memory.swappiness", inSpec("memory/swappiness")),
    { label: "memory", item: "swappiness", since: "0.2.0" },
    (swappiness) => String(swappiness.value),
  ),
  MemDisableOomKiller: value(
    resource(Field.MemDisableOomKiller, "linux.resources.memory.disableOomKiller", inSpec("memory/disableOOMKiller")),
    { label: "memory", item: "disable oom killer", since: "0.2.0" },
    flag,
  ),
  MemUseHierarchy: value(
    resource(Field.MemUseHierarchy, "linux.resources.memory.useHierarchy", inSpec("memory/useHierarchy")),
    { label: "memory", item: "use hierarchy", since: "0.2.0" },
    flag,
  ),
  CPUShares: value(
    resource(Field.CPUShares, "linux.resources.cpu.shares", inSpec("cpu/shares")),
    { label: "cpu", item: "shares", since: "0.2.0" },
    (shares) => String(shares.value),
  ),
  CPUQuota: value(
    resource(Field.CPUQuota, "linux.resources.cpu.quota", inSpec("cpu/quota")),
    { label: "cpu", item: "quota", since: "0.2.0" },
    micros,
  ),
  CPUPeriod: value(
    resource(Field.CPUPeriod, "linux.resources.cpu.period", inSpec("cpu/period")),
    { label: "cpu", item: "period", since: "0.2.0" },
    micros,
  ),
  CPURealtimeRuntime: value(
    resource(Field.CPURealtimeRuntime, "linux.resources.cpu.realtimeRuntime", inSpec("cpu/realtimeRuntime")),
    { label: "cpu", item: "realtime runtime", since: "0.2.0" },
    micros,
  ),
  CPURealtimePeriod: value(
    resource(Field.CPURealtimePeriod, "linux.resources.cpu.realtimePeriod", inSpec("cpu/realtimePeriod")),
    { label: "cpu", item: "realtime period", since: "0.2.0" },
    micros,
  ),
  CPUSetCPUs: value(
    resource(Field.CPUSetCPUs, "linux.resources.cpu.cpus", inSpec("cpu/cpus")),
    { label: "cpu", item: "cpus", since: "0.2.0" },
    plain,
  ),
  CPUSetMems: value(
    resource(Field.CPUSetMems, "linux.resources.cpu.mems", inSpec("cpu/mems")),
    { label: "cpu", item: "mems", since: "0.2.0" },
    plain,
  ),
  HugepageLimits: list(
    resource(Field.HugepageLimits, "linux.resources.hugepageLimits", inSpec("hugepageLimits")),
    { label: "hugepage limit", since: "0.2.0" },
    "pageSize",
    APPEND,
    (limit) => showBytes(limit.limit),
  ),
  DeviceRules: {
    field: Field.None,
    path: "linux.resources.devices",
    container: "linux.resources.devices",
    pointers: [inSpec("devices")],
    label: "device rule",
    since: "0.2.0",
    kind: "accumulate",
    claim: "never",
    removal: "none",
    show: (rules: readonly LinuxDeviceCgroup[]) =>
      rules
        .map((rule) =>
          showParts(
            rule.allow ? "allow" : "deny",
            rule.type,
            `${rule.major?.value ?? "*"}:${rule.minor?.value ?? "*"}`,
            rule.access,
          ),
        )
        .join(", "),
  } satisfies AccumulateRow<readonly LinuxDeviceCgroup[], "linux.resources.devices">,
  CgroupsUnified: map(
    resource(Field.CgroupsUnified, "linux.resources.unified", inSpec("unified")),
    { label: "unified", join: "=", since: "0.2.0" },
    "none",
    () => "",
    plain,
  ),
  BlockioClass: value(
    resource(Field.BlockioClass, "linux.resources.blockioClass", inSpec("blockIO")),
    { label: "blockio class", since: "0.2.0" },
    text,
  ),
  RdtClass: value(
    resource(Field.RdtClass, "linux.resources.rdtClass", "/linux/intelRdt"),
    { label: "rdt class", since: "0.2.0" },
    text,
  ),
  PidsLimit: value(
    resource(Field.PidsLimit, "linux.resources.pids", inSpec("pids/limit")),
    { label: "pids", item: "limit", since: "0.7.0" },
    (pids) => showCount(pids.limit),
  ),
  CgroupsPath: value(
    {
      field: Field.CgroupsPath,
      path: "linux.cgroupsPath",
      container: "linux.cgroupsPath",
      pointers: ["/linux/cgroupsPath"],
    },
    { label: "cgroups path", since: "0.2.0" },
    plain,
  ),
  OomScoreAdj: value(
    {
      field: Field.OomScoreAdj,
      path: "linux.oomScoreAdj",
      container: "linux.oomScoreAdj",
      pointers: ["/process/oomScoreAdj"],
    },
    { label: "oom score adj", since: "0.7.0" },
    (score) => String(score.value),
  ),
  IoPriority: value(
    {
      field: Field.IoPriority,
      path: "linux.ioPriority",
      container: "linux.ioPriority",
      pointers: ["/process/ioPriority"],
    },
    { label: "io priority", since: "0.10.0" },
    (io) => `${showEnum(IOPrioClass, io.class)} ${io.priority}`,
  ),
  SeccompPolicy: value(
    {
      field: Field.SeccompPolicy,
      path: "linux.seccompPolicy",
      container: "linux.seccompPolicy",
      pointers: ["/linux/seccomp"],
    },
    { label: "seccomp policy", since: "0.10.0" },
    (policy) => `${policy.defaultAction}, ${policy.syscalls.length} rules`,
  ),
  Namespace: list(
    {
      field: Field.Namespace,
      path: "linux.namespaces",
      container: "linux.namespaces",
      pointers: ["/linux/namespaces"],
    },
    { label: "namespace", since: "0.10.0" },
    "type",
    { removal: "marker", repeat: "update" },
    (namespace) => namespace.path,
  ),
  Sysctl: map(
    { field: Field.Sysctl, path: "linux.sysctl", container: "linux.sysctl", pointers: ["/linux/sysctl"] },
    { label: "sysctl", join: "=", since: "0.11.0" },
    "marker",
    () => "",
    plain,
  ),
  LinuxNetDevices: map(
    {
      field: Field.LinuxNetDevices,
      path: "linux.netDevices",
      container: "linux.netDevices",
      pointers: ["/linux/netDevices"],
    },
    { label: "net device", since: "0.11.0" },
    "marker",
    () => ({ name: "" }),
    (device) => device.name,
  ),
  LinuxSched: value(
    {
      field: Field.LinuxSched,
      path: "linux.scheduler",
      container: "linux.scheduler",
      pointers: ["/process/scheduler"],
    },
    { label: "scheduler", since: "0.11.0" },
    (scheduler) =>
      showParts(
        showEnum(LinuxSchedulerPolicy, scheduler.policy),
        scheduler.nice !== 0 && `nice ${scheduler.nice}`,
        scheduler.priority !== 0 && `priority ${scheduler.priority}`,
      ),
  ),
  RdtClosID: rdt(Field.RdtClosID, "linux.rdt.closId", "closID", "clos id", text),
  RdtSchemata: rdt(Field.RdtSchemata, "linux.rdt.schemata", "schemata", "schemata", (schemata) =>
    showWords(schemata.value),
  ),
  RdtEnableMonitoring: rdt(
    Field.RdtEnableMonitoring,
    "linux.rdt.enableMonitoring",
    "enableMonitoring",
    "monitoring",
    flag,
  ),
  MemoryPolicy: value(
    { field: Field.MemoryPolicy, path: "linux.memoryPolicy", pointers: ["/linux/memoryPolicy"] },
    { label: "memory policy", since: "0.12.0" },
    (policy) => showParts(showEnum(MpolMode, policy.mode), policy.nodes),
  ),
  Rlimits: list(
    { field: Field.Rlimits, path: "rlimits", container: "rlimits", pointers: ["/process/rlimits"] },
    { label: "rlimit", since: "0.4.0" },
    "type",
    APPEND,
    (limit) => `${limit.soft}/${limit.hard}`,
  ),
  CdiDevices: list(
    { field: Field.CdiDevices, path: "CDIDevices", pointers: [] },
    { label: "CDI device", since: "0.7.0" },
    "name",
    APPEND,
    () => "",
  ),
} as const satisfies { readonly [F in Exclude<keyof typeof Field, "None"> | "DeviceRules"]: FieldRow };

function rdt<const Path extends AdjustmentPath>(
  field: Field,
  path: Path,
  member: string,
  item: string,
  show: (value: AdjustmentValue<Path>) => string,
): ValueRow<AdjustmentValue<Path>, Path> {
  const pointers = [`/linux/intelRdt/${member}`];
  const row = value({ field, path, pointers }, { label: "rdt", item, since: "0.11.0" }, show);
  return { ...row, removal: "flag", flagPath: "linux.rdt.remove" };
}

/** Name of a row: that of its value in enum `Field`, which is also how conflict texts print it. */
export type FieldName = keyof typeof FIELDS;
/** What a plugin sends for field `F`: a wrapper or message (`value`), a list, a map. */
export type FieldValue<F extends FieldName> = AdjustmentValue<(typeof FIELDS)[F]["path"]>;
/** Names of all rows, in the order in which an adjustment is applied. */
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];
/** Names of the rows that an update of an existing container may hold, in the order in which it is applied. */
export const UPDATABLE_FIELDS: readonly FieldName[] = FIELD_NAMES.filter((name) => "update" in FIELDS[name]);
