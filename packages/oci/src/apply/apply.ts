// Adjustments and updates onto a spec: every field in order, on a copy.
import {
  ContainerAdjustment,
  ContainerUpdate,
  FIELD_READERS,
  FIELDS,
  type FieldName,
  type FieldValue,
  type Init,
  isSet,
  UPDATABLE_FIELDS,
} from "@nri/protocol";
import { cloneJson } from "../json/clone.js";
import type { Spec } from "../spec/types.js";
import { type ApplyContext, linuxOf, newContext } from "./context.js";
import { APPLY, refusable } from "./fields.js";
import type { ApplyOptions } from "./options.js";

/** What became of a spec. */
export interface Applied {
  /** The changed spec; the one given is untouched. */
  readonly spec: Spec;
  /**
   * Paths in the adjustment (`linux.resources.memory.swap`) of what is applied here and not by the reference's generator.
   * Empty under `compat: "reference"`.
   */
  readonly notAppliedByReference: readonly string[];
  /** Fields that were asked for and had no effect, because the caller gave no resolver or injector for them. */
  readonly ignored: readonly FieldName[];
}

/**
 * The spec with a container adjustment in it: every field, in the reference's order. All or nothing: whatever fails, the
 * given spec is untouched. Throws OciError (an unknown namespace, a filter, resolver or checker that refuses, a mount whose
 * source is not shared), and what the CDI injector throws as it is.
 *
 * Where `compat: "default"` differs from the reference's generator (`compat: "reference"`), so that what a plugin asked for
 * happens and nothing else gets lost:
 * - memory: reservation, swap, kernel, kernel_tcp, swappiness, disable_oom_killer and use_hierarchy are applied; a swap limit
 *   that is asked for wins over the one derived from the memory limit;
 * - seccomp: default_errno is applied;
 * - rlimits: replace the spec's limit of the same type, where the reference leaves two;
 * - pids: a limit below 0 lifts the spec's limit (as -1), where the reference leaves it;
 * - removals come before additions in env, devices, namespaces and mounts too, whatever their order;
 * - env: a removal removes every entry of that name; entries without `=` or without a name, which the adjustment does not
 *   speak of, stay;
 * - mounts: one that names no propagation has none, where the reference carries over that of the mount before it.
 *
 * In both, removals in annotations, sysctl and net devices come first (the reference's order is random), and parts of the
 * spec that are missing are created (the reference crashes without `linux` for a seccomp policy, or `process` for rlimits).
 */
export function applyAdjustment(
  spec: Spec,
  adjustment: Init<ContainerAdjustment> | undefined,
  options: ApplyOptions = {},
): Applied {
  const context = newContext(cloneJson(spec), options);
  if (adjustment === undefined) return result(context);
  const wanted = ContainerAdjustment.create(adjustment);
  for (const name of ORDER) {
    if (name === FIRST_OF_RDT && wanted.linux?.rdt?.remove) delete linuxOf(context.spec).intelRdt;
    applyField(name, context, FIELD_READERS[name].adjustment(wanted));
    if (name === LAST_OF_RESOURCES && wanted.linux?.resources !== undefined) checkResources(context);
  }
  return result(context);
}

/**
 * The spec with an update of an existing container in it: all the resources that an update may hold, as in an adjustment.
 * Device cgroup rules are not updatable and are ignored. All or nothing, and throws, as `applyAdjustment`.
 */
export function applyUpdate(
  spec: Spec,
  update: Init<ContainerUpdate> | undefined,
  options: ApplyOptions = {},
): Applied {
  const context = newContext(cloneJson(spec), options);
  const wanted = ContainerUpdate.create(update ?? {});
  if (wanted.linux?.resources === undefined) return result(context);
  for (const name of ORDER) {
    if (UPDATABLE.has(name)) applyField(name, context, FIELD_READERS[name].update(wanted));
    if (name === LAST_OF_RESOURCES) checkResources(context);
  }
  return result(context);
}

const ORDER = Object.keys(APPLY) as FieldName[];
const UPDATABLE = new Set(UPDATABLE_FIELDS);
const FIRST_OF_RDT: FieldName = "RdtClosID";
const LAST_OF_RESOURCES: FieldName = "DeviceRules";

function result({ spec, notAppliedByReference, ignored }: ApplyContext): Applied {
  return { spec, notAppliedByReference, ignored };
}

function applyField<F extends FieldName>(name: F, context: ApplyContext, value: unknown): void {
  if (isSet(value, FIELDS[name])) APPLY[name](context, value as FieldValue<F>);
}

function checkResources({ spec, options }: ApplyContext): void {
  const { checkResources: check } = options;
  if (check === undefined) return;
  const resources = spec.linux?.resources ?? {};
  refusable("resources", "failed to adjust resources in OCI Spec", () => check(resources));
  if (Object.keys(resources).length > 0) linuxOf(spec).resources = resources;
}
