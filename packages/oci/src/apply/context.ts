// The work in progress: the copy of the spec that is being changed, and what is to be reported about it.
import type { FieldName } from "@nri/protocol";
import type { Linux, LinuxCPU, LinuxIntelRdt, LinuxMemory, LinuxResources, Process, Spec } from "../spec/types.js";
import type { ApplyOptions } from "./options.js";

export interface ApplyContext {
  /** The copy; nobody else sees it before all has gone well. */
  readonly spec: Spec;
  readonly options: ApplyOptions;
  /** Whether we do what the reference does, mistakes included. */
  readonly reference: boolean;
  /** Paths of what we applied and the reference would not have. */
  readonly notAppliedByReference: string[];
  /** What was asked for and nobody is there to do. */
  readonly ignored: FieldName[];
}

export function newContext(spec: Spec, options: ApplyOptions): ApplyContext {
  return { spec, options, reference: options.compat === "reference", notAppliedByReference: [], ignored: [] };
}

// Parts of the spec, created when they are not there (`null` counts as absent).
export function processOf(spec: Spec): Process {
  spec.process ??= {};
  return spec.process;
}

export function linuxOf(spec: Spec): Linux {
  spec.linux ??= {};
  return spec.linux;
}

export function resourcesOf(spec: Spec): LinuxResources {
  const linux = linuxOf(spec);
  linux.resources ??= {};
  return linux.resources;
}

export function memoryOf(spec: Spec): LinuxMemory {
  const resources = resourcesOf(spec);
  resources.memory ??= {};
  return resources.memory;
}

export function cpuOf(spec: Spec): LinuxCPU {
  const resources = resourcesOf(spec);
  resources.cpu ??= {};
  return resources.cpu;
}

export function rdtOf(spec: Spec): LinuxIntelRdt {
  const linux = linuxOf(spec);
  linux.intelRdt ??= {};
  return linux.intelRdt;
}
