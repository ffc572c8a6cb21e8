// A container of Docker as plugins know it: one pod for each, of the same id and name (spec: docker 4).
import type { Spec } from "@nri/oci";
import { type Container, ContainerState, copyMap, type Init, type PodSandbox, type WireMap } from "@nri/protocol";
import type { RuntimeState } from "../oci/real-runtime.js";
import type { InspectedContainer, ListedByDocker } from "./api-types.js";

/** What is known of a container; everything but its id and spec may be missing. */
export interface Sources {
  readonly id: string;
  readonly spec: Spec;
  readonly listed?: ListedByDocker | undefined;
  readonly inspected?: InspectedContainer | undefined;
  /** The image's digest in its registry. */
  readonly imageDigest?: string | undefined;
}

/** The container, beyond its spec. */
export function dockerContainer(sources: Sources): Init<Container> {
  const { id, listed, inspected } = sources;
  return {
    id,
    podSandboxId: id,
    name: nameOf(sources),
    labels: copyMap(listed?.labels),
    annotations: annotationsOf(sources),
    ...imageOf(sources),
    createdAt: inspected?.createdAt || (listed?.createdAt ?? 0n),
  };
}

/** The pod that is made up for it: plugins that go by a pod's labels and annotations find those of the container. */
export function dockerPod(sources: Sources): Init<PodSandbox> {
  return {
    id: sources.id,
    name: nameOf(sources),
    labels: copyMap(sources.listed?.labels),
    annotations: annotationsOf(sources),
    pid: sources.inspected?.pid ?? 0,
    linux: {},
  };
}

/** Its life as of now. What is not known of it is 0. */
export function lifeOf({ listed, inspected }: Sources, state: ContainerState, pid: number): Init<Container> {
  const ended = state === ContainerState.CONTAINER_STOPPED;
  return {
    state,
    pid: ended ? 0 : pid || (inspected?.pid ?? 0),
    startedAt: inspected?.startedAt ?? 0n,
    finishedAt: ended ? (inspected?.finishedAt ?? 0n) : 0n,
    exitCode: ended ? (inspected?.exitCode ?? listed?.exitCode ?? 0) : 0,
  };
}

/**
 * The state of a container. dockerd says that it runs until it has seen its end, and that it does not run until it has seen its
 * start: meanwhile the OCI runtime knows better. Unknown is what was never started. Between two lives (`restarting`) it is stopped.
 */
export function stateOf(docker: string, runtime: RuntimeState["status"] | undefined): ContainerState {
  const { CONTAINER_CREATED, CONTAINER_RUNNING, CONTAINER_PAUSED } = ContainerState;
  if (docker === "running") return CONTAINER_RUNNING;
  if (docker === "paused") return CONTAINER_PAUSED;
  if (runtime === "created") return CONTAINER_CREATED;
  if (runtime === "running") return CONTAINER_RUNNING;
  if (runtime === "paused") return CONTAINER_PAUSED;
  return docker === "created" ? ContainerState.CONTAINER_UNKNOWN : ContainerState.CONTAINER_STOPPED;
}

function nameOf({ id, listed }: Sources): string {
  return listed?.name || id;
}

// Docker before 24 lets its users give no annotations: labels stand for them.
function annotationsOf({ spec, listed, inspected }: Sources): WireMap<string> {
  return {
    ...copyMap(listed?.labels),
    ...copyMap(inspected?.annotations),
    ...copyMap(spec.annotations ?? undefined),
  };
}

function imageOf({ listed, imageDigest = "" }: Sources): Pick<Init<Container>, "image"> {
  if (listed === undefined || (listed.image === "" && listed.imageId === "")) return {};
  return { image: { name: listed.image, digest: imageDigest, configDigest: listed.imageId } };
}
