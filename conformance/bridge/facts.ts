// What a plugin can ask for, field by field, and how to see in a real container that it was done: one row for each field
// of the protocol's table. Whoever can run a container with a plugin can check all of it.
import { join } from "node:path";
import type { AdjustmentBuilder, CpuSettings, ResourcesBuilder, UpdateBuilder } from "@nri/plugin";
import type { FieldName } from "@nri/protocol";
import {
  cgroup,
  config,
  FACT_COMMAND,
  type FactContainer,
  type FactPlace,
  mark,
  namespaceOf,
  readIfThere,
} from "./fact-place.js";

/** One field that a plugin sets, and where that is seen. */
export interface Fact {
  readonly field: FieldName;
  /** What is to be seen. */
  readonly says: string;
  /** Sets it. */
  adjust(adjustment: AdjustmentBuilder, place: FactPlace): void;
  /** A shell command inside the container, whose output is looked at. */
  readonly inside?: string;
  /** What is looked at from outside: its cgroup, its config.json, what a hook has left. */
  outside?(container: FactContainer, place: FactPlace): string;
  /** What is seen when it was done, and not when it was not. */
  readonly seen: RegExp;
  /** The container in which it is tried, where that is not the one that most share. */
  readonly container?: string;
  /** What there must be for it, where not every engine has that. */
  readonly of?: "user's annotations" | "classes of block I/O";
  /** A probe of requirements.ts, where not every machine or kernel can do it. */
  readonly limited?: string;
  /** The same while the container runs. */
  readonly update?: { ask(update: UpdateBuilder): void; readonly seen: RegExp };
}

const RDT = { container: "rdt", limited: "resctrl" } as const;
const ENVIRONMENT = "tr '\\0' '\\n' < /proc/1/environ";
const STATUS = "cat /proc/1/status";
// a process's line for the scheduler: nice is the 19th field, the policy the 41st
const SCHEDULER = "cut -d' ' -f19,41 /proc/1/stat";

/** Every field of an adjustment, in the order of the protocol's table. */
export const FACTS: readonly Fact[] = [
  {
    field: "Annotations",
    says: "an annotation is there",
    adjust: (a) => a.annotation("fact.added", "yes"),
    outside: config("annotations"),
    seen: /"fact\.added":"yes"/,
  },
  {
    field: "Annotations",
    says: "one of the user's is gone",
    adjust: (a) => a.removeAnnotation("fact.gone"),
    outside: config("annotations"),
    seen: /^(?=.*"fact\.stays")(?!.*"fact\.gone")/,
    of: "user's annotations",
  },
  {
    field: "Mounts",
    says: "a folder of the host is mounted read-only",
    adjust: (a, { dir }) =>
      a.mount({ destination: "/fact", type: "bind", source: join(dir, "mounted"), options: ["bind", "ro"] }),
    inside: "cat /fact/file; touch /fact/other 2>&1; true",
    seen: /^from the host\n.*Read-only/,
  },
  {
    field: "Mounts",
    says: "a mount of the engine is removed",
    adjust: (a) => a.removeMount("/dev/mqueue"),
    inside: "cat /proc/1/mounts",
    seen: /^(?![\s\S]* \/dev\/mqueue )/,
  },
  {
    field: "Env",
    says: "a variable is added, one replaced, one removed",
    adjust: (a) => a.env("FACT_ADDED", "yes").env("FACT_REPLACED", "after").removeEnv("FACT_GONE"),
    inside: ENVIRONMENT,
    seen: /^(?=[\s\S]*^FACT_ADDED=yes$)(?=[\s\S]*^FACT_REPLACED=after$)(?=[\s\S]*^FACT_STAYS=1$)(?![\s\S]*^FACT_GONE)/m,
  },
  {
    field: "Args",
    says: "another command runs",
    adjust: (a) => a.replaceArgs(["sh", "-c", FACT_COMMAND[2], "replaced-by-a-plugin"]),
    inside: "tr '\\0' ' ' < /proc/1/cmdline",
    seen: /replaced-by-a-plugin/,
  },
  {
    field: "OciHooks",
    says: "a hook of createRuntime has run, with the container's state",
    adjust: (a, { dir }) =>
      a.hooks({
        createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", `cat > ${join(dir, "marks/createRuntime")}`] }],
      }),
    outside: mark("createRuntime"),
    seen: /"bundle"/,
  },
  {
    field: "Devices",
    says: "a device has its numbers, mode and owner",
    adjust: (a) =>
      a.device({ path: "/dev/fact", type: "c", major: 31n, minor: 41n, fileMode: 0o664, uid: 11, gid: 22 }),
    inside: "stat -c '%F-%a-%u:%g-%t:%T' /dev/fact 2>&1; true",
    seen: /^character special file-664-11:22-1f:29$/m,
  },
  resource("MemLimit", (r) => r.memory({ limit: 64n << 20n }), ["memory", "memory.limit_in_bytes"], /^67108864$/, {
    ask: (r) => r.memory({ limit: 96n << 20n, swap: 128n << 20n }),
    seen: /^100663296$/,
  }),
  resource(
    "MemReservation",
    (r) => r.memory({ reservation: 32n << 20n }),
    ["memory", "memory.soft_limit_in_bytes"],
    /^33554432$/,
    { ask: (r) => r.memory({ reservation: 48n << 20n }), seen: /^50331648$/ },
  ),
  resource(
    "MemSwapLimit",
    (r) => r.memory({ swap: 80n << 20n }),
    ["memory", "memory.memsw.limit_in_bytes"],
    /^83886080$/,
    { ask: (r) => r.memory({ limit: 96n << 20n, swap: 128n << 20n }), seen: /^134217728$/ },
  ),
  inConfig("MemKernelLimit", (a) => a.memory({ kernel: 48n << 20n }), "linux.resources.memory.kernel", /^50331648$/),
  inConfig("MemTCPLimit", (a) => a.memory({ kernelTcp: 16n << 20n }), "linux.resources.memory.kernelTCP", /^16777216$/),
  resource("MemSwappiness", (r) => r.memory({ swappiness: 35n }), ["memory", "memory.swappiness"], /^35$/),
  resource(
    "MemDisableOomKiller",
    (r) => r.disableOomKiller(true),
    ["memory", "memory.oom_control"],
    /oom_kill_disable 1/,
  ),
  inConfig("MemUseHierarchy", (a) => a.memory({ useHierarchy: true }), "linux.resources.memory.useHierarchy", /^true$/),
  resource("CPUShares", (r) => r.cpu({ shares: 515n }), ["cpu", "cpu.shares"], /^515$/, {
    ask: (r) => r.cpu({ shares: 717n }),
    seen: /^717$/,
  }),
  resource("CPUQuota", (r) => r.cpu({ quota: 51_000n }), ["cpu", "cpu.cfs_quota_us"], /^51000$/, {
    ask: (r) => r.cpu({ quota: 61_000n, period: 91_000n }),
    seen: /^61000$/,
  }),
  resource("CPUPeriod", (r) => r.cpu({ period: 90_000n }), ["cpu", "cpu.cfs_period_us"], /^90000$/, {
    ask: (r) => r.cpu({ quota: 61_000n, period: 91_000n }),
    seen: /^91000$/,
  }),
  realtime("CPURealtimeRuntime", { realtimeRuntime: 1_000n }, "cpu.rt_runtime_us", /^1000$/),
  realtime("CPURealtimePeriod", { realtimePeriod: 900_000n }, "cpu.rt_period_us", /^900000$/),
  {
    field: "CPUSetCPUs",
    says: "the process may use one CPU",
    adjust: (a) => a.cpus("0"),
    inside: STATUS,
    seen: /^Cpus_allowed_list:\t0$/m,
    limited: "cpus",
    update: { ask: (u) => u.cpus("1"), seen: /^Cpus_allowed_list:\t1$/m },
  },
  // with one memory node, its cgroup says the same in any case
  inConfig("CPUSetMems", (a) => a.mems("0"), "linux.resources.cpu.mems", /^"0"$/),
  {
    field: "HugepageLimits",
    says: "pages of 2 MiB are limited",
    adjust: (a) => a.hugepageLimit("2MB", 4n << 20n),
    outside: cgroup("hugetlb", "hugetlb.2MB.limit_in_bytes"),
    seen: /^4194304$/,
    container: "hugepages",
    limited: "hugetlb",
  },
  {
    field: "DeviceRules",
    says: "the cgroup allows another device",
    adjust: (a) => a.deviceRule({ allow: true, type: "c", major: { value: 45n }, minor: { value: 67n }, access: "rw" }),
    outside: cgroup("devices", "devices.list"),
    seen: /^c 45:67 rw$/m,
  },
  {
    field: "CgroupsUnified",
    says: "a file of cgroup v2 has the value",
    adjust: (a) => a.unified("pids.max", "77"),
    outside: cgroup("", "pids.max"),
    seen: /^77$/,
    container: "unified",
    limited: "cgroup2",
  },
  {
    field: "BlockioClass",
    says: "the class's limit of reads is set",
    adjust: (a) => a.blockioClass("fact"),
    outside: cgroup("blkio", "blkio.throttle.read_bps_device"),
    seen: /^\d+:\d+ 5000000$/m,
    of: "classes of block I/O",
  },
  {
    field: "RdtClass",
    says: "the process is in the class",
    adjust: (a) => a.rdtClass("fact"),
    outside: config("linux.intelRdt.closID"),
    seen: /^"fact"$/,
    ...RDT,
  },
  resource("PidsLimit", (r) => r.pids(123n), ["pids", "pids.max"], /^123$/, {
    ask: (r) => r.pids(234n),
    seen: /^234$/,
  }),
  {
    field: "CgroupsPath",
    says: "the process is in that cgroup",
    adjust: (a, place) => a.cgroupsPath(`${place.cgroup}/moved`),
    outside: ({ pid }) => readIfThere(`/proc/${pid}/cgroup`),
    seen: /\/moved$/m,
    container: "cgroup",
  },
  {
    field: "OomScoreAdj",
    says: "the process has the score",
    // a lower one than the engine's needs a capability that not every root has
    adjust: (a) => a.oomScoreAdj(777),
    inside: "cat /proc/1/oom_score_adj",
    seen: /^777$/m,
  },
  {
    field: "IoPriority",
    says: "the process has class and priority",
    adjust: (a) => a.ioPriority({ class: "IOPRIO_CLASS_BE", priority: 6 }),
    inside: "ionice -p 1",
    seen: /best-effort: prio 6/,
  },
  {
    field: "SeccompPolicy",
    says: "a system call fails as the policy says",
    adjust: (a) =>
      a.seccomp({
        defaultAction: "SCMP_ACT_ALLOW",
        architectures: ["SCMP_ARCH_X86_64"],
        syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: { value: 95 } }],
      }),
    inside: "mkdir /tmp/fact 2>&1; mkdir /fact-dir 2>&1; true",
    seen: /not supported/i,
  },
  {
    field: "Namespace",
    says: "the process has the cgroup namespace of another",
    adjust: (a) => a.namespace("cgroup"),
    outside: ({ pid }) => (namespaceOf(pid, "cgroup") === namespaceOf("self", "cgroup") ? "the host's" : "its own"),
    seen: /its own/,
  },
  {
    field: "Sysctl",
    says: "the kernel's setting is changed inside",
    adjust: (a) => a.sysctl("kernel.shm_rmid_forced", "1"),
    inside: "cat /proc/sys/kernel/shm_rmid_forced",
    seen: /^1$/m,
  },
  {
    // crun takes it away from the machine, which then must have it; runc before 1.4 does nothing
    ...inConfig("LinuxNetDevices", () => undefined, "linux.netDevices", /"name":"eth7"/),
    adjust: (a, { netDevice }) => a.netDevice(netDevice, "eth7").namespace("network"),
    container: "network",
  },
  {
    field: "LinuxSched",
    says: "the process has policy and nice value",
    adjust: (a) => a.scheduler({ policy: "SCHED_BATCH", nice: 7 }),
    inside: SCHEDULER,
    seen: /^7 3$/m,
  },
  { ...inConfig("RdtClosID", (a) => a.rdt({ closId: "fact" }), "linux.intelRdt.closID", /fact/), ...RDT },
  {
    ...inConfig("RdtSchemata", (a) => a.rdt({ schemata: ["L3:0=f"] }), "linux.intelRdt.schemata", /L3:0=f/),
    ...RDT,
  },
  {
    ...inConfig(
      "RdtEnableMonitoring",
      (a) => a.rdt({ enableMonitoring: true }),
      "linux.intelRdt.enableMonitoring",
      /true/,
    ),
    ...RDT,
  },
  inConfig(
    "MemoryPolicy",
    (a) => a.memoryPolicy({ mode: "MPOL_INTERLEAVE", nodes: "0" }),
    "linux.memoryPolicy",
    /"MPOL_INTERLEAVE"/,
  ),
  {
    field: "Rlimits",
    says: "the process has the limits",
    adjust: (a) =>
      a.rlimit("RLIMIT_NOFILE", { soft: 321n, hard: 432n }).rlimit("RLIMIT_CORE", { soft: 0n, hard: 4096n }),
    inside: "cat /proc/1/limits",
    seen: /^(?=[\s\S]*^Max open files\s+321\s+432\s)(?=[\s\S]*^Max core file size\s+0\s+4096\s)/m,
  },
  {
    field: "CdiDevices",
    says: "what the CDI file says of the device is in the container",
    adjust: (a) => a.cdiDevice("fact.test/device=one"),
    inside: ENVIRONMENT,
    seen: /^FACT_CDI=one$/m,
  },
];

function resource(
  field: FieldName,
  adjust: (resources: ResourcesBuilder) => void,
  [controller, file]: readonly [string, string],
  seen: RegExp,
  update?: { ask(resources: ResourcesBuilder): void; readonly seen: RegExp },
): Fact {
  const says = `the cgroup says so in ${file}`;
  return { field, says, adjust, outside: cgroup(controller, file), seen, ...(update ? { update } : {}) };
}

// A group has time only where its parent has: right below the root it is the machine's.
function realtime(field: FieldName, settings: CpuSettings, file: string, seen: RegExp): Fact {
  const adjust = (a: AdjustmentBuilder, place: FactPlace) => a.cpu(settings).cgroupsPath(`${place.cgroup}-realtime`);
  const says = `the cgroup says so in ${file}`;
  return { field, says, adjust, outside: cgroup("cpu", file), seen, container: "realtime", limited: "realtime" };
}

// What kernels or these runtimes do not do any more, or not yet: the OCI runtime is told.
function inConfig(field: FieldName, adjust: (adjustment: AdjustmentBuilder) => void, path: string, seen: RegExp): Fact {
  return { field, says: `the OCI runtime is told, at ${path}`, adjust, outside: config(path), seen };
}
