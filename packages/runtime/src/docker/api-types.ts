// What dockerd tells, with the names of this package. What it does not say is empty or 0.
import type { WireMap } from "@nri/protocol";

/** Where dockerd has a container. */
export type DockerState = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

/** A container of the list. */
export interface ListedByDocker {
  readonly id: string;
  /** Without the slash. */
  readonly name: string;
  /** As its user named it, or an id. */
  readonly image: string;
  /** `sha256:...`, of the image's configuration; with containerd's image store of its manifest. */
  readonly imageId: string;
  readonly labels: WireMap<string>;
  /** One of `DockerState`. */
  readonly state: string;
  /** Of one that has ended. */
  readonly exitCode: number;
  /** When it was made, which may be long before it runs. Nanoseconds since the epoch, as the other times; here whole seconds. */
  readonly createdAt: bigint;
}

/** A container that was looked at closely. */
export interface InspectedContainer {
  /** One of `DockerState`. */
  readonly state: string;
  /** 0 when it does not run. */
  readonly pid: number;
  readonly exitCode: number;
  readonly createdAt: bigint;
  readonly startedAt: bigint;
  readonly finishedAt: bigint;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly annotations: WireMap<string>;
  /** The limit of memory and swap that it was made with; 0: none was said. */
  readonly memorySwap: bigint;
  /** The file of its network namespace, below dockerd's `exec-root`. */
  readonly netnsFile: string;
}

/** A container has ended, or is gone. */
export interface ContainerEnd {
  readonly id: string;
  readonly isGone: boolean;
  readonly exitCode: number;
  /** Nanoseconds since the epoch. */
  readonly at: bigint;
}

/** Resources that dockerd can be told, by its names. */
export interface UpdateBody {
  readonly Memory?: number;
  readonly MemoryReservation?: number;
  readonly MemorySwap?: number;
  readonly CpuShares?: number;
  readonly CpuQuota?: number;
  readonly CpuPeriod?: number;
  readonly CpusetCpus?: string;
  readonly CpusetMems?: string;
  readonly PidsLimit?: number;
}
