// What the player plays: pods and their containers, each with the message that plugins see and the OCI spec behind it.

import type { Spec } from "@nri/oci";
import type { Container, PodSandbox } from "@nri/protocol";

/**
 * What a container is in its pod: `init` runs to its end before the next one begins, `sidecar` (an init container with
 * `restartPolicy: Always`) begins among them and stays, `ephemeral` comes last.
 */
export type ContainerRole = "init" | "sidecar" | "container" | "ephemeral";

/** A container before any plugin has seen it. */
export interface ContainerPlan {
  /** What it is in its pod. */
  readonly role: ContainerRole;
  /** As plugins see it at CreateContainer: state unknown, no pid, no times. */
  readonly container: Container;
  /** The OCI spec that the adjustment is applied to. */
  readonly spec: Spec;
  /** Process id from StartContainer on. */
  readonly pid: number;
  /** Nanoseconds since the epoch; the player derives the other times from it. */
  readonly createdAt: bigint;
  /** What of it could not be known, in sentences for people. */
  readonly notes: readonly string[];
}

/** A pod before any plugin has seen it. */
export interface PodPlan {
  /** As plugins see it while it runs. */
  readonly pod: PodSandbox;
  /** The OCI spec of the pod's sandbox; plugins cannot change it. */
  readonly spec: Spec;
  /** In the order in which they are created. */
  readonly containers: readonly ContainerPlan[];
  /** What of it could not be known, in sentences for people. */
  readonly notes: readonly string[];
}
