// The kernel's table of unix sockets (/proc/net/unix), as far as it tells who listens.
import { basename } from "node:path";

/** A socket that accepts connections. */
export interface ListeningSocket {
  /** By which a process's descriptor is known to be of it. */
  readonly inode: string;
  /** As it was bound. */
  readonly path: string;
}

/** `__SO_ACCEPTCON` of the column Flags. */
const ACCEPTS = 0x10000;
const LINE = /^\S+: \S+ \S+ ([0-9A-F]+) \S+ \S+ +(\d+) (\/.*)$/;

/** The listening sockets that have a path. */
export function listeningSockets(table: string): ListeningSocket[] {
  return table.split("\n").flatMap((line) => {
    const [, flags = "", inode = "", path = ""] = LINE.exec(line) ?? [];
    return Number.parseInt(flags, 16) & ACCEPTS ? [{ inode, path }] : [];
  });
}

/** Whether `path` is `wanted`, `/var/run` being `/run`; or has its file name alone, when `byName`. */
export function sameSocket(path: string, wanted: string, byName: boolean): boolean {
  return resolved(path) === resolved(wanted) || (byName && basename(path) === basename(wanted));
}

function resolved(path: string): string {
  return path.replace(/^\/var\/run\//, "/run/");
}
