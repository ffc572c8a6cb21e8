// Test data: for every row of the field table an adjustment by one plugin, another value of the same key, and what to
// read back. A new field without a line here does not compile.
import type { Container, ContainerAdjustment, FieldName, Init } from "@nri/protocol";

type Adjustment = Init<ContainerAdjustment>;

/** What one field needs to be tested with. */
export interface FieldCase {
  /** What a first plugin sends, and a second one with the same key. */
  readonly first: Adjustment;
  readonly second: Adjustment;
  /** The key in conflict texts; undefined for fields without entries. */
  readonly key?: string;
  /** What takes it away, where it can be taken away. */
  readonly removal?: Adjustment;
  /** The container after `first`, where it shows. */
  readonly shown?: Init<Container>;
}

const wrapped = (value: bigint) => ({ value });
const memory = (name: string, a: unknown = wrapped(1n), b: unknown = wrapped(2n)): FieldCase => ({
  first: { linux: { resources: { memory: { [name]: a } } } },
  second: { linux: { resources: { memory: { [name]: b } } } },
  shown: { linux: { resources: { memory: { [name]: a } } } },
});
const cpu = (name: string, a: unknown = wrapped(1n), b: unknown = wrapped(2n)): FieldCase => ({
  first: { linux: { resources: { cpu: { [name]: a } } } },
  second: { linux: { resources: { cpu: { [name]: b } } } },
  shown: { linux: { resources: { cpu: { [name]: a } } } },
});
const resource = (name: string, a: unknown, b: unknown, key?: string): FieldCase => ({
  first: { linux: { resources: { [name]: a } } },
  second: { linux: { resources: { [name]: b } } },
  shown: { linux: { resources: { [name]: a } } },
  ...(key === undefined ? {} : { key }),
});
const linux = (name: string, a: unknown, b: unknown, more: Partial<FieldCase> = {}): FieldCase => ({
  first: { linux: { [name]: a } },
  second: { linux: { [name]: b } },
  shown: { linux: { [name]: a } },
  ...more,
});
const hidden = ({ first, second, removal }: FieldCase): FieldCase => ({
  first,
  second,
  ...(removal === undefined ? {} : { removal }),
});
const rdt = (name: string, a: unknown, b: unknown): FieldCase =>
  hidden(linux("rdt", { [name]: a }, { [name]: b }, { removal: { linux: { rdt: { remove: true } } } }));

/** One case a row. */
export const FIELD_CASES: { readonly [F in FieldName]: FieldCase } = {
  Annotations: {
    first: { annotations: { k: "1" } },
    second: { annotations: { k: "2" } },
    key: "k",
    removal: { annotations: { "-k": "" } },
    shown: { annotations: { k: "1" } },
  },
  Mounts: {
    first: { mounts: [{ destination: "/m", source: "/1" }] },
    second: { mounts: [{ destination: "/m", source: "/2" }] },
    key: "/m",
    removal: { mounts: [{ destination: "-/m" }] },
    shown: { mounts: [{ destination: "/m", source: "/1" }] },
  },
  Env: {
    first: { env: [{ key: "E", value: "1" }] },
    second: { env: [{ key: "E", value: "2" }] },
    key: "E",
    removal: { env: [{ key: "-E" }] },
    shown: { env: ["E=1"] },
  },
  Args: { first: { args: ["1"] }, second: { args: ["2"] }, shown: { args: ["1"] } },
  OciHooks: {
    first: { hooks: { prestart: [{ path: "/1" }] } },
    second: { hooks: { prestart: [{ path: "/2" }] } },
    shown: { hooks: { prestart: [{ path: "/1" }] } },
  },
  Devices: linux("devices", [{ path: "/dev/d", major: 1n }], [{ path: "/dev/d", major: 2n }], {
    key: "/dev/d",
    removal: { linux: { devices: [{ path: "-/dev/d" }] } },
  }),
  MemLimit: memory("limit"),
  MemReservation: memory("reservation"),
  MemSwapLimit: memory("swap"),
  MemKernelLimit: memory("kernel"),
  MemTCPLimit: memory("kernelTcp"),
  MemSwappiness: memory("swappiness"),
  MemDisableOomKiller: memory("disableOomKiller", { value: true }, { value: false }),
  MemUseHierarchy: memory("useHierarchy", { value: false }, { value: true }),
  CPUShares: cpu("shares"),
  CPUQuota: cpu("quota"),
  CPUPeriod: cpu("period"),
  CPURealtimeRuntime: cpu("realtimeRuntime"),
  CPURealtimePeriod: cpu("realtimePeriod"),
  CPUSetCPUs: cpu("cpus", "0", "1"),
  CPUSetMems: cpu("mems", "0", "1"),
  HugepageLimits: resource(
    "hugepageLimits",
    [{ pageSize: "2MB", limit: 1n }],
    [{ pageSize: "2MB", limit: 18446744073709551615n }],
    "2MB",
  ),
  DeviceRules: resource("devices", [{ allow: true, type: "c" }], [{ allow: false, type: "b" }]),
  CgroupsUnified: resource("unified", { u: "1" }, { u: "2" }, "u"),
  BlockioClass: resource("blockioClass", { value: "" }, { value: "b" }),
  RdtClass: resource("rdtClass", { value: "a" }, { value: "" }),
  PidsLimit: resource("pids", { limit: 0n }, { limit: -1n }),
  CgroupsPath: linux("cgroupsPath", "/a", "/b"),
  OomScoreAdj: linux("oomScoreAdj", { value: 0n }, { value: -5n }),
  IoPriority: linux("ioPriority", { class: 0, priority: 0 }, { class: 1, priority: 2 }),
  SeccompPolicy: linux("seccompPolicy", { defaultAction: "SCMP_ACT_ALLOW" }, { defaultAction: "SCMP_ACT_KILL" }),
  Namespace: linux("namespaces", [{ type: "ipc", path: "/1" }], [{ type: "ipc", path: "/2" }], { key: "ipc" }),
  Sysctl: linux(
    "sysctl",
    { "net.s": "1" },
    { "net.s": "2" },
    {
      key: "net.s",
      removal: { linux: { sysctl: { "-net.s": "" } } },
    },
  ),
  LinuxNetDevices: linux(
    "netDevices",
    { eth0: { name: "1" } },
    { eth0: { name: "2" } },
    {
      key: "eth0",
      removal: { linux: { netDevices: { "-eth0": { name: "" } } } },
    },
  ),
  LinuxSched: linux("scheduler", { policy: 1 }, { policy: 2 }),
  RdtClosID: rdt("closId", { value: "1" }, { value: "2" }),
  RdtSchemata: rdt("schemata", { value: [] }, { value: ["L3:0=f"] }),
  RdtEnableMonitoring: rdt("enableMonitoring", { value: false }, { value: true }),
  MemoryPolicy: hidden(linux("memoryPolicy", { mode: 1 }, { mode: 2 })),
  Rlimits: {
    first: { rlimits: [{ type: "RLIMIT_CORE", hard: 1n, soft: 1n }] },
    second: { rlimits: [{ type: "RLIMIT_CORE", hard: 2n, soft: 2n }] },
    key: "RLIMIT_CORE",
    shown: { rlimits: [{ type: "RLIMIT_CORE", hard: 1n, soft: 1n }] },
  },
  CdiDevices: { first: { CDIDevices: [{ name: "v/c=d" }] }, second: { CDIDevices: [{ name: "v/c=d" }] }, key: "v/c=d" },
};
