// What the reference's generator does against expectation: the way it is there, and the way it is here by default.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerAdjustment, Init } from "@nri/protocol";
import type { Spec } from "../spec/types.js";
import { applyAdjustment } from "./apply.js";

function both(spec: Partial<Spec>, adjustment: Init<ContainerAdjustment>) {
  const given: Spec = { ociVersion: "1.2.0", ...spec };
  return {
    ours: applyAdjustment(given, adjustment),
    theirs: applyAdjustment(given, adjustment, { compat: "reference" }).spec,
  };
}

test("memory: a swap limit of one's own wins; the reference sets it to the memory limit", () => {
  const memory = { limit: { value: 10n }, swap: { value: 30n } };
  const { ours, theirs } = both({}, { linux: { resources: { memory } } });
  assert.deepEqual(ours.spec.linux?.resources?.memory, { limit: 10n, swap: 30n });
  assert.deepEqual(ours.notAppliedByReference, ["linux.resources.memory.swap"]);
  assert.deepEqual(theirs.linux?.resources?.memory, { limit: 10n, swap: 10n });
});

test("memory: a limit of 0 asks for nothing, in both", () => {
  const given: Partial<Spec> = { linux: { resources: { memory: { limit: 5n } } } };
  const { ours, theirs } = both(given, { linux: { resources: { memory: { limit: { value: 0n } } } } });
  assert.deepEqual(ours.spec.linux, given.linux);
  assert.deepEqual(theirs.linux, given.linux);
});

test("all memory settings that the reference drops are named", () => {
  const memory = {
    reservation: { value: 1n },
    swap: { value: 2n },
    kernel: { value: 3n },
    kernelTcp: { value: 4n },
    swappiness: { value: 5n },
    disableOomKiller: { value: true },
    useHierarchy: { value: false },
  };
  const { ours, theirs } = both({}, { linux: { resources: { memory } } });
  assert.deepEqual(
    ours.notAppliedByReference,
    Object.keys(memory).map((key) => `linux.resources.memory.${key}`),
  );
  assert.equal(theirs.linux?.resources?.memory, undefined);
});

test("pids: -1 lifts the limit; the reference leaves the old one", () => {
  const given: Partial<Spec> = { linux: { resources: { pids: { limit: 5n } } } };
  const { ours, theirs } = both(given, { linux: { resources: { pids: { limit: -1n } } } });
  assert.deepEqual(ours.spec.linux?.resources?.pids, { limit: -1n });
  assert.deepEqual(ours.notAppliedByReference, ["linux.resources.pids"]);
  assert.deepEqual(theirs.linux?.resources?.pids, { limit: 5n });
});

test("pids: -1 without a limit makes an empty object, in both", () => {
  const { ours, theirs } = both({}, { linux: { resources: { pids: { limit: -1n } } } });
  assert.deepEqual(ours, { spec: theirs, notAppliedByReference: [], ignored: [] });
  assert.deepEqual(theirs.linux?.resources?.pids, {});
});

test("rlimits: one per type; the reference lets two stand", () => {
  const old = { type: "RLIMIT_CORE", hard: 1n, soft: 1n };
  const given: Partial<Spec> = { process: { rlimits: [old, { ...old }] } };
  const rlimits = [
    { type: "RLIMIT_NPROC", hard: 2n, soft: 2n },
    { type: "RLIMIT_CORE", hard: 3n, soft: 3n },
  ];
  const { ours, theirs } = both(given, { rlimits });
  assert.deepEqual(ours.spec.process?.rlimits, [rlimits[1], rlimits[0]]);
  assert.deepEqual(theirs.process?.rlimits, [old, old, ...rlimits]);
});

test("rlimits of another type are not reported as dropped by the reference", () => {
  const { ours, theirs } = both({}, { rlimits: [{ type: "RLIMIT_CORE", hard: 3n, soft: 3n }] });
  assert.deepEqual(ours, { spec: theirs, notAppliedByReference: [], ignored: [] });
});

test("env: entries without = that nobody speaks of stay; the reference loses them", () => {
  const { ours, theirs } = both({ process: { env: ["X", "A=1", "=y"] } }, { env: [{ key: "A", value: "2" }] });
  assert.deepEqual(ours.spec.process?.env, ["X", "A=2", "=y"]);
  assert.deepEqual(theirs.process?.env, ["A=2"]);
});

test("env: an entry without = is a variable that can be removed or set", () => {
  const { ours } = both(
    { process: { env: ["X", "Y"] } },
    {
      env: [
        { key: "-X", value: "" },
        { key: "Y", value: "1" },
      ],
    },
  );
  assert.deepEqual(ours.spec.process?.env, ["Y=1"]);
});

test("env: a removal removes every entry of the name; the reference the first", () => {
  const { ours, theirs } = both({ process: { env: ["A=1", "B=1", "A=2"] } }, { env: [{ key: "-A", value: "" }] });
  assert.deepEqual(ours.spec.process?.env, ["B=1"]);
  assert.deepEqual(theirs.process?.env, ["B=1", "A=2"]);
});

test("env: a variable that the spec has twice and nobody touches stays so; the reference joins it", () => {
  const given = { process: { env: ["A=1", "B=1", "A=2"] } };
  const { ours, theirs } = both(given, { env: [{ key: "C", value: "1" }] });
  assert.deepEqual(ours.spec.process?.env, ["A=1", "B=1", "A=2", "C=1"]);
  assert.deepEqual(theirs.process?.env, ["A=2", "B=1", "C=1"]);
  const set = both(given, { env: [{ key: "A", value: "3" }] });
  assert.deepEqual(set.ours.spec.process?.env, ["A=3", "B=1"]);
});

test("env: a name that is removed and set is set, in either order; in the reference the last one wins", () => {
  const set = { key: "A", value: "2" };
  const remove = { key: "-A", value: "" };
  for (const env of [
    [set, remove],
    [remove, set],
  ]) {
    const { ours, theirs } = both({ process: { env: ["A=1", "B=1"] } }, { env });
    assert.deepEqual(ours.spec.process?.env, ["A=2", "B=1"]);
    assert.deepEqual(theirs.process?.env, env[1] === set ? ["A=2", "B=1"] : ["B=1"]);
  }
});

test("env: of a name set twice the last value counts, and an empty name is ignored", () => {
  const env = [
    { key: "A", value: "1" },
    { key: "", value: "x" },
    { key: "A", value: "2" },
  ];
  const { ours, theirs } = both({}, { env });
  assert.deepEqual(ours.spec.process?.env, ["A=2"]);
  assert.deepEqual(theirs.process?.env, ["A=2"]);
});

test("devices, namespaces, mounts: removed and added is added; in the reference the later entry wins", () => {
  const adjustment: Init<ContainerAdjustment> = {
    mounts: [{ destination: "/m", type: "tmpfs", source: "tmpfs" }, { destination: "-/m" }],
    linux: {
      devices: [{ path: "/dev/d", type: "c", major: 1n, minor: 2n }, { path: "-/dev/d" }],
      namespaces: [{ type: "pid", path: "/n" }, { type: "-pid" }],
    },
  };
  const { ours, theirs } = both({}, adjustment);
  assert.deepEqual(ours.spec.mounts, [{ destination: "/m", type: "tmpfs", source: "tmpfs" }]);
  assert.deepEqual(ours.spec.linux?.devices, [{ path: "/dev/d", type: "c", major: 1n, minor: 2n }]);
  assert.deepEqual(ours.spec.linux?.namespaces, [{ type: "pid", path: "/n" }]);
  assert.deepEqual([theirs.mounts, theirs.linux?.devices, theirs.linux?.namespaces], [[], [], []]);
});

test("annotations, sysctl, net devices: removals come first whatever the order of the map, in both", () => {
  const map = { a: "2", "-a": "" };
  const adjustment = { annotations: map, linux: { sysctl: map, netDevices: { a: { name: "n" }, "-a": { name: "" } } } };
  const { ours, theirs } = both({ annotations: { a: "1" }, linux: { sysctl: { a: "1" } } }, adjustment);
  for (const spec of [ours.spec, theirs]) {
    assert.deepEqual(spec.annotations, { a: "2" });
    assert.deepEqual(spec.linux, { sysctl: { a: "2" }, netDevices: { a: { name: "n" } } });
  }
});

test("seccomp: the default error number is written; the reference drops it, and crashes without linux", () => {
  const seccompPolicy = { defaultAction: "SCMP_ACT_ERRNO", defaultErrno: { value: 38 } };
  const { ours, theirs } = both({}, { linux: { seccompPolicy } });
  assert.deepEqual(ours.spec.linux?.seccomp, { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38n });
  assert.deepEqual(ours.notAppliedByReference, ["linux.seccompPolicy.defaultErrno"]);
  assert.deepEqual(theirs.linux?.seccomp, { defaultAction: "SCMP_ACT_ERRNO" });
});

test("a device's rule is rw whatever its mode, and m only for block devices; removing a device leaves rules alone", () => {
  const rule = { allow: true, type: "c", major: 1n, minor: 1n, access: "rwm" };
  const given: Partial<Spec> = {
    linux: { devices: [{ path: "/dev/x", type: "c", major: 1n, minor: 1n }], resources: { devices: [rule] } },
  };
  const devices = [
    { path: "/dev/c", type: "c", major: 1n, minor: 2n, fileMode: { value: 0o400 } },
    { path: "-/dev/x" },
  ];
  const { ours, theirs } = both(given, { linux: { devices } });
  for (const { linux } of [ours.spec, theirs]) {
    assert.deepEqual(linux?.resources?.devices, [rule, { allow: true, type: "c", major: 1n, minor: 2n, access: "rw" }]);
    assert.deepEqual(linux?.devices, [{ path: "/dev/c", type: "c", major: 1n, minor: 2n, fileMode: 0o400 }]);
  }
});

test("no class, no policy and unknown modes take the settings away", () => {
  const given: Partial<Spec> = {
    process: { ioPriority: { class: "IOPRIO_CLASS_BE", priority: 1n }, scheduler: { policy: "SCHED_BATCH" } },
    linux: { memoryPolicy: { mode: "MPOL_BIND", nodes: "0" } },
  };
  const linux = {
    ioPriority: { class: 0, priority: 7 },
    scheduler: { policy: 0, nice: 1 },
    memoryPolicy: { mode: 99, nodes: "1" },
  };
  const { ours, theirs } = both(given, { linux });
  for (const spec of [ours.spec, theirs]) assert.deepEqual([spec.process, spec.linux], [{}, {}]);
});

test("rdt: remove comes first, then what is set; both come after the class", () => {
  const given: Spec = { ociVersion: "1.2.0", linux: { intelRdt: { closID: "old", l3CacheSchema: "L3:0=f" } } };
  const rdt = { remove: true, enableMonitoring: { value: true } };
  assert.deepEqual(applyAdjustment(given, { linux: { rdt } }).spec.linux?.intelRdt, { enableMonitoring: true });
  const adjustment = {
    linux: { resources: { rdtClass: { value: "gold" } }, rdt: { schemata: { value: ["MB:0=1"] } } },
  };
  const { spec } = applyAdjustment(given, adjustment, { resolveRdtClass: (closID) => ({ closID }) });
  assert.deepEqual(spec.linux?.intelRdt, { closID: "gold", schemata: ["MB:0=1"] });
});
