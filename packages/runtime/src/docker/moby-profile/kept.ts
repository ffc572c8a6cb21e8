// What plugins have changed in a container at its creation. Docker keeps such changes in its configuration, which we cannot reach: they
// are kept here, and put into its spec at every start.

import type { RecordKind } from "../../common/record-files.js";
import type { DockerMount } from "../moby/index.js";

/** The changes of one container; also when there are none: nobody is asked about it again. */
export interface Kept {
  readonly domain: string;
  readonly id: string;
  /** With its slash, for texts. */
  readonly name: string;
  /** Variables that are set: name and value. */
  readonly env: readonly (readonly [name: string, value: string])[];
  /** Names of variables that are removed. */
  readonly unset: readonly string[];
  readonly mounts: readonly KeptMount[];
}

/** A mount, and for a volume the folder that it is. */
export interface KeptMount extends DockerMount {
  readonly folder: string;
}

const VERSION = 1;

/** Changes as texts. */
export const KEPT: RecordKind<Kept> = {
  of: "what plugins have changed in a container of Docker",
  print: (kept) => `${JSON.stringify({ version: VERSION, ...kept })}\n`,
  parse: (text) => {
    const value = object(JSON.parse(text), "");
    if (value.version !== VERSION) throw new RangeError(`version ${value.version}; this daemon knows ${VERSION}`);
    return {
      domain: string(value.domain, "domain"),
      id: string(value.id, "id"),
      name: string(value.name, "name"),
      env: list(value.env, "env").map((pair) => {
        const [name, setTo] = list(pair, "env");
        return [string(name, "env"), string(setTo, "env")] as const;
      }),
      unset: list(value.unset, "unset").map((name) => string(name, "unset")),
      mounts: list(value.mounts, "mounts").map(mount),
    };
  },
};

function mount(given: unknown): KeptMount {
  const { type, source, target, readOnly, folder } = object(given, "mounts");
  return {
    type: string(type, "mounts.type"),
    source: string(source, "mounts.source"),
    target: string(target, "mounts.target"),
    readOnly: readOnly === true,
    folder: string(folder, "mounts.folder"),
  };
}

function object(value: unknown, key: string): { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null) throw new TypeError(`${key}: no object`);
  return value as { readonly [key: string]: unknown };
}

function string(value: unknown, key: string): string {
  if (typeof value !== "string") throw new TypeError(`${key}: no text`);
  return value;
}

function list(value: unknown, key: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${key}: no list`);
  return value;
}
