// An OCI spec as what NRI tells plugins about a container.
import {
  Container,
  type Init,
  IOPrioClass,
  LinuxResources,
  LinuxSchedulerFlag,
  LinuxSchedulerPolicy,
} from "@nri/protocol";
import { cloneJson } from "../json/clone.js";
import type * as oci from "../spec/types.js";
import type { LinuxResources as OciResources, Spec } from "../spec/types.js";
import { enumValue } from "./enums.js";

type Maybe<T> = T | null | undefined;

function wrapped<T>(value: Maybe<T>): { readonly value: T } | undefined {
  return value === undefined || value === null ? undefined : { value };
}

function each<T, U>(items: Maybe<readonly T[]>, convert: (item: T) => U): U[] {
  return (items ?? []).map(convert);
}

function narrow(value: Maybe<bigint>): { readonly value: number } | undefined {
  return value === undefined || value === null ? undefined : { value: Number(BigInt.asUintN(32, value)) };
}

/**
 * The part of NRI's `Container` that an OCI spec knows: annotations, args, env, mounts, hooks, rlimits, user, and all of
 * `linux` but the kind of seccomp profile. `known` says the rest (id, name, labels, state, ...) and wins where both speak.
 * Values that NRI has no room for (id-mapped mounts, I/O throttling, names of users) are left out.
 */
export function containerFromSpec(spec: Spec, known: Init<Container> = {}): Container {
  const process = spec.process ?? {};
  return Container.create({
    annotations: cloneJson(spec.annotations ?? {}),
    args: process.args ?? [],
    env: process.env ?? [],
    mounts: each(spec.mounts, mountFromSpec),
    ...(spec.hooks ? { hooks: hooksFromSpec(spec.hooks) } : {}),
    rlimits: each(process.rlimits, ({ type, hard, soft }) => ({ type, hard, soft })),
    ...(process.user ? { user: userFromSpec(process.user) } : {}),
    ...known,
    linux: { ...linuxFromSpec(spec), ...known.linux },
  });
}

function linuxFromSpec(spec: oci.Spec): Init<NonNullable<Container["linux"]>> {
  const linux = spec.linux ?? {};
  const process = spec.process ?? {};
  return {
    namespaces: each(linux.namespaces, ({ type, path }) => ({ type, path: path ?? "" })),
    devices: each(linux.devices, deviceFromSpec),
    resources: linux.resources ? linuxResourcesFromSpec(linux.resources) : undefined,
    oomScoreAdj: wrapped(process.oomScoreAdj),
    cgroupsPath: linux.cgroupsPath ?? "",
    ioPriority: process.ioPriority
      ? {
          class: enumValue(IOPrioClass, process.ioPriority.class),
          priority: Number(BigInt.asIntN(32, process.ioPriority.priority ?? 0n)),
        }
      : undefined,
    seccompPolicy: linux.seccomp ? seccompFromSpec(linux.seccomp) : undefined,
    sysctl: cloneJson(linux.sysctl ?? {}),
    netDevices: netDevicesFromSpec(linux.netDevices),
    scheduler: process.scheduler ? schedulerFromSpec(process.scheduler) : undefined,
    rdt: linux.intelRdt
      ? {
          closId: wrapped(linux.intelRdt.closID),
          schemata: wrapped(linux.intelRdt.schemata),
          enableMonitoring: wrapped(linux.intelRdt.enableMonitoring),
        }
      : undefined,
  };
}

/** Cgroup settings as NRI has them; presence of each value is kept. Block I/O settings have no place there. */
export function linuxResourcesFromSpec(resources: OciResources): LinuxResources {
  const { memory, cpu, pids } = resources;
  return LinuxResources.create({
    memory: memory
      ? {
          limit: wrapped(memory.limit),
          reservation: wrapped(memory.reservation),
          swap: wrapped(memory.swap),
          kernel: wrapped(memory.kernel),
          kernelTcp: wrapped(memory.kernelTCP),
          swappiness: wrapped(memory.swappiness),
          disableOomKiller: wrapped(memory.disableOOMKiller),
          useHierarchy: wrapped(memory.useHierarchy),
        }
      : undefined,
    cpu: cpu
      ? {
          shares: wrapped(cpu.shares),
          quota: wrapped(cpu.quota),
          period: wrapped(cpu.period),
          realtimeRuntime: wrapped(cpu.realtimeRuntime),
          realtimePeriod: wrapped(cpu.realtimePeriod),
          cpus: cpu.cpus ?? "",
          mems: cpu.mems ?? "",
        }
      : undefined,
    hugepageLimits: each(resources.hugepageLimits, ({ pageSize, limit }) => ({ pageSize, limit })),
    unified: cloneJson(resources.unified ?? {}),
    devices: each(resources.devices, ({ allow, type, major, minor, access }) => ({
      allow,
      type: type ?? "",
      major: wrapped(major),
      minor: wrapped(minor),
      access: access ?? "",
    })),
    pids: pids ? { limit: pids.limit ?? 0n } : undefined,
  });
}

function mountFromSpec(mount: oci.Mount) {
  return {
    destination: mount.destination,
    type: mount.type ?? "",
    source: mount.source ?? "",
    options: mount.options ?? [],
  };
}

function hooksFromSpec(hooks: oci.Hooks) {
  return {
    prestart: each(hooks.prestart, hookFromSpec),
    createRuntime: each(hooks.createRuntime, hookFromSpec),
    createContainer: each(hooks.createContainer, hookFromSpec),
    startContainer: each(hooks.startContainer, hookFromSpec),
    poststart: each(hooks.poststart, hookFromSpec),
    poststop: each(hooks.poststop, hookFromSpec),
  };
}

function hookFromSpec(hook: oci.Hook) {
  return { path: hook.path, args: hook.args ?? [], env: hook.env ?? [], timeout: wrapped(hook.timeout) };
}

function userFromSpec(user: oci.User) {
  return { uid: user.uid ?? 0, gid: user.gid ?? 0, additionalGids: user.additionalGids ?? [] };
}

function deviceFromSpec(device: oci.LinuxDevice) {
  return {
    path: device.path,
    type: device.type,
    major: device.major ?? 0n,
    minor: device.minor ?? 0n,
    fileMode: wrapped(device.fileMode),
    uid: wrapped(device.uid),
    gid: wrapped(device.gid),
  };
}

function netDevicesFromSpec(devices: Maybe<{ readonly [key: string]: oci.LinuxNetDevice }>) {
  return Object.fromEntries(Object.entries(devices ?? {}).map(([key, device]) => [key, { name: device?.name ?? "" }]));
}

function schedulerFromSpec(scheduler: oci.Scheduler) {
  return {
    policy: enumValue(LinuxSchedulerPolicy, scheduler.policy),
    nice: scheduler.nice ?? 0,
    priority: scheduler.priority ?? 0,
    flags: each(scheduler.flags, (flag) => enumValue(LinuxSchedulerFlag, flag)),
    runtime: scheduler.runtime ?? 0n,
    deadline: scheduler.deadline ?? 0n,
    period: scheduler.period ?? 0n,
  };
}

// NRI has 32 bits for error numbers and argument indices, the platform's word in OCI holds no more that means anything.
function seccompFromSpec(seccomp: oci.LinuxSeccomp) {
  return {
    defaultAction: seccomp.defaultAction,
    defaultErrno: narrow(seccomp.defaultErrnoRet),
    architectures: seccomp.architectures ?? [],
    flags: seccomp.flags ?? [],
    listenerPath: seccomp.listenerPath ?? "",
    listenerMetadata: seccomp.listenerMetadata ?? "",
    syscalls: each(seccomp.syscalls, (syscall) => ({
      names: syscall.names ?? [],
      action: syscall.action,
      errnoRet: narrow(syscall.errnoRet),
      args: each(syscall.args, (arg) => ({
        index: Number(BigInt.asUintN(32, arg.index)),
        value: arg.value,
        valueTwo: arg.valueTwo ?? 0n,
        op: arg.op,
      })),
    })),
  };
}
