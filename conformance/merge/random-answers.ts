// Answers of plugins by chance: few keys, so that plugins meet; every field of the table; a seed, so that a failing case
// can be had again.
import type { JsonObject, JsonValue } from "../peers/json.js";

/** Numbers by chance from a seed (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to, not including, `n`. */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  one<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** True once in `n` times. */
  rarely(n: number): boolean {
    return this.below(n) === 0;
  }
}

type Make = (by: Chance) => JsonValue;

const NUMBERS = ["0", "1", "4096", "-1", "9223372036854775807"] as const;
const UNSIGNED = ["0", "1", "1024", "18446744073709551615"] as const;

function marked(by: Chance, key: string): string {
  return by.rarely(3) ? `-${key}` : key;
}

function map(keys: readonly [string, ...string[]], value: Make, markers: boolean): Make {
  return (by) => {
    const entries: [string, JsonValue][] = [];
    for (let n = by.below(3); n >= 0; n--) {
      const key = by.one(keys);
      entries.push([markers ? marked(by, key) : key, value(by)]);
    }
    return Object.fromEntries(entries);
  };
}

function list(entry: Make): Make {
  return (by) => Array.from({ length: by.below(3) + (by.rarely(10) ? 0 : 1) }, () => entry(by));
}

// Optional values are messages of their own.
function wrapped(make: Make): Make {
  return (by) => ({ value: make(by) });
}

const word: Make = (by) => by.one(["", "one", "two", "three=3"]);
const int64: Make = wrapped((by) => by.one(NUMBERS));
const uint64: Make = wrapped((by) => by.one(UNSIGNED));
const bool: Make = wrapped((by) => by.rarely(2));
const text: Make = wrapped(word);

const hook: Make = (by) => ({ path: by.one(["/bin/one", "/bin/two"]), args: ["hook"], timeout: { value: 5 } });

const MEMORY: Record<string, Make> = {
  limit: int64,
  reservation: int64,
  swap: int64,
  kernel: int64,
  kernelTcp: int64,
  swappiness: uint64,
  disableOomKiller: bool,
  useHierarchy: bool,
};
const CPU: Record<string, Make> = {
  shares: uint64,
  quota: int64,
  period: uint64,
  realtimeRuntime: int64,
  realtimePeriod: uint64,
  cpus: (by) => by.one(["", "0-1", "3"]),
  mems: (by) => by.one(["", "0"]),
};

const RESOURCES: Record<string, Make> = {
  memory: (by) => some(by, MEMORY),
  cpu: (by) => some(by, CPU),
  hugepageLimits: list((by) => ({ pageSize: by.one(["2MB", "1GB", "64KB"]), limit: by.one(UNSIGNED) })),
  devices: list((by) => ({ allow: by.rarely(2), type: by.one(["c", "b"]), major: { value: "1" }, access: "rw" })),
  // One key: with several the reference claims them in any order until the first conflict.
  unified: (by) => ({ [by.one(["memory.high", "-memory.low", "io.weight"])]: word(by) }),
  blockioClass: text,
  rdtClass: text,
  pids: (by) => ({ limit: by.one(NUMBERS) }),
};

const RDT: Record<string, Make> = {
  closId: text,
  schemata: (by) => ({ value: by.rarely(3) ? [] : ["L3:0=f"] }),
  enableMonitoring: bool,
  remove: (by) => by.rarely(3),
};

const LINUX: Record<string, Make> = {
  devices: list((by) => ({
    path: marked(by, by.one(["/dev/a", "/dev/b", "/dev/c"])),
    type: "c",
    major: "10",
    minor: "1",
  })),
  resources: (by) => some(by, RESOURCES),
  cgroupsPath: (by) => by.one(["", "/cgroup/one", "/cgroup/two"]),
  oomScoreAdj: wrapped((by) => by.one(["0", "500", "-1000"])),
  ioPriority: (by) => ({ class: by.one(["IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT"]), priority: by.below(8) }),
  seccompPolicy: (by) => (by.rarely(3) ? {} : { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["reboot"] }] }),
  namespaces: list((by) => ({ type: marked(by, by.one(["network", "ipc", "uts"])), path: by.one(["", "/proc/1/ns"]) })),
  sysctl: map(["net.a", "net.b", "kernel.c"], word, true),
  netDevices: map(["eth0", "eth1", "wlan0"], (by) => ({ name: by.one(["", "net0", "net1"]) }), true),
  scheduler: (by) => ({
    policy: by.one(["SCHED_NONE", "SCHED_FIFO"]),
    priority: by.below(50),
    runtime: by.one(UNSIGNED),
  }),
  rdt: (by) => some(by, RDT),
  memoryPolicy: (by) => ({ mode: by.one(["MPOL_DEFAULT", "MPOL_BIND"]), nodes: by.one(["", "0-1"]), flags: [] }),
};

const ADJUSTMENT: Record<string, Make> = {
  annotations: map(["one", "two", "three"], word, true),
  mounts: list((by) => ({
    destination: marked(by, by.one(["/a", "/b", "/c"])),
    source: by.one(["/x", "/y"]),
    options: ["rw"],
  })),
  env: list((by) => ({ key: marked(by, by.one(["ONE", "TWO", "THREE"])), value: word(by) })),
  args: (by) => by.one([[], ["run"], ["", "run", "again"], ["", "", "x"], [""]]),
  hooks: (by) => some(by, { prestart: list(hook), createRuntime: list(hook), poststop: list(hook) }),
  linux: (by) => some(by, LINUX),
  rlimits: list((by) => ({
    type: by.one(["RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_CPU"]),
    hard: by.one(UNSIGNED),
    soft: "1",
  })),
  CDIDevices: list((by) => ({ name: by.one(["vendor.com/gpu=0", "vendor.com/gpu=1"]) })),
};

function some(by: Chance, members: Record<string, Make>): JsonObject {
  const names = Object.keys(members);
  const made: JsonObject = {};
  for (let n = by.below(3); n >= 0; n--) {
    const name = names[by.below(names.length)] ?? "";
    const make = members[name];
    if (make !== undefined) made[name] = make(by);
  }
  return made;
}

/** An adjustment that sets a few fields. */
export function randomAdjustment(by: Chance): JsonObject {
  return some(by, ADJUSTMENT);
}

/** Resources such as a runtime asks for. */
export function randomResources(by: Chance): JsonObject {
  return some(by, RESOURCES);
}

/** Updates of some of the containers. */
export function randomUpdates(by: Chance, containers: readonly [string, ...string[]]): JsonObject[] {
  return Array.from({ length: by.below(3) }, () => {
    const update: JsonObject = { containerId: by.one(containers), ignoreFailure: by.rarely(3) };
    if (!by.rarely(6)) update.linux = by.rarely(8) ? {} : { resources: some(by, RESOURCES) };
    return update;
  });
}

/** A container as a runtime creates it, with some of everything that plugins touch. */
export function randomContainer(by: Chance, name: string): JsonObject {
  const container: JsonObject = { id: name, name, podSandboxId: "pod" };
  if (by.rarely(4)) return container;
  const members: Record<string, Make> = {
    annotations: map(["one", "two", "three"], word, false),
    mounts: list((chance) => ({ destination: chance.one(["/a", "/b", "/c"]), source: "/original" })),
    env: list((chance) => chance.one(["ONE=1", "TWO=2", "THREE", "ONE=again", "=odd"])),
    args: () => ["original"],
    hooks: (chance) => ({ prestart: [hook(chance)] }),
    rlimits: list((chance) => ({ type: chance.one(["RLIMIT_NOFILE", "RLIMIT_CORE"]), hard: "9", soft: "8" })),
    linux: (chance) => ({
      devices: [{ path: chance.one(["/dev/a", "/dev/z"]), type: "b", major: "1", minor: "1" }],
      namespaces: [{ type: "network" }, { type: "ipc", path: "/proc/7/ns/ipc" }],
      sysctl: { "net.a": "original" },
      netDevices: { eth0: { name: "original" } },
      resources: some(chance, RESOURCES),
      cgroupsPath: "/original",
    }),
  };
  for (const [member, make] of Object.entries(members)) if (!by.rarely(3)) container[member] = make(by);
  return container;
}
