// Tests of making a cgroup mount writable.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, PodSandbox } from "@nri/protocol";
import { wantsWritableCgroups, writableMount } from "./cgroup-mount.js";

const KEY = "writable-cgroups.noderesource.dev";
const podWith = (annotations: Record<string, string>) =>
  PodSandbox.create({ namespace: "default", name: "p", annotations });
const wants = (annotations: Record<string, string>) =>
  wantsWritableCgroups(podWith(annotations), Container.create({ name: "c" }))?.key;

test("the narrowest annotation decides, and only the word true does", () => {
  assert.equal(wants({ [KEY]: "true" }), KEY);
  assert.equal(wants({ [`${KEY}/pod`]: "true", [KEY]: "false" }), `${KEY}/pod`);
  assert.equal(wants({ [`${KEY}/container.c`]: "false", [KEY]: "true" }), undefined);
  assert.equal(wants({ [`${KEY}/container.other`]: "true" }), undefined);
  for (const value of ["True", "1", "yes", "", " true", "x".repeat(1 << 20)]) {
    assert.equal(wants({ [KEY]: value }), undefined);
  }
});

function written(...options: string[]) {
  const pod = podWith({ [KEY]: "true" });
  const mounts = [
    { destination: "/proc", type: "proc", source: "proc", options: ["ro"] },
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options },
  ];
  const container = Container.create({ name: "c", mounts });
  const annotation = wantsWritableCgroups(pod, container);
  assert.ok(annotation !== undefined);
  return writableMount(container, annotation)?.build().mounts;
}

test("the mount is replaced by one without ro and with rw, the rest as it was", () => {
  const [mount, removed, ...others] = written("nosuid", "ro", "relatime") ?? [];
  assert.deepEqual([mount?.destination, mount?.type, mount?.source], ["/sys/fs/cgroup", "cgroup", "cgroup"]);
  assert.deepEqual(mount?.options, ["nosuid", "relatime", "rw"]);
  assert.deepEqual([removed?.destination, others], ["-/sys/fs/cgroup", []]);
  assert.deepEqual(written("rw", "ro")?.[0]?.options, ["rw"]);
  assert.deepEqual(written()?.[0]?.options, ["rw"]);
});

test("a mount that is writable stays as it is", () => {
  assert.equal(written("nosuid", "rw"), undefined);
});

test("a container without the mount is refused, in the name of the annotation", () => {
  const annotation = wantsWritableCgroups(podWith({ [KEY]: "true" }), Container.create({ name: "c" }));
  assert.ok(annotation !== undefined);
  assert.throws(() => writableMount(Container.create({ name: "c" }), annotation), {
    message: `no /sys/fs/cgroup mount found to modify, this is unexpected (pod default/p, container c, annotation ${KEY})`,
  });
});
