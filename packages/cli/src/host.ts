// What a command has of its surroundings; tests give it others.

/** A stream that text is written to. */
export interface Output {
  /** Writes the text as it is. */
  write(text: string): void;
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
}

/** The surroundings of one run. */
export interface Host {
  /** The result, and nothing else. */
  readonly stdout: Output;
  /** Logs, progress, output of plugins, errors. */
  readonly stderr: Output;
  /** Environment variables. */
  readonly env: { readonly [name: string]: string | undefined };
  /** Folder that relative paths begin in. */
  readonly cwd: string;
  /** Everything on stdin. */
  readStdin(): Promise<Uint8Array>;
  /** The lines of stdin as they come. */
  stdinLines(): AsyncIterable<string>;
  /** Aborted when the user ends the program. */
  readonly signal: AbortSignal;
  /** To be ended by these signals is what the command is for: it ends with its own exit code then. */
  endsByItself(signals: readonly NodeJS.Signals[]): void;
  /** Calls back at each SIGHUP, which ends the program without it. Gives what stops that. */
  onHangup(callback: () => void): () => void;
}

/** Exit codes of every command. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** The thing asked about failed: refusal, conflict, a plugin that died, hung or registered badly. */
  failed: 1,
  /** Wrong use: unknown option, invalid input, missing plugin. */
  usage: 2,
} as const;

/** Wrong use of a command: one line for the user, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Wrong input: a text that begins with `FILE:LINE: `, which editors and people understand without our name before it. */
export class InputError extends UsageError {}
