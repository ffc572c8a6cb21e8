// CDI: names, files, and what devices do to a spec.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostDeviceLookup } from "../host-device.js";
import type { Spec } from "../spec/types.js";
import { applyEdits } from "./edits.js";
import { type ContainerEdits, readCdiFile } from "./file.js";
import { deviceNameError, kindError } from "./name.js";
import { CdiRegistry } from "./registry.js";

const noHost: HostDeviceLookup = (path) => {
  throw new Error(`ENOENT: ${path}`);
};
const SPEC: Spec = { ociVersion: "1.2.0" };

function edited(spec: Spec, edits: ContainerEdits, host: HostDeviceLookup = noHost): Spec {
  const copy = structuredClone(spec);
  applyEdits(copy, edits, host);
  return copy;
}

function file(changes: object, device: object = {}): string {
  const edits = { env: ["A=1"] };
  return JSON.stringify({
    cdiVersion: "1.1.0",
    kind: "vendor.com/class",
    devices: [{ name: "d", containerEdits: edits, ...device }],
    ...changes,
  });
}

test("kinds and device names are checked", () => {
  for (const kind of ["vendor.com/class", "v/c", "V-1/c_2.d"]) assert.equal(kindError(kind), undefined);
  for (const kind of ["", "vendor", "/c", "v/", "1v/c", "v/c/d", "v-/c", "v/c.", "v /c"])
    assert.ok(kindError(kind), kind);
  for (const name of ["0", "a", "0:1", "GPU-12.3_x"]) assert.equal(deviceNameError(name), undefined);
  for (const name of ["", "-a", "a-", "a/b", "a b", ":1"]) assert.ok(deviceNameError(name), name);
});

test("a YAML file means what it means to Go's decoder: octal modes, keys in any case, text for numbers", () => {
  const text = `---
cdiVersion: v0.7.0
kind: vendor.com/class
devices:
  - name: 0:1
    containerEdits:
      env: [A=1]
      additionalGIDs: [5, 0]
      deviceNodes:
        - {path: /dev/x, type: c, major: 9223372036854775807, fileMode: 0660}
  - name: 7
    containerEdits: {intelRdt: {closID: gold}}
`;
  const { devices } = readCdiFile(text, "/etc/cdi/x.yaml");
  assert.deepEqual(devices, [
    {
      name: "0:1",
      containerEdits: {
        env: ["A=1"],
        additionalGids: [5, 0],
        deviceNodes: [{ path: "/dev/x", type: "c", major: 2n ** 63n - 1n, fileMode: 0o660 }],
      },
    },
    { name: "7", containerEdits: { intelRdt: { closID: "gold" } } },
  ]);
});

for (const [what, text, message] of [
  ["JSON that is none", '{"kind":', "/x.json:1:9: the document ends where a value was expected"],
  ["a double key", '{"kind":"a/b",\n"kind":"c/d"}', '/x.json:2:1: key "kind" is there twice'],
  ["an unknown key", file({ colour: 1 }), '/x.json: the document: unknown key "colour"'],
  [
    "an unknown key inside",
    file({}, { containerEdits: { env: ["A=1"], x: 1 } }),
    '/x.json: devices[0].containerEdits: unknown key "x"',
  ],
  ["a wrong type", file({ devices: {} }), "/x.json: devices: expected a list, found an object"],
  ["no content", "null", "/x.json: no content"],
  ["an unknown version", file({ cdiVersion: "9.0.0" }), '/x.json: invalid cdiVersion "9.0.0"'],
  ["no version", file({ cdiVersion: undefined }), '/x.json: invalid cdiVersion ""'],
  ["a bad kind", file({ kind: "class" }), '/x.json: kind "class" is not of the form vendor/class'],
  ["no devices", file({ devices: [] }), "/x.json: no devices"],
  ["a device without edits", file({}, { containerEdits: { env: [] } }), '/x.json: device "d": no container edits'],
  [
    "a bad device name",
    file({}, { name: "-" }),
    '/x.json: device "-": invalid device name "-": letters, digits, and inside "_", "-", ".", ":"',
  ],
  ["a bad variable", file({ containerEdits: { env: ["=x"] } }), '/x.json: invalid environment variable "=x"'],
  ["a node without a path", file({ containerEdits: { deviceNodes: [{}] } }), "/x.json: device node without a path"],
  [
    "a node of an unknown type",
    file({ containerEdits: { deviceNodes: [{ path: "/d", type: "x" }] } }),
    '/x.json: device node /d: invalid type "x"',
  ],
  [
    "unknown permissions",
    file({ containerEdits: { deviceNodes: [{ path: "/d", permissions: "rx" }] } }),
    '/x.json: device node /d: invalid permissions "rx"',
  ],
  [
    "an unknown hook",
    file({ containerEdits: { hooks: [{ hookName: "x", path: "/h" }] } }),
    '/x.json: invalid hook name "x"',
  ],
  [
    "a hook without a path",
    file({ containerEdits: { hooks: [{ hookName: "poststop" }] } }),
    "/x.json: hook poststop without a path",
  ],
  [
    "half a mount",
    file({ containerEdits: { mounts: [{ hostPath: "/a" }] } }),
    "/x.json: mount of /a without a containerPath",
  ],
  [
    "a closID that is a path",
    file({ containerEdits: { intelRdt: { closID: "../x" } } }),
    '/x.json: invalid closID "../x"',
  ],
  [
    "a net device twice",
    file({
      containerEdits: {
        netDevices: [
          { hostInterfaceName: "eth0", name: "a" },
          { hostInterfaceName: "eth0", name: "b" },
        ],
      },
    }),
    '/x.json: two net devices with hostInterfaceName "eth0"',
  ],
] as const) {
  test(`a file with ${what} is refused`, () => {
    assert.throws(() => readCdiFile(text, "/x.json"), { name: "OciError", message });
  });
}

test("a YAML mistake is told with its line", () => {
  assert.throws(() => readCdiFile("kind: [a\nb: c", "/x.yaml"), { code: "cdi-spec", message: /^\/x\.yaml:2:\d+: / });
  assert.throws(() => readCdiFile("kind: a\nkind: b", "/x.yaml"), { message: /^\/x\.yaml:2:1: / });
});

test("YAML aliases cannot make a small file huge", () => {
  const bomb = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(",")}]`);
  assert.throws(() => readCdiFile(["a0: &a0 [x]", ...bomb].join("\n"), "/x.yaml"), { code: "cdi-spec" });
});

for (const [version, older, changes, device] of [
  ["0.4.0", "0.3.0", { containerEdits: { mounts: [{ hostPath: "/a", containerPath: "/b", type: "bind" }] } }, {}],
  ["0.5.0", "0.4.0", { containerEdits: { deviceNodes: [{ path: "/a", hostPath: "/b" }] } }, {}],
  ["0.5.0", "0.4.0", {}, { name: "0" }],
  ["0.6.0", "0.5.0", { annotations: { a: "b" } }, {}],
  ["0.6.0", "0.5.0", {}, { annotations: { a: "b" } }],
  ["0.6.0", "0.5.0", { kind: "vendor.com/a.b" }, {}],
  ["0.7.0", "0.6.0", {}, { containerEdits: { intelRdt: { closID: "a" } } }],
  ["0.7.0", "0.6.0", { containerEdits: { additionalGids: [1] } }, {}],
  ["1.1.0", "1.0.0", { containerEdits: { intelRdt: { enableMonitoring: true } } }, {}],
  ["1.1.0", "1.0.0", {}, { containerEdits: { netDevices: [{ hostInterfaceName: "a", name: "b" }] } }],
] as const) {
  test(`${JSON.stringify({ ...changes, ...device })} needs version ${version}`, () => {
    readCdiFile(file({ ...changes, cdiVersion: version }, device), "/x.json");
    assert.throws(() => readCdiFile(file({ ...changes, cdiVersion: older }, device), "/x.json"), {
      message: `/x.json: cdiVersion must be at least ${version} for what the file uses`,
    });
  });
}

test("edits of every kind reach the spec", () => {
  const given: Spec = {
    ...SPEC,
    process: { env: ["A=1", "B=1"], user: { uid: 0, gid: 0, additionalGids: [5] } },
    mounts: [{ destination: "/a/b/c" }, { destination: "/x", source: "/old" }],
    hooks: { poststop: [{ path: "/old" }] },
    linux: { intelRdt: { closID: "old" } },
  };
  const spec = edited(given, {
    env: ["B=2", "C=3"],
    mounts: [
      { hostPath: "/h", containerPath: "/x", type: "bind", options: ["ro", "bind"] },
      { hostPath: "/h2", containerPath: "/y" },
    ],
    hooks: [
      { hookName: "poststop", path: "/h", args: ["h"], env: ["E=1"], timeout: 5n },
      { hookName: "createRuntime", path: "/c" },
    ],
    netDevices: [{ hostInterfaceName: "eth1", name: "lan" }],
    intelRdt: { closID: "gold", schemata: ["L3:0=f"], enableMonitoring: true },
    additionalGids: [0, 5, 6],
  });
  assert.deepEqual(spec, {
    ...SPEC,
    process: { env: ["A=1", "B=2", "C=3"], user: { uid: 0, gid: 0, additionalGids: [5, 6] } },
    mounts: [
      { destination: "/x", type: "bind", source: "/h", options: ["ro", "bind"] },
      { destination: "/y", source: "/h2" },
      { destination: "/a/b/c" },
    ],
    hooks: {
      poststop: [{ path: "/old" }, { path: "/h", args: ["h"], env: ["E=1"], timeout: 5n }],
      createRuntime: [{ path: "/c" }],
    },
    linux: {
      intelRdt: { closID: "gold", schemata: ["L3:0=f"], enableMonitoring: true },
      netDevices: { eth1: { name: "lan" } },
    },
  });
});

test("edits reach a spec that has nothing", () => {
  const spec = edited(SPEC, { env: ["A=1"], additionalGids: [7], hooks: [{ hookName: "prestart", path: "/p" }] });
  assert.deepEqual(spec, {
    ...SPEC,
    process: { env: ["A=1"], user: { additionalGids: [7] } },
    hooks: { prestart: [{ path: "/p" }] },
  });
});

const host: HostDeviceLookup = (path) => {
  if (path === "/dev/c") return { type: "c", major: 10n, minor: 229n, mode: 0o600 };
  if (path === "/dev/b") return { type: "b", major: 8n, minor: 0n, mode: 0o660 };
  if (path === "/dev/p") return { type: "p", major: 0n, minor: 0n, mode: 0o644 };
  return noHost(path);
};

for (const [what, node, device, access] of [
  ["a path alone", { path: "/dev/c" }, { type: "c", major: 10n, minor: 229n, fileMode: 0o600 }, "rwm"],
  [
    "another path on the host",
    { path: "/dev/x", hostPath: "/dev/b" },
    { type: "b", major: 8n, minor: 0n, fileMode: 0o660 },
    "rwm",
  ],
  [
    "a mode of its own",
    { path: "/dev/c", fileMode: 0o666 },
    { type: "c", major: 10n, minor: 229n, fileMode: 0o666 },
    "rwm",
  ],
  ["permissions", { path: "/dev/c", permissions: "r" }, { type: "c", major: 10n, minor: 229n, fileMode: 0o600 }, "r"],
  [
    "no permissions",
    { path: "/dev/c", permissions: "none" },
    { type: "c", major: 10n, minor: 229n, fileMode: 0o600 },
    undefined,
  ],
  [
    "all that is needed, not on the host",
    { path: "/gone", type: "c", major: 1n, minor: 3n },
    { type: "c", major: 1n, minor: 3n },
    "rwm",
  ],
  [
    "numbers that differ from the host's",
    { path: "/dev/c", type: "c", major: 1n, minor: 3n },
    { type: "c", major: 1n, minor: 3n, fileMode: 0o600 },
    "rwm",
  ],
] as const) {
  test(`a device node with ${what}`, () => {
    const spec = edited(SPEC, { deviceNodes: [node] }, host);
    assert.deepEqual(spec.linux?.devices, [{ path: node.path, ...device }]);
    const { type, major, minor } = device;
    const rule = { allow: true, type, major, minor, ...(access === undefined ? {} : { access }) };
    assert.deepEqual(spec.linux?.resources?.devices, [rule]);
  });
}

test("a fifo has no numbers and no rule", () => {
  const spec = edited(SPEC, { deviceNodes: [{ path: "/dev/p" }, { path: "/q", type: "p" }] }, host);
  assert.deepEqual(spec.linux, {
    devices: [
      { path: "/dev/p", type: "p", major: 0n, minor: 0n, fileMode: 0o644 },
      { path: "/q", type: "p", major: 0n, minor: 0n },
    ],
  });
});

test("a device node belongs to the container's user, unless the file says whose it is or that is root", () => {
  const given: Spec = {
    ...SPEC,
    process: { user: { uid: 1000, gid: 100 } },
    linux: { devices: [{ path: "/dev/c", type: "b" }] },
  };
  const own = edited(given, { deviceNodes: [{ path: "/dev/c" }] }, host).linux?.devices;
  assert.deepEqual(own, [{ path: "/dev/c", type: "c", major: 10n, minor: 229n, fileMode: 0o600, uid: 1000, gid: 100 }]);
  const [told] = edited(given, { deviceNodes: [{ path: "/dev/c", uid: 0, gid: 0 }] }, host).linux?.devices ?? [];
  assert.deepEqual([told?.uid, told?.gid], [0, 0]);
});

test("a device node that is neither described nor there, or of another type, is refused", () => {
  assert.throws(() => edited(SPEC, { deviceNodes: [{ path: "/gone" }] }), {
    code: "cdi-injection",
    message: 'failed to inject devices: failed to stat CDI host device "/gone": ENOENT: /gone',
  });
  assert.throws(() => edited(SPEC, { deviceNodes: [{ path: "/dev/c", type: "b" }] }, host), {
    code: "cdi-injection",
    message: "failed to inject devices: CDI device /dev/c (/dev/c) is of type c on the host, not b",
  });
});

function registry(...files: readonly (readonly [name: string, priority: number, content: string])[]): CdiRegistry {
  return new CdiRegistry(files.map(([name, priority, text]) => ({ name, priority, content: readCdiFile(text, name) })));
}
const envFile = (value: string, devices: readonly string[]) =>
  file({
    containerEdits: { env: [`${value}_ALL=1`], hooks: [{ hookName: "prestart", path: `/${value}` }] },
    devices: devices.map((name) => ({ name, containerEdits: { env: [`${value}_${name}=1`] } })),
  });

test("a file's own edits are made once, those of each device once, whatever is asked for twice", () => {
  const devices = registry(["/a.json", 0, envFile("X", ["d1", "d2", "d3"])]);
  const spec: Spec = structuredClone(SPEC);
  devices.inject(spec, ["vendor.com/class=d2", "vendor.com/class=d1", "vendor.com/class=d2"], noHost);
  assert.deepEqual(spec.process?.env, ["X_ALL=1", "X_d2=1", "X_d1=1"]);
  assert.deepEqual(spec.hooks?.prestart, [{ path: "/X" }]);
});

test("a file of higher priority hides the devices of a lower one, and only those it has", () => {
  const devices = registry(["/low.json", 0, envFile("LOW", ["a", "b"])], ["/high.json", 1, envFile("HIGH", ["b"])]);
  const spec: Spec = structuredClone(SPEC);
  devices.inject(spec, ["vendor.com/class=a", "vendor.com/class=b"], noHost);
  assert.deepEqual(spec.process?.env, ["LOW_ALL=1", "LOW_a=1", "HIGH_ALL=1", "HIGH_b=1"]);
});

test("a device in two files of equal priority cannot be used, and the error names both", () => {
  const devices = registry(["/a.json", 0, envFile("A", ["x", "y"])], ["/b.json", 0, envFile("B", ["x"])]);
  assert.deepEqual(devices.names, ["vendor.com/class=y"]);
  assert.throws(() => devices.inject(structuredClone(SPEC), ["vendor.com/class=x"], noHost), {
    code: "cdi-unresolvable",
    message: 'unresolvable CDI devices vendor.com/class=x (conflicting device "vendor.com/class=x" (/a.json, /b.json))',
  });
});

test("a conflict below does not take away the device of a file of higher priority", () => {
  const low = (name: string) => [name, 0, envFile("LOW", ["x"])] as const;
  const devices = registry(low("/a.json"), low("/b.json"), ["/c.json", 1, envFile("HIGH", ["x"])]);
  const spec: Spec = structuredClone(SPEC);
  devices.inject(spec, ["vendor.com/class=x"], noHost);
  assert.deepEqual(spec.process?.env, ["HIGH_ALL=1", "HIGH_x=1"]);
});

test("all unknown devices are named, and nothing is changed", () => {
  const devices = registry(["/a.json", 0, envFile("A", ["x"])]);
  const spec: Spec = structuredClone(SPEC);
  assert.throws(() => devices.inject(spec, ["v/c=1", "vendor.com/class=x", "v/c=2"], noHost), {
    code: "cdi-unresolvable",
    message: "unresolvable CDI devices v/c=1, v/c=2",
  });
  assert.deepEqual(spec, SPEC);
});
