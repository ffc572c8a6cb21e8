// Cases of the reference's own tests of its API helpers: stripping part by part, optional lists, versions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AdjustmentBuilder, adjustment, type RdtSettings } from "@nri/plugin";
import { ContainerAdjustment, cutGitSuffix, type Init, inferNriVersion, stripAdjustment } from "@nri/protocol";

type Adjustment = Init<ContainerAdjustment>;

const PARTS: readonly (readonly [part: string, set: Adjustment, empty: Adjustment])[] = [
  ["annotations", { annotations: { key: "value" } }, { annotations: {} }],
  ["mounts", { mounts: [{ destination: "/mnt" }] }, { mounts: [] }],
  ["hooks", { hooks: { prestart: [{ path: "/bin/hook" }] } }, { hooks: {} }],
  ["rlimits", { rlimits: [{ type: "RLIMIT_CORE", hard: 2n, soft: 1n }] }, { rlimits: [] }],
  ["CDI devices", { CDIDevices: [{ name: "vendor.com/dev=one" }] }, { CDIDevices: [] }],
  ["args", { args: ["one"] }, { args: [] }],
  ["devices", { linux: { devices: [{ path: "/dev/one" }] } }, { linux: { devices: [] } }],
  ["resources", { linux: { resources: { cpu: { shares: { value: 1n } } } } }, { linux: { resources: {} } }],
  ["the cgroups path", { linux: { cgroupsPath: "/path" } }, { linux: { cgroupsPath: "" } }],
  ["the OOM score", { linux: { oomScoreAdj: { value: 1n } } }, { linux: {} }],
  ["the I/O priority", { linux: { ioPriority: { class: 1 } } }, { linux: { ioPriority: {} } }],
  [
    "the seccomp policy",
    { linux: { seccompPolicy: { defaultAction: "SCMP_ACT_LOG" } } },
    { linux: { seccompPolicy: {} } },
  ],
  ["namespaces", { linux: { namespaces: [{ type: "ipc" }] } }, { linux: { namespaces: [] } }],
  ["sysctl", { linux: { sysctl: { key: "value" } } }, { linux: { sysctl: {} } }],
  ["network devices", { linux: { netDevices: { eth0: { name: "net0" } } } }, { linux: { netDevices: {} } }],
  ["the scheduler", { linux: { scheduler: { policy: 1 } } }, { linux: { scheduler: {} } }],
];
for (const [part, set, empty] of PARTS) {
  test(`stripping keeps ${part} when set`, () => {
    const stripped = stripAdjustment(ContainerAdjustment.create(set));
    assert.deepEqual(ContainerAdjustment.create(stripped), ContainerAdjustment.create(set));
    assert.deepEqual(Object.keys({ ...stripped, ...stripped?.linux }), Object.keys({ ...set, ...set.linux }));
  });
  test(`stripping takes ${part} away when empty`, () => {
    assert.equal(stripAdjustment(empty), undefined);
    assert.equal(stripAdjustment(ContainerAdjustment.create(empty)), undefined);
  });
}

test("stripping makes nothing of an adjustment without any part", () => {
  assert.equal(stripAdjustment(ContainerAdjustment.create({})), undefined);
  assert.equal(stripAdjustment(undefined), undefined);
});

/** The schemata as they come out of the wire. */
const sent = (made: AdjustmentBuilder | Adjustment): { value: string[] } | undefined => {
  const draft = "draft" in made ? (made as AdjustmentBuilder).draft() : made;
  return ContainerAdjustment.decode(ContainerAdjustment.encode(draft)).linux?.rdt?.schemata;
};
const LISTS: readonly (readonly [string, unknown, { value: string[] } | undefined])[] = [
  ["is absent when it is not given", undefined, undefined],
  ["is there when it is empty", [], { value: [] }],
  ["has what it is given", ["value1", "value2"], { value: ["value1", "value2"] }],
];
for (const [what, schemata, expected] of LISTS) {
  test(`an optional list ${what}`, () => {
    assert.deepEqual(sent(adjustment().rdt({ schemata } as RdtSettings)), expected);
  });
}

test("an optional list without a list in it is an empty one", () => {
  assert.deepEqual(sent({ linux: { rdt: { schemata: {} } } }), { value: [] });
});

test("an optional list given as the message of one is the same", () => {
  assert.deepEqual(sent({ linux: { rdt: { schemata: { value: ["value1", "value2"] } } } }), {
    value: ["value1", "value2"],
  });
});

test("an optional list of a wrong type is refused by name, not dropped", () => {
  for (const schemata of ["not a list", [1], null])
    assert.throws(() => adjustment().rdt({ schemata } as unknown as RdtSettings), /RDT schemata/);
});

const GIT: readonly (readonly [version: string, cut: string])[] = [
  ["v1.7.0", "v1.7.0"],
  ["v1.7.0-rc.1", "v1.7.0-rc.1"],
  ["v2.0.0-beta.2", "v2.0.0-beta.2"],
  ["v1.7.0-1-gabcdef0", "v1.7.0"],
  ["v1.7.0-123-g0123456789ab.m", "v1.7.0"],
  ["v2.0.0-rc.1-12-gabc", "v2.0.0-rc.1"],
  ["v2.0.0-beta.2-4-gabc.m", "v2.0.0-beta.2"],
  ["v1.7.0-gabc", "v1.7.0-gabc"],
  ["v1.7.0+unknown", "v1.7.0+unknown"],
];
for (const [version, cut] of GIT) {
  test(`what git adds to ${version} is cut off: ${cut}`, () => assert.equal(cutGitSuffix(version), cut));
}

const CLOSEST: readonly (readonly [runtime: string, version: string, nri: string | undefined])[] = [
  ["containerd", "v1.6.33", undefined],
  ["containerd", "v1.7.0", "v0.3.0"],
  ["containerd", "v1.7.6", "v0.3.0"],
  ["containerd", "v1.7.7", "v0.4.0"],
  ["containerd", "v1.7.15", "v0.6.0"],
  ["containerd", "v1.7.25-3-gabc", "v0.6.1"],
  ["containerd", "v2.0.5", "v0.8.0"],
  ["containerd", "v2.2.0", "v0.10.0"],
  ["containerd", "v9.0.0", "v0.11.0"],
  ["cri-o", "v1.29.1", "v0.5.0"],
  ["other", "v1.7.0", undefined],
];
for (const [runtime, version, nri] of CLOSEST) {
  test(`${runtime} ${version} has ${nri ?? "no NRI version that is known"}`, () => {
    const found = inferNriVersion(runtime, version);
    assert.equal("version" in found ? found.version : undefined, nri);
  });
}
