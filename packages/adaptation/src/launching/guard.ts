// Ends launched plugins when this process dies without doing it: a small shell that reads which groups there are.
//
//   runtime (here)                           guard (/bin/sh, a session of its own)
//     |-- "? ENVIRONMENT" ------------------>|   a plugin is about to be started
//     |-- "+ GROUP:START", "! ENVIRONMENT" ->|   it was started
//     |-- "- GROUP:START" ------------------>|   its group is gone
//     |-- end of the pipe ------------------>|   SIGTERM to the groups left, after a grace SIGKILL; then it ends, too
//
// The system closes the pipe however we die. When we die between the start of a program and the line that tells of it, the
// guard looks for a child of ours with that environment: the pipe ends only when no fork of ours is left that has not
// executed its program, so that there is nothing to wait for.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import type { AdaptationLimits } from "../limits.js";
import type { ProcessGroup } from "./process-group.js";
import { spawnBare } from "./spawn.js";
import { within } from "./within.js";

const SHELL = "/bin/sh";
/** What `ps` shows of it. */
const NAME = "nri-plugin-guard";
/** So many guards may be lost in a row, until plugins are left without one. */
const MAX_LOST = 3;
/** How long a guard with nothing to do may take to end. */
const END_WAIT_MS = 1000;
/** One look at the groups left. */
const STEP_MS = 100;

/**
 * Built-in commands only, but for `sleep`. Before each signal the start time of the group's first process is compared:
 * its number may have gone to another process when all of the group have ended. $1: steps from SIGTERM to SIGKILL; the others: the
 * first groups.
 */
const SCRIPT = `# ends the NRI plugins of a container runtime that has died
trap '' HUP INT QUIT TERM
steps=$1
shift
groups=$*
begun=
without() {
  rest=
  unwanted=$1
  shift
  for each; do
    if [ "$each" = "$unwanted" ]; then unwanted=; else rest="$rest $each"; fi
  done
}
while read -r what name; do
  case $what in
    '?') begun="$begun $name" ;;
    '!') without "$name" $begun; begun=$rest ;;
    *) without "$name" $groups; groups=$rest; [ "$what" = - ] || groups="$groups $name" ;;
  esac
done
parent() {
  stat=
  { read -r stat </proc/$1/stat; } 2>/dev/null
  set -- \${stat##*) }
  parent=$2
}
find() {
  for each in /proc/[0-9]*; do
    environment=
    { read -r environment <$each/environ; } 2>/dev/null
    [ "$environment" = "$1" ] || continue
    each=\${each#/proc/}
    parent $each
    theirs=$parent
    parent $$
    if [ "$theirs" = "$PPID" ] || [ "$theirs" = "$parent" ]; then groups="$groups $each:"; fi
  done
}
for name in $begun; do
  find "$name"
done
signal() {
  rest=
  for each in $groups; do
    id=\${each%:*} start=\${each#*:} stat=
    { read -r stat </proc/$id/stat; } 2>/dev/null
    if [ -n "$stat" ] && [ -n "$start" ]; then
      set -- "$1" \${stat##*) }
      [ "\${21}" = "$start" ] || continue
    fi
    kill -s "$1" -- "-$id" 2>/dev/null && rest="$rest $each"
  done
  groups=$rest
}
signal TERM
while [ -n "$groups" ] && [ "$steps" -gt 0 ]; do
  if sleep 0.1 2>/dev/null; then steps=$((steps - 1)); else sleep 1; steps=$((steps - 10)); fi
  signal 0
done
signal KILL
`;

/** One guard for all groups that it was told; there is none while there are no groups. */
export class Guard {
  readonly #limits: AdaptationLimits;
  readonly #warn: (text: string) => void;
  readonly #groups = new Set<ProcessGroup>();
  #child: ChildProcess | undefined;
  #ending: Promise<void> = Promise.resolve();
  #lost = 0;

  /** `warn` is told when plugins are without a guard. */
  constructor(limits: AdaptationLimits, warn: (text: string) => void) {
    this.#limits = limits;
    this.#warn = warn;
  }

  /** Process id of the guard, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the guard if there is none: before the first program, so that there is nothing to wait for after its start. */
  prepare(): void {
    if (this.#child === undefined && this.#lost <= MAX_LOST) {
      this.#start();
    }
  }

  /** A program is about to be started with this environment, which names it until there is more; gives who is to be told of the end of that. */
  begin(env: { readonly [name: string]: string }): () => void {
    this.prepare();
    // As the shell reads an environment: without the zeros between the variables.
    const name = Object.entries(env)
      .map(([key, value]) => `${key}=${value}`)
      .join("");
    this.#child?.stdin?.write(`? ${name}\n`);
    return () => this.#child?.stdin?.write(`! ${name}\n`);
  }

  /** From now on the group does not outlive us. */
  add(group: ProcessGroup): void {
    this.#groups.add(group);
    if (this.#child === undefined) {
      this.prepare();
    } else {
      this.#tell("+", group);
    }
  }

  /** The group is gone. Without any left, the guard goes too. */
  remove(group: ProcessGroup): void {
    if (this.#groups.delete(group)) {
      this.#tell("-", group);
    }
    this.settle();
  }

  /** Lets a guard go that has nothing to guard: after a start that failed. */
  settle(): void {
    const child = this.#child;
    if (this.#groups.size === 0 && child !== undefined) {
      this.#child = undefined;
      this.#lost = 0;
      this.#ending = Promise.all([this.#ending, end(child)]).then(() => undefined);
    }
  }

  /** Resolves when the guards that were let go are reaped. */
  ended(): Promise<void> {
    return this.#ending;
  }

  #tell(what: "+" | "-", group: ProcessGroup): void {
    this.#child?.stdin?.write(`${what} ${nameOf(group)}\n`);
  }

  #start(): void {
    const steps = Math.ceil(this.#limits.termGraceMs / STEP_MS);
    let child: ChildProcess;
    try {
      child = spawnBare({
        command: SHELL,
        args: ["-c", SCRIPT, NAME, String(steps), ...[...this.#groups].map(nameOf)],
        env: { PATH: "/usr/bin:/bin" },
        stdio: ["pipe", "ignore", "ignore"],
        ownGroup: true,
        cwd: "/",
      });
    } catch (error) {
      this.#failed(String(error));
      return;
    }
    this.#child = child;
    child.stdin?.on("error", () => undefined); // a guard that has ended is told of by its end
    child.once("error", (error) => this.#gone(child, String(error)));
    child.once("exit", (code, signal) => this.#gone(child, `ended with ${signal ?? `code ${code}`}`));
    child.unref();
    if (child.stdin instanceof Socket) {
      child.stdin.unref();
    }
  }

  /** Somebody has killed it, or it could not be started: the next one learns all groups anew. */
  #gone(child: ChildProcess, why: string): void {
    if (this.#child !== child) {
      return; // let go
    }
    this.#child = undefined;
    child.stdin?.destroy();
    this.#lost++;
    if (this.#lost > MAX_LOST) {
      this.#failed(why);
      return;
    }
    this.prepare();
  }

  #failed(why: string): void {
    this.#lost = MAX_LOST + 1;
    this.#warn(`launched plugins will outlive the runtime if it is killed: their guard (${SHELL}): ${why}`);
  }
}

function nameOf({ pid, startTime }: ProcessGroup): string {
  return `${pid}:${startTime}`;
}

/** Closes the pipe and waits until the guard is reaped. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  child.ref();
  const exited = once(child, "exit");
  child.stdin?.end();
  if ((await within(exited, END_WAIT_MS)) === undefined) {
    child.kill("SIGKILL");
    await within(exited, END_WAIT_MS);
  }
}
