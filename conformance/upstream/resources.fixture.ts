// Resources with every field of their kind set, as adjustments and updates of the cases use them.
import type { Init, LinuxResources } from "@nri/protocol";

type Resources = Init<LinuxResources>;

export const CPU: Resources = {
  cpu: {
    shares: { value: 123n },
    quota: { value: 456n },
    period: { value: 789n },
    realtimeRuntime: { value: 321n },
    realtimePeriod: { value: 654n },
    cpus: "0-1",
    mems: "2-3",
  },
};
export const MEMORY: Resources = {
  memory: {
    limit: { value: 1_234_000n },
    reservation: { value: 4000n },
    swap: { value: 34_000n },
    kernel: { value: 30_000n },
    kernelTcp: { value: 2000n },
    swappiness: { value: 987n },
    disableOomKiller: { value: true },
    useHierarchy: { value: true },
  },
};
export const CLASSES: Resources = { blockioClass: { value: "block" }, rdtClass: { value: "rdt" } };
export const HUGEPAGES: Resources = {
  hugepageLimits: [
    { pageSize: "1M", limit: 4096n },
    { pageSize: "4M", limit: 1024n },
  ],
};
