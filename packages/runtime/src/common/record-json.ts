// Records as text: one JSON object each, messages in base64.
import { PodSandbox } from "@nri/protocol";
import { Fields } from "./fields.js";
import {
  type ContainerLife,
  type ContainerRecord,
  type LifeRecord,
  type PodLife,
  type PodRecord,
  unpackContainer,
} from "./record.js";
import type { RecordKind } from "./record-files.js";

const VERSION = 1;

/** A record as the text of its file. */
function printRecord(record: LifeRecord): string {
  return `${JSON.stringify({ version: VERSION, ...record }, (_key, value: unknown) => {
    if (typeof value === "bigint") return String(value);
    return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
  })}\n`;
}

/** Reads the text of a record's file. Throws, with the reason, for everything that is not one. */
function parseRecord(text: string): LifeRecord {
  const fields = Fields.of(JSON.parse(text));
  fields.checkVersion(VERSION);
  const kind = fields.oneOf("kind", ["pod", "container"] as const);
  return kind === "pod" ? podOf(fields) : containerOf(fields);
}

function podOf(fields: Fields): PodRecord {
  const message = fields.bytes("message");
  PodSandbox.decode(message);
  return {
    kind: "pod",
    domain: fields.text("domain"),
    id: fields.text("id"),
    name: fields.text("name"),
    message,
    pid: fields.number("pid"),
    state: fields.oneOf("state", ["remembered", "running", "stopped"] satisfies PodLife[]),
  };
}

function containerOf(fields: Fields): ContainerRecord {
  const message = fields.bytes("message");
  unpackContainer(message);
  const ownPod = fields.has("ownPod") ? fields.bytes("ownPod") : undefined;
  if (ownPod !== undefined) PodSandbox.decode(ownPod);
  const states = ["pending", "creating", "created", "running", "stopped"] satisfies ContainerLife[];
  return {
    kind: "container",
    domain: fields.text("domain"),
    id: fields.text("id"),
    name: fields.text("name"),
    podId: fields.text("podId"),
    ownPod,
    message,
    state: fields.oneOf("state", states),
    pid: fields.number("pid"),
    createdAt: fields.integer("createdAt"),
    startedAt: fields.integer("startedAt"),
    finishedAt: fields.integer("finishedAt"),
    exitCode: fields.number("exitCode"),
  };
}

/** Pods and containers. */
export const LIFE_RECORDS: RecordKind<LifeRecord> = {
  of: "a pod or container",
  print: printRecord,
  parse: parseRecord,
};
