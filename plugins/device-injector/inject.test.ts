// Tests of the device injector's annotations.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lineLogger } from "@nri/plugin";
import { Container, PodSandbox } from "@nri/protocol";
import { inject } from "./inject.js";

function injected(annotations: Record<string, string>, lines: string[] = []) {
  const pod = PodSandbox.create({ namespace: "default", name: "p", annotations });
  return inject(
    pod,
    Container.create({ name: "c" }),
    lineLogger((line) => lines.push(line)),
  );
}

test("devices get numbers, and mode and owner only when they are not zero", () => {
  const yaml =
    "- path: /dev/a\n  type: c\n  major: 10\n  minor: 229\n  file_mode: 0660\n  uid: 1\n  gid: 2\n- path: /dev/b\n  type: b\n  uid: 0";
  const [first, second] = injected({ "devices.noderesource.dev": yaml }).linux?.devices ?? [];
  assert.deepEqual([first?.path, first?.type, first?.major, first?.minor], ["/dev/a", "c", 10n, 229n]);
  assert.deepEqual([first?.fileMode?.value, first?.uid?.value, first?.gid?.value], [0o660, 1, 2]);
  assert.deepEqual([second?.fileMode, second?.uid, second?.gid], [undefined, undefined, undefined]);
});

test("the container's key goes before the pod's, the new key before the old one", () => {
  const value = (name: string) => `- v/c=${name}`;
  const keys = [
    "cdi-devices.noderesource.dev/container.c",
    "cdi-devices.nri.io/container.c",
    "cdi-devices.noderesource.dev/pod",
    "cdi-devices.nri.io/pod",
    "cdi-devices.noderesource.dev",
    "cdi-devices.nri.io",
  ];
  for (const [first, key] of keys.entries()) {
    const annotations = Object.fromEntries(keys.slice(first).map((name) => [name, value(String(keys.indexOf(name)))]));
    assert.equal(injected(annotations).CDIDevices[0]?.name, `v/c=${first}`, key);
  }
  assert.deepEqual(injected({ "cdi-devices.noderesource.dev/container.other": value("x") }).CDIDevices, []);
});

test("mounts, network devices and sysctls are injected", () => {
  const adjust = injected({
    "mounts.noderesource.dev": "- source: /srv\n  destination: /data\n  type: bind\n  options: [ro]",
    "network-devices.noderesource.dev": "- hostIf: eth1\n  name: net1",
    "sysctl.noderesource.dev": 'net.core.somaxconn: "256"',
  });
  assert.deepEqual(adjust.mounts[0]?.options, ["ro"]);
  assert.equal(adjust.linux?.netDevices.eth1?.name, "net1");
  assert.equal(adjust.linux?.sysctl["net.core.somaxconn"], "256");
});

test("there is no old key for sysctls, and their values may be numbers", () => {
  assert.equal(injected({ "sysctl.nri.io": 'a: "1"' }).linux?.sysctl.a, undefined);
  assert.equal(injected({ "sysctl.noderesource.dev": "a: 1" }).linux?.sysctl.a, "1");
  assert.throws(() => injected({ "sysctl.noderesource.dev": "a: [1]" }), {
    message:
      'invalid sysctl annotation "a: [1]": value.a: expected a string, got a list' +
      " (pod default/p, container c, annotation sysctl.noderesource.dev)",
  });
});

test("an unknown I/O priority class is announced as best effort, but nothing is set", () => {
  const lines: string[] = [];
  for (const [yaml, name] of [
    ["class: RT", "RT"],
    ["", ""],
  ] as const) {
    assert.equal(injected({ "io-priority.noderesource.dev": yaml }, lines).linux?.ioPriority, undefined);
    assert.equal(lines.pop(), `WARN  unknown I/O priority class "${name}", using IOPRIO_CLASS_BE`);
  }
  const set = injected({ "io-priority.noderesource.dev": "class: IOPRIO_CLASS_RT\npriority: 3" }).linux?.ioPriority;
  assert.deepEqual([set?.class, set?.priority], [1, 3]);
});

test("unknown scheduler policies and flags become the first of their kind", () => {
  const of = (yaml: string) => injected({ "scheduling-policy.noderesource.dev": yaml }).linux?.scheduler;
  const known = of("policy: SCHED_FIFO\npriority: 5\nflags: [SCHED_FLAG_RECLAIM, NONSENSE]");
  assert.deepEqual([known?.policy, known?.priority, known?.flags], [2, 5, [1, 0]]);
  assert.equal(of("policy: NONSENSE")?.policy, 0);
  assert.equal(of("")?.policy, 0);
});

test("unknown memory policy modes and flags are refused", () => {
  const of = (yaml: string) => injected({ "memory-policy.noderesource.dev": yaml }).linux?.memoryPolicy;
  const known = of("mode: MPOL_BIND\nnodes: 0-1\nflags: [MPOL_F_RELATIVE_NODES]");
  assert.deepEqual([known?.mode, known?.nodes, known?.flags], [2, "0-1", [1]]);
  const place = " (pod default/p, container c, annotation memory-policy.noderesource.dev)";
  for (const [yaml, problem] of [
    ["mode: X", 'mode "X"'],
    ["", 'mode ""'],
    ["mode: MPOL_BIND\nflags: [X]", 'flag "X"'],
  ] as const) {
    const message = `invalid memory policy: invalid memory policy ${problem}${place}`;
    assert.throws(() => of(yaml), { message });
  }
});

test("an annotation that does not parse is repeated in the error", () => {
  const refused = (key: string, message: RegExp) => assert.throws(() => injected({ [key]: "{" }), { message });
  refused("devices.noderesource.dev", /^invalid device annotation "\{": /);
  refused("cdi-devices.nri.io/pod", /^invalid CDI device annotation "\{": /);
  refused("mounts.noderesource.dev", /^invalid mount annotation /);
  refused("io-priority.noderesource.dev", /^invalid I\/O priority annotation /);
  refused("scheduling-policy.noderesource.dev", /^invalid scheduler annotation /);
  refused("network-devices.noderesource.dev", /^invalid net device annotation /);
  refused("memory-policy.noderesource.dev", /^invalid memory policy annotation /);
});

test("a network device that is null, which ends the Go plugin, is refused", () => {
  assert.throws(() => injected({ "network-devices.noderesource.dev": "[~]" }), {
    message: /^invalid net device annotation "\[~\]": value\[0\]: expected a value, got null \(pod default\/p, /,
  });
});

test("without annotations, or with empty lists, the adjustment is empty", () => {
  const empty = { "devices.noderesource.dev": "", "mounts.noderesource.dev": "", "sysctl.noderesource.dev": "" };
  for (const annotations of [{}, empty]) {
    const adjust = injected(annotations);
    assert.equal(adjust.linux, undefined);
    assert.deepEqual(adjust.mounts, []);
  }
});
