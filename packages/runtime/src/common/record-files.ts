// Records on disk, in a tmpfs: one file each, always whole. Nothing here waits: a write to memory takes less than to wait for it.
import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Logger, makeFolder } from "@nri/adaptation";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";

const SUFFIX = ".json";
const TEMPORARY = ".tmp";
/** Folder of records that cannot be read. */
const BAD = "bad";
/** Longest name of which nothing is cut off; file systems allow 255 bytes. */
const MAX_NAME = 200;

/**
 * Name of a record's file: nothing that an engine or its user can choose has a meaning for the file system.
 */
export function recordFileName(domain: string, id: string, suffix = SUFFIX): string {
  // By way of bytes: half a surrogate pair is no text that could be escaped.
  const escaped = (text: string): string =>
    encodeURIComponent(Buffer.from(text).toString()).replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  const name = `${escaped(domain)}+${escaped(id)}`;
  if (name.length <= MAX_NAME) return name + suffix;
  const rest = createHash("sha256").update(`${domain}\0${id}`).digest("hex");
  return `${name.slice(0, MAX_NAME - rest.length - 1)}~${rest}${suffix}`;
}

/** What every record has. */
export interface Keyed {
  readonly domain: string;
  readonly id: string;
}

/** Records of one kind as texts. */
export interface RecordKind<Kept extends Keyed> {
  /** What one is of, for texts: `a pod or container`. */
  readonly of: string;
  print(record: Kept): string;
  /** Throws, with the reason, for what is none. */
  parse(text: string): Kept;
}

/** A folder of records of one kind. */
export class RecordFiles<Kept extends Keyed> {
  readonly #dir: string;
  readonly #kind: RecordKind<Kept>;
  readonly #log: Logger;

  /** Makes the folder, for nobody else to look into. Throws what the file system says. */
  constructor(dir: string, kind: RecordKind<Kept>, log: Logger) {
    this.#dir = dir;
    this.#kind = kind;
    this.#log = log;
    makeFolder(dir, 0o700);
    chmodSync(dir, 0o700);
  }

  /** All records. What is none is moved aside, with a warning that has its path. */
  load(): Kept[] {
    return readdirSync(this.#dir)
      .sort()
      .flatMap((name) => {
        const path = join(this.#dir, name);
        if (name.endsWith(TEMPORARY)) {
          // A write that was cut off: the file that it was to replace is there.
          rmSync(path, { force: true, recursive: true });
          return [];
        }
        if (name === BAD) return [];
        try {
          const record = this.#kind.parse(read(path));
          const expected = recordFileName(record.domain, record.id);
          if (expected !== name) throw new Error(`it is the record that belongs into ${expected}`);
          return [record];
        } catch (error) {
          this.#setAside(name, error);
          return [];
        }
      });
  }

  /** Writes a record: after it the file has the old content or the new one, whatever happens. */
  save(record: Kept): void {
    const path = join(this.#dir, recordFileName(record.domain, record.id));
    writeFileSync(path + TEMPORARY, this.#kind.print(record), { mode: 0o600 });
    renameSync(path + TEMPORARY, path);
  }

  /** Removes the file of a record, if there is one. */
  remove({ domain, id }: Keyed): void {
    rmSync(join(this.#dir, recordFileName(domain, id)), { force: true });
  }

  /** Whatever goes wrong with a bad record, the daemon starts. */
  #setAside(name: string, reason: unknown): void {
    const from = join(this.#dir, name);
    const folder = join(this.#dir, BAD);
    const to = join(folder, `${Date.now()}-${name.slice(0, MAX_NAME)}`);
    try {
      makeFolder(folder, 0o700);
      renameSync(from, to);
      this.#log.warn(`${from} is no record of ${this.#kind.of} (${errorText(reason)}): moved to ${to}`);
      const kept = readdirSync(folder).sort();
      for (const old of kept.slice(0, Math.max(0, kept.length - LIMITS.common.maxBadRecords))) {
        rmSync(join(folder, old), { force: true, recursive: true });
      }
    } catch (error) {
      this.#log.warn(`${from} is no record of ${this.#kind.of} (${errorText(reason)}), and stays: ${errorText(error)}`);
    }
  }
}

function read(path: string): string {
  const { maxRecordBytes } = LIMITS.common;
  const stat = statSync(path);
  if (!stat.isFile()) throw new Error("it is no file");
  if (stat.size > maxRecordBytes) throw new RangeError(`it has ${stat.size} bytes, the maximum is ${maxRecordBytes}`);
  return readFileSync(path, "utf8");
}
