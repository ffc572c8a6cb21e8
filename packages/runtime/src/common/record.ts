// What is kept of a pod or a container: what plugins have been told of it, and where it is in its life.
//
//   container   creating -> created -> running -> stopped        absent: removed, or never there
//   pod         remembered -> running -> stopped
//
// Messages stay as bytes: a thousand containers are known for years and looked at once in a while.
import { Container, ContainerState, type Init, PodSandbox } from "@nri/protocol";
import { pack, unpack } from "./packed.js";

/**
 * `pending`: the real runtime was asked for it in an earlier life of the daemon, and its engine does not know it yet. Nobody was told
 * of it in this life.
 */
export type ContainerLife = "pending" | "creating" | "created" | "running" | "stopped";

/** `remembered`: its sandbox exists, plugins are told when it starts. */
export type PodLife = "remembered" | "running" | "stopped";

/** Parts of a container that change while it lives. */
export interface LiveParts {
  pid: number;
  /** Nanoseconds since the epoch, as the other times. */
  createdAt: bigint;
  startedAt: bigint;
  finishedAt: bigint;
  exitCode: number;
}

/** A container. */
export interface ContainerRecord extends LiveParts {
  readonly kind: "container";
  readonly domain: string;
  readonly id: string;
  /** Its name, for texts. */
  readonly name: string;
  /** Id of its pod. */
  readonly podId: string;
  /** The pod that was made up for it, encoded: it lives and ends with it. */
  readonly ownPod: Uint8Array | undefined;
  /** `Container`, encoded and packed, without state and what else changes by itself. */
  message: Uint8Array;
  state: ContainerLife;
}

/** A pod that its engine knows as one. */
export interface PodRecord {
  readonly kind: "pod";
  readonly domain: string;
  readonly id: string;
  /** Namespace and name, for texts. */
  readonly name: string;
  /** `PodSandbox`, encoded, without its process. */
  message: Uint8Array;
  pid: number;
  state: PodLife;
}

export type LifeRecord = ContainerRecord | PodRecord;

/** Plugins have been told that it exists, and not yet that it has ended (spec: containerd 3.2). */
export function needsStopping({ state }: LifeRecord): boolean {
  return state === "creating" || state === "created" || state === "running";
}

/** Nobody knows whether it is there: the daemon, or its engine, was not when the real runtime was done with it. */
export function isComing({ state }: ContainerRecord): boolean {
  return state === "pending" || state === "creating";
}

/** Plugins have been told of it. */
export function needsRemoval({ state }: LifeRecord): boolean {
  return state !== "pending" && state !== "remembered";
}

/** A container as it is to be kept. `ownPod` is the pod that was made up for it. */
export function containerRecord(
  domain: string,
  container: Container,
  state: ContainerLife,
  ownPod: PodSandbox | undefined,
): ContainerRecord {
  const { id, name, podSandboxId, pid, createdAt, startedAt, finishedAt, exitCode } = container;
  return {
    kind: "container",
    domain,
    id,
    name,
    podId: podSandboxId,
    ownPod: ownPod === undefined ? undefined : PodSandbox.encode(ownPod),
    message: packContainer(container),
    state,
    pid,
    createdAt,
    startedAt,
    finishedAt,
    exitCode,
  };
}

/** A container's message as it is kept: packed. */
export function packContainer(container: Init<Container>): Uint8Array {
  const changing = { state: 0, pid: 0, createdAt: 0n, startedAt: 0n, finishedAt: 0n, exitCode: 0 };
  return pack(Container.encode({ ...container, ...changing }));
}

/** A container's message without what changes by itself. Throws for what is none. */
export function unpackContainer(message: Uint8Array): Container {
  return Container.decode(unpack(message));
}

/** A pod as it is to be kept. */
export function podRecord(domain: string, pod: PodSandbox, state: PodLife): PodRecord {
  const name = pod.namespace === "" ? pod.name : `${pod.namespace}/${pod.name}`;
  return { kind: "pod", domain, id: pod.id, name, message: encodePod(pod), pid: pod.pid, state };
}

/** A pod's message as it is kept. */
export function encodePod(pod: Init<PodSandbox>): Uint8Array {
  return PodSandbox.encode({ ...pod, pid: 0 });
}

const STATES = {
  pending: ContainerState.CONTAINER_UNKNOWN,
  creating: ContainerState.CONTAINER_UNKNOWN,
  created: ContainerState.CONTAINER_CREATED,
  running: ContainerState.CONTAINER_RUNNING,
  stopped: ContainerState.CONTAINER_STOPPED,
} as const;

/** What plugins are told of a container now. */
export function containerMessage(record: ContainerRecord): Container {
  const { pid, createdAt, startedAt, finishedAt, exitCode } = record;
  const now = { state: STATES[record.state], pid, createdAt, startedAt, finishedAt, exitCode };
  return Object.assign(unpackContainer(record.message), now);
}

/** What plugins are told of a pod now. */
export function podMessage({ message, pid }: PodRecord): PodSandbox {
  return Object.assign(PodSandbox.decode(message), { pid });
}
