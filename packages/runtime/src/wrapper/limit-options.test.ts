// Options of update, as the resources that they stand for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readCommandLine } from "./command-line.js";
import type { FlavourName } from "./flavour.js";
import { limitResources } from "./limit-options.js";

function resources(flavour: FlavourName, options: string): unknown {
  const line = readCommandLine(flavour, ["update", ...options.split(" "), "x"]);
  assert.ok(line !== undefined, options);
  const found = limitResources(line, flavour);
  return found && { ...JSON.parse(found.json), rest: found.rest.map(({ name, value }) => `${name}=${value}`) };
}

test("options of update are resources; what resources cannot say is left over", () => {
  assert.deepEqual(resources("runc", "--memory 1g --memory-swap -1 --cpu-share=512 --cpuset-cpus 0-1 --pids-limit 9"), {
    memory: { limit: 1073741824, swap: -1 },
    cpu: { shares: 512, cpus: "0-1" },
    pids: { limit: 9 },
    rest: [],
  });
  assert.deepEqual(resources("runc", "--cpu-quota 1000 --cpu-quota 2000 --l3-cache-schema L3:0=f"), {
    cpu: { quota: 2000 },
    rest: ["l3-cache-schema=L3:0=f"],
  });
});

test("sizes are runc's: units of 1024, with a fraction; crun's are bytes", () => {
  for (const [size, expected] of [
    ["512MiB", 536870912],
    ["1.5k", 1536],
    ["3b", 3],
    ["2T", 2 * 1024 ** 4],
  ] as const)
    assert.deepEqual(resources("runc", `--memory ${size}`), { memory: { limit: expected }, rest: [] });
  assert.equal(resources("crun", "--memory 1g"), undefined);
  assert.deepEqual(resources("crun", "--memory=1024"), { memory: { limit: 1024 }, rest: [] });
});

test("what is no number, and what asks for nothing, is for the runtime to judge", () => {
  for (const options of ["--memory lots", "--cpu-share 1x", "--pids-limit=", "--l3-cache-schema x"])
    assert.equal(resources("runc", options), undefined, options);
});
