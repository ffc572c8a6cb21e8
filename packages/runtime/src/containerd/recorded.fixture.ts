// Records of real containerds as this package reads them. In the files the JSON inside of messages is spelled out.
import { readFileSync } from "node:fs";
import { parseSpec, type Spec } from "@nri/oci";
import type { ContainerRecord, CriStatus, Task } from "./api-types.js";

const DIR = new URL("../../src/containerd/recorded/", import.meta.url);

/** The releases of which there are records. */
export const RELEASES = ["2.1.9", "1.6.20"] as const;

/** A record with what runs of it and what CRI says of it; and its spec, read. */
export interface Recorded {
  readonly record: ContainerRecord;
  readonly spec: Spec;
  readonly task: Task;
  readonly status: CriStatus | undefined;
}

/** The record of a pod's sandbox or of the container in it. */
export function recorded(release: (typeof RELEASES)[number], kind: "sandbox" | "container"): Recorded {
  const file = JSON.parse(readFileSync(new URL(`containerd-${release}-${kind}.json`, DIR), "utf8"));
  const bytes = (any: { value: object }) => ({ ...any, value: Buffer.from(JSON.stringify(any.value)) });
  const { record, task, status } = file;
  return {
    record: {
      ...record,
      spec: bytes(record.spec),
      extensions: record.extensions.map(({ key, value }: { key: string; value: { value: object } }) => ({
        key,
        value: bytes(value),
      })),
    },
    spec: parseSpec(JSON.stringify(record.spec.value)),
    task,
    status,
  };
}
