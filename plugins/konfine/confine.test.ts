// Tests of konfine on both layouts of control groups, as folders.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cgroupTree, createRequest } from "../common/legacy-request.fixture.js";
import { confine } from "./confine.js";
import { parseCpus, printCpus } from "./cpus.js";

for (const version of [1, 2] as const) {
  test(`v${version}: the cpuset becomes the CPUs that are online and not reserved`, (context) => {
    const { root, read } = cgroupTree(context, version, "cpuset", "cpuset.cpus", "");
    const write = (conf: object) => confine(createRequest({ cgroupRoot: root, onlineCpus: "0-3,8-9", ...conf }));
    write({ systemReserved: [0, 1] });
    assert.equal(read(), "2-3,8-9");
    write({ systemReserved: [8, 2, 8, 4000] });
    assert.match(read(), /^0-1,3,9/);
  });
}

test("without a reservation all CPUs that are online are written", (context) => {
  for (const conf of [{}, { systemReserved: [] }, { systemReserved: null }]) {
    const { root, read } = cgroupTree(context, 1, "cpuset", "cpuset.cpus", "");
    confine(createRequest({ cgroupRoot: root, onlineCpus: "0-1\n", ...conf }));
    assert.equal(read(), "0-1");
  }
});

test("no CPU left over is an error, and nothing is written", (context) => {
  const { root, read } = cgroupTree(context, 2, "cpuset", "cpuset.cpus", "0-1");
  assert.throws(() => confine(createRequest({ cgroupRoot: root, onlineCpus: "0-1", systemReserved: [1, 0, 2] })), {
    message: "conf.systemReserved leaves none of the CPUs that are online (0-1)",
  });
  assert.equal(read(), "0-1");
});

test("a configuration that is wrong is named by its field", () => {
  const refused = (conf: Parameters<typeof createRequest>[0], message: RegExp) =>
    assert.throws(() => confine(createRequest(conf)), { message });
  refused({ systemReserved: "0" }, /^conf\.systemReserved: expected a list of CPUs$/);
  refused({ systemReserved: [0, "1"] }, /^conf\.systemReserved\[1\]: expected the number of a CPU, got "1"$/);
  refused({ systemReserved: [-1] }, /got "-1"$/);
  refused({ systemReserved: [2n ** 70n] }, /got "1180591620717411303424"$/);
  refused({ onlineCpus: "0-" }, /^"0-" is not a CPU or a range of CPUs$/);
  refused({ onlineCpus: 4 }, /^conf\.onlineCpus: expected/);
  refused("text", /^conf: expected an object$/);
  refused({ onlineCpus: "0", cgroupRoot: "/nowhere" }, /^cgroup \/nowhere\/cpuset\/k8s\.io\/c1 does not exist$/);
});

test("lists of CPUs are read and written as the kernel does", () => {
  assert.deepEqual(parseCpus("0-2,4,6-6\n"), [0, 1, 2, 4, 6]);
  assert.deepEqual(parseCpus("\n"), []);
  for (const wrong of ["3-1", "a", "1,", "-1", "0-65536", "0x1"]) assert.throws(() => parseCpus(wrong), /is not a CPU/);
  assert.equal(printCpus([9, 1, 0, 2, 9]), "0-2,9");
  assert.equal(printCpus([]), "");
});
