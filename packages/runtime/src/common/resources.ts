// Resources of a container on their way through an update: asked for, changed by plugins, and remembered.
import { applyUpdate, type LinuxResources as OciResources, type Spec } from "@nri/oci";
import { type ContainerUpdate, type Init, LinuxResources, ownEntries, setOwn } from "@nri/protocol";
import { packContainer, unpackContainer } from "./record.js";

/** The resources of a container as plugins see them. */
export function resourcesOf({ message }: { readonly message: Uint8Array }): LinuxResources | undefined {
  return unpackContainer(message).linux?.resources;
}

/** A container's packed message with other resources: those that are given are new, the rest stays. */
export function withResources(message: Uint8Array, resources: Init<LinuxResources>): Uint8Array {
  const container = unpackContainer(message);
  const linux = container.linux ?? {};
  return packContainer({
    ...container,
    linux: { ...linux, resources: overlaid(container.linux?.resources, resources) },
  });
}

/**
 * The limit of memory and swap together must not be below that of memory: where a container has one, it follows a new memory
 * limit that comes without (as in a creation).
 */
export function withSwap(resources: LinuxResources, { message }: { readonly message: Uint8Array }): LinuxResources {
  const { memory } = resources;
  const limit = memory?.limit?.value ?? 0n;
  if (memory === undefined || limit <= 0n || memory.swap !== undefined) return resources;
  const before = unpackContainer(message).linux?.resources?.memory?.swap?.value ?? 0n;
  return before <= 0n ? resources : { ...resources, memory: { ...memory, swap: { value: limit } } };
}

/** `base` with everything that `over` sets. Limits of huge pages are by size, `unified` is by key. */
export function overlaid(base: Init<LinuxResources> | undefined, over: Init<LinuxResources>): LinuxResources {
  const result = LinuxResources.create(base);
  const wanted = LinuxResources.create(over);
  const { memory, cpu, hugepageLimits, unified, devices, ...others } = wanted;
  Object.assign(result, given(others));
  if (memory !== undefined) result.memory = Object.assign(result.memory ?? memory, given(memory));
  if (cpu !== undefined) result.cpu = Object.assign(result.cpu ?? cpu, given(cpu));
  const sizes = new Set(hugepageLimits.map(({ pageSize }) => pageSize));
  result.hugepageLimits = [...result.hugepageLimits.filter(({ pageSize }) => !sizes.has(pageSize)), ...hugepageLimits];
  for (const [key, value] of ownEntries(unified)) setOwn(result.unified, key, value);
  if (devices.length > 0) result.devices = devices;
  return result;
}

/** The members that are set. */
function given<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined && member !== ""),
  ) as Partial<T>;
}

/**
 * The resources that the real runtime is to set: those that were asked for, with all that NRI has no room for, and with
 * what plugins changed. `wanted` is all that plugins want, `asked` what they were asked with: what is the same in both is left as
 * it stands, so that nothing follows from it (a swap limit from a memory limit).
 */
export function changedResources(
  original: OciResources,
  asked: LinuxResources,
  wanted: Init<LinuxResources>,
  apply: Parameters<typeof applyUpdate>[2],
): OciResources {
  const update: Init<ContainerUpdate> = { linux: { resources: difference(asked, LinuxResources.create(wanted)) } };
  const spec: Spec = { ociVersion: "1.0.0", linux: { resources: original } };
  return applyUpdate(spec, update, apply).spec.linux?.resources ?? original;
}

/** The parts of `wanted` that are not the same in `asked`. */
function difference(asked: LinuxResources, wanted: LinuxResources): Init<LinuxResources> {
  const { memory, cpu, ...others } = wanted;
  const { memory: askedMemory, cpu: askedCpu, ...askedOthers } = asked;
  const newMemory = memory && changed(askedMemory, memory);
  // A memory limit of its own would take the swap limit with it: one that is asked for stays.
  if (newMemory?.limit !== undefined && memory?.swap !== undefined) newMemory.swap = memory.swap;
  return { ...changed(askedOthers, others), memory: newMemory, cpu: cpu && changed(askedCpu, cpu) };
}

function changed<T extends object>(before: T | undefined, after: T): Partial<T> {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? "";
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => text(value) !== text(before?.[key as keyof T])),
  ) as Partial<T>;
}
