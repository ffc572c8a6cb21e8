// From what annotations ask for to an adjustment; spec: plugins 1.
import type { Logger } from "@nri/plugin";
import {
  type Container,
  ContainerAdjustment,
  IOPrioClass,
  LinuxContainerAdjustment,
  LinuxNetDevice,
  LinuxSchedulerFlag,
  LinuxSchedulerPolicy,
  MpolFlag,
  MpolMode,
  type PodSandbox,
  quote,
  setOwn,
} from "@nri/protocol";
import { KINDS, type Kind, type Request, requested } from "./annotations.js";

/** What a step needs. */
interface Injection {
  readonly pod: PodSandbox;
  readonly container: Container;
  readonly adjust: ContainerAdjustment;
  readonly log: Logger;
  /** Dumps what an annotation was read as; only with `-verbose`. */
  readonly dump: ((tag: string, value: unknown) => void) | undefined;
  /** `<pod>/<container>`. */
  readonly name: string;
}

/**
 * The adjustment for a container; the first annotation that is wrong fails it as a whole. It is filled by hand: the SDK's builder
 * refuses what is there twice, or begins with the mark of a removal, which the Go plugin leaves to the runtime.
 */
export function inject(
  pod: PodSandbox,
  container: Container,
  log: Logger,
  dump?: (tag: string, value: unknown) => void,
): ContainerAdjustment {
  const adjust = ContainerAdjustment.create();
  const injection: Injection = { pod, container, adjust, log, dump, name: `${pod.name}/${container.name}` };
  for (const step of STEPS) step(injection);
  return adjust;
}

const STEPS: readonly ((injection: Injection) => void)[] = [
  devices,
  cdiDevices,
  mounts,
  ioPriority,
  scheduler,
  netDevices,
  sysctl,
  memoryPolicy,
];

function read<T>(injection: Injection, kind: Kind<T>): T | undefined {
  return request(injection, kind)?.value;
}

function request<T>({ pod, container, dump }: Injection, kind: Kind<T>): Request<T> | undefined {
  const found = requested(kind, pod, container.name);
  if (found !== undefined) dump?.(`annotated ${kind.name}`, found.value);
  return found;
}

/** The part for Linux, which is there as soon as one annotation is about it. */
function linux({ adjust }: Injection): LinuxContainerAdjustment {
  adjust.linux ??= LinuxContainerAdjustment.create();
  return adjust.linux;
}

/** A name of an enum, or undefined for any other text. */
function named<Names extends string>(values: Readonly<Record<Names, number>>, name: string): number | undefined {
  return Object.hasOwn(values, name) ? values[name as Names] : undefined;
}

function devices(injection: Injection): void {
  for (const { file_mode, uid, gid, ...device } of read(injection, KINDS.devices) ?? []) {
    linux(injection).devices.push({
      ...device,
      fileMode: file_mode === 0 ? undefined : { value: file_mode },
      uid: uid === 0 ? undefined : { value: uid },
      gid: gid === 0 ? undefined : { value: gid },
    });
    injection.log.info(`${injection.name}: injected device "${device.path}"...`);
  }
}

function cdiDevices(injection: Injection): void {
  for (const name of read(injection, KINDS.cdiDevices) ?? []) {
    injection.adjust.CDIDevices.push({ name });
    injection.log.info(`${injection.name}: injected CDI device "${name}"...`);
  }
}

function mounts(injection: Injection): void {
  for (const mount of read(injection, KINDS.mounts) ?? []) {
    injection.adjust.mounts.push(mount);
    injection.log.info(`${injection.name}: injected mount "${mount.source}" -> "${mount.destination}"...`);
  }
}

/** An unknown class is announced as best effort, but nothing is set: what the reference does. */
function ioPriority(injection: Injection): void {
  const wanted = read(injection, KINDS.ioPriority);
  if (wanted === undefined) return;
  const part = linux(injection);
  const ioClass = named(IOPrioClass, wanted.class);
  if (ioClass === undefined) {
    injection.log.warn(`unknown I/O priority class "${wanted.class}", using IOPRIO_CLASS_BE`);
    return;
  }
  part.ioPriority = { class: ioClass, priority: wanted.priority };
  injection.log.info(`${injection.name}: injected I/O priority ${wanted.class}:${wanted.priority}...`);
}

/** Unknown policies become SCHED_NONE and unknown flags SCHED_FLAG_RESET_ON_FORK: what the reference does. */
function scheduler(injection: Injection): void {
  const wanted = read(injection, KINDS.scheduler);
  if (wanted === undefined) return;
  linux(injection).scheduler = {
    ...wanted,
    policy: named(LinuxSchedulerPolicy, wanted.policy) ?? LinuxSchedulerPolicy.SCHED_NONE,
    flags: wanted.flags.map((flag) => named(LinuxSchedulerFlag, flag) ?? LinuxSchedulerFlag.SCHED_FLAG_RESET_ON_FORK),
  };
  if (injection.dump) return;
  const { policy, nice, priority, runtime, deadline, period } = wanted;
  const shown = `policy ${policy}, nice ${nice}, priority ${priority}, runtime ${runtime}, deadline ${deadline}, period ${period}`;
  injection.log.info(`${injection.name}: adjusted scheduling attributes to <${shown}>...`);
}

function netDevices(injection: Injection): void {
  for (const { hostIf, name } of read(injection, KINDS.netDevices) ?? []) {
    setOwn(linux(injection).netDevices, hostIf, LinuxNetDevice.create({ name }));
    if (!injection.dump) injection.log.info(`${injection.name}: injected network device "${hostIf}" -> "${name}"...`);
  }
}

function sysctl(injection: Injection): void {
  for (const [key, value] of read(injection, KINDS.sysctl) ?? []) {
    setOwn(linux(injection).sysctl, key, value);
    if (!injection.dump) injection.log.info(`${injection.name}: adjusted sysctl ${key}=${value}...`);
  }
}

function memoryPolicy(injection: Injection): void {
  const found = request(injection, KINDS.memoryPolicy);
  if (found === undefined) return;
  const { value: wanted, annotation } = found;
  const unknown = (what: string, name: string) =>
    annotation.error(`invalid memory policy: invalid memory policy ${what} ${quote(name)}`);
  const mode = named(MpolMode, wanted.mode);
  if (mode === undefined) throw unknown("mode", wanted.mode);
  const flags = wanted.flags.map((flag) => {
    const number = named(MpolFlag, flag);
    if (number === undefined) throw unknown("flag", flag);
    return number;
  });
  linux(injection).memoryPolicy = { mode, nodes: wanted.nodes, flags };
  injection.log.info(`${injection.name}: adjusted memory policy to ${wanted.mode} ${wanted.nodes}...`);
}
