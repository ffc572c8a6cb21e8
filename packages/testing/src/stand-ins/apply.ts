// The step ApplyAdjustment: an adjustment put into an OCI spec, with resolvers that show in the spec that they were asked.
import { applyAdjustment, parseSpec, printSpec, type Spec } from "@nri/oci";
import { ContainerAdjustment } from "@nri/protocol";
import { fromJson, type JsonValue } from "@nri/protocol/json";
import { RawJson } from "./json-lines.js";

/** The changed spec as JSON. `line` is the text of the step: its spec is read from there with all digits. */
export function applyStep(line: string, adjustment: JsonValue, compat: "default" | "reference"): RawJson {
  const { spec } = parseSpec(line, { name: "scenario" }) as unknown as { readonly spec?: Spec };
  const before = parseSpec(printSpec({ ...spec, ociVersion: spec?.ociVersion ?? "" }));
  const applied = applyAdjustment(before, fromJson(ContainerAdjustment, adjustment), {
    compat,
    resolveBlockioClass: (name) => ({ weight: Buffer.byteLength(name) & 0xffff }),
    resolveRdtClass: (name) => ({ closID: name }),
    injectCdiDevices: (changed, names) => {
      changed.annotations ??= {};
      for (const name of names) changed.annotations[`cdi.injected/${name}`] = "true";
    },
  });
  return new RawJson(printSpec(applied.spec));
}
