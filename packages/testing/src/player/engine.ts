// What really runs the containers of a pod that is played. Without it they are simulated, and everything goes as it should.
import type { Spec } from "@nri/oci";

/** How the process of a container has ended. */
export interface ContainerExit {
  /** Its exit code; 128 and the signal's number when a signal ended it. */
  readonly code: number;
  /** Nanoseconds since the epoch. */
  readonly at: bigint;
}

/**
 * The containers of one pod, by id, on a real OCI runtime. Its sandbox runs already, and the plan that is played tells of it.
 * Methods reject with the runtime's own reason, in one line.
 */
export interface PodEngine {
  /** Makes the container of its final spec: its process exists, and waits. What it fails leaves nothing behind. */
  create(id: string, spec: Spec): Promise<{ readonly pid: number; readonly at: bigint }>;
  /** Lets the process of a created container begin. */
  start(id: string): Promise<{ readonly at: bigint }>;
  /** The end of a created container's process, however it comes. Never rejects. */
  exited(id: string): Promise<ContainerExit>;
  /** Gives a created container the resources of `spec`, live. */
  update(id: string, spec: Spec): Promise<void>;
  /** Has a container end, at once (`killed`), or by SIGTERM and at once when it takes too long; `exited` tells when. */
  end(id: string, how: "terminated" | "killed"): Promise<void>;
  /** Takes away what is left of a container that has ended. */
  remove(id: string): Promise<void>;
  /** Ends the pod's sandbox, and with it its network. */
  stopSandbox(): Promise<void>;
  /** Why the pod is to end before its containers do; aborted when the user says so. */
  readonly ending: AbortSignal;
}
