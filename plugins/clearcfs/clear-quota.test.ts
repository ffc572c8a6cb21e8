// Tests of clearcfs on both layouts of control groups, as folders.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cgroupTree, createRequest } from "../common/legacy-request.fixture.js";
import { clearQuota } from "./clear-quota.js";

const LS = { "qos.class": "ls" };

test("v1: the quota becomes -1", (context) => {
  const { root, read } = cgroupTree(context, 1, "cpu", "cpu.cfs_quota_us", "50000");
  clearQuota(createRequest({ cgroupRoot: root }, LS));
  assert.match(read(), /^-1/);
});

test("v2: the quota becomes max", (context) => {
  const { root, read } = cgroupTree(context, 2, "cpu", "cpu.max", "50000 100000");
  clearQuota(createRequest({ cgroupRoot: root }, LS));
  assert.match(read(), /^max/);
});

test("without the annotation, and with another value, nothing happens", (context) => {
  const { root, read } = cgroupTree(context, 1, "cpu", "cpu.cfs_quota_us", "50000");
  for (const annotations of [{}, { "qos.class": "be" }, { "qos.class": "" }, { "QOS.CLASS": "ls" }]) {
    clearQuota(createRequest({ cgroupRoot: root }, annotations));
    clearQuota(createRequest({ cgroupRoot: root }, annotations, "")); // no cgroup either
  }
  assert.equal(read(), "50000");
});

test("what keeps it from doing so is an error that names the place", (context) => {
  const { root } = cgroupTree(context, 1, "cpu", "cpu.shares", "2");
  const refused = (conf: Parameters<typeof createRequest>[0], path: string, message: RegExp) =>
    assert.throws(() => clearQuota(createRequest(conf, LS, path)), { message });
  refused({ cgroupRoot: root }, "", /^spec\.cgroupsPath is empty/);
  refused({ cgroupRoot: root }, "/gone", /^cgroup .*\/cpu\/gone does not exist$/);
  refused({ cgroupRoot: root }, "/k8s.io/c1", /^cannot write "-1" to .*cpu\.cfs_quota_us: ENOENT/);
  refused({ cgroupRoot: 5 }, "/k8s.io/c1", /^conf\.cgroupRoot: expected an absolute path$/);
  refused({ dryRun: "yes" }, "/k8s.io/c1", /^conf\.dryRun: expected true or false$/);
  refused([], "/k8s.io/c1", /^conf: expected an object$/);
});
