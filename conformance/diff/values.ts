// A value of every row of the field table, by chance: few keys, so that plugins meet; limits of the types, hostile keys.
import { FIELDS, type FieldName, type FieldRow } from "@nri/protocol";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { Chance } from "./chance.js";

type Make = (by: Chance) => JsonValue;

const INT64 = ["0", "1", "-1", "4096", "1000000", "9223372036854775807", "-9223372036854775808"] as const;
const UINT64 = ["0", "1", "1024", "4096", "18446744073709551615"] as const;
const UINT32 = [0, 1, 1000, 4294967295] as const;
const TEXTS = [
  "one",
  "two",
  "three=3",
  "",
  "a b",
  "ü\u{1f600}",
  "line\nbreak",
  '"quoted" \\ <&>\u2028',
  "-",
  "-x",
] as const;
const LONG = "x".repeat(6000);

/** Keys that every map must survive. */
const HOSTILE = ["", "-", "--x", "__proto__", "constructor", "hasOwnProperty", "ключ", "a b", "=", "*"] as const;

export const text: Make = (by) => (by.rarely(60) ? LONG : by.one(TEXTS));
const int64: Make = (by) => by.one(INT64);
const uint64: Make = (by) => by.one(UINT64);
const uint32: Make = (by) => by.one(UINT32);
const bool: Make = (by) => by.rarely(2);
const wrapped =
  (make: Make): Make =>
  (by) => ({ value: make(by) });
const texts: Make = (by) => by.times(0, 3, () => text(by));

export const hook: Make = (by) => ({
  path: by.one(["/bin/one", "/bin/two", ""]),
  ...(by.rarely(2) ? { args: texts(by), env: texts(by), timeout: { value: int64(by) } } : {}),
});
const STAGES = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"] as const;
export const hooks: Make = (by) =>
  Object.fromEntries(by.times(1, 2, () => [by.one(STAGES), by.times(1, 2, () => hook(by))]));
export const rule: Make = (by) => ({
  allow: bool(by),
  type: by.one(["c", "b", "a", ""]),
  ...(by.rarely(2) ? { major: { value: int64(by) }, minor: { value: int64(by) } } : {}),
  access: by.one(["rwm", "r", ""]),
});

const ACTIONS = ["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "made up"] as const;
const seccomp: Make = (by) => ({
  defaultAction: by.one(ACTIONS),
  ...(by.rarely(2) ? { defaultErrno: { value: uint32(by) } } : {}),
  architectures: by.times(0, 2, () => by.one(["SCMP_ARCH_X86_64", "SCMP_ARCH_ARM"])),
  flags: by.times(0, 2, () => by.one(["SECCOMP_FILTER_FLAG_LOG", "odd"])),
  ...(by.rarely(3) ? { listenerPath: text(by), listenerMetadata: text(by) } : {}),
  syscalls: by.times(0, 2, () => ({
    names: by.times(1, 2, () => by.one(["open", "close", "reboot"])),
    action: by.one(ACTIONS),
    ...(by.rarely(2) ? { errnoRet: { value: uint32(by) } } : {}),
    args: by.times(0, 1, () => ({ index: uint32(by), value: uint64(by), valueTwo: uint64(by), op: "SCMP_CMP_EQ" })),
  })),
});

const nonEmpty =
  (...items: [string, ...string[]]): Make =>
  (by) =>
    by.rarely(12) ? "" : by.one(items);

/** The value of a field of the kind `value` or `accumulate`, of one key of a map, or of an entry of a list without its key. */
export const VALUES: { readonly [F in FieldName]: Make } = {
  Annotations: text,
  Mounts: (by) => ({
    type: by.one(["bind", "tmpfs", ""]),
    source: by.one(["/x", "/y", "", "/ü"]),
    options: by.times(0, 3, () => by.one(["rw", "ro", "rbind", "rprivate", "relabel", ""])),
  }),
  Env: (by) => ({ value: text(by) }),
  Args: (by) => by.times(1, 3, (index) => (index === 0 ? by.one(["run", "go", "-v"]) : (text(by) as string))),
  OciHooks: hooks,
  Devices: (by) => ({
    type: by.one(["c", "b", "p", ""]),
    major: int64(by),
    minor: int64(by),
    ...(by.rarely(2)
      ? { fileMode: { value: uint32(by) }, uid: { value: uint32(by) }, gid: { value: uint32(by) } }
      : {}),
  }),
  MemLimit: wrapped(int64),
  MemReservation: wrapped(int64),
  MemSwapLimit: wrapped(int64),
  MemKernelLimit: wrapped(int64),
  MemTCPLimit: wrapped(int64),
  MemSwappiness: wrapped(uint64),
  MemDisableOomKiller: wrapped(bool),
  MemUseHierarchy: wrapped(bool),
  CPUShares: wrapped(uint64),
  CPUQuota: wrapped(int64),
  CPUPeriod: wrapped(uint64),
  CPURealtimeRuntime: wrapped(int64),
  CPURealtimePeriod: wrapped(uint64),
  CPUSetCPUs: nonEmpty("0-1", "3", "ü"),
  CPUSetMems: nonEmpty("0", "0-1"),
  HugepageLimits: (by) => ({ limit: uint64(by) }),
  DeviceRules: (by) => by.times(1, 2, () => rule(by)),
  CgroupsUnified: text,
  BlockioClass: wrapped(text),
  RdtClass: wrapped(text),
  PidsLimit: (by) => (by.rarely(8) ? {} : { limit: int64(by) }),
  CgroupsPath: nonEmpty("/cgroup/one", "/cgroup/two", "-x"),
  OomScoreAdj: wrapped(int64),
  IoPriority: (by) => ({
    class: by.one(["IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_IDLE", 99]),
    priority: by.one([0, 7, -1, 2147483647]),
  }),
  SeccompPolicy: (by) => (by.rarely(5) ? {} : seccomp(by)),
  Namespace: (by) => (by.rarely(3) ? {} : { path: by.one(["", "/proc/1/ns/x", "/ü"]) }),
  Sysctl: text,
  LinuxNetDevices: (by) => (by.rarely(5) ? {} : { name: text(by) }),
  LinuxSched: (by) => ({
    policy: by.one(["SCHED_NONE", "SCHED_FIFO", "SCHED_DEADLINE", 77]),
    nice: by.one([0, -20, 2147483647]),
    priority: by.one([0, 5, -2147483648]),
    flags: by.times(0, 2, () => by.one(["SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", 66])),
    runtime: uint64(by),
    deadline: uint64(by),
    period: uint64(by),
  }),
  RdtClosID: wrapped(text),
  RdtSchemata: (by) => ({ value: texts(by) }),
  RdtEnableMonitoring: wrapped(bool),
  MemoryPolicy: (by) => ({
    mode: by.one(["MPOL_DEFAULT", "MPOL_BIND", "MPOL_LOCAL", 55]),
    nodes: text(by),
    flags: by.times(0, 2, () => by.one(["MPOL_F_STATIC_NODES", "MPOL_F_NUMA_BALANCING", 44])),
  }),
  Rlimits: (by) => ({ hard: uint64(by), soft: uint64(by) }),
  CdiDevices: () => ({}),
};

type Keyed = { [F in FieldName]: (typeof FIELDS)[F]["kind"] extends "map" | "keyed-list" ? F : never }[FieldName];

/**
 * The keys of a map or list. Those of sysctl and annotations have nothing in common: release v0.12.2 puts marks of
 * removed sysctl among the annotations, and the comparison has to know which are whose.
 */
const KEYS: { readonly [F in Keyed]: readonly [string, ...string[]] } = {
  Annotations: ["one", "two", "three", ...HOSTILE],
  Mounts: ["/a", "/b", "/c", "/a/../b", ...HOSTILE],
  Env: ["ONE", "TWO", "THREE", ...HOSTILE],
  Devices: ["/dev/a", "/dev/b", "/dev/c", ...HOSTILE],
  HugepageLimits: ["2MB", "1GB", "64KB", ...HOSTILE],
  CgroupsUnified: ["memory.high", "io.weight", "memory.low", ...HOSTILE],
  Namespace: ["network", "ipc", "uts", "time", ...HOSTILE],
  Sysctl: ["net.a", "net.b", "kernel.c", "toString", "valueOf", "net.ü", "net. x"],
  LinuxNetDevices: ["eth0", "eth1", "wlan0", ...HOSTILE],
  Rlimits: ["RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_CPU", ...HOSTILE],
  CdiDevices: ["vendor.com/gpu=0", "vendor.com/gpu=1", ...HOSTILE],
};
const ORDINARY = 3;

/** A key of a map or list: mostly one of three. */
export function anyKey(by: Chance, field: FieldName): string {
  const keys = KEYS[field as Keyed];
  return keys[by.rarely(6) ? by.below(keys.length) : by.below(ORDINARY)] ?? keys[0];
}

/** How a plugin touches a field. */
export type Touch = "set" | "remove" | "replace";

/** Which touches a row knows. */
export function touches(field: FieldName): readonly Touch[] {
  return FIELDS[field].removal === "none" ? ["set"] : ["set", "remove", "replace"];
}

function setAt(root: JsonObject, path: string, value: JsonValue): void {
  const parts = path.split(".");
  const last = parts.pop() ?? "";
  parentOf(root, parts)[last] = value;
}

function parentOf(root: JsonObject, parts: readonly string[]): JsonObject {
  let node = root;
  for (const part of parts) {
    node[part] ??= {};
    node = node[part] as JsonObject;
  }
  return node;
}

function at(root: JsonObject, path: string): JsonValue | undefined {
  let node: JsonValue | undefined = root;
  for (const part of path.split(".")) node = (node as JsonObject | undefined)?.[part];
  return node;
}

// `__proto__` must become a key like any other.
function own(map: JsonObject, key: string, value: JsonValue): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Lets `message`, an adjustment or an update, touch a field. */
export function touch(by: Chance, message: JsonObject, field: FieldName, how: Touch, where: Where, key?: string): void {
  const row: FieldRow = FIELDS[field];
  const path = where === "update" ? (row.update as string) : row.path;
  const value = VALUES[field](by);
  switch (row.kind) {
    case "value":
      if (how !== "set") setAt(message, row.flagPath ?? path, true);
      if (how !== "remove") setAt(message, path, value);
      break;
    case "args":
      setAt(message, path, how === "remove" ? [""] : how === "set" ? value : ["", ...(value as string[])]);
      break;
    case "accumulate":
      setAt(message, path, value);
      break;
    case "map": {
      const map = (at(message, path) as JsonObject | undefined) ?? {};
      const name = key ?? anyKey(by, field);
      if (how !== "set") own(map, `-${name}`, by.rarely(4) ? value : field === "LinuxNetDevices" ? {} : "");
      if (how !== "remove") own(map, name, value);
      setAt(message, path, map);
      break;
    }
    case "keyed-list": {
      const list = (at(message, path) as JsonValue[] | undefined) ?? [];
      const name = key ?? anyKey(by, field);
      const entries: JsonObject[] = [];
      if (how !== "remove") entries.push({ [row.keyProperty]: name, ...(value as JsonObject) });
      if (how !== "set") {
        const mark = { [row.keyProperty]: `-${name}`, ...(by.rarely(4) ? (value as JsonObject) : {}) };
        if (by.rarely(2)) entries.push(mark);
        else entries.unshift(mark);
      }
      setAt(message, path, [...list, ...entries]);
    }
  }
}

/** What is touched. */
export type Where = "adjust" | "update";
