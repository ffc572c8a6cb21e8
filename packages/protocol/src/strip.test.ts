// Stripping: what says nothing goes, what is set stays, part by part as the reference's own tests have it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ContainerAdjustment, ContainerUpdate } from "./gen/messages.js";
import type { Init } from "./message.js";
import { stripAdjustment, stripUpdate } from "./strip.js";

type Adjustment = Init<ContainerAdjustment>;

const EMPTY: readonly [string, Adjustment][] = [
  ["an adjustment", {}],
  ["sub-structures", { hooks: {}, linux: { resources: { cpu: {}, memory: {} }, rdt: {} } }],
  ["maps and lists", { annotations: {}, mounts: [], linux: { sysctl: {}, devices: [] } }],
  ["a pids limit of 0", { linux: { resources: { pids: { limit: 0n } } } }],
  ["the default I/O priority", { linux: { ioPriority: { class: 0, priority: 0 } } }],
  ["the default memory policy", { linux: { memoryPolicy: { mode: 0 } } }],
  ["a scheduler at its defaults", { linux: { scheduler: {} } }],
  ["a seccomp policy at its defaults", { linux: { seccompPolicy: {} } }],
];
for (const [what, adjustment] of EMPTY) {
  test(`${what} without content becomes absent`, () => {
    assert.equal(stripAdjustment(ContainerAdjustment.create(adjustment)), undefined);
  });
}

const KEPT: readonly [string, Adjustment][] = [
  ["annotations", { annotations: { "": "" } }],
  ["mounts", { mounts: [{ destination: "", type: "", source: "", options: [] }] }],
  ["env", { env: [{ key: "A", value: "" }] }],
  ["args", { args: [""] }],
  ["hooks", { hooks: { prestart: [{ path: "/a", args: [], env: [] }] } }],
  ["rlimits", { rlimits: [{ type: "", hard: 0n, soft: 0n }] }],
  ["CDI devices", { CDIDevices: [{ name: "" }] }],
  ["devices", { linux: { devices: [{ path: "", type: "", major: 0n, minor: 0n }] } }],
  ["a memory limit of 0", { linux: { resources: { memory: { limit: { value: 0n } } } } }],
  ["cpu shares of 0", { linux: { resources: { cpu: { shares: { value: 0n } } } } }],
  ["cpus", { linux: { resources: { cpu: { cpus: "0" } } } }],
  ["an empty class", { linux: { resources: { rdtClass: { value: "" } } } }],
  ["a pids limit", { linux: { resources: { pids: { limit: 1n } } } }],
  ["unified with empty values", { linux: { resources: { unified: { value: "" } } } }],
  ["oom score adj of 0", { linux: { oomScoreAdj: { value: 0n } } }],
  ["I/O priority", { linux: { ioPriority: { priority: 1 } } }],
  ["a scheduler", { linux: { scheduler: { nice: 1 } } }],
  ["a seccomp default errno of 0", { linux: { seccompPolicy: { defaultErrno: { value: 0 } } } }],
  ["net devices", { linux: { netDevices: { eth0: { name: "" } } } }],
  ["rdt removal", { linux: { rdt: { remove: true } } }],
  ["an empty schemata", { linux: { rdt: { schemata: { value: [] } } } }],
  ["memory policy flags", { linux: { memoryPolicy: { flags: [0] } } }],
];
for (const [what, adjustment] of KEPT) {
  test(`${what} that are set are all that stays`, () => {
    const stripped = stripAdjustment(ContainerAdjustment.create(adjustment));
    assert.deepEqual(ContainerAdjustment.create(stripped), ContainerAdjustment.create(adjustment));
    assert.deepEqual(Object.keys(stripped ?? {}), Object.keys(adjustment));
  });
}

test("an update keeps its container and what it sets", () => {
  const update = ContainerUpdate.create({ containerId: "x", linux: { resources: { memory: {}, cpu: { cpus: "1" } } } });
  assert.deepEqual(stripUpdate(update), { containerId: "x", linux: { resources: { cpu: { cpus: "1" } } } });
  assert.equal(stripUpdate(ContainerUpdate.create({ linux: { resources: { pids: { limit: 0n } } } })), undefined);
  assert.equal(stripUpdate(undefined), undefined);
});
