// Pieces of NRI messages as pieces of an OCI spec. What is empty or zero is left out where the specification allows that.
import {
  type HugepageLimit,
  IOPrioClass,
  type LinuxDevice,
  type LinuxDeviceCgroup,
  type LinuxIOPriority,
  type LinuxMemoryPolicy,
  type LinuxNetDevice,
  type LinuxScheduler,
  LinuxSchedulerFlag,
  LinuxSchedulerPolicy,
  type LinuxSeccomp,
  type Mount,
  MpolFlag,
  MpolMode,
  type Hook as NriHook,
  type POSIXRlimit,
} from "@nri/protocol";
import type * as oci from "../spec/types.js";
import { enumName } from "./enums.js";

type Wrapped<T> = { readonly value: T } | undefined;

/** `{key: value}`, or nothing when there is no value. Spread into an object. */
export function given<K extends string, T>(key: K, value: T | undefined): { [Key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [Key in K]?: T };
}

/** `value` unless it is empty or zero. */
export function filled<T extends string | number | bigint | boolean | readonly unknown[]>(value: T): T | undefined {
  return (Array.isArray(value) ? value.length === 0 : !value) ? undefined : value;
}

const big = (value: Wrapped<number>) => (value === undefined ? undefined : BigInt(value.value));

export function mountToSpec(mount: Mount): oci.Mount {
  return {
    destination: mount.destination,
    ...given("type", filled(mount.type)),
    ...given("source", filled(mount.source)),
    ...given("options", filled([...mount.options])),
  };
}

export function hookToSpec(hook: NriHook): oci.Hook {
  return {
    path: hook.path,
    ...given("args", filled([...hook.args])),
    ...given("env", filled([...hook.env])),
    ...given("timeout", hook.timeout?.value),
  };
}

export function deviceToSpec(device: LinuxDevice): oci.LinuxDevice {
  return {
    path: device.path,
    type: device.type,
    major: device.major,
    minor: device.minor,
    ...given("fileMode", device.fileMode?.value),
    ...given("uid", device.uid?.value),
    ...given("gid", device.gid?.value),
  };
}

/** The rule that lets the container use `device`: read and write, and mknod for block devices, whatever its mode. */
export function deviceRule(device: LinuxDevice): oci.LinuxDeviceCgroup {
  return {
    allow: true,
    ...given("type", filled(device.type)),
    major: device.major,
    minor: device.minor,
    access: device.type === "b" ? "rwm" : "rw",
  };
}

export function deviceRuleToSpec(rule: LinuxDeviceCgroup): oci.LinuxDeviceCgroup {
  return {
    allow: rule.allow,
    ...given("type", filled(rule.type)),
    ...given("major", rule.major?.value),
    ...given("minor", rule.minor?.value),
    ...given("access", filled(rule.access)),
  };
}

export function hugepageLimitToSpec(limit: HugepageLimit): oci.LinuxHugepageLimit {
  return { pageSize: limit.pageSize, limit: limit.limit };
}

export function rlimitToSpec(limit: POSIXRlimit): oci.POSIXRlimit {
  return { type: limit.type, hard: limit.hard, soft: limit.soft };
}

export function netDeviceToSpec(device: LinuxNetDevice): oci.LinuxNetDevice {
  return given("name", filled(device.name));
}

/** Undefined for no class, and for one that we do not know. */
export function ioPriorityToSpec(priority: LinuxIOPriority): oci.LinuxIOPriority | undefined {
  const name = priority.class === IOPrioClass.IOPRIO_CLASS_NONE ? "" : enumName(IOPrioClass, priority.class);
  return name === "" ? undefined : { class: name, priority: BigInt(priority.priority) };
}

/** Undefined for no policy; one that we do not know gives an empty name, which an OCI runtime refuses. */
export function schedulerToSpec(scheduler: LinuxScheduler): oci.Scheduler | undefined {
  if (scheduler.policy === LinuxSchedulerPolicy.SCHED_NONE) return undefined;
  return {
    policy: enumName(LinuxSchedulerPolicy, scheduler.policy),
    ...given("nice", filled(scheduler.nice)),
    ...given("priority", filled(scheduler.priority)),
    ...given("flags", filled(scheduler.flags.map((flag) => enumName(LinuxSchedulerFlag, flag)))),
    ...given("runtime", filled(scheduler.runtime)),
    ...given("deadline", filled(scheduler.deadline)),
    ...given("period", filled(scheduler.period)),
  };
}

/** Undefined for a mode that we do not know. */
export function memoryPolicyToSpec(policy: LinuxMemoryPolicy): oci.LinuxMemoryPolicy | undefined {
  const mode = enumName(MpolMode, policy.mode);
  if (mode === "") return undefined;
  const flags = policy.flags.map((flag) => enumName(MpolFlag, flag));
  return { mode, nodes: policy.nodes, ...given("flags", filled(flags)) };
}

/** Names of actions, architectures and operators are handed on without a check. */
export function seccompToSpec(policy: LinuxSeccomp): oci.LinuxSeccomp {
  return {
    defaultAction: policy.defaultAction,
    ...given("defaultErrnoRet", big(policy.defaultErrno)),
    ...given("architectures", filled([...policy.architectures])),
    ...given("flags", filled([...policy.flags])),
    ...given("listenerPath", filled(policy.listenerPath)),
    ...given("listenerMetadata", filled(policy.listenerMetadata)),
    ...given("syscalls", filled(policy.syscalls.map(syscallToSpec))),
  };
}

function syscallToSpec(syscall: LinuxSeccomp["syscalls"][number]): oci.LinuxSyscall {
  const args = syscall.args.map((arg) => ({
    index: BigInt(arg.index),
    value: arg.value,
    ...given("valueTwo", filled(arg.valueTwo)),
    op: arg.op,
  }));
  return {
    names: [...syscall.names],
    action: syscall.action,
    ...given("errnoRet", big(syscall.errnoRet)),
    ...given("args", filled(args)),
  };
}
