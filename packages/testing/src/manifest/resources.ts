// Requests and limits to what the kernel is told: QoS class, shares, quota, memory, oom_score_adj, huge pages.
import type { Init, LinuxResources } from "@nri/protocol";
import type { Located } from "../input/located.js";
import { NODE } from "./node.js";
import { MAX_INT64, quantityAt } from "./quantity.js";

/** What one container asks for and may use. CPU in thousandths, the rest in bytes; undefined when not said. */
export interface Quantities {
  readonly cpuRequest: bigint | undefined;
  readonly cpuLimit: bigint | undefined;
  readonly memoryRequest: bigint | undefined;
  readonly memoryLimit: bigint | undefined;
  /** Names of huge page sizes, such as `hugepages-2Mi`. */
  readonly hugepages: readonly string[];
  /** Names of resources that device plugins hand out, such as `nvidia.com/gpu`. */
  readonly extended: readonly string[];
}

/** Kubernetes' quality-of-service classes. */
export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";

/** Reads a `resources` field. A request that is not given is the limit, as the API server fills it in. */
export function readQuantities(resources: Located): Quantities {
  const requests = resources.get("requests");
  const limits = resources.get("limits");
  const hugepages = new Set<string>();
  const extended = new Set<string>();
  for (const side of [requests, limits]) {
    for (const [name, value] of side.entries()) {
      if (name === "cpu" || name === "memory") continue;
      quantityAt(value, 1n);
      if (name.startsWith("hugepages-")) hugepages.add(name);
      else if (name.includes("/")) extended.add(name);
    }
  }
  const cpuLimit = quantityAt(limits.get("cpu"), 1000n);
  const memoryLimit = quantityAt(limits.get("memory"), 1n);
  const cpuRequest = quantityAt(requests.get("cpu"), 1000n) ?? cpuLimit;
  const memoryRequest = quantityAt(requests.get("memory"), 1n) ?? memoryLimit;
  refuseAbove(requests.get("cpu"), cpuRequest, cpuLimit);
  refuseAbove(requests.get("memory"), memoryRequest, memoryLimit);
  return { cpuRequest, cpuLimit, memoryRequest, memoryLimit, hugepages: [...hugepages], extended: [...extended] };
}

function refuseAbove(place: Located, request: bigint | undefined, limit: bigint | undefined): void {
  if (request !== undefined && limit !== undefined && request > limit) place.fail("must not be greater than the limit");
}

/** The class of a pod from all its containers. Zero counts as not said. */
export function qosClass(all: readonly Quantities[]): QosClass {
  const said = (value: bigint | undefined) => value !== undefined && value > 0n;
  if (!all.some((q) => said(q.cpuRequest) || said(q.cpuLimit) || said(q.memoryRequest) || said(q.memoryLimit))) {
    return "BestEffort";
  }
  const guaranteed = all.every(
    (q) => said(q.cpuLimit) && said(q.memoryLimit) && q.cpuRequest === q.cpuLimit && q.memoryRequest === q.memoryLimit,
  );
  return guaranteed ? "Guaranteed" : "Burstable";
}

/** Sums and products of quantities stay what a message can hold. */
function atMost64(value: bigint): bigint {
  return value > MAX_INT64 ? MAX_INT64 : value;
}

/** CPU shares of a request in thousandths; at least 2, at most 262144. */
export function cpuShares(milliCpu: bigint | undefined): bigint {
  const shares = ((milliCpu ?? 0n) * 1024n) / 1000n;
  return shares < 2n ? 2n : shares > 262_144n ? 262_144n : shares;
}

/** CPU quota in microseconds per period, at least 1000; undefined without a limit. */
export function cpuQuota(milliCpu: bigint | undefined): bigint | undefined {
  if (milliCpu === undefined || milliCpu === 0n) return undefined;
  const quota = (milliCpu * NODE.cpuPeriod) / 1000n;
  return quota < 1000n ? 1000n : atMost64(quota);
}

/** What kubelet sets for a container of this class. */
export function oomScoreAdj(qos: QosClass, quantities: Quantities, nodeCritical: boolean): number {
  if (nodeCritical || qos === "Guaranteed") return -997;
  if (qos === "BestEffort") return 1000;
  const score = 1000n - (1000n * (quantities.memoryRequest ?? 0n)) / NODE.memoryBytes;
  return Number(score < 3n ? 3n : score > 999n ? 999n : score);
}

/** The numbers that go into a spec or a message for one set of quantities. */
export interface KernelResources {
  readonly shares: bigint;
  readonly quota: bigint | undefined;
  readonly period: bigint;
  readonly memoryLimit: bigint | undefined;
}

/** Quantities as the kernel is told. */
export function kernelResources(quantities: Quantities): KernelResources {
  const memory = quantities.memoryLimit;
  return {
    shares: cpuShares(quantities.cpuRequest),
    quota: cpuQuota(quantities.cpuLimit),
    period: NODE.cpuPeriod,
    memoryLimit: memory === undefined || memory === 0n ? undefined : memory,
  };
}

/** What a whole pod needs: the sum of what runs together, or the largest step of its initialisation. */
export function podQuantities(
  containers: readonly { readonly role: string; readonly quantities: Quantities }[],
): Quantities {
  const total = emptySum();
  const sidecars = emptySum();
  const peak = emptySum();
  for (const { role, quantities } of containers) {
    if (role === "ephemeral") continue;
    if (role === "init") raise(peak, sidecars, quantities);
    else add(total, quantities);
    if (role === "sidecar") {
      add(sidecars, quantities);
      raise(peak, sidecars, undefined);
    }
  }
  const larger = (a: bigint | undefined, b: bigint | undefined) =>
    a === undefined ? b : b === undefined || a > b ? a : b;
  // Limits add up as kubelet adds them for the sandbox: a container without one adds nothing.
  return {
    cpuRequest: larger(total.cpuRequest, peak.cpuRequest),
    cpuLimit: larger(total.cpuLimit, peak.cpuLimit),
    memoryRequest: larger(total.memoryRequest, peak.memoryRequest),
    memoryLimit: larger(total.memoryLimit, peak.memoryLimit),
    hugepages: [],
    extended: [],
  };
}

type Sum = { -readonly [Key in "cpuRequest" | "cpuLimit" | "memoryRequest" | "memoryLimit"]: bigint | undefined };
const SUMMED = ["cpuRequest", "cpuLimit", "memoryRequest", "memoryLimit"] as const;

function emptySum(): Sum {
  return {
    cpuRequest: undefined,
    cpuLimit: undefined,
    memoryRequest: undefined,
    memoryLimit: undefined,
  };
}

function add(sum: Sum, quantities: Quantities): void {
  for (const key of SUMMED) {
    const value = quantities[key];
    if (value !== undefined) sum[key] = atMost64((sum[key] ?? 0n) + value);
  }
}

function raise(peak: Sum, base: Sum, step: Quantities | undefined): void {
  for (const key of SUMMED) {
    const value = atMost64((base[key] ?? 0n) + (step?.[key] ?? 0n));
    if (value > (peak[key] ?? 0n)) peak[key] = value;
  }
}

/** The resources of an update to `milliCpu` thousandths of a CPU and `memoryBytes`, as kubelet asks for them. */
export function resourcesUpdate(milliCpu: bigint | undefined, memoryBytes: bigint | undefined): Init<LinuxResources> {
  const quota = cpuQuota(milliCpu);
  return {
    cpu:
      milliCpu === undefined
        ? undefined
        : {
            shares: { value: cpuShares(milliCpu) },
            quota: quota === undefined ? undefined : { value: quota },
            period: { value: NODE.cpuPeriod },
          },
    memory: memoryBytes === undefined ? undefined : { limit: { value: memoryBytes } },
  };
}
