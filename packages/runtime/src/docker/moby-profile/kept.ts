// What plugins have changed in a container at its creation. Docker keeps such changes in its configuration, which we cannot reach: they
// are kept here, and put into its spec at every start.

import { Fields } from "../../common/fields.js";
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
    const fields = Fields.of(JSON.parse(text));
    fields.checkVersion(VERSION);
    return {
      domain: fields.text("domain"),
      id: fields.text("id"),
      name: fields.text("name"),
      env: fields.list("env").map(variable),
      unset: fields.texts("unset"),
      mounts: fields.list("mounts").map(mount),
    };
  },
};

function variable(pair: unknown): readonly [string, string] {
  if (!Array.isArray(pair)) throw new TypeError("env: no list");
  const fields = Fields.of(pair);
  return [fields.text("0"), fields.text("1")];
}

function mount(given: unknown): KeptMount {
  const fields = Fields.of(given);
  return {
    type: fields.text("type"),
    source: fields.text("source"),
    target: fields.text("target"),
    readOnly: fields.isTrue("readOnly"),
    folder: fields.text("folder"),
  };
}
