// The cases that the reference tests its own generator with (19).
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerAdjustment, Init } from "@nri/protocol";
import type { Spec } from "../spec/types.js";
import { applyAdjustment } from "./apply.js";

const cpu = { shares: 2n, quota: 3n, period: 4n, cpus: "0", mems: "0" };
const SPEC: Spec = {
  ociVersion: "1.2.0",
  process: { args: ["one"], oomScoreAdj: 1n },
  linux: { resources: { cpu, memory: { limit: 1n }, pids: { limit: 1n } }, intelRdt: { closID: "old" } },
};
const linux = (changes: NonNullable<Spec["linux"]>): Spec => ({ ...SPEC, linux: { ...SPEC.linux, ...changes } });
const resources = (changes: NonNullable<NonNullable<Spec["linux"]>["resources"]>) =>
  linux({ resources: { ...SPEC.linux?.resources, ...changes } });
const process = (changes: NonNullable<Spec["process"]>): Spec => ({
  ...SPEC,
  process: { ...SPEC.process, ...changes },
});
const { oomScoreAdj: _, ...unscored } = SPEC.process ?? {};
const { intelRdt: __, ...withoutRdt } = SPEC.linux ?? {};

const CASES: readonly (readonly [string, Init<ContainerAdjustment> | undefined, Spec, Spec?])[] = [
  ["a nil adjustment changes nothing", undefined, SPEC],
  ["an empty adjustment changes nothing", {}, SPEC],
  ["arguments", { args: ["two", "three"] }, process({ args: ["two", "three"] })],
  [
    "rlimits",
    { rlimits: [{ type: "RLIMIT_NOFILE", hard: 4096n, soft: 1024n }] },
    process({ rlimits: [{ type: "RLIMIT_NOFILE", hard: 4096n, soft: 1024n }] }),
  ],
  [
    "a memory limit sets the swap limit to the same",
    { linux: { resources: { memory: { limit: { value: 11n } } } } },
    resources({ memory: { limit: 11n, swap: 11n } }),
  ],
  ["an OOM score that is set", { linux: { oomScoreAdj: { value: 123n } } }, process({ oomScoreAdj: 123n })],
  ["an OOM score of 0 is set as well", { linux: { oomScoreAdj: { value: 0n } } }, process({ oomScoreAdj: 0n })],
  ["an OOM score that is not asked for is kept", { linux: {} }, SPEC],
  [
    "CPU shares",
    { linux: { resources: { cpu: { shares: { value: 11n } } } } },
    resources({ cpu: { ...cpu, shares: 11n } }),
  ],
  [
    "CPU quota",
    { linux: { resources: { cpu: { quota: { value: 11n } } } } },
    resources({ cpu: { ...cpu, quota: 11n } }),
  ],
  [
    "CPU period",
    { linux: { resources: { cpu: { period: { value: 11n } } } } },
    resources({ cpu: { ...cpu, period: 11n } }),
  ],
  ["cpuset CPUs", { linux: { resources: { cpu: { cpus: "5,6" } } } }, resources({ cpu: { ...cpu, cpus: "5,6" } })],
  [
    "cpuset memory nodes",
    { linux: { resources: { cpu: { mems: "5,6" } } } },
    resources({ cpu: { ...cpu, mems: "5,6" } }),
  ],
  ["a pids limit", { linux: { resources: { pids: { limit: 123n } } } }, resources({ pids: { limit: 123n } })],
  [
    "mounts come out sorted by the depth of their destination",
    {
      mounts: [
        { destination: "/a/b/c/d/e", source: "/host/e" },
        { destination: "/a/b/c", source: "/host/c" },
        { destination: "/a/b", source: "/host/b" },
        { destination: "/a", source: "/host/a" },
      ],
    },
    {
      ...SPEC,
      mounts: [
        { destination: "/a", source: "/host/a" },
        { destination: "/a/b", source: "/host/b" },
        { destination: "/a/b/c", source: "/host/c" },
        { destination: "/a/b/c/d/e", source: "/host/e" },
      ],
    },
  ],
  [
    "a seccomp policy",
    {
      linux: {
        seccompPolicy: {
          defaultAction: "SCMP_ACT_ALLOW",
          listenerPath: "/run/listener.sock",
          listenerMetadata: "data",
          architectures: [],
          flags: [],
          syscalls: [{ names: ["sched_getaffinity"], action: "SCMP_ACT_NOTIFY", args: [] }],
        },
      },
    },
    linux({
      seccomp: {
        defaultAction: "SCMP_ACT_ALLOW",
        listenerPath: "/run/listener.sock",
        listenerMetadata: "data",
        syscalls: [{ names: ["sched_getaffinity"], action: "SCMP_ACT_NOTIFY" }],
      },
    }),
  ],
  [
    "sysctl: one set, one changed, one removed",
    { linux: { sysctl: { "net.a": "3", "-net.b": "", "net.c": "4" } } },
    linux({ sysctl: { "net.a": "3", "net.c": "4" } }),
    linux({ sysctl: { "net.a": "1", "net.b": "2" } }),
  ],
  [
    "RDT that is set",
    {
      linux: { rdt: { closId: { value: "foo" }, schemata: { value: ["L2:0=ff"] }, enableMonitoring: { value: true } } },
    },
    linux({ intelRdt: { closID: "foo", schemata: ["L2:0=ff"], enableMonitoring: true } }),
  ],
  ["RDT that is removed", { linux: { rdt: { remove: true } } }, { ...SPEC, linux: withoutRdt }],
];

for (const [name, adjustment, expected, given = SPEC] of CASES) {
  test(`as upstream: ${name}`, () => {
    for (const compat of ["default", "reference"] as const) {
      assert.deepEqual(applyAdjustment(given, adjustment, { compat }).spec, expected);
    }
  });
}

test("as upstream: an OOM score for a process that has none", () => {
  const { spec } = applyAdjustment({ ...SPEC, process: unscored }, { linux: { oomScoreAdj: { value: -5n } } });
  assert.deepEqual(spec.process, { ...unscored, oomScoreAdj: -5n });
});
