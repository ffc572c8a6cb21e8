// Resources on their way to dockerd and back: what its API can be told, and what it makes of it for the OCI runtime.
import type { LinuxMemory, LinuxResources } from "@nri/protocol";
import type { UpdateBody } from "./api-types.js";

/** Numbers that JSON's readers keep as they are. */
const MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** What dockerd can be told of resources; undefined when they hold something that it cannot be told, or nothing. */
export function updateBody(resources: LinuxResources): UpdateBody | undefined {
  const { memory, cpu, pids, hugepageLimits, blockioClass, rdtClass, unified, devices } = resources;
  const hasOthers =
    hugepageLimits.length > 0 ||
    blockioClass !== undefined ||
    rdtClass !== undefined ||
    Object.keys(unified).length > 0 ||
    devices.length > 0 ||
    cpu?.realtimePeriod !== undefined ||
    cpu?.realtimeRuntime !== undefined ||
    (memory !== undefined && hasOtherMemory(memory));
  if (hasOthers) return undefined;
  const numbers = {
    Memory: memory?.limit?.value,
    MemoryReservation: memory?.reservation?.value,
    MemorySwap: memory?.swap?.value,
    CpuShares: cpu?.shares?.value,
    CpuQuota: cpu?.quota?.value,
    CpuPeriod: cpu?.period?.value,
    PidsLimit: pids?.limit,
  };
  const texts = { CpusetCpus: cpu?.cpus || undefined, CpusetMems: cpu?.mems || undefined };
  const given = Object.entries(numbers).filter((entry): entry is [string, bigint] => entry[1] !== undefined);
  if (!given.every(([name, value]) => isSayable(name, value))) return undefined;
  const body = Object.fromEntries([
    ...given.map(([name, value]) => [name, Number(value)] as const),
    ...Object.entries(texts).filter(([, value]) => value !== undefined),
  ]) as UpdateBody;
  return Object.keys(body).length === 0 ? undefined : body;
}

// 0 is nothing said; an unlimited swap is not handed on, and no other memory can be unlimited.
function isSayable(name: string, value: bigint): boolean {
  if (name === "PidsLimit") return value <= MAX;
  return value <= MAX && (value > 0n || (name === "CpuQuota" && value === -1n));
}

function hasOtherMemory({ kernel, kernelTcp, swappiness, disableOomKiller, useHierarchy }: LinuxMemory): boolean {
  return [kernel, kernelTcp, swappiness, disableOomKiller, useHierarchy].some((value) => value !== undefined);
}

/** Resources as dockerd hands them to the OCI runtime: no limit of processes is -1 then, whatever it was. */
export function asDockerHandsOn(resources: LinuxResources): LinuxResources {
  const { pids } = resources;
  return pids !== undefined && pids.limit <= 0n ? { ...resources, pids: { limit: -1n } } : resources;
}

/** Of these 0 means that nothing is said: dockerd 20.10 writes all of them into every update. */
const UNSAID_ZERO = {
  memory: ["limit", "reservation", "swap", "kernel"],
  cpu: ["shares", "quota", "period"],
} as const;

/** Resources that the OCI runtime is asked for, without what nobody said. */
export function withoutZeros(resources: LinuxResources): LinuxResources {
  const { memory, cpu } = resources;
  return {
    ...resources,
    memory: memory && said(memory, UNSAID_ZERO.memory),
    cpu: cpu && said(cpu, UNSAID_ZERO.cpu),
  };
}

/** `values` without zeros in `keys`; undefined when nothing is left. */
function said<T extends object>(values: T, keys: readonly (keyof T)[]): T | undefined {
  const result = { ...values };
  for (const key of keys) {
    const value: unknown = values[key];
    if (typeof value === "object" && value !== null && "value" in value && value.value === 0n) delete result[key];
  }
  return Object.values(result).some((value) => value !== undefined && value !== "") ? result : undefined;
}
