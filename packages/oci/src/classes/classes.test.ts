// Block I/O and RDT classes: the forms of their configuration.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BlockDevice, readBlockioClasses } from "./blockio.js";
import { parseQuantity } from "./quantity.js";
import { closIdOf, readRdtClasses } from "./rdt.js";

test("quantities are read as Kubernetes reads them", () => {
  for (const [text, value] of [
    ["0", 0n],
    ["80", 80n],
    ["+5", 5n],
    ["-3", -3n],
    ["50M", 50_000_000n],
    ["10k", 10_000n],
    ["64Mi", 64n * 1024n * 1024n],
    ["1Ei", 2n ** 60n],
    ["1.5Ki", 1536n],
    ["1.5", 2n],
    [".5k", 500n],
    ["3.", 3n],
    ["1500m", 2n],
    ["1n", 1n],
    ["1e3", 1000n],
    ["2E-1", 1n],
    ["9E", 9n * 10n ** 18n],
    ["9223372036854775807", 2n ** 63n - 1n],
  ] as const) {
    assert.equal(parseQuantity(text), value, text);
  }
  for (const text of ["", ".", "M", "5 M", "5MB", "1e", "0x10", "9223372036854775808", "10E", "1e99", "--1"]) {
    assert.equal(parseQuantity(text), undefined, text);
  }
});

const CONFIG = `
Classes:
  LowPrio:
    - Weight: 80
    - Devices: ["/dev/sd[a-z]", "/dev/vd*"]
      ThrottleReadBps: 50M
      ThrottleWriteBps: 10Mi
      ThrottleReadIOPS: 10k
      ThrottleWriteIOPS: 5k
      Weight: 50
    - Devices:
        - /dev/disk/by-id/*SSD*
      ThrottleReadBps: 100M
      weight: 60
  Empty:
  HighPrio:
    - Weight: "400"
`;
const DISKS: { readonly [pattern: string]: readonly BlockDevice[] } = {
  "/dev/sd[a-z]": [
    { major: 8n, minor: 0n },
    { major: 8n, minor: 16n },
  ],
  "/dev/disk/by-id/*SSD*": [{ major: 8n, minor: 16n }],
};
const find = (patterns: readonly string[]) => patterns.flatMap((pattern) => DISKS[pattern] ?? []);

test("a block I/O class has default and per-device settings, later ones win", () => {
  const classes = readBlockioClasses(CONFIG, "/etc/blockio.yaml");
  assert.deepEqual(classes.names, ["LowPrio", "Empty", "HighPrio"]);
  const [a, b] = [
    { major: 8n, minor: 0n },
    { major: 8n, minor: 16n },
  ];
  const all = (rate: bigint) => [
    { ...a, rate },
    { ...b, rate },
  ];
  assert.deepEqual(classes.resolve("LowPrio", find), {
    weight: 80,
    weightDevice: [
      { ...a, weight: 50 },
      { ...b, weight: 60 },
    ],
    throttleReadBpsDevice: [
      { ...a, rate: 50_000_000n },
      { ...b, rate: 100_000_000n },
    ],
    throttleWriteBpsDevice: all(10n * 1024n * 1024n),
    throttleReadIOPSDevice: all(10_000n),
    throttleWriteIOPSDevice: all(5_000n),
  });
  assert.deepEqual(classes.resolve("HighPrio", find), { weight: 400 });
  assert.deepEqual(classes.resolve("Empty", find), {});
});

test("an unknown block I/O class is refused", () => {
  const classes = readBlockioClasses(CONFIG, "/etc/blockio.yaml");
  assert.throws(() => classes.resolve("constructor", find), {
    code: "blockio-class",
    message: 'no block I/O class "constructor" in /etc/blockio.yaml',
  });
  assert.deepEqual(readBlockioClasses("", "/x.yaml").names, []);
});

for (const [what, text, message] of [
  ["an unknown key", "Classes: {A: [{Wait: 1}]}", 'Classes.A[0]: unknown key "Wait"'],
  ["a weight that is too small", "Classes: {A: [{Weight: 9}]}", "Classes.A[0].Weight: 9 is not between 10 and 1000"],
  ["a weight that is too big", "Classes: {A: [{Weight: 1k1}]}", 'Classes.A[0].Weight: "1k1" is not a quantity'],
  [
    "a negative rate",
    "Classes: {A: [{Devices: [/dev/x], ThrottleReadBps: -1}]}",
    "Classes.A[0].ThrottleReadBps: -1 is not 0 or more",
  ],
  ["throttling without devices", "Classes: {A: [{ThrottleReadBps: 1}]}", "Classes.A[0]: throttling needs Devices"],
  ["a class that is no list", "Classes: {A: {Weight: 50}}", "Classes.A: expected a list, found an object"],
] as const) {
  test(`a block I/O configuration with ${what} is refused`, () => {
    assert.throws(() => readBlockioClasses(text, "/b.yaml"), { code: "class-config", message: `/b.yaml: ${message}` });
  });
}

const RDT = `
options:
  l3: {optional: true}
  mb: {optional: false}
partitions:
  exclusive:
    l2Allocation: "80%"
    l3Allocation: "8-19"
    mbAllocation: ["100%", "100000MBps"]
    classes:
      guaranteed:
  shared:
    l3Allocation:
      all: "40%"
      2-3,5: {unified: "0xff", code: "10-20%", data: "0-3"}
    mbAllocation: {all: ["50%"], 0: [1000MBps]}
    classes:
      burstable:
        l3Allocation: {all: {unified: "100%"}}
        kubernetes: {denyPodAnnotation: true}
      system/default:
        l3Allocation: "50%"
`;

test("RDT classes are read from all partitions, in every form of allocation", () => {
  assert.deepEqual(readRdtClasses(RDT, "/r.yaml"), ["guaranteed", "burstable", "system/default"]);
  assert.deepEqual(readRdtClasses(JSON.stringify({ partitions: { p: { classes: { c: null } } } }), "/r.json"), ["c"]);
});

test("the class system/default is resctrl's root", () => {
  assert.equal(closIdOf("system/default"), "/");
  assert.equal(closIdOf("gold"), "gold");
});

for (const [what, text, message] of [
  ["an unknown key", "partitions: {p: {l4Allocation: 1}}", 'partitions.p: unknown key "l4Allocation"'],
  [
    "a class in two partitions",
    "partitions: {p: {classes: {c: }}, q: {classes: {c: }}}",
    'partitions.q.classes: class "c" is defined twice',
  ],
  [
    "a class that is a path",
    "partitions: {p: {classes: {../c: }}}",
    'partitions.p.classes: unqualified class name "../c"',
  ],
  [
    "no share of a cache",
    "partitions: {p: {l3Allocation: much}}",
    'partitions.p.l3Allocation: "much" is not a share of a cache',
  ],
  [
    "code without data",
    "partitions: {p: {l3Allocation: {all: {unified: 1%, code: 1%}}}}",
    "partitions.p.l3Allocation.all: code and data go together",
  ],
  [
    "no unified share",
    "partitions: {p: {l3Allocation: {all: {code: 1%, data: 1%}}}}",
    "partitions.p.l3Allocation.all: unified is missing",
  ],
  [
    "no set of cache ids",
    "partitions: {p: {l3Allocation: {some: 1%}}}",
    'partitions.p.l3Allocation: "some" is not a set of cache ids',
  ],
  [
    "no share of bandwidth",
    "partitions: {p: {mbAllocation: [50]}}",
    'partitions.p.mbAllocation: "50" is not a share of memory bandwidth',
  ],
] as const) {
  test(`an RDT configuration with ${what} is refused`, () => {
    assert.throws(() => readRdtClasses(text, "/r.yaml"), { code: "class-config", message: `/r.yaml: ${message}` });
  });
}
