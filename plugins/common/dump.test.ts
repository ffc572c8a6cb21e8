// Tests of dumps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ContainerAdjustment, CreateContainerRequest } from "@nri/protocol";
import { dumpLines } from "./dump.js";

test("a dump has the protocol's names, sorted, without what is not set", () => {
  const { container } = CreateContainerRequest.create({
    container: {
      id: "c1",
      podSandboxId: "p1",
      labels: { camelCase: "stays", ["__proto__"]: "too" },
      createdAt: 1700000000000000001n,
      CDIDevices: [{ name: "v/c=d" }],
      linux: { oomScoreAdj: { value: -5n }, resources: { unified: { "memory.high": "max" } } },
    },
  });
  assert.deepEqual(dumpLines("StartContainer", { container }), [
    "StartContainer: container:",
    "StartContainer:    CDI_devices:",
    "StartContainer:      - name: v/c=d",
    "StartContainer:    created_at: 1700000000000000001",
    "StartContainer:    id: c1",
    "StartContainer:    labels:",
    "StartContainer:      __proto__: too",
    "StartContainer:      camelCase: stays",
    "StartContainer:    linux:",
    "StartContainer:      oom_score_adj:",
    "StartContainer:        value: -5",
    "StartContainer:      resources:",
    "StartContainer:        unified:",
    "StartContainer:          memory.high: max",
    "StartContainer:    pod_sandbox_id: p1",
  ]);
});

test("without prefix the lines are indented by two", () => {
  const value = ContainerAdjustment.create({ env: [{ key: "A", value: "1" }] });
  assert.deepEqual(dumpLines("", { adjust: value, nothing: [] }), [
    "adjust:",
    "  env:",
    "    - key: A",
    '      value: "1"',
    "nothing:",
    "  []",
  ]);
});

test("what cannot be dumped is said, not thrown", () => {
  const value = {
    get env() {
      throw new Error("boom");
    },
  }; // prettier-ignore
  assert.deepEqual(dumpLines("E", { value }), ["E: value: failed to dump object: boom"]);
});
