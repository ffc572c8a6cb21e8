// What people are told about a plugin's answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChangeContext, describeChanges, describeUpdate, printChange } from "./changes.js";
import { Container, ContainerAdjustment, ContainerUpdate, LinuxResources } from "./gen/messages.js";
import type { Init } from "./message.js";
import { Ownership } from "./owners.js";

const SIGNS = { set: "+", add: "+", replace: "~", remove: "-" } as const;

function told(adjust: Init<ContainerAdjustment>, container: Init<Container> = {}, more: Partial<ChangeContext> = {}) {
  const context = { container: Container.create(container), ...more };
  return describeChanges(ContainerAdjustment.create(adjust), context).map(
    (change) => `${SIGNS[change.action]} ${printChange(change)}`,
  );
}

test("additions name the thing and its value", () => {
  const adjust: Init<ContainerAdjustment> = {
    env: [{ key: "FUSE", value: "1" }],
    annotations: { a: "b" },
    mounts: [{ destination: "/m", type: "bind", source: "/s", options: ["ro", "rbind"] }],
    CDIDevices: [{ name: "v.com/gpu=0" }],
    hooks: { prestart: [{ path: "/bin/hook", args: ["hook", "a b"] }] },
    linux: {
      devices: [{ path: "/dev/fuse", type: "c", major: 10n, minor: 229n, fileMode: { value: 0o660 } }],
      resources: {
        memory: { limit: { value: 134217728n } },
        pids: { limit: -1n },
        devices: [{ allow: true, type: "c", access: "rw" }],
      },
      memoryPolicy: { mode: 2, nodes: "0-1" },
    },
  };
  assert.deepEqual(told(adjust), [
    "+ annotation a=b",
    "+ mount /m bind /s ro,rbind",
    "+ env FUSE=1",
    '+ hook prestart /bin/hook "a b"',
    "+ device /dev/fuse c 10:229 mode 660",
    "+ memory limit 128 MiB",
    "+ device rule allow c *:* rw",
    "+ pids limit unlimited",
    "+ memory policy MPOL_BIND 0-1",
    "+ CDI device v.com/gpu=0",
  ]);
});

test("replacements say from what to what", () => {
  const container: Init<Container> = {
    env: ["A=1", "B"],
    args: ["old"],
    rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024n, hard: 4096n }],
    linux: { resources: { memory: { limit: { value: 67108864n } } } },
  };
  const adjust: Init<ContainerAdjustment> = {
    env: [{ key: "-A" }, { key: "A", value: "2" }, { key: "B", value: "3" }],
    args: ["", "new", "x y"],
    rlimits: [{ type: "RLIMIT_NOFILE", soft: 65536n, hard: 65536n }],
    linux: { resources: { memory: { limit: { value: 134217728n } } } },
  };
  assert.deepEqual(told(adjust, container), [
    "~ env A=1 -> 2",
    "~ env B= -> 3",
    '~ args old -> new "x y"',
    "~ memory limit 64 MiB -> 128 MiB",
    "~ rlimit RLIMIT_NOFILE 1024/4096 -> 65536/65536",
  ]);
});

test("removals name what goes, also when it was not visible", () => {
  const adjust: Init<ContainerAdjustment> = {
    env: [{ key: "-GONE" }, { key: "NEW", value: "1" }],
    mounts: [{ destination: "-/m" }],
    linux: { sysctl: { "-net.x": "" }, rdt: { remove: true, closId: { value: "c" } } },
  };
  const collected = ContainerAdjustment.create({ linux: { rdt: { schemata: { value: ["L3:0=f"] } } } });
  const changes = told(adjust, { mounts: [{ destination: "/m" }] }, { collected });
  assert.deepEqual(changes, [
    "- mount /m",
    "- env GONE",
    "+ env NEW=1",
    "- sysctl net.x",
    '+ rdt clos id "c"',
    "- rdt schemata",
    "- rdt monitoring",
  ]);
});

test("a replaced value names the plugin that had set it", () => {
  const ownership = new Ownership();
  ownership.claim("c", "Env", "A", "10-a");
  const changes = describeChanges(
    { env: [{ key: "-A" }, { key: "A", value: "2" }] },
    { container: { id: "c", env: ["A=1"] }, owners: ownership.toMessage() },
  );
  const [before, after] = [
    { key: "A", value: "1" },
    { key: "A", value: "2" },
  ];
  assert.deepEqual(changes, [{ field: "Env", key: "A", action: "replace", before, after, replacedOwner: "10-a" }]);
});

test("what containers do not show is looked up in what was collected", () => {
  const collected = { linux: { memoryPolicy: { mode: 1, nodes: "0", flags: [] } } };
  assert.deepEqual(told({ linux: { memoryPolicy: { mode: 2, nodes: "1" } } }, {}, { collected }), [
    "~ memory policy MPOL_PREFERRED 0 -> MPOL_BIND 1",
  ]);
});

test("an update is told against the resources that it changes", () => {
  const update = ContainerUpdate.create({
    containerId: "c",
    linux: {
      resources: {
        cpu: { shares: { value: 5n } },
        unified: { x: "1" },
        hugepageLimits: [{ pageSize: "2MB", limit: 4194304n }],
      },
    },
  });
  const resources = LinuxResources.create({
    cpu: { shares: { value: 2n } },
    hugepageLimits: [{ pageSize: "2MB", limit: 0n }],
  });
  assert.deepEqual(describeUpdate(update, resources).map(printChange), [
    "cpu shares 2 -> 5",
    "hugepage limit 2MB 0 B -> 4 MiB",
    "unified x=1",
  ]);
});

test("an answer that changes nothing tells nothing", () => {
  assert.deepEqual(told({ hooks: {}, linux: { resources: { memory: {} } } }), []);
  assert.deepEqual(describeChanges(undefined, { container: undefined }), []);
});
