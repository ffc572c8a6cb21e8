// The part that adjustments and updates share: Linux resources.
import { type LinuxResources, setOwn } from "@nri/protocol";
import { flag, int64, name, onlyOnce, text, uint64 } from "./checks.js";
import type { Draft } from "./draft.js";

/** Memory settings; what is left out stays as it is. Sizes are bytes. */
export interface MemorySettings {
  /** Hard limit; -1n is unlimited. */
  readonly limit?: bigint | undefined;
  /** Soft limit. */
  readonly reservation?: bigint | undefined;
  /** Limit of memory and swap together; -1n is unlimited. */
  readonly swap?: bigint | undefined;
  /** Hard limit of kernel memory (cgroup v1). */
  readonly kernel?: bigint | undefined;
  /** Hard limit of kernel memory for TCP buffers (cgroup v1). */
  readonly kernelTcp?: bigint | undefined;
  /** How eagerly memory is swapped out, 0n to 100n. */
  readonly swappiness?: bigint | undefined;
  /** Whether a container above its limit waits instead of being killed. */
  readonly disableOomKiller?: boolean | undefined;
  /** Whether limits count for the whole hierarchy (cgroup v1). */
  readonly useHierarchy?: boolean | undefined;
}

/** CPU settings; what is left out stays as it is. Times are microseconds. */
export interface CpuSettings {
  /** Relative weight. */
  readonly shares?: bigint | undefined;
  /** CPU time per period; -1n is unlimited. */
  readonly quota?: bigint | undefined;
  /** Length of the period that `quota` counts in. */
  readonly period?: bigint | undefined;
  /** Realtime CPU time per realtime period. */
  readonly realtimeRuntime?: bigint | undefined;
  /** Length of the realtime period. */
  readonly realtimePeriod?: bigint | undefined;
  /** CPUs the container may use, such as `0-1,4`. NRI cannot carry "none", so an empty string is refused. */
  readonly cpus?: string | undefined;
  /** Memory nodes the container may use, such as `0`. An empty string is refused. */
  readonly mems?: string | undefined;
}

const MEMORY_SIZES = ["limit", "reservation", "swap", "kernel", "kernelTcp"] as const;
const CPU_SIGNED = ["quota", "realtimeRuntime"] as const;
const CPU_UNSIGNED = ["shares", "period", "realtimePeriod"] as const;

/** Setters of Linux resources, for adjustments and updates alike. */
export abstract class ResourcesBuilder {
  /** The resources being built, made on first use. */
  protected abstract resources(): Draft<LinuxResources>;

  /** Sets the given memory limits and switches. Refuses numbers (use bigint) and values outside 64 bits. */
  memory(settings: MemorySettings): this {
    const resources = this.resources();
    resources.memory ??= {};
    const memory = resources.memory;
    for (const key of MEMORY_SIZES) {
      const value = settings[key];
      if (value !== undefined) memory[key] = { value: int64(`memory ${key}`, value) };
    }
    if (settings.swappiness !== undefined) {
      memory.swappiness = { value: uint64("memory swappiness", settings.swappiness) };
    }
    if (settings.disableOomKiller !== undefined) {
      memory.disableOomKiller = { value: flag("memory disableOomKiller", settings.disableOomKiller) };
    }
    if (settings.useHierarchy !== undefined) {
      memory.useHierarchy = { value: flag("memory useHierarchy", settings.useHierarchy) };
    }
    return this;
  }

  /** Turns the out-of-memory killer off (true) or explicitly on (false). */
  disableOomKiller(disable: boolean): this {
    return this.memory({ disableOomKiller: disable });
  }

  /** Sets the given CPU settings. Refuses numbers (use bigint), values outside 64 bits, and empty CPU or node lists. */
  cpu(settings: CpuSettings): this {
    const resources = this.resources();
    resources.cpu ??= {};
    const cpu = resources.cpu;
    for (const key of CPU_SIGNED) {
      const value = settings[key];
      if (value !== undefined) cpu[key] = { value: int64(`cpu ${key}`, value) };
    }
    for (const key of CPU_UNSIGNED) {
      const value = settings[key];
      if (value !== undefined) cpu[key] = { value: uint64(`cpu ${key}`, value) };
    }
    if (settings.cpus !== undefined) cpu.cpus = name("cpus", settings.cpus);
    if (settings.mems !== undefined) cpu.mems = name("mems", settings.mems);
    return this;
  }

  /** Sets the CPUs the container may use, such as `0-1,4`. Refuses an empty string. */
  cpus(cpus: string): this {
    return this.cpu({ cpus });
  }

  /** Sets the memory nodes the container may use, such as `0`. Refuses an empty string. */
  mems(mems: string): this {
    return this.cpu({ mems });
  }

  /** Sets how many processes and threads the container may have; -1n is unlimited. */
  pids(limit: bigint): this {
    this.resources().pids = { limit: int64("pids limit", limit) };
    return this;
  }

  /** Limits huge pages of one size (such as `2MB`) to `limit` bytes. Refuses the same size twice. */
  hugepageLimit(pageSize: string, limit: bigint): this {
    const resources = this.resources();
    resources.hugepageLimits ??= [];
    const limits = resources.hugepageLimits;
    onlyOnce("hugepage limit", name("hugepage size", pageSize), hasEntry(limits, "pageSize", pageSize));
    limits.push({ pageSize, limit: uint64(`hugepage limit ${pageSize}`, limit) });
    return this;
  }

  /** Writes `value` to the cgroup v2 file `file` of the container, such as `memory.high`. Cannot be removed again. */
  unified(file: string, value: string): this {
    const resources = this.resources();
    resources.unified ??= {};
    const unified = resources.unified;
    onlyOnce("unified", name("unified file", file), Object.hasOwn(unified, file));
    setOwn(unified, file, text(`unified ${file}`, value));
    return this;
  }

  /** Puts the container in a block I/O class of the runtime's configuration; an empty name takes it out of its class. */
  blockioClass(className: string): this {
    this.resources().blockioClass = { value: text("blockio class", className) };
    return this;
  }

  /** Puts the container in an RDT class of the runtime's configuration; an empty name takes it out of its class. */
  rdtClass(className: string): this {
    this.resources().rdtClass = { value: text("RDT class", className) };
    return this;
  }
}

/** Whether `list` has an item whose `key` is `value`. */
export function hasEntry<Key extends string>(
  list: readonly { readonly [K in Key]?: unknown }[],
  key: Key,
  value: string,
): boolean {
  return list.some((item) => item[key] === value);
}
