// What the command needs of its process, and how it ends.
import type { Readable, Writable } from "node:stream";

/** Somebody who can be asked. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** The process, as the command sees it. */
export interface Host {
  readonly cwd: string;
  /** For the result. */
  print(text: string): void;
  /** For everything else. */
  complain(text: string): void;
  /** Undefined when nobody can be asked. */
  readonly terminal: Terminal | undefined;
}

/** Exit codes: done; the project could not be written; wrong use; the user has ended it. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Wrong use: one line that says what. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The user has had enough of questions. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}
