// OCI specs and adjustments for the spec generator, by chance; within what the reference's generator survives and decides.
import { FIELD_NAMES, type FieldName } from "@nri/protocol";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { Chance } from "./chance.js";
import { big, type Step } from "./scenario.js";
import { touch, touches } from "./values.js";

const bigs = (by: Chance): JsonValue => big(by.one(["0", "1", "9223372036854775807", "100000"]));

const PROCESS: Record<string, (by: Chance) => JsonValue> = {
  env: (by) => by.times(0, 5, () => by.one(["ONE=1", "TWO=x=y", "THREE", "ONE=again", "=odd", "__proto__=1", "ü=2"])),
  args: () => ["sleep", "1"],
  oomScoreAdj: () => 5,
  rlimits: (by) =>
    by.times(1, 3, () => ({ type: by.one(["RLIMIT_NOFILE", "RLIMIT_CORE"]), hard: bigs(by), soft: bigs(by) })),
  ioPriority: () => ({ class: "IOPRIO_CLASS_BE", priority: 4 }),
  scheduler: () => ({ policy: "SCHED_BATCH", nice: 3 }),
};

const LINUX: Record<string, (by: Chance) => JsonValue> = {
  cgroupsPath: () => "/old",
  sysctl: () => ({ "net.a": "1", "kernel.c": "2", toString: "3" }),
  namespaces: () => [{ type: "pid" }, { type: "network", path: "/net" }, { type: "ipc" }],
  devices: (by) =>
    by.times(0, 4, () => ({ path: by.one(["/dev/a", "/dev/b", "/dev/null"]), type: "c", major: bigs(by), minor: 3 })),
  netDevices: () => ({ eth0: { name: "lan" }, eth1: {} }),
  intelRdt: () => ({ closID: "old", schemata: ["L3:0=f"], enableMonitoring: true }),
  memoryPolicy: () => ({ mode: "MPOL_BIND", nodes: "0" }),
  rootfsPropagation: () => "rslave",
  resources: (by) => ({
    devices: [{ allow: false, access: "rwm" }],
    memory: { limit: bigs(by), swap: bigs(by), reservation: bigs(by) },
    cpu: { shares: bigs(by), quota: -1, cpus: "0-3" },
    ...(by.rarely(2) ? { pids: { limit: bigs(by) } } : {}),
    hugepageLimits: [{ pageSize: "2MB", limit: bigs(by) }],
    unified: { "memory.high": "1", __proto__x: "2" },
    ...(by.rarely(2) ? { blockIO: { weight: 10 } } : {}),
  }),
};

function some(by: Chance, members: Record<string, (by: Chance) => JsonValue>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, make]) => (by.rarely(3) ? [] : [[name, make(by)] as const])),
  );
}

/** A spec. It always has `process` and `linux`: without them the reference crashes on rlimits and seccomp policies. */
export function anySpec(by: Chance): JsonObject {
  return {
    ociVersion: "1.2.0",
    process: { user: { uid: 1000, gid: 1000 }, cwd: "/", ...some(by, PROCESS) },
    root: { path: "rootfs" },
    mounts: by
      .shuffled(["/proc", "/a", "/b", "/a/deep/er", "/ü"])
      .slice(by.below(5))
      .map((destination) => ({ destination, type: "bind", source: "/", options: ["rbind"] })),
    ...(by.rarely(2) ? { hooks: { prestart: [{ path: "/bin/old" }] } } : {}),
    ...(by.rarely(2) ? { annotations: { one: "1", two: "2", __proto__x: "3" } } : {}),
    linux: some(by, LINUX),
  };
}

// The reference's generator walks these maps in any order: a key and its mark together come out at random.
const MAPS: readonly FieldName[] = ["Annotations", "Sysctl", "LinuxNetDevices"];

function anyAdjustment(by: Chance): JsonObject {
  const adjust: JsonObject = {};
  const touched = new Set<FieldName>();
  by.times(1, 6, () => {
    const field = FIELD_NAMES[by.below(FIELD_NAMES.length)] as FieldName;
    const how = touches(field)[by.below(touches(field).length)] ?? "set";
    if (MAPS.includes(field) && (how === "replace" || touched.has(field))) return;
    touched.add(field);
    touch(by, adjust, field, how, "adjust");
  });
  if (by.rarely(8)) setPids(adjust, by.one(["-1", "-9223372036854775808"]));
  return adjust;
}

/** No limit of processes at all: chance draws a number below 0 too rarely. */
function setPids(adjust: JsonObject, limit: string): void {
  const linux = (adjust.linux ?? {}) as JsonObject;
  const resources = (linux.resources ?? {}) as JsonObject;
  adjust.linux = { ...linux, resources: { ...resources, pids: { limit } } };
}

/** A spec and what is done to it. */
export function anyApply(by: Chance): Step {
  return { op: "ApplyAdjustment", spec: anySpec(by), req: anyAdjustment(by), answers: [] };
}
