// Reading and writing OCI runtime specs without loss.
import { OciError } from "../errors.js";
import { type ParseOptions, parseJson } from "../json/parse.js";
import { type PrintOptions, printJson } from "../json/print.js";
import { LINUX_RESOURCES, SPEC } from "./shape.js";
import type { LinuxResources, Spec } from "./types.js";

/**
 * Reads a spec (`config.json`). 64-bit integers become bigint with all their digits; keys that the specification does not
 * know, the order of keys, and numbers that JavaScript would print differently are kept (see `RawNumber`), and `null` is
 * kept where it stands. Throws OciError with line and column for what is not JSON, a key given twice, more than the limits
 * allow, or a value of the wrong type; required members are not asked for.
 */
export function parseSpec(input: string | Uint8Array, options: ParseOptions = {}): Spec {
  const value = parseJson(input, SPEC, options);
  if (value === null) throw new OciError("invalid-spec", `${options.name ?? "spec"}: expected an object, found null`);
  return value as unknown as Spec;
}

/** A spec as JSON text, without a line end. What `parseSpec` read and nobody changed comes out the same but for blanks. */
export function printSpec(spec: Spec, options: PrintOptions = {}): string {
  return printJson(spec, options);
}

/** Reads the value of a spec's `linux.resources` alone, as `parseSpec` does the whole; `null` is absent. */
export function parseLinuxResources(input: string | Uint8Array, options: ParseOptions = {}): LinuxResources | null {
  return parseJson(input, LINUX_RESOURCES, { name: "resources", ...options }) as LinuxResources | null;
}
