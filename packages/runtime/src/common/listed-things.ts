// Pods and containers that are known, for whoever looks.
import { PodSandbox } from "@nri/protocol";
import type { Known } from "./known.js";
import { type ContainerRecord, needsRemoval } from "./record.js";

/** A pod as it is told of. */
export interface PodEntry {
  /** Such as `containerd:default`. */
  readonly domain: string;
  /** Its id. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Its uid. */
  readonly uid: string;
  /** `remembered`: plugins have not been told of it yet; of a made-up one it is its container's. */
  readonly state: string;
  /** Its process; 0 when there is none, or it is not known. */
  readonly pid: number;
  /** It is made up for its only container. */
  readonly madeUp: boolean;
  /** Ids of its containers. */
  readonly containers: readonly string[];
}

/** A container as it is told of. */
export interface ContainerEntry {
  /** Such as `containerd:default`. */
  readonly domain: string;
  /** Its id. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** Its pod; of one that is gone only the id is left. */
  readonly pod: { readonly id: string; readonly name: string; readonly namespace: string };
  /** `pending`: its engine is asked whether it has come; `creating`, `created`, `running`, `stopped`. */
  readonly state: string;
  /** Its process; 0 when there is none, or it is not known. */
  readonly pid: number;
  /** When it was created, as ISO 8601, as the other times. */
  readonly createdAt?: string | undefined;
  /** Since when it runs. */
  readonly startedAt?: string | undefined;
  /** When it ended. */
  readonly finishedAt?: string | undefined;
  /** Of one that has stopped. */
  readonly exitCode?: number | undefined;
}

/** All pods, in the order in which they were heard of. */
export function podEntries(known: Known): PodEntry[] {
  const records = known.all();
  const containers = records.filter((record) => record.kind === "container");
  return records.flatMap((record): PodEntry[] => {
    if (record.kind === "pod") {
      const { domain, id, state, pid } = record;
      const inside = containers.filter((one) => one.domain === domain && one.podId === id).map((one) => one.id);
      return [podEntry(domain, PodSandbox.decode(record.message), { state, pid, madeUp: false, containers: inside })];
    }
    if (record.ownPod === undefined || !needsRemoval(record)) return [];
    const { domain, id, state, pid } = record;
    return [podEntry(domain, PodSandbox.decode(record.ownPod), { state, pid, madeUp: true, containers: [id] })];
  });
}

/** All containers, in the order in which they were heard of. */
export function containerEntries(known: Known): ContainerEntry[] {
  return known.all().flatMap((record) => (record.kind === "container" ? [containerEntry(known, record)] : []));
}

function podEntry(
  domain: string,
  { id, name, namespace, uid }: PodSandbox,
  rest: Omit<PodEntry, "domain" | "id" | "name" | "namespace" | "uid">,
): PodEntry {
  return { domain, id, name, namespace, uid, ...rest };
}

function containerEntry(known: Known, record: ContainerRecord): ContainerEntry {
  const { domain, id, name, state, pid, createdAt, startedAt, finishedAt, exitCode } = record;
  const pod = known.podOf(record);
  return {
    domain,
    id,
    name,
    pod: { id: pod.id, name: pod.name, namespace: pod.namespace },
    state,
    pid,
    createdAt: isoTime(createdAt),
    startedAt: isoTime(startedAt),
    finishedAt: isoTime(finishedAt),
    exitCode: state === "stopped" ? exitCode : undefined,
  };
}

function isoTime(ns: bigint): string | undefined {
  return ns === 0n ? undefined : new Date(Number(ns / 1_000_000n)).toISOString();
}
