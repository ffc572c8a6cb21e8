// Records as text: one JSON object each, messages in base64.
import { PodSandbox } from "@nri/protocol";
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
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new TypeError("no object");
  const fields = new Fields(value as { readonly [key: string]: unknown });
  const version = fields.number("version");
  if (version !== VERSION) throw new RangeError(`version ${version}; this daemon knows ${VERSION}`);
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

/** Members of a JSON object, each of the type that is asked for. */
class Fields {
  readonly #value: { readonly [key: string]: unknown };

  constructor(value: { readonly [key: string]: unknown }) {
    this.#value = value;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#value, key);
  }

  text(key: string): string {
    const value = this.#value[key];
    if (!this.has(key) || typeof value !== "string") throw new TypeError(`${key}: no text`);
    return value;
  }

  number(key: string): number {
    const value = this.#value[key];
    if (!this.has(key) || !Number.isSafeInteger(value)) throw new TypeError(`${key}: no integer`);
    return value as number;
  }

  integer(key: string): bigint {
    const text = this.text(key);
    if (!/^-?\d{1,20}$/.test(text)) throw new TypeError(`${key}: no integer`);
    return BigInt.asIntN(64, BigInt(text));
  }

  bytes(key: string): Uint8Array {
    // A copy of its own: a small Buffer is a part of a large one, which would stay with it.
    return Uint8Array.from(Buffer.from(this.text(key), "base64"));
  }

  oneOf<T extends string>(key: string, values: readonly T[]): T {
    const text = this.text(key);
    const found = values.find((value) => value === text);
    if (found === undefined) throw new TypeError(`${key}: "${text}" is none of ${values.join(", ")}`);
    return found;
  }
}
