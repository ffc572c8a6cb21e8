// A container as plugins know it, from its record, CRI's metadata and the annotations of its spec; whichever there is.
import type { Spec } from "@nri/oci";
import { type Container, ContainerState, copyMap, getOwn, type Init, type PodSandbox } from "@nri/protocol";
import {
  type ContainerRecord,
  CRI_STATE,
  type CriStatus,
  mapOf,
  nanoseconds,
  TASK_STATUS,
  type Task,
} from "./api-types.js";
import type { ContainerMetadata } from "./cri.js";
import { CRI_ANNOTATIONS } from "./kind.js";

/** What is known of a container; everything but its spec may be missing. */
export interface Sources {
  readonly id: string;
  readonly namespace: string;
  readonly spec: Spec;
  readonly record?: ContainerRecord | undefined;
  readonly imageDigest?: string | undefined;
  readonly task?: Task | undefined;
  /** Of a container that CRI has made. */
  readonly status?: CriStatus | undefined;
}

/** A container of a pod (spec: containerd 5.3). */
export function podContainer(sources: Sources, metadata: ContainerMetadata | undefined): Init<Container> {
  const { id, spec, record } = sources;
  const annotations = copyMap(spec.annotations ?? undefined);
  const image = record?.image || (getOwn(annotations, CRI_ANNOTATIONS.imageName) ?? "");
  return {
    id,
    podSandboxId: metadata?.sandboxId || (getOwn(annotations, CRI_ANNOTATIONS.sandboxId) ?? ""),
    name: metadata?.name || (getOwn(annotations, CRI_ANNOTATIONS.containerName) ?? id),
    labels: { ...mapOf(record?.labels), ...metadata?.labels },
    annotations: { ...annotations, ...metadata?.annotations },
    CDIDevices: metadata?.cdiDevices ?? [],
    ...imageOf(image, sources.imageDigest, metadata?.imageRef),
    ...lifeOf(sources),
    ...(metadata?.seccompProfile === undefined ? {} : { linux: { seccompProfile: metadata.seccompProfile } }),
  };
}

/** A container alone (spec: oci-annotations 5, 7, 8). */
export function loneContainer(sources: Sources): Init<Container> {
  const { id, record } = sources;
  return {
    id,
    podSandboxId: id,
    name: loneName(sources),
    labels: mapOf(record?.labels),
    ...imageOf(record?.image ?? "", sources.imageDigest, undefined),
    ...lifeOf(sources),
  };
}

/** The pod that is made up for it: plugins that go by a pod's labels and annotations find those of the container. */
export function lonePod(sources: Sources): Init<PodSandbox> {
  return {
    id: sources.id,
    name: loneName(sources),
    namespace: sources.namespace,
    labels: mapOf(sources.record?.labels),
    annotations: copyMap(sources.spec.annotations ?? undefined),
    pid: pidOf(sources.task),
    linux: {},
  };
}

/** The process that a task is, unless it has ended. */
export function pidOf(task: Task | undefined): number {
  return task === undefined || task.status === TASK_STATUS.STOPPED ? 0 : task.pid;
}

// nerdctl names a container by a label, which it copies into the spec.
function loneName({ id, record, spec }: Sources): string {
  const label = getOwn(mapOf(record?.labels), "nerdctl/name");
  return label || getOwn(spec.annotations ?? undefined, "nerdctl/name") || id;
}

function imageOf(name: string, digest = "", configDigest = ""): Pick<Init<Container>, "image"> {
  return name === "" && configDigest === "" ? {} : { image: { name, digest, configDigest } };
}

/** What containerd's own clients say when nobody knows the exit code. */
const UNKNOWN_EXIT_CODE = 255;

// What is not known of its life is 0.
function lifeOf({ record, task, status }: Sources): Init<Container> {
  const ended = task?.status === TASK_STATUS.STOPPED;
  return {
    state: taskState(task),
    pid: pidOf(task),
    createdAt: status === undefined ? nanoseconds(record?.createdAt ?? null) : BigInt(status.createdAt),
    startedAt: BigInt(status?.startedAt ?? 0),
    finishedAt: ended ? nanoseconds(task.exitedAt) : BigInt(status?.finishedAt ?? 0),
    exitCode: ended ? task.exitStatus | 0 : (status?.exitCode ?? 0),
  };
}

function taskState(task: Task | undefined): ContainerState {
  switch (task?.status) {
    case TASK_STATUS.CREATED:
      return ContainerState.CONTAINER_CREATED;
    case TASK_STATUS.RUNNING:
      return ContainerState.CONTAINER_RUNNING;
    case TASK_STATUS.PAUSED:
    case TASK_STATUS.PAUSING:
      return ContainerState.CONTAINER_PAUSED;
    case TASK_STATUS.STOPPED:
      return ContainerState.CONTAINER_STOPPED;
    default:
      return ContainerState.CONTAINER_UNKNOWN;
  }
}

/** A container that is recorded, with its state now, and with how it has ended if nobody knows more than that. */
export function recorded(sources: Sources, known: Init<Container>): Init<Container> {
  const state = recordedState(sources);
  const nobodyKnows =
    state === ContainerState.CONTAINER_STOPPED && sources.task === undefined && sources.status === undefined;
  return { ...known, state, ...(nobodyKnows ? { exitCode: UNKNOWN_EXIT_CODE } : {}) };
}

/**
 * The state of a recorded container. Without a task it has ended, as its client deletes the task then; or it has not run yet, which
 * looks the same but for CRI's containers: of those there is nothing yet for an OCI runtime. A task that nobody can be asked about
 * runs, unless CRI knows better.
 */
export function recordedState({ task, status }: Sources): ContainerState {
  const { CONTAINER_CREATED, CONTAINER_RUNNING, CONTAINER_STOPPED, CONTAINER_UNKNOWN } = ContainerState;
  if (task === undefined) {
    return status === undefined || status.state === CRI_STATE.EXITED ? CONTAINER_STOPPED : CONTAINER_UNKNOWN;
  }
  if (task.status !== TASK_STATUS.UNKNOWN) return taskState(task);
  return status?.state === CRI_STATE.CREATED ? CONTAINER_CREATED : CONTAINER_RUNNING;
}
