// One function per row of the field table: what the field does to the spec. A row without its function does not compile.
import { type FieldName, type FieldValue, type LinuxNamespace, removalOf, setOwn } from "@nri/protocol";
import * as to from "../convert/to-spec.js";
import { errorText, OciError } from "../errors.js";
import type { Hooks, LinuxDeviceCgroup, LinuxMemory, POSIXRlimit } from "../spec/types.js";
import { type ApplyContext, cpuOf, linuxOf, memoryOf, processOf, rdtOf, resourcesOf } from "./context.js";
import { applyEnv } from "./env.js";
import { applyMarked, KeyedList, removalsFirst, removeFirst, replaceOrAppend } from "./keyed-list.js";
import { applyMounts } from "./mounts.js";

/** Puts what was asked for field `F` into the spec of the context. Not called for what is absent or empty. */
export type ApplyToSpec<F extends FieldName> = (context: ApplyContext, value: FieldValue<F>) => void;

// A memory setting that the reference's generator drops.
function extraMemory<F extends FieldName, K extends keyof LinuxMemory>(
  path: string,
  key: K,
): (context: ApplyContext, value: FieldValue<F> & { readonly value: NonNullable<LinuxMemory[K]> }) => void {
  return (context, { value }) => {
    if (context.reference) return;
    memoryOf(context.spec)[key] = value;
    context.notAppliedByReference.push(`linux.resources.memory.${path}`);
  };
}

/** In the order in which the fields are applied: later ones win where two touch the same part of the spec. */
export const APPLY: { readonly [F in FieldName]: ApplyToSpec<F> } = {
  Annotations({ spec, options }, annotations) {
    const wanted = refusable("annotations", "failed to adjust annotations in OCI Spec", () =>
      options.filterAnnotations === undefined ? annotations : options.filterAnnotations({ ...annotations }),
    );
    spec.annotations ??= {};
    applyMarked(spec.annotations, wanted, (value) => value);
  },

  Env: applyEnv,

  Args({ spec }, args) {
    processOf(spec).args = [...args];
  },

  OciHooks({ spec }, hooks) {
    for (const stage of [
      "prestart",
      "poststart",
      "poststop",
      "createRuntime",
      "createContainer",
      "startContainer",
    ] as const) {
      if (hooks[stage].length === 0) continue;
      const target: Hooks = spec.hooks ?? {};
      target[stage] = [...(target[stage] ?? []), ...hooks[stage].map(to.hookToSpec)];
      spec.hooks = target;
    }
  },

  CdiDevices(context, devices) {
    const inject = context.options.injectCdiDevices;
    if (inject === undefined) context.ignored.push("CdiDevices");
    else
      inject(
        context.spec,
        devices.map((device) => device.name),
      );
  },

  Devices({ spec, reference }, devices) {
    const nodes = new KeyedList(spec.linux?.devices ?? [], (entry) => entry.path);
    const rules: LinuxDeviceCgroup[] = [];
    for (const device of removalsFirst(devices, (entry) => entry.path, reference)) {
      const removed = removalOf(device.path);
      nodes.remove(removed ?? device.path);
      if (removed !== undefined) continue;
      nodes.set(to.deviceToSpec(device));
      rules.push(to.deviceRule(device));
    }
    if (spec.linux?.devices !== undefined || rules.length > 0) linuxOf(spec).devices = nodes.entries;
    if (rules.length === 0) return;
    const resources = resourcesOf(spec);
    resources.devices = [...(resources.devices ?? []), ...rules];
  },

  CgroupsPath({ spec }, path) {
    linuxOf(spec).cgroupsPath = path;
  },

  OomScoreAdj({ spec }, score) {
    processOf(spec).oomScoreAdj = score.value;
  },

  IoPriority({ spec }, priority) {
    setOrDelete(processOf(spec), "ioPriority", to.ioPriorityToSpec(priority));
  },

  LinuxSched({ spec }, scheduler) {
    setOrDelete(processOf(spec), "scheduler", to.schedulerToSpec(scheduler));
  },

  SeccompPolicy(context, policy) {
    const seccomp = to.seccompToSpec(policy);
    if (seccomp.defaultErrnoRet !== undefined) {
      if (context.reference) delete seccomp.defaultErrnoRet;
      else context.notAppliedByReference.push("linux.seccompPolicy.defaultErrno");
    }
    linuxOf(context.spec).seccomp = seccomp;
  },

  Namespace({ spec, reference }, namespaces) {
    for (const namespace of removalsFirst(namespaces, (entry) => entry.type, reference))
      applyNamespace(spec, namespace);
  },

  Sysctl({ spec }, sysctl) {
    const linux = linuxOf(spec);
    linux.sysctl ??= {};
    applyMarked(linux.sysctl, sysctl, (value) => value);
  },

  LinuxNetDevices({ spec }, devices) {
    const linux = linuxOf(spec);
    linux.netDevices ??= {};
    applyMarked(linux.netDevices, devices, to.netDeviceToSpec);
  },

  MemoryPolicy({ spec }, policy) {
    setOrDelete(linuxOf(spec), "memoryPolicy", to.memoryPolicyToSpec(policy));
  },

  CPUPeriod: ({ spec }, { value }) => {
    cpuOf(spec).period = value;
  },
  CPUQuota: ({ spec }, { value }) => {
    cpuOf(spec).quota = value;
  },
  CPUShares: ({ spec }, { value }) => {
    cpuOf(spec).shares = value;
  },
  CPUSetCPUs: ({ spec }, cpus) => {
    cpuOf(spec).cpus = cpus;
  },
  CPUSetMems: ({ spec }, mems) => {
    cpuOf(spec).mems = mems;
  },
  CPURealtimeRuntime: ({ spec }, { value }) => {
    cpuOf(spec).realtimeRuntime = value;
  },
  CPURealtimePeriod: ({ spec }, { value }) => {
    cpuOf(spec).realtimePeriod = value;
  },

  // A limit of 0 means "not set" in OCI and is not applied. The swap limit follows, because it counts memory and swap
  // together and must not be lower; a swap limit of the adjustment's own (MemSwapLimit, below) wins.
  MemLimit({ spec }, { value }) {
    if (value === 0n) return;
    const memory = memoryOf(spec);
    memory.limit = value;
    memory.swap = value;
  },
  MemReservation: extraMemory<"MemReservation", "reservation">("reservation", "reservation"),
  MemSwapLimit: extraMemory<"MemSwapLimit", "swap">("swap", "swap"),
  MemKernelLimit: extraMemory<"MemKernelLimit", "kernel">("kernel", "kernel"),
  MemTCPLimit: extraMemory<"MemTCPLimit", "kernelTCP">("kernelTcp", "kernelTCP"),
  MemSwappiness: extraMemory<"MemSwappiness", "swappiness">("swappiness", "swappiness"),
  MemDisableOomKiller: extraMemory<"MemDisableOomKiller", "disableOOMKiller">("disableOomKiller", "disableOOMKiller"),
  MemUseHierarchy: extraMemory<"MemUseHierarchy", "useHierarchy">("useHierarchy", "useHierarchy"),

  HugepageLimits({ spec }, limits) {
    const resources = resourcesOf(spec);
    const target = new KeyedList(resources.hugepageLimits ?? [], (entry) => entry.pageSize);
    for (const limit of limits) target.set(to.hugepageLimitToSpec(limit));
    resources.hugepageLimits = target.entries;
  },

  CgroupsUnified({ spec }, unified) {
    const resources = resourcesOf(spec);
    resources.unified ??= {};
    for (const [key, value] of Object.entries(unified)) setOwn(resources.unified, key, value);
  },

  PidsLimit(context, { limit }) {
    const resources = resourcesOf(context.spec);
    resources.pids ??= {};
    const old = resources.pids.limit ?? -1n;
    if (limit >= 0n) resources.pids.limit = limit;
    else if (!context.reference && old >= 0n) {
      // The reference leaves an existing limit as it is when the plugin asks for none.
      resources.pids.limit = -1n;
      context.notAppliedByReference.push("linux.resources.pids");
    }
  },

  DeviceRules({ spec }, rules) {
    const resources = resourcesOf(spec);
    resources.devices = [...(resources.devices ?? []), ...rules.map(to.deviceRuleToSpec)];
  },

  BlockioClass(context, { value }) {
    const resolve = context.options.resolveBlockioClass;
    if (resolve === undefined) context.ignored.push("BlockioClass");
    else if (value === "") delete resourcesOf(context.spec).blockIO;
    else
      resourcesOf(context.spec).blockIO = refusable("blockio-class", "failed to adjust BlockIO class in OCI Spec", () =>
        resolve(value),
      );
  },

  RdtClass(context, { value }) {
    const resolve = context.options.resolveRdtClass;
    if (resolve === undefined) context.ignored.push("RdtClass");
    else if (value === "") delete linuxOf(context.spec).intelRdt;
    else
      linuxOf(context.spec).intelRdt = refusable("rdt-class", "failed to adjust RDT class in OCI Spec", () =>
        resolve(value),
      );
  },

  RdtClosID({ spec }, { value }) {
    rdtOf(spec).closID = value;
  },
  RdtSchemata({ spec }, { value }) {
    rdtOf(spec).schemata = [...value];
  },
  RdtEnableMonitoring({ spec }, { value }) {
    rdtOf(spec).enableMonitoring = value;
  },

  Mounts: applyMounts,

  Rlimits(context, limits) {
    const process = processOf(context.spec);
    const old = process.rlimits ?? [];
    const added = limits.map(to.rlimitToSpec);
    if (context.reference) process.rlimits = [...old, ...added];
    else {
      process.rlimits = replaceByType(old, added);
      const known = new Set(old.map((limit) => limit.type));
      if (added.some((limit) => known.has(limit.type))) context.notAppliedByReference.push("rlimits");
    }
  },
};

/** Runs what a caller gave us; what it throws becomes our error with that code and beginning. */
export function refusable<T>(
  code: "annotations" | "resources" | "blockio-class" | "rdt-class",
  beginning: string,
  run: () => T,
): T {
  try {
    return run();
  } catch (cause) {
    throw new OciError(code, `${beginning}: ${errorText(cause)}`, { cause });
  }
}

function setOrDelete<T extends object, K extends keyof T>(target: T, key: K, value: T[K] | undefined): void {
  if (value === undefined) delete target[key];
  else target[key] = value;
}

const NAMESPACES = new Set(["network", "pid", "mount", "ipc", "uts", "user", "cgroup", "time"]);

function applyNamespace(spec: ApplyContext["spec"], namespace: LinuxNamespace): void {
  const removed = removalOf(namespace.type);
  const type = removed ?? namespace.type;
  if (!NAMESPACES.has(type)) throw new OciError("namespace", `unrecognized namespace ${JSON.stringify(type)}`);
  if (removed !== undefined) {
    removeFirst(spec.linux?.namespaces ?? [], (entry) => entry.type === type);
    return;
  }
  const linux = linuxOf(spec);
  linux.namespaces ??= [];
  const entry = { type, ...to.given("path", to.filled(namespace.path)) };
  replaceOrAppend(linux.namespaces, entry, (old) => old.type === type);
}

// One limit per type, in the place of the first one; of equal types the last entry counts.
function replaceByType(old: readonly POSIXRlimit[], added: readonly POSIXRlimit[]): POSIXRlimit[] {
  const latest = new Map(added.map((limit) => [limit.type, limit]));
  const result: POSIXRlimit[] = [];
  const done = new Set<string>();
  for (const limit of [...old, ...added]) {
    const replacement = latest.get(limit.type);
    if (replacement === undefined) result.push(limit);
    else if (!done.has(limit.type)) result.push(replacement);
    done.add(limit.type);
  }
  return result;
}
