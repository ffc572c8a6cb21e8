// Who can be asked about podman's containers: its API, or podman itself. libpod locks a container while it creates or starts it: lists
// that have it, and whatever is asked about it, wait then (tried with 4.3 and 5.8); events do not.
import type { WireMap } from "@nri/protocol";
import { at, type Json, list, strings, text } from "../json.js";

/** Something has happened to a container, or to a pod. */
export interface PodmanEvent {
  readonly type: "container" | "pod";
  /** Such as `create`, `init`, `start`, `died`, `remove`. */
  readonly action: string;
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: WireMap<string>;
  /** The pod of a container; empty outside of pods, and for the end of one inside. */
  readonly podId: string;
  /** Of `died`. */
  readonly exitCode: number;
  /** Nanoseconds since the epoch. */
  readonly at: bigint;
}

/** A container of the list. */
export interface ListedByPodman {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: WireMap<string>;
  readonly podId: string;
  readonly podName: string;
}

/** One of the two. Everything rejects when it cannot be asked. */
export interface PodmanSource {
  /** How long a question may take before it is done without, in milliseconds. */
  readonly ms: number;
  /** What has happened to one container: events of these actions, the oldest first. */
  past(id: string, actions: readonly string[], signal: AbortSignal): Promise<PodmanEvent[]>;
  /** All containers, or these. Waits while libpod holds one of them. */
  containers(ids: readonly string[] | undefined, signal: AbortSignal): Promise<ListedByPodman[]>;
  /** Stops a container at once, for good: its restart policy does not count. */
  stop(id: string, signal: AbortSignal): Promise<void>;
}

/** Longer than any container is kept before it starts. */
export const EVER = "87600h";

/** A container of the list of either. */
export function listed(container: Json): ListedByPodman {
  return {
    id: text(at(container, "Id")),
    name: text(list(at(container, "Names"))[0]),
    image: text(at(container, "Image")),
    labels: strings(at(container, "Labels")),
    podId: text(at(container, "Pod")),
    podName: text(at(container, "PodName")),
  };
}
