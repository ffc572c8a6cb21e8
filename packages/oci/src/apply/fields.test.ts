// Every field, in both directions: an adjustment and an update.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ContainerAdjustment,
  FIELD_NAMES,
  FIELDS,
  type FieldName,
  type Init,
  type LinuxResources,
  UPDATABLE_FIELDS,
} from "@nri/protocol";
import { parseSpec, printSpec } from "../spec/spec.js";
import type { Spec } from "../spec/types.js";
import { applyAdjustment, applyUpdate } from "./apply.js";
import type { ApplyOptions } from "./options.js";

const INT64 = 2n ** 63n - 1n;
const UINT64 = 2n ** 64n - 1n;

interface Case {
  readonly adjustment: Init<ContainerAdjustment>;
  /** What the spec has afterwards, by JSON pointer; undefined: nothing. */
  readonly after: { readonly [pointer: string]: unknown };
  /** The same under `compat: "reference"`, where it differs. */
  readonly reference?: { readonly [pointer: string]: unknown };
}

const BASE: Spec = {
  ociVersion: "1.2.0",
  process: {
    args: ["old"],
    env: ["A=1", "B=2"],
    oomScoreAdj: 1n,
    rlimits: [
      { type: "RLIMIT_NOFILE", hard: 2n, soft: 1n },
      { type: "RLIMIT_CORE", hard: 0n, soft: 0n },
    ],
  },
  mounts: [{ destination: "/data", type: "bind", source: "/old" }],
  hooks: { prestart: [{ path: "/old" }] },
  annotations: { old: "1", gone: "2" },
  linux: {
    cgroupsPath: "/old",
    sysctl: { old: "1", gone: "2" },
    netDevices: { gone: {}, old: { name: "x" } },
    namespaces: [{ type: "pid" }, { type: "network", path: "/old" }],
    devices: [{ path: "/dev/gone", type: "c", major: 1n, minor: 1n }],
    intelRdt: { closID: "old", schemata: ["old"] },
    resources: {
      memory: { limit: 1n, swap: 1n, reservation: 1n },
      cpu: { shares: 1n, cpus: "0" },
      pids: { limit: 1n },
      hugepageLimits: [{ pageSize: "2MB", limit: 1n }],
      unified: { old: "1" },
      blockIO: { weight: 1 },
    },
  },
};

const OPTIONS: ApplyOptions = {
  resolveBlockioClass: (name) => ({ weight: name.length }),
  resolveRdtClass: (name) => ({ closID: name }),
  injectCdiDevices: (spec, names) => {
    spec.hostname = names.join(" ");
  },
};

const resources = (value: Init<LinuxResources>): Init<ContainerAdjustment> => ({ linux: { resources: value } });
const memory = (key: string, ociKey: string, value: bigint | boolean, old?: bigint): Case => ({
  adjustment: resources({ memory: { [key]: { value } } }),
  after: { [`/linux/resources/memory/${ociKey}`]: value },
  reference: { [`/linux/resources/memory/${ociKey}`]: old },
});
const cpu = (key: string, value: bigint): Case => ({
  adjustment: resources({ cpu: { [key]: { value } } }),
  after: { [`/linux/resources/cpu/${key}`]: value },
});

// A field without its case does not compile.
const CASES: { readonly [F in FieldName]: Case } = {
  Annotations: {
    adjustment: { annotations: { new: "3", "-gone": "", old: "4" } },
    after: { "/annotations": { old: "4", new: "3" } },
  },
  Mounts: {
    adjustment: { mounts: [{ destination: "/data", type: "tmpfs", source: "tmpfs", options: ["ro"] }] },
    after: { "/mounts": [{ destination: "/data", type: "tmpfs", source: "tmpfs", options: ["ro"] }] },
  },
  Env: {
    adjustment: {
      env: [
        { key: "C", value: "x=y" },
        { key: "A", value: "" },
        { key: "-B", value: "" },
      ],
    },
    after: { "/process/env": ["A=", "C=x=y"] },
  },
  Args: { adjustment: { args: ["sh", ""] }, after: { "/process/args": ["sh", ""] } },
  OciHooks: {
    adjustment: {
      hooks: {
        prestart: [{ path: "/p", args: ["p", "1"], env: ["E=1"], timeout: { value: INT64 } }],
        createRuntime: [{ path: "/cr" }],
        createContainer: [{ path: "/cc" }],
        startContainer: [{ path: "/sc" }],
        poststart: [{ path: "/ps" }],
        poststop: [{ path: "/pp" }],
      },
    },
    after: {
      "/hooks": {
        prestart: [{ path: "/old" }, { path: "/p", args: ["p", "1"], env: ["E=1"], timeout: INT64 }],
        createRuntime: [{ path: "/cr" }],
        createContainer: [{ path: "/cc" }],
        startContainer: [{ path: "/sc" }],
        poststart: [{ path: "/ps" }],
        poststop: [{ path: "/pp" }],
      },
    },
  },
  Devices: {
    adjustment: {
      linux: {
        devices: [
          {
            path: "/dev/a",
            type: "b",
            major: INT64,
            minor: -1n,
            fileMode: { value: 0o600 },
            uid: { value: 0 },
            gid: { value: 7 },
          },
          { path: "-/dev/gone" },
        ],
      },
    },
    after: {
      "/linux/devices": [{ path: "/dev/a", type: "b", major: INT64, minor: -1n, fileMode: 0o600, uid: 0, gid: 7 }],
      "/linux/resources/devices": [{ allow: true, type: "b", major: INT64, minor: -1n, access: "rwm" }],
    },
  },
  MemLimit: {
    adjustment: resources({ memory: { limit: { value: INT64 } } }),
    after: { "/linux/resources/memory": { limit: INT64, swap: INT64, reservation: 1n } },
  },
  MemReservation: memory("reservation", "reservation", INT64, 1n),
  MemSwapLimit: memory("swap", "swap", INT64, 1n),
  MemKernelLimit: memory("kernel", "kernel", INT64),
  MemTCPLimit: memory("kernelTcp", "kernelTCP", INT64),
  MemSwappiness: memory("swappiness", "swappiness", UINT64),
  MemDisableOomKiller: memory("disableOomKiller", "disableOOMKiller", true),
  MemUseHierarchy: memory("useHierarchy", "useHierarchy", false),
  CPUShares: cpu("shares", UINT64),
  CPUQuota: cpu("quota", -(2n ** 63n)),
  CPUPeriod: cpu("period", UINT64),
  CPURealtimeRuntime: cpu("realtimeRuntime", INT64),
  CPURealtimePeriod: cpu("realtimePeriod", UINT64),
  CPUSetCPUs: { adjustment: resources({ cpu: { cpus: "1-2" } }), after: { "/linux/resources/cpu/cpus": "1-2" } },
  CPUSetMems: { adjustment: resources({ cpu: { mems: "1" } }), after: { "/linux/resources/cpu/mems": "1" } },
  HugepageLimits: {
    adjustment: resources({
      hugepageLimits: [
        { pageSize: "1GB", limit: UINT64 },
        { pageSize: "2MB", limit: 2n },
      ],
    }),
    after: {
      "/linux/resources/hugepageLimits": [
        { pageSize: "2MB", limit: 2n },
        { pageSize: "1GB", limit: UINT64 },
      ],
    },
  },
  DeviceRules: {
    adjustment: resources({
      devices: [
        { allow: false, access: "rwm" },
        { allow: true, type: "c", major: { value: INT64 }, minor: { value: 0n }, access: "r" },
      ],
    }),
    after: {
      "/linux/resources/devices": [
        { allow: false, access: "rwm" },
        { allow: true, type: "c", major: INT64, minor: 0n, access: "r" },
      ],
    },
  },
  CgroupsUnified: {
    adjustment: resources({ unified: { "memory.high": "max", "-old": "2" } }),
    after: { "/linux/resources/unified": { old: "1", "memory.high": "max", "-old": "2" } },
  },
  BlockioClass: {
    adjustment: resources({ blockioClass: { value: "gold" } }),
    after: { "/linux/resources/blockIO": { weight: 4 } },
  },
  RdtClass: {
    adjustment: resources({ rdtClass: { value: "gold" } }),
    after: { "/linux/intelRdt": { closID: "gold" } },
  },
  PidsLimit: {
    adjustment: resources({ pids: { limit: INT64 } }),
    after: { "/linux/resources/pids": { limit: INT64 } },
  },
  CgroupsPath: { adjustment: { linux: { cgroupsPath: "/new" } }, after: { "/linux/cgroupsPath": "/new" } },
  OomScoreAdj: {
    adjustment: { linux: { oomScoreAdj: { value: -(2n ** 63n) } } },
    after: { "/process/oomScoreAdj": -(2n ** 63n) },
  },
  IoPriority: {
    adjustment: { linux: { ioPriority: { class: 1, priority: 0 } } },
    after: { "/process/ioPriority": { class: "IOPRIO_CLASS_RT", priority: 0n } },
  },
  SeccompPolicy: {
    adjustment: {
      linux: {
        seccompPolicy: {
          defaultAction: "SCMP_ACT_ERRNO",
          defaultErrno: { value: 4294967295 },
          architectures: ["SCMP_ARCH_X86"],
          flags: ["F"],
          listenerPath: "/l",
          listenerMetadata: "m",
          syscalls: [
            {
              names: ["open"],
              action: "A",
              errnoRet: { value: 0 },
              args: [{ index: 5, value: UINT64, valueTwo: UINT64, op: "O" }],
            },
          ],
        },
      },
    },
    after: {
      "/linux/seccomp": {
        defaultAction: "SCMP_ACT_ERRNO",
        defaultErrnoRet: 4294967295n,
        architectures: ["SCMP_ARCH_X86"],
        flags: ["F"],
        listenerPath: "/l",
        listenerMetadata: "m",
        syscalls: [
          {
            names: ["open"],
            action: "A",
            errnoRet: 0n,
            args: [{ index: 5n, value: UINT64, valueTwo: UINT64, op: "O" }],
          },
        ],
      },
    },
    reference: { "/linux/seccomp/defaultErrnoRet": undefined, "/linux/seccomp/listenerPath": "/l" },
  },
  Namespace: {
    adjustment: {
      linux: { namespaces: [{ type: "network", path: "" }, { type: "-pid" }, { type: "time", path: "/t" }] },
    },
    after: { "/linux/namespaces": [{ type: "network" }, { type: "time", path: "/t" }] },
  },
  Sysctl: {
    adjustment: { linux: { sysctl: { "-gone": "", old: "3", new: "4" } } },
    after: { "/linux/sysctl": { old: "3", new: "4" } },
  },
  LinuxNetDevices: {
    adjustment: { linux: { netDevices: { "-gone": { name: "" }, old: { name: "y" }, new: {} } } },
    after: { "/linux/netDevices": { old: { name: "y" }, new: {} } },
  },
  LinuxSched: {
    adjustment: {
      linux: {
        scheduler: { policy: 7, nice: -1, priority: 2, flags: [1], runtime: UINT64, deadline: UINT64, period: UINT64 },
      },
    },
    after: {
      "/process/scheduler": {
        policy: "SCHED_DEADLINE",
        nice: -1,
        priority: 2,
        flags: ["SCHED_FLAG_RECLAIM"],
        runtime: UINT64,
        deadline: UINT64,
        period: UINT64,
      },
    },
  },
  RdtClosID: {
    adjustment: { linux: { rdt: { closId: { value: "new" } } } },
    after: { "/linux/intelRdt": { closID: "new", schemata: ["old"] } },
  },
  RdtSchemata: {
    adjustment: { linux: { rdt: { schemata: { value: ["L3:0=f"] } } } },
    after: { "/linux/intelRdt": { closID: "old", schemata: ["L3:0=f"] } },
  },
  RdtEnableMonitoring: {
    adjustment: { linux: { rdt: { enableMonitoring: { value: true } } } },
    after: { "/linux/intelRdt": { closID: "old", schemata: ["old"], enableMonitoring: true } },
  },
  MemoryPolicy: {
    adjustment: { linux: { memoryPolicy: { mode: 2, nodes: "0-1", flags: [2] } } },
    after: { "/linux/memoryPolicy": { mode: "MPOL_BIND", nodes: "0-1", flags: ["MPOL_F_NUMA_BALANCING"] } },
  },
  Rlimits: {
    adjustment: { rlimits: [{ type: "RLIMIT_NOFILE", hard: UINT64, soft: UINT64 }] },
    after: {
      "/process/rlimits": [
        { type: "RLIMIT_NOFILE", hard: UINT64, soft: UINT64 },
        { type: "RLIMIT_CORE", hard: 0n, soft: 0n },
      ],
    },
    reference: {
      "/process/rlimits": [
        { type: "RLIMIT_NOFILE", hard: 2n, soft: 1n },
        { type: "RLIMIT_CORE", hard: 0n, soft: 0n },
        { type: "RLIMIT_NOFILE", hard: UINT64, soft: UINT64 },
      ],
    },
  },
  CdiDevices: {
    adjustment: { CDIDevices: [{ name: "v/c=a" }, { name: "v/c=b" }] },
    after: { "/hostname": "v/c=a v/c=b" },
  },
};

function at(spec: unknown, pointer: string): unknown {
  let value = spec;
  for (const part of pointer.split("/").slice(1)) value = (value as { [key: string]: unknown } | undefined)?.[part];
  return value;
}

function check(spec: Spec, after: Case["after"]): void {
  // Through text and back: what counts is the file that an OCI runtime reads.
  const read = parseSpec(printSpec(spec));
  for (const [pointer, expected] of Object.entries(after)) assert.deepEqual(at(read, pointer), expected, pointer);
}

/** Everything but what lies at the pointers of a field. */
function others(spec: Spec, name: FieldName): Spec {
  const copy = parseSpec(printSpec(spec));
  for (const pointer of [...FIELDS[name].pointers, ...(name === "CdiDevices" ? ["/hostname"] : [])]) {
    const parent = at(copy, pointer.slice(0, pointer.lastIndexOf("/"))) as { [key: string]: unknown } | undefined;
    delete parent?.[pointer.slice(pointer.lastIndexOf("/") + 1)];
  }
  return copy;
}

for (const name of FIELD_NAMES) {
  const { adjustment, after, reference } = CASES[name];
  test(`${name}: an adjustment reaches the spec, touches nothing else, and leaves the given spec alone`, () => {
    const before = printSpec(BASE);
    const applied = applyAdjustment(BASE, adjustment, OPTIONS);
    check(applied.spec, after);
    assert.deepEqual(others(applied.spec, name), others(BASE, name));
    assert.equal(applied.notAppliedByReference.length, reference === undefined ? 0 : 1);
    assert.deepEqual(applied.ignored, []);
    assert.equal(printSpec(BASE), before);
  });

  test(`${name}: compat "reference" does what the reference does`, () => {
    const applied = applyAdjustment(BASE, adjustment, { ...OPTIONS, compat: "reference" });
    check(applied.spec, reference ?? after);
    assert.deepEqual(applied.notAppliedByReference, []);
  });

  test(`${name}: an adjustment reaches a spec that has none of its parts`, () => {
    const { spec } = applyAdjustment({ ociVersion: "1.2.0" }, adjustment, OPTIONS);
    assert.notDeepEqual(spec, { ociVersion: "1.2.0" });
    const [pointer = ""] = Object.keys(after);
    assert.notEqual(at(spec, pointer), undefined);
  });

  if (UPDATABLE_FIELDS.includes(name)) {
    test(`${name}: an update reaches the spec and touches nothing else`, () => {
      const update = { containerId: "c", linux: { resources: adjustment.linux?.resources } };
      const applied = applyUpdate(BASE, update, OPTIONS);
      check(applied.spec, after);
      assert.deepEqual(others(applied.spec, name), others(BASE, name));
      check(applyUpdate(BASE, update, { ...OPTIONS, compat: "reference" }).spec, reference ?? after);
    });
  } else {
    test(`${name}: is no part of an update`, () => {
      const update = { containerId: "c", linux: { resources: adjustment.linux?.resources } };
      assert.deepEqual(applyUpdate(BASE, update, OPTIONS).spec, BASE);
    });
  }
}

test("an absent or empty adjustment changes nothing", () => {
  for (const adjustment of [undefined, {}, { linux: {} }, { linux: { resources: {} } }]) {
    for (const compat of ["default", "reference"] as const) {
      const applied = applyAdjustment(BASE, adjustment, { ...OPTIONS, compat });
      assert.deepEqual(applied, { spec: BASE, notAppliedByReference: [], ignored: [] });
      assert.notEqual(applied.spec, BASE);
    }
  }
  assert.deepEqual(applyUpdate(BASE, undefined).spec, BASE);
  assert.deepEqual(applyUpdate(BASE, { containerId: "c" }).spec, BASE);
});

test("keys like __proto__ are set and removed like others", () => {
  const set = applyAdjustment(
    BASE,
    JSON.parse('{"annotations":{"__proto__":"1"},"linux":{"sysctl":{"__proto__":"2"}}}'),
  );
  assert.match(printSpec(set.spec), /"annotations":\{"old":"1","gone":"2","__proto__":"1"\}/);
  assert.match(printSpec(set.spec), /"sysctl":\{"old":"1","gone":"2","__proto__":"2"\}/);
  const removed = applyAdjustment(set.spec, {
    annotations: { "-__proto__": "" },
    linux: { sysctl: { "-__proto__": "" } },
  });
  assert.doesNotMatch(printSpec(removed.spec), /__proto__/);
});

test("unknown keys, raw numbers and key order survive an adjustment", () => {
  const text = '{"x":1.0,"annotations":{"b":"1","1":"2"},"linux":{"y":[18446744073709551616]},"mounts":null}';
  const { spec } = applyAdjustment(parseSpec(text), { annotations: { a: "3" } });
  assert.equal(
    printSpec(spec),
    '{"x":1.0,"annotations":{"b":"1","1":"2","a":"3"},"linux":{"y":[18446744073709551616]},"mounts":null}',
  );
});
