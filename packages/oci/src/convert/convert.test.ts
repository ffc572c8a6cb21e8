// Specs as NRI messages and back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, LinuxResources, SecurityProfile_ProfileType } from "@nri/protocol";
import { applyAdjustment } from "../apply/apply.js";
import { parseSpec } from "../spec/spec.js";
import type { LinuxResources as OciResources, Spec } from "../spec/types.js";
import { containerFromSpec, linuxResourcesFromSpec } from "./from-spec.js";
import { linuxResourcesToSpec } from "./resources.js";

const INT64 = 2n ** 63n - 1n;
const UINT64 = 2n ** 64n - 1n;

const RESOURCES: OciResources = {
  memory: {
    limit: INT64,
    reservation: 0n,
    swap: -1n,
    kernel: 1n,
    kernelTCP: 2n,
    swappiness: UINT64,
    disableOOMKiller: false,
    useHierarchy: true,
  },
  cpu: { shares: UINT64, quota: -1n, period: 0n, realtimeRuntime: 3n, realtimePeriod: 4n, cpus: "0-3", mems: "1" },
  hugepageLimits: [{ pageSize: "2MB", limit: UINT64 }],
  devices: [
    { allow: false, access: "rwm" },
    { allow: true, type: "c", major: 1n, minor: 0n, access: "r" },
  ],
  unified: { "memory.high": "max" },
  pids: { limit: 9n },
};

const FULL: Spec = {
  ociVersion: "1.2.0",
  process: {
    user: { uid: 1, gid: 2, additionalGids: [3, 4] },
    args: ["sh", ""],
    env: ["A=1", "NOVALUE"],
    rlimits: [{ type: "RLIMIT_NOFILE", hard: UINT64, soft: 1n }],
    oomScoreAdj: -5n,
    ioPriority: { class: "IOPRIO_CLASS_IDLE", priority: 7n },
    scheduler: {
      policy: "SCHED_RR",
      nice: -1,
      priority: 2,
      flags: ["SCHED_FLAG_KEEP_POLICY"],
      runtime: UINT64,
      deadline: 1n,
      period: 2n,
    },
  },
  mounts: [{ destination: "/m", type: "bind", source: "/s", options: ["ro"] }, { destination: "/bare" }],
  hooks: { createRuntime: [{ path: "/h", args: ["h"], env: ["E=1"], timeout: INT64 }], poststop: [{ path: "/p" }] },
  annotations: JSON.parse('{"a":"1","__proto__":"2"}'),
  linux: {
    namespaces: [{ type: "pid" }, { type: "network", path: "/n" }],
    devices: [
      { path: "/dev/d", type: "b", major: INT64, minor: 1n, fileMode: 0o660, uid: 0, gid: 6 },
      { path: "/x", type: "p" },
    ],
    cgroupsPath: "/c",
    sysctl: { "net.a": "1" },
    netDevices: { eth1: { name: "lan" }, eth2: {} },
    intelRdt: { closID: "gold", schemata: ["L3:0=f"], enableMonitoring: false },
    seccomp: {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 38n,
      architectures: ["SCMP_ARCH_X86"],
      flags: ["F"],
      listenerPath: "/l",
      listenerMetadata: "m",
      syscalls: [
        { names: ["a"], action: "A", errnoRet: 1n, args: [{ index: 2n, value: UINT64, valueTwo: 3n, op: "O" }] },
        { names: ["b"], action: "B" },
      ],
    },
    resources: RESOURCES,
  },
};

test("a container has all that its spec says", () => {
  const container = containerFromSpec(FULL, { id: "c1", linux: { seccompProfile: { localhostRef: "x" } } });
  assert.deepEqual(
    container,
    Container.create({
      id: "c1",
      annotations: JSON.parse('{"a":"1","__proto__":"2"}'),
      args: ["sh", ""],
      env: ["A=1", "NOVALUE"],
      user: { uid: 1, gid: 2, additionalGids: [3, 4] },
      rlimits: [{ type: "RLIMIT_NOFILE", hard: UINT64, soft: 1n }],
      mounts: [{ destination: "/m", type: "bind", source: "/s", options: ["ro"] }, { destination: "/bare" }],
      hooks: {
        createRuntime: [{ path: "/h", args: ["h"], env: ["E=1"], timeout: { value: INT64 } }],
        poststop: [{ path: "/p" }],
      },
      linux: {
        namespaces: [{ type: "pid" }, { type: "network", path: "/n" }],
        devices: [
          {
            path: "/dev/d",
            type: "b",
            major: INT64,
            minor: 1n,
            fileMode: { value: 0o660 },
            uid: { value: 0 },
            gid: { value: 6 },
          },
          { path: "/x", type: "p" },
        ],
        cgroupsPath: "/c",
        oomScoreAdj: { value: -5n },
        ioPriority: { class: 3, priority: 7 },
        scheduler: { policy: 3, nice: -1, priority: 2, flags: [3], runtime: UINT64, deadline: 1n, period: 2n },
        sysctl: { "net.a": "1" },
        netDevices: { eth1: { name: "lan" }, eth2: {} },
        rdt: { closId: { value: "gold" }, schemata: { value: ["L3:0=f"] }, enableMonitoring: { value: false } },
        seccompProfile: { profileType: SecurityProfile_ProfileType.RUNTIME_DEFAULT, localhostRef: "x" },
        seccompPolicy: {
          defaultAction: "SCMP_ACT_ERRNO",
          defaultErrno: { value: 38 },
          architectures: ["SCMP_ARCH_X86"],
          flags: ["F"],
          listenerPath: "/l",
          listenerMetadata: "m",
          syscalls: [
            {
              names: ["a"],
              action: "A",
              errnoRet: { value: 1 },
              args: [{ index: 2, value: UINT64, valueTwo: 3n, op: "O" }],
            },
            { names: ["b"], action: "B" },
          ],
        },
        resources: linuxResourcesFromSpec(RESOURCES),
      },
    }),
  );
});

test("a bare spec, and one full of null, is an empty container", () => {
  const empty = Container.create({ linux: {} });
  assert.deepEqual(containerFromSpec({ ociVersion: "1" }), empty);
  const nulls = parseSpec(
    '{"process":{"env":null,"user":null},"mounts":null,"hooks":null,"linux":{"devices":null,"resources":null}}',
  );
  assert.deepEqual(containerFromSpec(nulls), empty);
});

test("what a container says can be applied to an empty spec and gives the same back", () => {
  const { linux, ...container } = containerFromSpec(FULL);
  const { spec } = applyAdjustment(
    { ociVersion: FULL.ociVersion },
    { ...container, env: [], linux: { ...linux, resources: undefined } },
  );
  const { ...process } = FULL.process;
  delete process.user;
  delete process.env;
  assert.deepEqual(spec.process, process);
  assert.deepEqual(spec.hooks, FULL.hooks);
  assert.deepEqual(spec.annotations, FULL.annotations);
  assert.deepEqual(spec.linux?.seccomp, FULL.linux?.seccomp);
  assert.deepEqual(spec.linux?.intelRdt, FULL.linux?.intelRdt);
  assert.deepEqual(spec.linux?.netDevices, FULL.linux?.netDevices);
});

test("the container is a copy: changing it leaves the spec alone", () => {
  const spec: Spec = { ociVersion: "1", process: { args: ["a"] }, annotations: { a: "1" } };
  const container = containerFromSpec(spec);
  container.args.push("b");
  container.annotations.b = "2";
  assert.deepEqual(spec, { ociVersion: "1", process: { args: ["a"] }, annotations: { a: "1" } });
});

test("unknown names become the enums' first value, as in the reference", () => {
  const spec: Spec = {
    ociVersion: "1",
    process: {
      ioPriority: { class: "__proto__", priority: 1n },
      scheduler: { policy: "SCHED_NEW", flags: ["SCHED_FLAG_NEW"] },
    },
  };
  const { linux } = containerFromSpec(spec);
  assert.equal(linux?.ioPriority?.class, 0);
  assert.equal(linux?.scheduler?.policy, 0);
  assert.deepEqual(linux?.scheduler?.flags, [0]);
});

test("resources survive the way to NRI and back", () => {
  assert.deepEqual(linuxResourcesToSpec(linuxResourcesFromSpec(RESOURCES)), RESOURCES);
});

test("resources as NRI has them keep which values are there", () => {
  assert.deepEqual(linuxResourcesFromSpec({}), LinuxResources.create({}));
  assert.deepEqual(linuxResourcesFromSpec({ memory: {}, cpu: { quota: 0n } }), {
    ...LinuxResources.create({ memory: {}, cpu: { quota: { value: 0n } } }),
  });
  assert.equal(linuxResourcesFromSpec({ pids: {} }).pids?.limit, 0n);
});

test("resources as OCI has them always have memory and cpu, and no pids limit below 0", () => {
  assert.deepEqual(linuxResourcesToSpec(LinuxResources.create({})), { memory: {}, cpu: {} });
  assert.deepEqual(linuxResourcesToSpec(LinuxResources.create({ pids: { limit: -1n } })).pids, {});
  assert.deepEqual(linuxResourcesToSpec(LinuxResources.create({ pids: { limit: 0n } })).pids, { limit: 0n });
});
