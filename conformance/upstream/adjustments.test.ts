// Cases of the reference's own tests: what one plugin adjusts is in the reply, what two adjust is in conflict or joined.
import assert from "node:assert/strict";
import { ContainerAdjustment, type Init, stripAdjustment } from "@nri/protocol";
import { CONTAINER, type Engine, POD, testBoth } from "./engine.fixture.js";
import { CLASSES, CPU, HUGEPAGES, MEMORY } from "./resources.fixture.js";

type Adjustment = Init<ContainerAdjustment>;

const create = async ({ adaptation }: Engine): Promise<unknown> => {
  const { adjust } = await adaptation.createContainer({ pod: POD, container: CONTAINER });
  return stripped(adjust);
};
const stripped = (adjust: Adjustment | undefined): unknown =>
  ContainerAdjustment.create(stripAdjustment(ContainerAdjustment.create(adjust)));

const resources = (value: NonNullable<NonNullable<Adjustment["linux"]>["resources"]>): Adjustment => ({
  linux: { resources: value },
});
const removedMount = { destination: "-/mnt/original" };
const mount = { destination: "/mnt/original", type: "bind", source: "/host/other", options: ["rw"] };
const device = { path: "/dev/nri-null", type: "c", major: 1n, minor: 3n, fileMode: { value: 0o600 } };

const ONE: readonly (readonly [what: string, adjust: Adjustment, reply?: Adjustment])[] = [
  ["annotations", { annotations: { added: "1", key: "new" } }],
  ["mounts", { mounts: [{ destination: "/mnt/new", type: "bind", source: "/host/new", options: ["ro", "rbind"] }] }],
  ["a mount that is removed and put back", { mounts: [removedMount, mount] }, { mounts: [mount] }],
  [
    "environment variables",
    {
      env: [
        { key: "ADDED", value: "1" },
        { key: "ORIGINAL", value: "new" },
      ],
    },
  ],
  ["arguments", { args: ["echo", "updated"] }],
  ["hooks", { hooks: { prestart: [{ path: "/bin/prestart", args: ["a"], env: ["E=1"], timeout: { value: 5n } }] } }],
  ["devices", { linux: { devices: [device] } }],
  ["a namespace", { linux: { namespaces: [{ type: "cgroup", path: "/proc/1/ns/cgroup" }] } }],
  ["rlimits", { rlimits: [{ type: "RLIMIT_NOFILE", hard: 456n, soft: 123n }] }],
  ["CDI devices", { CDIDevices: [{ name: "vendor0.com/dev=dev0" }, { name: "vendor0.com/dev=dev1" }] }],
  ["the I/O priority", { linux: { ioPriority: { class: 1, priority: 5 } } }],
  ["network devices", { linux: { netDevices: { hostIf: { name: "containerIf" } } } }],
  [
    "the scheduler",
    { linux: { scheduler: { policy: 6, nice: 1, priority: 2, flags: [1], runtime: 3n, deadline: 4n, period: 5n } } },
  ],
  ["sysctl", { linux: { sysctl: { "net.ipv4.ip_forward": "1" } } }],
  ["the memory policy", { linux: { memoryPolicy: { mode: 3, nodes: "0,2", flags: [0] } } }],
  ["CPU resources", resources(CPU)],
  ["memory resources", resources(MEMORY)],
  ["block I/O and RDT classes", resources(CLASSES)],
  ["hugepage limits", resources(HUGEPAGES)],
  ["unified resources", resources({ unified: { resource: "1", "resource.1": "value1" } })],
  ["the cgroups path", { linux: { cgroupsPath: "/" } }],
  [
    "the seccomp policy",
    {
      linux: {
        seccompPolicy: {
          defaultAction: "SCMP_ACT_ALLOW",
          listenerPath: "/run/seccomp.sock",
          syscalls: [{ names: ["sched_getaffinity"], action: "SCMP_ACT_NOTIFY" }],
        },
      },
    },
  ],
  [
    "RDT",
    {
      linux: {
        rdt: {
          closId: { value: "foo" },
          schemata: { value: ["L2:0=ff", "L3:0=f"] },
          enableMonitoring: { value: true },
        },
      },
    },
  ],
];
for (const [what, adjust, reply = adjust] of ONE) {
  testBoth(`one plugin adjusts ${what}: the reply holds it`, async (engine) => {
    await engine.connect({ createContainer: () => ({ adjust }) });
    assert.deepEqual(await create(engine), stripped(reply));
  });
}

/** A second plugin's adjustment: with `conflict`, its text after the names; otherwise what both give. */
type Two = readonly [
  what: string,
  first: Adjustment,
  second: Adjustment,
  outcome: { conflict: string } | { reply: Adjustment },
];
const linux = (value: NonNullable<Adjustment["linux"]>): Adjustment => ({ linux: value });
const netDevice = (name: string) => ({ hostIf: { name } });

const TWO: readonly Two[] = [
  ["annotations", { annotations: { k: "1" } }, { annotations: { k: "2" } }, { conflict: "Annotations k" }],
  [
    "annotations, after a removal",
    { annotations: { k: "1" } },
    { annotations: { "-k": "", k: "2" } },
    { reply: { annotations: { "-k": "", k: "2" } } },
  ],
  ["mounts", { mounts: [mount] }, { mounts: [mount] }, { conflict: "Mounts /mnt/original" }],
  [
    "mounts, after a removal",
    { mounts: [mount] },
    { mounts: [removedMount, { ...mount, source: "/host/second" }] },
    { reply: { mounts: [{ ...mount, source: "/host/second" }] } },
  ],
  [
    "environment variables",
    { env: [{ key: "E", value: "1" }] },
    { env: [{ key: "E", value: "2" }] },
    { conflict: "Env E" },
  ],
  [
    "environment variables, after a removal",
    { env: [{ key: "E", value: "1" }] },
    {
      env: [
        { key: "-E", value: "" },
        { key: "E", value: "2" },
      ],
    },
    { reply: { env: [{ key: "E", value: "2" }] } },
  ],
  ["arguments", { args: ["one"] }, { args: ["two"] }, { conflict: "Args " }],
  ["arguments, after a removal", { args: ["one"] }, { args: ["", "two"] }, { reply: { args: ["two"] } }],
  [
    "hooks",
    { hooks: { prestart: [{ path: "/bin/1" }], poststop: [{ path: "/bin/stop" }] } },
    { hooks: { prestart: [{ path: "/bin/2" }] } },
    { reply: { hooks: { prestart: [{ path: "/bin/1" }, { path: "/bin/2" }], poststop: [{ path: "/bin/stop" }] } } },
  ],
  ["devices", linux({ devices: [device] }), linux({ devices: [device] }), { conflict: "Devices /dev/nri-null" }],
  [
    "devices, after a removal",
    linux({ devices: [device] }),
    linux({ devices: [{ path: "-/dev/nri-null" }, { ...device, minor: 4n }] }),
    { reply: linux({ devices: [{ ...device, minor: 4n }] }) },
  ],
  [
    "class-based resources",
    resources({ blockioClass: { value: "one" } }),
    resources({ blockioClass: { value: "two" } }),
    { conflict: "BlockioClass " },
  ],
  [
    "the I/O priority",
    linux({ ioPriority: { class: 1 } }),
    linux({ ioPriority: { class: 2 } }),
    { conflict: "IoPriority " },
  ],
  [
    "the scheduler",
    linux({ scheduler: { policy: 1 } }),
    linux({ scheduler: { policy: 2 } }),
    { conflict: "LinuxSched " },
  ],
  [
    "network devices",
    linux({ netDevices: netDevice("one") }),
    linux({ netDevices: netDevice("two") }),
    { conflict: "LinuxNetDevices hostIf" },
  ],
  [
    "network devices, after a removal",
    linux({ netDevices: netDevice("one") }),
    linux({ netDevices: { "-hostIf": {}, ...netDevice("two") } }),
    { reply: linux({ netDevices: { "-hostIf": {}, ...netDevice("two") } }) },
  ],
  [
    "RDT",
    linux({ rdt: { closId: { value: "one" } } }),
    linux({ rdt: { closId: { value: "two" } } }),
    { conflict: "RdtClosID " },
  ],
  [
    "RDT, after a removal",
    linux({ rdt: { closId: { value: "one" }, enableMonitoring: { value: true } } }),
    linux({ rdt: { remove: true, closId: { value: "two" } } }),
    { reply: linux({ rdt: { closId: { value: "two" } } }) },
  ],
];
for (const [what, first, second, outcome] of TWO) {
  const result = "conflict" in outcome ? "a conflict" : "joined";
  testBoth(`two plugins adjust ${what}: ${result}`, async (engine) => {
    await engine.connect({ index: "00", name: "foo", createContainer: () => ({ adjust: first }) });
    await engine.connect({ index: "10", name: "bar", createContainer: () => ({ adjust: second }) });
    if ("reply" in outcome) assert.deepEqual(await create(engine), stripped(outcome.reply));
    else {
      await assert.rejects(create(engine), {
        code: "conflict",
        message: `plugins "10-bar" and "00-foo" both tried to set ${outcome.conflict}`,
      });
    }
  });
}
