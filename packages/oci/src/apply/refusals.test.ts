// Who may refuse an adjustment, what is said then, and that nothing is left behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerAdjustment, Init } from "@nri/protocol";
import { printSpec } from "../spec/spec.js";
import type { Spec } from "../spec/types.js";
import { applyAdjustment, applyUpdate } from "./apply.js";
import type { ApplyOptions } from "./options.js";

const SPEC: Spec = { ociVersion: "1.2.0", process: { env: ["A=1"] }, linux: { resources: { cpu: { shares: 1n } } } };

function refuse(text: string): () => never {
  return () => {
    throw new Error(text);
  };
}

for (const [what, adjustment, options, code, message] of [
  [
    "the annotation filter",
    { annotations: { a: "b" } },
    { filterAnnotations: refuse("not this one") },
    "annotations",
    "failed to adjust annotations in OCI Spec: not this one",
  ],
  [
    "an unknown namespace",
    { linux: { namespaces: [{ type: "net", path: "" }] } },
    {},
    "namespace",
    'unrecognized namespace "net"',
  ],
  [
    "an unknown namespace to remove",
    { linux: { namespaces: [{ type: "-__proto__", path: "" }] } },
    {},
    "namespace",
    'unrecognized namespace "__proto__"',
  ],
  [
    "the resource checker",
    { linux: { resources: {} } },
    { checkResources: refuse("no") },
    "resources",
    "failed to adjust resources in OCI Spec: no",
  ],
  [
    "the block I/O resolver",
    { linux: { resources: { blockioClass: { value: "x" } } } },
    { resolveBlockioClass: refuse("no class x") },
    "blockio-class",
    "failed to adjust BlockIO class in OCI Spec: no class x",
  ],
  [
    "the RDT resolver",
    { linux: { resources: { rdtClass: { value: "x" } } } },
    { resolveRdtClass: refuse("no class x") },
    "rdt-class",
    "failed to adjust RDT class in OCI Spec: no class x",
  ],
  [
    "the mount table",
    { mounts: [{ destination: "/a", source: "/b", options: ["rshared"] }] },
    { mountInfo: refuse("no /proc") },
    "mount-propagation",
    "failed to adjust mounts in OCI Spec: no /proc",
  ],
] as const satisfies readonly (readonly [string, Init<ContainerAdjustment>, ApplyOptions, string, string])[]) {
  test(`${what} refuses the whole adjustment`, () => {
    const before = printSpec(SPEC);
    const whole: Init<ContainerAdjustment> = { env: [{ key: "A", value: "2" }], ...adjustment };
    assert.throws(() => applyAdjustment(SPEC, whole, options), { name: "OciError", code, message });
    assert.equal(printSpec(SPEC), before, "nothing is half applied");
  });
}

test("what the CDI injector throws is passed on as it is", () => {
  const error = new Error("unresolvable CDI devices a");
  const injectCdiDevices = () => {
    throw error;
  };
  assert.throws(
    () => applyAdjustment(SPEC, { CDIDevices: [{ name: "a" }] }, { injectCdiDevices }),
    (thrown) => thrown === error,
  );
});

test("classes and CDI devices that nobody resolves are ignored and reported", () => {
  const adjustment = {
    CDIDevices: [{ name: "v/c=d" }],
    linux: { resources: { blockioClass: { value: "b" }, rdtClass: { value: "" } } },
  };
  const { spec, ignored } = applyAdjustment(SPEC, adjustment);
  assert.deepEqual(spec, SPEC);
  assert.deepEqual(ignored, ["CdiDevices", "BlockioClass", "RdtClass"]);
});

test("an empty class takes the settings away", () => {
  const spec: Spec = { ...SPEC, linux: { intelRdt: { closID: "x" }, resources: { blockIO: { weight: 1 } } } };
  const options: ApplyOptions = { resolveBlockioClass: refuse("not asked"), resolveRdtClass: refuse("not asked") };
  const adjustment = { linux: { resources: { blockioClass: { value: "" }, rdtClass: { value: "" } } } };
  assert.deepEqual(applyAdjustment(spec, adjustment, options).spec.linux, { resources: {} });
});

test("the annotation filter sees the removal marks and decides what is applied", () => {
  const spec: Spec = { ...SPEC, annotations: { gone: "1", kept: "2" } };
  const filterAnnotations = (annotations: { [key: string]: string }) => {
    assert.deepEqual(annotations, { "-gone": "", "-kept": "", a: "1", b: "2" });
    return { "-gone": "", a: "1" };
  };
  const adjustment = { annotations: { "-gone": "", "-kept": "", a: "1", b: "2" } };
  assert.deepEqual(applyAdjustment(spec, adjustment, { filterAnnotations }).spec.annotations, { kept: "2", a: "1" });
});

test("the resource checker sees all resources at once, may change them, and is not asked without any", () => {
  const seen: unknown[] = [];
  const options: ApplyOptions = {
    checkResources(resources) {
      seen.push(structuredClone(resources));
      resources.cpu = { shares: 3n };
    },
    resolveBlockioClass: () => ({ weight: 1 }),
  };
  const wanted = { cpu: { quota: { value: 2n } }, pids: { limit: 7n }, blockioClass: { value: "x" } };
  for (const { spec } of [
    applyAdjustment(SPEC, { linux: { resources: wanted } }, options),
    applyUpdate(SPEC, { containerId: "c", linux: { resources: wanted } }, options),
  ]) {
    assert.deepEqual(spec.linux?.resources, { cpu: { shares: 3n }, pids: { limit: 7n }, blockIO: { weight: 1 } });
  }
  applyAdjustment(SPEC, { args: ["x"] }, options);
  assert.deepEqual(seen, Array(2).fill({ cpu: { shares: 1n, quota: 2n }, pids: { limit: 7n } }));
});
