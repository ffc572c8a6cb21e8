// What is read of containerd's answers, as @grpc/proto-loader gives it: 64-bit integers as text, maps as their entries.
import { setOwn, type WireMap } from "@nri/protocol";

/** `google.protobuf.Any`. */
export interface Any {
  readonly type_url: string;
  readonly value: Uint8Array;
}

/** `google.protobuf.Timestamp`. */
export interface Timestamp {
  readonly seconds: string;
  readonly nanos: number;
}

/** An entry of a map. */
export interface Entry<T> {
  readonly key: string;
  readonly value: T;
}

/** A container as it is recorded; it may have no task. */
export interface ContainerRecord {
  readonly id: string;
  readonly labels: readonly Entry<string>[];
  /** Name of its image; may be empty. */
  readonly image: string;
  /** Its OCI spec as JSON. */
  readonly spec: Any | null;
  readonly createdAt: Timestamp | null;
  readonly extensions: readonly Entry<Any | null>[];
}

/** What a task is doing. */
export const TASK_STATUS = { UNKNOWN: 0, CREATED: 1, RUNNING: 2, STOPPED: 3, PAUSED: 4, PAUSING: 5 } as const;

/** What runs of a container. */
export interface Task {
  readonly id: string;
  readonly pid: number;
  /** One of `TASK_STATUS`. */
  readonly status: number;
  readonly exitStatus: number;
  readonly exitedAt: Timestamp | null;
}

/** Where CRI has a container. */
export const CRI_STATE = { CREATED: 0, RUNNING: 1, EXITED: 2, UNKNOWN: 3 } as const;

/** What CRI knows of a container's life. Nanoseconds since the epoch; 0 before it happens. */
export interface CriStatus {
  /** One of `CRI_STATE`. */
  readonly state: number;
  readonly createdAt: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly exitCode: number;
}

/** An event of any namespace. */
export interface Envelope {
  readonly namespace: string;
  readonly topic: string;
  readonly event: Any | null;
}

/** How a process has ended: `TaskExit` and `TaskDelete`. */
export interface TaskEnd {
  readonly containerId: string;
  /** The container's id for its first process (or empty), another for that of an exec. */
  readonly id: string;
  readonly pid: number;
  readonly exitStatus: number;
  readonly exitedAt: Timestamp | null;
}

/** Nanoseconds since the epoch; 0 for an absent time and for Go's zero time, which is long before. */
export function nanoseconds(time: Timestamp | null): bigint {
  if (time === null) return 0n;
  const seconds = BigInt(time.seconds);
  return seconds < 0n ? 0n : seconds * 1_000_000_000n + BigInt(time.nanos);
}

/** A map from its entries; of a key that is there twice the last counts. */
export function mapOf(entries: readonly Entry<string>[] = []): WireMap<string> {
  const map: WireMap<string> = {};
  for (const { key, value } of entries) setOwn(map, key, value);
  return map;
}
