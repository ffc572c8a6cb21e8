// Tests of finding control groups, in folders that look like both layouts.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { findCgroup as find, writeCgroup } from "./cgroup.js";

const findCgroup = (root: string, controller: string, path: string) => find({ root, dryRun: false }, controller, path);

function rootWith(context: TestContext, ...dirs: string[]): string {
  const root = mkdtempSync(join(tmpdir(), "nri-cgroup-"));
  context.after(() => rmSync(root, { recursive: true }));
  for (const dir of dirs) mkdirSync(join(root, dir), { recursive: true });
  return root;
}

test("v1 has a tree for each controller, v2 one for all", (context) => {
  const root = rootWith(context, "cpu/k8s.io/c1", "k8s.io/c1");
  assert.deepEqual(findCgroup(root, "cpu", "/k8s.io/c1"), {
    version: 1,
    dir: join(root, "cpu/k8s.io/c1"),
    dryRun: false,
  });
  writeFileSync(join(root, "cgroup.controllers"), "cpu cpuset\n");
  assert.deepEqual(findCgroup(root, "cpu", "k8s.io/c1"), { version: 2, dir: join(root, "k8s.io/c1"), dryRun: false });
});

test("systemd's form of a path is the slices that it is in, and the scope", (context) => {
  const pod = "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice";
  const root = rootWith(context, `cpu/${pod}/cri-containerd-abc.scope`, "cpu/system.slice/x.scope", "cpu/y-z.scope");
  const path = (cgroupsPath: string) => findCgroup(root, "cpu", cgroupsPath).dir.slice(root.length + 4);
  assert.equal(path("kubepods-burstable-pod1_2.slice:cri-containerd:abc"), `/${pod}/cri-containerd-abc.scope`);
  assert.equal(path("::x"), "/system.slice/x.scope");
  assert.equal(path("-.slice:y:z"), "/y-z.scope");
});

test("an empty path, a group that is not there and a way out of the mount are refused", (context) => {
  const root = rootWith(context, "cpu", "out");
  assert.throws(() => findCgroup(root, "cpu", ""), { message: /^spec\.cgroupsPath is empty/ });
  assert.throws(() => findCgroup(root, "cpu", "/gone"), { message: `cgroup ${root}/cpu/gone does not exist` });
  assert.throws(() => findCgroup(root, "cpu", "../out"), { message: `cgroup ${root}/cpu/out does not exist` });
});

test("a setting is written where it is; a file that is not there is not made", (context) => {
  const root = rootWith(context, "cpu/c1");
  const group = findCgroup(root, "cpu", "c1");
  writeFileSync(join(group.dir, "cpu.cfs_quota_us"), "50000\n");
  writeCgroup(group, "cpu.cfs_quota_us", "-1");
  assert.match(readFileSync(join(group.dir, "cpu.cfs_quota_us"), "utf8"), /^-1/);
  assert.throws(() => writeCgroup(group, "cpu.max", "max"), {
    message: new RegExp(`^cannot write "max" to ${group.dir}/cpu.max: ENOENT`),
  });
});

test("a dry run needs no group and writes nothing", (context) => {
  const root = rootWith(context);
  const group = find({ root, dryRun: true }, "cpu", "/gone");
  writeCgroup(group, "cpu.cfs_quota_us", "-1");
  assert.throws(() => readFileSync(join(group.dir, "cpu.cfs_quota_us")), { code: "ENOENT" });
});
