// Tests of the v0.1.0 sample plugins as programs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

for (const name of ["clearcfs", "konfine"]) {
  test(`${name}: invoked for another state it answers at once, and a failure is in its answer`, () => {
    const program = fileURLToPath(new URL(`../${name}/${name}.js`, import.meta.url));
    const run = (request: object) => {
      const input = JSON.stringify({
        version: "0.1",
        id: "c",
        spec: { annotations: { "qos.class": "ls" } },
        ...request,
      });
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, "invoke"], { input, encoding: "utf8" });
      assert.deepEqual([status, stderr], [0, ""]);
      return JSON.parse(stdout) as object;
    };
    const empty = { plugin: name, version: "0.1", error: "" };
    assert.deepEqual(run({ state: "delete" }), empty);
    const error = "spec.cgroupsPath is empty: there is no cgroup to change";
    assert.deepEqual(run({ state: "create" }), { ...empty, error });
  });
}
