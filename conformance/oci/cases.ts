// A spec and adjustments of it, one by one and drawn at random, for both generators.
import type { Spec } from "@nri/oci";
import type { ContainerAdjustment, Init } from "@nri/protocol";
import fc from "fast-check";

export type Adjust = Init<ContainerAdjustment>;

const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** A spec with something of everything that an adjustment can meet. */
export const SPEC: Spec = {
  ociVersion: "1.2.0",
  process: {
    user: { uid: 1000, gid: 1000 },
    cwd: "/",
    args: ["sleep", "1"],
    env: ["PATH=/bin", "A=1", "NOVALUE", "B=x=y", "A=2", "EMPTY="],
    oomScoreAdj: 5n,
    rlimits: [{ type: "RLIMIT_NOFILE", hard: 4096n, soft: 1024n }],
    ioPriority: { class: "IOPRIO_CLASS_BE", priority: 4n },
    scheduler: { policy: "SCHED_BATCH", nice: 3 },
  },
  root: { path: "rootfs" },
  mounts: [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/data/deep/er", type: "bind", source: "/", options: ["rbind"] },
    { destination: "/data", type: "bind", source: "/" },
  ],
  hooks: { prestart: [{ path: "/bin/old" }] },
  annotations: { keep: "1", gone: "2", changed: "3" },
  linux: {
    cgroupsPath: "/old",
    sysctl: { "net.old": "1", "net.keep": "2" },
    namespaces: [{ type: "pid" }, { type: "network", path: "/net" }, { type: "mount" }],
    devices: [
      { path: "/dev/null", type: "c", major: 1n, minor: 3n },
      { path: "/dev/twice", type: "c", major: 1n, minor: 1n },
      { path: "/dev/sda", type: "b", major: 8n, minor: 0n, fileMode: 0o660, uid: 0, gid: 6 },
      { path: "/dev/twice", type: "c", major: 2n, minor: 2n },
    ],
    netDevices: { eth1: { name: "lan" }, eth2: {} },
    intelRdt: { closID: "old", schemata: ["L3:0=f"], enableMonitoring: true },
    memoryPolicy: { mode: "MPOL_BIND", nodes: "0" },
    resources: {
      devices: [{ allow: false, access: "rwm" }],
      memory: { limit: 1000n, swap: 2000n, reservation: 500n },
      cpu: { shares: 2n, quota: -1n, period: 100000n, cpus: "0-3" },
      pids: { limit: 100n },
      hugepageLimits: [{ pageSize: "2MB", limit: 1n }],
      unified: { "memory.high": "1" },
      blockIO: { weight: 10 },
    },
  },
};

const hook = (path: string) => ({ path, args: ["a"], env: ["E=1"], timeout: { value: MAX_INT64 } });
const memory = (values: NonNullable<NonNullable<Adjust["linux"]>["resources"]>["memory"]) => ({
  linux: { resources: { memory: values } },
});
const cpu = (values: NonNullable<NonNullable<Adjust["linux"]>["resources"]>["cpu"]) => ({
  linux: { resources: { cpu: values } },
});

/** What is asked for, by what it is about. */
export const CASES: { readonly [name: string]: Adjust } = {
  nothing: {},
  annotations: { annotations: { "-gone": "", changed: "4", "new/key": "ü", "-absent": "" } },
  "env set, replaced, removed": {
    env: [
      { key: "NEW", value: "1" },
      { key: "B", value: "2" },
      { key: "-A", value: "" },
    ],
  },
  "env the same name twice": {
    env: [
      { key: "X", value: "1" },
      { key: "X", value: "2" },
    ],
  },
  "env removal before addition": {
    env: [
      { key: "-A", value: "" },
      { key: "A", value: "3" },
    ],
  },
  "env addition before removal": {
    env: [
      { key: "A", value: "3" },
      { key: "-A", value: "" },
    ],
  },
  "env addition before removal of a new name": {
    env: [
      { key: "N", value: "3" },
      { key: "-N", value: "" },
    ],
  },
  "env without a name": { env: [{ key: "", value: "3" }] },
  args: { args: ["echo", ""] },
  hooks: {
    hooks: {
      prestart: [hook("/p")],
      poststart: [hook("/ps")],
      poststop: [hook("/pp")],
      createRuntime: [hook("/cr")],
      createContainer: [hook("/cc"), { path: "/bare" }],
      startContainer: [hook("/sc")],
    },
  },
  "CDI devices": { CDIDevices: [{ name: "vendor.com/class=a" }, { name: "vendor.com/class=b" }] },
  "devices added, replaced, removed": {
    linux: {
      devices: [
        { path: "/dev/fuse", type: "c", major: 10n, minor: 229n, fileMode: { value: 0o600 }, uid: { value: 0 } },
        { path: "/dev/sda", type: "b", major: MAX_INT64, minor: 1n },
        { path: "-/dev/null" },
        { path: "-/dev/absent" },
      ],
    },
  },
  "device added and removed": {
    linux: { devices: [{ path: "/dev/x", type: "c", major: 1n, minor: 1n }, { path: "-/dev/x" }] },
  },
  "device that the spec has twice": {
    linux: { devices: [{ path: "/dev/twice", type: "c", major: 5n, minor: 6n }, { path: "-/dev/null" }] },
  },
  "cgroups path": { linux: { cgroupsPath: "/new" } },
  "oom score": { linux: { oomScoreAdj: { value: -999n } } },
  "oom score 0": { linux: { oomScoreAdj: { value: 0n } } },
  "io priority": { linux: { ioPriority: { class: 3, priority: 7 } } },
  "io priority none": { linux: { ioPriority: { class: 0, priority: 7 } } },
  "io priority unknown": { linux: { ioPriority: { class: 99, priority: 7 } } },
  scheduler: {
    linux: {
      scheduler: {
        policy: 7,
        nice: -5,
        priority: 9,
        flags: [0, 6, 99],
        runtime: MAX_UINT64,
        deadline: MAX_UINT64,
        period: MAX_UINT64,
      },
    },
  },
  "scheduler none": { linux: { scheduler: { policy: 0, nice: 1 } } },
  "scheduler unknown": { linux: { scheduler: { policy: 99, nice: 1 } } },
  seccomp: {
    linux: {
      seccompPolicy: {
        defaultAction: "SCMP_ACT_ERRNO",
        defaultErrno: { value: 7 },
        architectures: ["SCMP_ARCH_X86_64"],
        flags: ["SECCOMP_FILTER_FLAG_LOG"],
        listenerPath: "/l",
        listenerMetadata: "m",
        syscalls: [
          {
            names: ["open"],
            action: "SCMP_ACT_ALLOW",
            errnoRet: { value: 4294967295 },
            args: [{ index: 1, value: MAX_UINT64, valueTwo: MAX_UINT64, op: "SCMP_CMP_EQ" }],
          },
          { names: ["close"], action: "made up" },
        ],
      },
    },
  },
  namespaces: {
    linux: { namespaces: [{ type: "network", path: "/other" }, { type: "-pid" }, { type: "user", path: "" }] },
  },
  "namespace unknown": { linux: { namespaces: [{ type: "made-up", path: "" }] } },
  "namespace unknown removed": { linux: { namespaces: [{ type: "-made-up", path: "" }] } },
  sysctl: { linux: { sysctl: { "-net.old": "", "net.new": "9", "net.keep": "3" } } },
  "net devices": { linux: { netDevices: { "-eth1": { name: "" }, eth2: { name: "wan" }, eth9: { name: "" } } } },
  "memory policy": { linux: { memoryPolicy: { mode: 3, nodes: "0-1", flags: [0, 1, 2, 99] } } },
  "memory policy unknown": { linux: { memoryPolicy: { mode: 99, nodes: "0" } } },
  "memory limit": memory({ limit: { value: MAX_INT64 } }),
  "memory limit 0": memory({ limit: { value: 0n } }),
  "memory limit unlimited": memory({ limit: { value: -1n } }),
  "memory, the rest": memory({
    reservation: { value: 1n },
    swap: { value: 1n },
    kernel: { value: 1n },
    kernelTcp: { value: 1n },
    swappiness: { value: 1n },
    disableOomKiller: { value: true },
    useHierarchy: { value: true },
  }),
  cpu: cpu({
    shares: { value: MAX_UINT64 },
    quota: { value: -(2n ** 63n) },
    period: { value: MAX_UINT64 },
    realtimeRuntime: { value: MAX_INT64 },
    realtimePeriod: { value: MAX_UINT64 },
    cpus: "7",
    mems: "1",
  }),
  "cpu zeros": cpu({ shares: { value: 0n }, quota: { value: 0n }, period: { value: 0n }, cpus: "" }),
  hugepages: {
    linux: {
      resources: {
        hugepageLimits: [
          { pageSize: "2MB", limit: MAX_UINT64 },
          { pageSize: "1GB", limit: 0n },
        ],
      },
    },
  },
  unified: { linux: { resources: { unified: { "memory.high": "2", "-memory.high": "3" } } } },
  pids: { linux: { resources: { pids: { limit: MAX_INT64 } } } },
  "pids 0": { linux: { resources: { pids: { limit: 0n } } } },
  "pids unlimited": { linux: { resources: { pids: { limit: -1n } } } },
  "device rules": {
    linux: {
      resources: {
        devices: [
          { allow: true, type: "c", major: { value: MAX_INT64 }, minor: { value: 0n }, access: "r" },
          { allow: false, type: "", access: "" },
        ],
      },
    },
  },
  "blockio class": { linux: { resources: { blockioClass: { value: "gold" } } } },
  "blockio class removed": { linux: { resources: { blockioClass: { value: "" } } } },
  "rdt class": { linux: { resources: { rdtClass: { value: "gold" } } } },
  "rdt class removed": { linux: { resources: { rdtClass: { value: "" } } } },
  "rdt over rdt class": {
    linux: { resources: { rdtClass: { value: "gold" } }, rdt: { schemata: { value: ["MB:0=50"] }, remove: false } },
  },
  rdt: { linux: { rdt: { closId: { value: "new" }, schemata: { value: [] }, enableMonitoring: { value: false } } } },
  "rdt removed": { linux: { rdt: { remove: true } } },
  "rdt removed and set": { linux: { rdt: { remove: true, closId: { value: "new" } } } },
  "mounts added, replaced, removed": {
    mounts: [
      { destination: "/z", type: "tmpfs", source: "tmpfs", options: ["rw", "relabel"] },
      { destination: "-/data" },
      { destination: "/proc", type: "", source: "" },
      { destination: "/a/b/../c//d", type: "bind", source: "/tmp", options: [] },
      { destination: "/é", type: "bind", source: "/tmp" },
      { destination: "/\u{10000}", type: "bind", source: "/tmp" },
      { destination: "/\uffee", type: "bind", source: "/tmp" },
    ],
  },
  "mount added and removed": {
    mounts: [{ destination: "/z", type: "tmpfs", source: "tmpfs" }, { destination: "-/z" }],
  },
  "mount propagation of the root": {
    mounts: [
      { destination: "/z", type: "bind", source: "/", options: ["rbind", "rslave"] },
      { destination: "/y", type: "bind", source: "/", options: ["rbind"] },
    ],
  },
  "mount shared": { mounts: [{ destination: "/z", type: "bind", source: "/proc", options: ["rshared"] }] },
  "mount propagation carried over": {
    mounts: [
      { destination: "/z", type: "bind", source: "/", options: ["rprivate"] },
      { destination: "/y", type: "bind", source: "made-up", options: ["rw"] },
      { destination: "/x", type: "bind", source: "made-up", options: ["rslave"] },
    ],
  },
  rlimits: {
    rlimits: [
      { type: "RLIMIT_NOFILE", hard: MAX_UINT64, soft: MAX_UINT64 },
      { type: "RLIMIT_CORE", hard: 0n, soft: 0n },
    ],
  },
};

const name = fc.constantFrom(
  "A",
  "B",
  "NEW",
  "EMPTY",
  "NOVALUE",
  "keep",
  "gone",
  "/dev/null",
  "/dev/sda",
  "eth1",
  "net.old",
);
const marked = fc.oneof(
  name,
  name.map((key) => `-${key}`),
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const wrap = <T>(value: fc.Arbitrary<T>) => optional(value.map((inner) => ({ value: inner })));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: MAX_INT64 });
const uint64 = fc.bigInt({ min: 0n, max: MAX_UINT64 });
const text = fc.string({ maxLength: 5 });
const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });
/** Maps with marks, but never `k` and `-k` together: there the reference's order is random. */
const markedMap = <T>(value: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(marked, value), { maxLength: 4, selector: ([key]) => key.replace(/^-/, "") })
    .map(Object.fromEntries);
const destinations = fc.constantFrom("/proc", "/data", "/data/deep/er", "/new", "/new/er", "-/data", "-/proc", "-/new");

/** Any adjustment that the reference's generator survives. */
export const anyAdjustment: fc.Arbitrary<Adjust> = fc.record({
  annotations: markedMap(text),
  env: list(fc.record({ key: marked, value: text })),
  args: list(text),
  rlimits: list(fc.record({ type: fc.constantFrom("RLIMIT_NOFILE", "RLIMIT_CORE"), hard: uint64, soft: uint64 })),
  CDIDevices: list(fc.record({ name: text })),
  mounts: list(
    fc.record({
      destination: destinations,
      type: text,
      source: fc.constantFrom("/", "/proc", "/tmp"),
      options: list(fc.constantFrom("rw", "rprivate", "rslave", "rshared")),
    }),
  ),
  linux: fc.record({
    cgroupsPath: text,
    oomScoreAdj: wrap(int64),
    ioPriority: optional(
      fc.record({ class: fc.integer({ min: 0, max: 5 }), priority: fc.integer({ min: 0, max: 7 }) }),
    ),
    scheduler: optional(fc.record({ policy: fc.integer({ min: 0, max: 9 }), nice: fc.integer(), runtime: uint64 })),
    namespaces: list(fc.record({ type: fc.constantFrom("pid", "-pid", "network", "-user", "time"), path: text })),
    sysctl: markedMap(text),
    netDevices: markedMap(fc.record({ name: text })),
    memoryPolicy: optional(fc.record({ mode: fc.integer({ min: 0, max: 8 }), nodes: text })),
    devices: list(
      fc.record({
        path: marked,
        type: fc.constantFrom("b", "c", "p"),
        major: int64,
        minor: int64,
        uid: wrap(fc.nat()),
      }),
    ),
    rdt: optional(
      fc.record({
        closId: wrap(text),
        schemata: wrap(list(text)),
        enableMonitoring: wrap(fc.boolean()),
        remove: fc.boolean(),
      }),
    ),
    resources: optional(
      fc.record({
        memory: optional(fc.record({ limit: wrap(int64), swap: wrap(int64), swappiness: wrap(uint64) })),
        cpu: optional(fc.record({ shares: wrap(uint64), quota: wrap(int64), cpus: text, mems: text })),
        pids: optional(fc.record({ limit: int64 })),
        hugepageLimits: list(fc.record({ pageSize: fc.constantFrom("2MB", "1GB"), limit: uint64 })),
        unified: markedMap(text),
        devices: list(fc.record({ allow: fc.boolean(), type: text, major: wrap(int64), access: text })),
        blockioClass: wrap(text),
        rdtClass: wrap(text),
      }),
    ),
  }),
});
