// The files of the node that this package reads: all bounded, all read anew when asked for.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { BlockDevice } from "../classes/blockio.js";
import { OciError } from "../errors.js";
import type { HostDevice } from "../host-device.js";
import { DEFAULT_FILE_LIMITS } from "../limits.js";

/** Text of a file. Throws OciError `limit` for one that is too big, before reading it. */
export function readText(path: string): string {
  // A fifo would block the opening until somebody writes to it.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new OciError("limit", `${path}: not a regular file`);
    if (stat.size > DEFAULT_FILE_LIMITS.maxFileBytes) {
      throw new OciError("limit", `${path}: longer than ${DEFAULT_FILE_LIMITS.maxFileBytes} bytes`);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(fd));
  } finally {
    closeSync(fd);
  }
}

/** Names in a folder, sorted; none when it is not there. */
export function listDir(path: string): readonly string[] {
  try {
    const names = readdirSync(path);
    if (names.length > DEFAULT_FILE_LIMITS.maxDirEntries) {
      throw new OciError("limit", `${path}: more than ${DEFAULT_FILE_LIMITS.maxDirEntries} entries`);
    }
    return names.sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether an error says that a path is not there. */
function isMissing(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === "ENOENT" || code === "ENOTDIR";
}

// Linux' dev_t: 12 bits of major and 20 of minor in the lower half, the rest of both in the upper.
function numbers(device: bigint): BlockDevice {
  return {
    major: ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn & 0xffffffffn),
    minor: (device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffffffffn),
  };
}

/** A device node of this machine. Throws when there is none at `path`; symbolic links are not followed. */
export function readHostDevice(path: string): HostDevice {
  const stat = lstatSync(path, { bigint: true });
  const mode = Number(stat.mode & 0o7777n);
  const type = stat.isBlockDevice() ? "b" : stat.isCharacterDevice() ? "c" : stat.isFIFO() ? "p" : undefined;
  if (type === undefined) throw new Error(`${path} is not a device node`);
  return { type, mode, ...numbers(stat.rdev) };
}

/** Block devices of this machine that path patterns (`*`, `?`, `[a-z]`) mean, through symbolic links; others are left out. */
export function findBlockDevices(patterns: readonly string[]): readonly BlockDevice[] {
  const found = new Map<string, BlockDevice>();
  for (const path of patterns.flatMap(glob)) {
    try {
      const real = realpathSync(path);
      const stat = statSync(real, { bigint: true });
      if (stat.isBlockDevice()) found.set(real, numbers(stat.rdev));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return [...found.values()];
}

/** Paths that match a pattern, sorted. */
export function glob(pattern: string): readonly string[] {
  let paths = [pattern.startsWith("/") ? "/" : ""];
  for (const part of pattern.split("/").filter((segment) => segment !== "")) {
    if (!/[*?[\\]/.test(part)) paths = paths.map((path) => join(path, part));
    else {
      const matches = segmentPattern(part);
      paths = paths.flatMap((path) =>
        listDir(path || ".")
          .filter((name) => matches.test(name))
          .map((name) => join(path, name)),
      );
    }
  }
  return paths;
}

function segmentPattern(part: string): RegExp {
  const source = part.replace(/\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|[\s\S]/g, (token, escaped, not, set) => {
    if (escaped !== undefined) return quote(escaped);
    if (set !== undefined) return `[${not}${set.replace(/[\\^\]]/g, "\\$&")}]`;
    if (token === "*") return "[^/]*";
    return token === "?" ? "[^/]" : quote(token);
  });
  try {
    return new RegExp(`^${source}$`, "su");
  } catch (cause) {
    throw new OciError("class-config", `${JSON.stringify(part)} is not a path pattern`, { cause });
  }
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
