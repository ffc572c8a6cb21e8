// conmon, the process that podman starts for each container: parent of the OCI runtime's `create` and of the container, and writer
// of its exit code. Its command line says what nobody can be asked for meanwhile (conmon 2.1; podman 4.3 and 5.8):
//
//   conmon --api-version 1 -c ID -u ID -r RUNTIME -b BUNDLE -p PIDFILE -n NAME --exit-dir DIR ... --exit-command podman ...
//
// An exec has a conmon of its own: the same -c, and its own id for -u.
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { systemCode } from "../error-text.js";

/** What the command line of one says. */
export interface Conmon {
  readonly id: string;
  readonly name: string;
  readonly bundle: string;
  /** Where the pid of the container is written. */
  readonly pidFile: string;
  /** Where its exit code is written, in a file of its id. */
  readonly exitDir: string;
}

/** The words of a command line as a conmon of a container; undefined for other programs, and for that of an exec. */
export function readConmon(words: readonly string[]): Conmon | undefined {
  if (basename(words[0] ?? "") !== "conmon") return undefined;
  const options = new Map<string, string>();
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? "";
    // what follows is another program's
    if (word.startsWith("--exit-command")) break;
    if (VALUES.has(word)) options.set(word, words[++at] ?? "");
  }
  const value = (option: string): string => options.get(option) ?? "";
  const id = value("-c");
  if (id === "" || value("-u") !== id) return undefined;
  return {
    id,
    name: value("-n"),
    bundle: value("-b"),
    pidFile: value("-p"),
    exitDir: value("--exit-dir"),
  };
}

const VALUES: ReadonlySet<string> = new Set([
  ...["-c", "-u", "-r", "-b", "-p", "-n", "-l", "--api-version", "--exit-dir", "--persist-dir"],
  ...[
    "--log-level",
    "--log-size-max",
    "--log-tag",
    "--conmon-pidfile",
    "--runtime-arg",
    "--socket-dir-path",
    "--sdnotify-socket",
  ],
]);

/** The conmon of a container; undefined when there is none. The youngest processes are looked at first. */
export function conmonOf(id: string): Conmon | undefined {
  for (const conmon of conmons(id)) return conmon;
  return undefined;
}

/** Every conmon of this process's user, or those of one container. */
export function* conmons(id?: string): Generator<Conmon, void> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  for (const pid of pids.sort((a, b) => Number(b) - Number(a))) {
    const text = processFile(pid, "cmdline");
    if (!text.includes("conmon\0") || (id !== undefined && !text.includes(id))) continue;
    const conmon = readConmon(text.split("\0"));
    if (conmon !== undefined && (id === undefined || conmon.id === id) && isOurs(pid)) yield conmon;
  }
}

// Anyone can write such a command line, also for a program that runs as root without being his (setuid): all four ids count.
function isOurs(pid: string): boolean {
  const ids = /^Uid:\s+(.*)$/m.exec(processFile(pid, "status"))?.[1]?.split(/\s+/) ?? [];
  return ids.length === 4 && ids.every((uid) => Number(uid) === process.getuid?.());
}

function processFile(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch (error) {
    if (systemCode(error) !== undefined) return ""; // it has ended
    throw error;
  }
}
