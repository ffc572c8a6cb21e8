// The real runtime as our child: everything that we were given is its own.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Signals that are handed on: those that a program may be sent, but for the ones that cannot be caught or are ours. */
const FORWARDED: readonly NodeJS.Signals[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
  "SIGCONT",
  "SIGALRM",
];

/** How it ended. */
export interface Ended {
  /** Its exit code, or 128 and the signal's number. */
  readonly code: number;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | undefined;
}

/** Runs it to its end. Rejects when it cannot be started. */
export function runRuntime(path: string, words: readonly string[], descriptors: readonly number[]): Promise<Ended> {
  const stdio: (number | "ignore")[] = [0, 1, 2];
  const last = Math.max(2, ...descriptors);
  for (let fd = 3; fd <= last; fd++) stdio.push(descriptors.includes(fd) ? fd : "ignore");
  return new Promise((resolve, reject) => {
    const child = spawn(path, words, { stdio });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    for (const signal of FORWARDED) process.on(signal, forward);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      for (const name of FORWARDED) process.off(name, forward);
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal: signal ?? undefined });
    });
  });
}
