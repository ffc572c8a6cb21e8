// Tests of the annotations of rdt.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lineLogger } from "@nri/plugin";
import { Container, PodSandbox } from "@nri/protocol";
import { adjustRdt } from "./settings.js";

const SUFFIX = ".rdt.noderesource.dev/container.c";
function adjusted(fields: Record<string, string>, lines: string[] = []) {
  const annotations = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field + SUFFIX, value]));
  const pod = PodSandbox.create({ namespace: "default", name: "p", annotations });
  const log = lineLogger((line) => lines.push(line));
  return adjustRdt(pod, Container.create({ name: "c" }), log);
}

test("class, schemata and monitoring are set", () => {
  const rdt = adjusted({ closid: "gold", schemata: "L3:0=f,MB:0=50", enablemonitoring: "T" }).linux?.rdt;
  assert.deepEqual(
    [rdt?.closId?.value, rdt?.schemata?.value, rdt?.enableMonitoring?.value],
    ["gold", ["L3:0=f", "MB:0=50"], true],
  );
});

test("empty values are values: an empty class, one empty line of schemata", () => {
  const rdt = adjusted({ closid: "", schemata: "" }).linux?.rdt;
  assert.deepEqual([rdt?.closId?.value, rdt?.schemata?.value], ["", [""]]);
});

test("what is no boolean refuses the container, and says where it is", () => {
  for (const value of ["yes", "", "tRUE", '"'] as const) {
    assert.throws(() => adjusted({ enablemonitoring: value }), {
      message:
        `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax` +
        ` (pod default/p, container c, annotation enablemonitoring${SUFFIX})`,
    });
  }
});

test("unknown fields are told and passed over, whatever stands before the known one", () => {
  const lines: string[] = [];
  assert.equal(adjusted({ "x.closid": "gold", constructor: "1", "": "2" }, lines).linux, undefined);
  assert.deepEqual(
    lines,
    ["x.closid", "constructor", ""].map((field) => `INFO  p/c: unknown rdt field "${field}"`),
  );
});

test("annotations of another container, of the pod, and without scope do not count", () => {
  const annotations = {
    "closid.rdt.noderesource.dev/container.other": "gold",
    "closid.rdt.noderesource.dev/pod": "gold",
    "closid.rdt.noderesource.dev": "gold",
  };
  const pod = PodSandbox.create({ annotations });
  assert.equal(
    adjustRdt(
      pod,
      Container.create({ name: "c" }),
      lineLogger(() => undefined),
    ).linux,
    undefined,
  );
});
