// Tests of the adjustment and update builders.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ContainerAdjustment, FIELD_NAMES, FIELDS, type FieldRow, UPDATABLE_FIELDS } from "@nri/protocol";
import { type AdjustmentBuilder, adjustment } from "./adjustment.js";
import type { ResourcesBuilder } from "./resources.js";
import { update } from "./update.js";

const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;

function everyResource<Builder extends ResourcesBuilder>(builder: Builder): Builder {
  return builder
    .memory({ limit: MAX_INT64, reservation: 2n, swap: 3n, kernel: 4n, kernelTcp: 5n, swappiness: MAX_UINT64 })
    .memory({ disableOomKiller: true, useHierarchy: true })
    .cpu({ shares: MAX_UINT64, quota: -1n, period: 3n, realtimeRuntime: 4n, realtimePeriod: 5n })
    .cpus("0-1")
    .mems("0")
    .pids(100n)
    .hugepageLimit("2MB", MAX_UINT64)
    .unified("memory.high", "max")
    .blockioClass("slow")
    .rdtClass("gold");
}

function everything(): AdjustmentBuilder {
  const hook = { path: "/bin/hook", args: ["hook", "a"], env: ["A=1"], timeout: { value: 5n } };
  return everyResource(adjustment())
    .annotation("k", "v")
    .mount({ destination: "/data", type: "bind", source: "/srv", options: ["ro"] })
    .env("A", "1")
    .args(["sh", "-c", "true"])
    .hooks({ prestart: [hook], createRuntime: [hook], createContainer: [hook] })
    .hooks({ startContainer: [hook], poststart: [hook], poststop: [hook] })
    .rlimit("RLIMIT_NOFILE", { hard: MAX_UINT64, soft: 1n })
    .device({ path: "/dev/x", type: "c", major: 10n, minor: 229n, fileMode: 0o666, uid: 1, gid: 2 })
    .deviceRule({ allow: true, type: "c", major: { value: 10n }, minor: { value: 229n }, access: "rw" })
    .cdiDevice("vendor.com/device=gpu0")
    .namespace("network", "/run/netns/x")
    .netDevice("eth1", "net1")
    .sysctl("net.core.somaxconn", "512")
    .cgroupsPath("/a/b")
    .oomScoreAdj(-998)
    .ioPriority({ class: "IOPRIO_CLASS_BE", priority: 4 })
    .seccomp({
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrno: { value: 1 },
      architectures: ["SCMP_ARCH_X86_64"],
      flags: ["SECCOMP_FILTER_FLAG_LOG"],
      listenerPath: "/run/l",
      listenerMetadata: "m",
      syscalls: [
        {
          names: ["read"],
          action: "SCMP_ACT_ALLOW",
          errnoRet: { value: 2 },
          args: [{ index: 1, value: MAX_UINT64, valueTwo: 2n, op: "SCMP_CMP_EQ" }],
        },
      ],
    })
    .scheduler({ policy: "SCHED_DEADLINE", nice: -5, priority: 6, flags: [1], runtime: 1n, deadline: 2n, period: 3n })
    .rdt({ closId: "c", schemata: ["L3:0=f"], enableMonitoring: true })
    .removeRdt()
    .memoryPolicy({ mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"] });
}

/** Paths of everything in `value` that has only its default. Enum value 0 and false are set on purpose nowhere above. */
function defaults(value: unknown, path: string): string[] {
  if (value === undefined || value === "" || value === 0 || value === 0n || value === false) return [path];
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value).filter(([key]) => !key.startsWith("$"));
  if (entries.length === 0) return [path];
  return entries.flatMap(([key, item]) => (path.endsWith("flags") ? [] : defaults(item, `${path}.${key}`)));
}

test("the builder offers every field of an adjustment", () => {
  const built: ContainerAdjustment = everything().build();
  assert.deepEqual(defaults(built, "adjust"), []);
  for (const field of FIELD_NAMES) {
    const { path } = FIELDS[field];
    const value = path
      .split(".")
      .reduce((at, part) => (at as Record<string, unknown> | undefined)?.[part], built as unknown);
    assert.notEqual(value, undefined, `${field}: ${path} is not set`);
  }
});

test("the update builder offers every updatable field", () => {
  const built = everyResource(update("c1")).ignoreFailure().build();
  assert.equal(built.containerId, "c1");
  assert.equal(built.ignoreFailure, true);
  for (const field of UPDATABLE_FIELDS) {
    const row: FieldRow = FIELDS[field];
    const path = row.update;
    assert.ok(path !== undefined);
    const value = path
      .split(".")
      .reduce((at, part) => (at as Record<string, unknown> | undefined)?.[part], built as unknown);
    assert.deepEqual(defaults(value, path), [], `${field} is not set`);
  }
});

test("64-bit values keep every digit", () => {
  const { linux, rlimits } = everything().build();
  assert.equal(linux?.resources?.memory?.limit?.value, MAX_INT64);
  assert.equal(linux?.resources?.cpu?.shares?.value, MAX_UINT64);
  assert.equal(linux?.seccompPolicy?.syscalls[0]?.args[0]?.value, MAX_UINT64);
  assert.equal(rlimits[0]?.hard, MAX_UINT64);
});

test("removals carry NRI's mark", () => {
  const built = adjustment()
    .removeAnnotation("k")
    .removeMount("/data")
    .removeEnv("A")
    .removeDevice("/dev/x")
    .removeNamespace("network")
    .removeNetDevice("eth1")
    .removeSysctl("a.b")
    .build();
  assert.deepEqual(built.annotations, { "-k": "" });
  assert.deepEqual(
    built.mounts.map((mount) => mount.destination),
    ["-/data"],
  );
  assert.deepEqual(
    built.env.map(({ key, value }) => [key, value]),
    [["-A", ""]],
  );
  assert.equal(built.linux?.devices[0]?.path, "-/dev/x");
  assert.equal(built.linux?.namespaces[0]?.type, "-network");
  assert.deepEqual(Object.keys(built.linux?.netDevices ?? {}), ["-eth1"]);
  assert.deepEqual(built.linux?.sysctl, { "-a.b": "" });
});

test("what has been removed can be set anew in the same adjustment", () => {
  const built = adjustment().removeEnv("A").env("A", "2").annotation("k", "v").removeAnnotation("k").build();
  assert.deepEqual(
    built.env.map(({ key }) => key),
    ["-A", "A"],
  );
  assert.deepEqual(built.annotations, { k: "v", "-k": "" });
});

test("replaceArgs leads with the empty word that takes the command line over", () => {
  assert.deepEqual(adjustment().args(["a"]).build().args, ["a"]);
  assert.deepEqual(adjustment().replaceArgs(["a"]).build().args, ["", "a"]);
});

test("the OOM killer can be turned on explicitly", () => {
  assert.equal(adjustment().disableOomKiller(false).build().linux?.resources?.memory?.disableOomKiller?.value, false);
});

test("__proto__ is a key like any other", () => {
  const built = adjustment().annotation("__proto__", "v").unified("__proto__", "1").sysctl("__proto__", "2").build();
  assert.deepEqual(Object.entries(built.annotations), [["__proto__", "v"]]);
  assert.deepEqual(Object.entries(built.linux?.resources?.unified ?? {}), [["__proto__", "1"]]);
  assert.deepEqual(Object.entries(built.linux?.sysctl ?? {}), [["__proto__", "2"]]);
});

const REFUSED: readonly [string, (builder: AdjustmentBuilder) => unknown, RegExp][] = [
  ["a key with the removal mark", (b) => b.env("-A", "1"), /env "-A": a leading "-" means removal.*removeEnv\("A"\)/],
  ["a removal with the mark", (b) => b.removeEnv("-A"), /give the plain name/],
  ["an annotation without key", (b) => b.annotation("", "1"), /annotation: must not be empty/],
  ["a mount without destination", (b) => b.mount({ destination: "" }), /mount destination: must not be empty/],
  ["a device without path", (b) => b.device({ path: "", type: "c", major: 1n, minor: 1n }), /must not be empty/],
  ["an environment name with =", (b) => b.env("A=B", "1"), /cannot contain "="/],
  ["the same variable twice", (b) => b.env("A", "1").env("A", "2"), /env "A": set twice/],
  ["the same mount twice", (b) => b.mount({ destination: "/a" }).mount({ destination: "/a" }), /set twice/],
  ["a namespace removed and set", (b) => b.removeNamespace("ipc").namespace("ipc"), /namespace "ipc": set twice/],
  ["an empty command line", (b) => b.args([]), /args\[0\]: must not be empty/],
  ["an empty first word", (b) => b.args(["", "a"]), /args\[0\]: must not be empty/],
  ["an empty CPU list", (b) => b.cpus(""), /cpus: must not be empty/],
  ["an empty cgroup path", (b) => b.cgroupsPath(""), /cgroups path: must not be empty/],
  [
    "a number for 64 bits",
    (b) => b.memory({ limit: 5 as never }),
    /memory limit: expected a bigint such as 1024n, got 5/,
  ],
  [
    "a value over 64 bits",
    (b) => b.cpu({ shares: MAX_UINT64 + 1n }),
    /cpu shares: 18446744073709551616 is not between 0 and/,
  ],
  ["a negative unsigned value", (b) => b.hugepageLimit("2MB", -1n), /hugepage limit 2MB: -1 is not between/],
  [
    "a soft limit above the hard one",
    (b) => b.rlimit("RLIMIT_CPU", { hard: 1n, soft: 2n }),
    /soft limit 2 is above hard limit 1/,
  ],
  ["an unknown class", (b) => b.ioPriority({ class: "RT" as never }), /"RT" is none of IOPRIO_CLASS_NONE/],
  ["an unknown policy number", (b) => b.scheduler({ policy: 99 }), /scheduler policy: 99 is none of/],
  ["a score out of range", (b) => b.oomScoreAdj(1001), /1001 is not between -1000 and 1000/],
  ["a value that is no string", (b) => b.env("A", 1 as never), /env A: expected a string, got 1/],
  ["an update without id", () => update(""), /container id: must not be empty/],
];

for (const [what, misuse, message] of REFUSED) {
  test(`refused: ${what}`, () => {
    assert.throws(() => misuse(adjustment()), { name: "PluginError", code: "invalid-argument", message });
  });
}
