// A plugin's program and what that has started: one process group, ended together. Never signals a number that went to others.
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { AdaptationLimits } from "../limits.js";
import { within } from "./within.js";

/** When is looked whether the last process of a group is gone: nobody tells us of those that are not our children. */
const FIRST_LOOK_MS = 5;
const MAX_LOOK_MS = 100;
/** A process that does not end after SIGKILL (stuck in the kernel) is waited for no longer than this. */
const KILL_WAIT_MS = 5000;
/** Orphans end of SIGKILL too, but somebody else reaps them, or nobody: in some containers they stay as zombies. */
const ORPHAN_WAIT_MS = 100;

/** How a group came to its end. */
export type GroupEnd = "by-itself" | "signalled" | "stuck";

/**
 * The group of a program that was started with `spawnBare`. While the program is not reaped its number cannot be given
 * to another process, nor as long as a process of the group is left; in all other cases the number is looked up first.
 */
export class ProcessGroup {
  readonly pid: number;
  /** Since the boot, in clock ticks; empty where the system has no /proc. Together with the number it names one process. */
  readonly startTime: string;
  readonly #child: ChildProcess;
  readonly #own: boolean;
  readonly #exited: Promise<unknown>;
  #signalled = false;

  /** To be called in the same turn in which the program was started. `own` tells whether it has a group of its own. */
  constructor(child: ChildProcess, pid: number, own: boolean) {
    this.#child = child;
    this.pid = pid;
    this.#own = own;
    this.startTime = startTimeOf(pid);
    this.#exited = new Promise((resolve) => child.once("exit", resolve));
  }

  /** Whether the program itself was reaped. */
  get reaped(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Whether we have signalled it: how it ended then says nothing about it. */
  get signalled(): boolean {
    return this.#signalled;
  }

  /** Whether any process of it is left that has not ended: orphans may stay as zombies for a while, or for ever. */
  get alive(): boolean {
    return !this.reaped || (this.#send(0) && hasMembers(this.pid));
  }

  /**
   * Ends the group: it has `graceMs` to end by itself, then gets SIGTERM, and after `termGraceMs` SIGKILL. What the
   * program leaves behind gets SIGTERM as soon as the program has ended. Without a group of its own the program alone is
   * killed, as the reference does it. Never takes longer than the graces and some five seconds.
   */
  async end(graceMs: number, { termGraceMs }: AdaptationLimits): Promise<GroupEnd> {
    if (graceMs > 0) {
      // A program that had gone before its connection left another one to be the plugin.
      await (this.reaped ? this.#gone(graceMs) : within(this.#exited, graceMs));
    }
    if (!this.alive) {
      return "by-itself";
    }
    this.#signalled = !this.reaped;
    if (this.#own) {
      this.#send("SIGTERM");
      if (await this.#gone(termGraceMs)) {
        return "signalled";
      }
    }
    this.#send("SIGKILL");
    if (!this.reaped) {
      await within(this.#exited, KILL_WAIT_MS);
    }
    await this.#gone(ORPHAN_WAIT_MS);
    return this.reaped ? "signalled" : "stuck";
  }

  /** Whether all of it is gone within `ms`. */
  async #gone(ms: number): Promise<boolean> {
    const end = performance.now() + ms;
    let lookMs = FIRST_LOOK_MS;
    while (this.alive) {
      const left = end - performance.now();
      if (left <= 0) {
        return false;
      }
      if (this.reaped) {
        await within(undefined, Math.min(left, lookMs));
        lookMs = Math.min(2 * lookMs, MAX_LOOK_MS);
      } else {
        await within(this.#exited, left);
      }
    }
    return true;
  }

  /** Sends a signal, 0 to look only; tells whether there was somebody to take it. */
  #send(signal: NodeJS.Signals | 0): boolean {
    if (!this.#own) {
      return !this.reaped && this.#child.kill(signal);
    }
    if (this.reaped && startTimeOf(this.pid) !== "") {
      return false; // the number is in use again: our group has gone
    }
    try {
      process.kill(-this.pid, signal);
      return true;
    } catch {
      return false; // ESRCH: gone. EPERM: all of it has become somebody else's
    }
  }
}

/** Whether a group has a process that is not a zombie; true where the system does not tell. */
function hasMembers(group: number): boolean {
  let entries: string[];
  try {
    entries = readdirSync("/proc");
  } catch {
    return true;
  }
  const pids = entries.filter((entry) => /^\d+$/.test(entry));
  return (
    pids.length === 0 ||
    pids.some((pid) => {
      const [state, , processGroup] = statOf(pid);
      return processGroup === String(group) && state !== "Z" && state !== "X";
    })
  );
}

/** Field 22 of /proc/PID/stat, empty when there is no such process. */
function startTimeOf(pid: number): string {
  return statOf(pid)[19] ?? "";
}

/** /proc/PID/stat from the third field on. The name before it may hold blanks and brackets. */
function statOf(pid: number | string): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
