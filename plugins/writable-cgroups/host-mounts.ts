// Whether cgroups of containers may be written to on this host: what /proc/1/mountinfo says about cgroup v2. Spec: plugins 10.
import { closeSync, openSync, readSync } from "node:fs";
import { quote } from "@nri/protocol";

/** The most that is read of a mountinfo file: some ten thousand mounts. */
export const MAX_MOUNTINFO_BYTES = 4 << 20;
const CGROUP_MOUNT_POINTS = new Set(["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]);
const LEAST_FIELDS = 10;
/** Number, parent, device, root, mount point and options come before the optional fields. */
const FIXED_FIELDS = 6;
const FIELDS_AFTER_SEPARATOR = 3;

/**
 * Whether the first cgroup v2 mount that `mountinfo` tells of, at one of the usual places, has the option `nsdelegate`. Throws
 * for a line before it that is none of a mountinfo file.
 */
export function delegatesNamespaces(mountinfo: string): boolean {
  const lines = mountinfo.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    const { fileSystem, mountPoint, superOptions } = parseLine(line);
    if (fileSystem !== "cgroup2" || !CGROUP_MOUNT_POINTS.has(mountPoint)) continue;
    return superOptions.split(",").includes("nsdelegate");
  }
  return false;
}

interface MountLine {
  readonly mountPoint: string;
  readonly fileSystem: string;
  readonly superOptions: string;
}

function parseLine(line: string): MountLine {
  const fields = line.replace(/\r$/, "").split(" ");
  if (fields.length < LEAST_FIELDS) throw new Error(`parsing '${line}' failed: not enough fields (${fields.length})`);
  // from behind: the optional fields end with a separator, after which there are three more, or some with blanks in them
  const separator = fields.lastIndexOf("-", fields.length - FIELDS_AFTER_SEPARATOR - 1);
  if (separator < FIXED_FIELDS) throw new Error(`parsing '${line}' failed: missing - separator`);
  const [, , device = "", root = "", mountPoint = ""] = fields;
  if (!/^[^:]*:[^:]*$/.test(device)) throw new Error(`parsing '${line}' failed: unexpected major:minor pair ${device}`);
  const [fileSystem = "", source = "", superOptions = ""] = fields.slice(separator + 1);
  unescaped(root);
  unescaped(source);
  return { mountPoint: unescaped(mountPoint), fileSystem: unescaped(fileSystem), superOptions };
}

/** Blanks and the like are written as a backslash and three octal digits. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})?/g, (_all, octal?: string) => {
    if (octal === undefined) throw new Error(`bad escape sequence in ${quote(field)}`);
    return String.fromCharCode(Number.parseInt(octal, 8));
  });
}

/** The text of a mountinfo file. Throws when it cannot be read, or is longer than MAX_MOUNTINFO_BYTES. */
export function readMountinfo(file: string): string {
  const buffer = Buffer.alloc(MAX_MOUNTINFO_BYTES + 1);
  const descriptor = openSync(file, "r");
  let length = 0;
  try {
    // files of /proc have no size and come in pieces
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
  } finally {
    closeSync(descriptor);
  }
  if (length > MAX_MOUNTINFO_BYTES) throw new Error(`${file} is longer than ${MAX_MOUNTINFO_BYTES} bytes`);
  return buffer.toString("utf8", 0, length);
}
