// The kernel's table of unix sockets (/proc/net/unix), and the descriptors of processes, as far as they tell who listens.
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { LIMITS } from "./limits.js";

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

/** The sockets that listen in the network namespace of a process, or in ours. Throws when there is no such process. */
export async function socketsThatListen(pid: number | undefined): Promise<ListeningSocket[]> {
  const file = pid === undefined ? "/proc/net/unix" : `/proc/${pid}/net/unix`;
  const table = await readFile(file, "utf8");
  if (table.length > LIMITS.process.maxSocketTableBytes) throw new Error(`${file} is longer than expected`);
  return listeningSockets(table);
}

/** Inodes of the sockets that a process has open. Throws when there is no such process. */
export async function heldSockets(pid: number): Promise<Set<ListeningSocket["inode"]>> {
  const dir = `/proc/${pid}/fd`;
  const held = new Set<string>();
  for (const fd of (await readdir(dir)).slice(0, LIMITS.process.maxDescriptors)) {
    // a descriptor may be closed meanwhile
    const target = await readlink(`${dir}/${fd}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) held.add(inode);
  }
  return held;
}
