// NRI's resources as OCI's, whole (an adjustment is applied field by field instead: ../apply).
import { copyMap, type LinuxResources } from "@nri/protocol";
import type { LinuxResources as OciResources } from "../spec/types.js";
import { deviceRuleToSpec, filled, given, hugepageLimitToSpec } from "./to-spec.js";

/**
 * All of NRI's resources as cgroup settings of an OCI spec, for a runtime that is told the complete resources (the reply to
 * UpdateContainer). `memory` and `cpu` are always there. A pids limit below 0 means unlimited and gives no limit. Classes
 * need a resolver and are left out.
 */
export function linuxResourcesToSpec(resources: LinuxResources): OciResources {
  const { memory, cpu, pids } = resources;
  return {
    memory: {
      ...given("limit", memory?.limit?.value),
      ...given("reservation", memory?.reservation?.value),
      ...given("swap", memory?.swap?.value),
      ...given("kernel", memory?.kernel?.value),
      ...given("kernelTCP", memory?.kernelTcp?.value),
      ...given("swappiness", memory?.swappiness?.value),
      ...given("disableOOMKiller", memory?.disableOomKiller?.value),
      ...given("useHierarchy", memory?.useHierarchy?.value),
    },
    cpu: {
      ...given("shares", cpu?.shares?.value),
      ...given("quota", cpu?.quota?.value),
      ...given("period", cpu?.period?.value),
      ...given("realtimeRuntime", cpu?.realtimeRuntime?.value),
      ...given("realtimePeriod", cpu?.realtimePeriod?.value),
      ...given("cpus", filled(cpu?.cpus ?? "")),
      ...given("mems", filled(cpu?.mems ?? "")),
    },
    ...given("hugepageLimits", filled(resources.hugepageLimits.map(hugepageLimitToSpec))),
    ...given("devices", filled(resources.devices.map(deviceRuleToSpec))),
    ...(Object.keys(resources.unified).length === 0 ? {} : { unified: copyMap(resources.unified) }),
    ...(pids === undefined ? {} : { pids: given("limit", pids.limit < 0n ? undefined : pids.limit) }),
  };
}
