// The real runtime as our child: everything that we were given is its own.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { isatty } from "node:tty";

/** Signals that are handed on: those that a program may be sent and can catch. */
const FORWARDED: readonly NodeJS.Signals[] = ["SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGALRM"];
/** A terminal sends these to the runtime as well as to us. */
const OF_TERMINALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT", "SIGWINCH"];

/** How it ended. */
export interface Ended {
  /** Its exit code, or 128 and the signal's number. */
  readonly code: number;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | undefined;
}

/** Runs a program to its end. Rejects when it cannot be started. */
export function runRuntime(command: readonly string[], descriptors: readonly number[]): Promise<Ended> {
  const [path = "", ...words] = command;
  const stdio: (number | "ignore")[] = [0, 1, 2];
  const last = Math.max(2, ...descriptors);
  for (let fd = 3; fd <= last; fd++) stdio.push(descriptors.includes(fd) ? fd : "ignore");
  return new Promise((resolve, reject) => {
    const child = spawn(path, words, { stdio });
    const terminal = [0, 1, 2].some((fd) => isatty(fd));
    const forward = (signal: NodeJS.Signals): void => {
      if (!terminal || !OF_TERMINALS.includes(signal)) child.kill(signal);
    };
    const names = [...FORWARDED, ...OF_TERMINALS];
    for (const name of names) process.on(name, forward);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      for (const name of names) process.off(name, forward);
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal: signal ?? undefined });
    });
  });
}
